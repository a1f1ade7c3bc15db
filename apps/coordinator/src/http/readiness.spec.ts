import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryDefinitionStore } from '#libs/memory';
import { FakeClock } from '#libs/testing';
import { Readiness, type LanesLife } from './readiness.js';

let life: { state: LanesLife['state'] };
let store: InMemoryDefinitionStore;
let clock: FakeClock;
let readiness: Readiness;

beforeEach(() => {
  life = { state: 'joining' };
  store = new InMemoryDefinitionStore();
  clock = new FakeClock();
  readiness = new Readiness(life, store, clock);
});

describe('readiness', () => {
  it('waits for the first lanes', async () => {
    expect(await readiness.check()).toEqual({ lanes: 'down', database: 'up' });

    life.state = 'working';
    expect(await readiness.check()).toEqual({ lanes: 'up', database: 'up' });
  });

  it('stays through a rebalance', async () => {
    life.state = 'working';
    await readiness.check();

    life.state = 'joining';
    expect(await readiness.check()).toEqual({ lanes: 'up', database: 'up' });
  });

  it('ends when the process is stopping', async () => {
    life.state = 'working';
    await readiness.check();

    life.state = 'stopping';
    expect((await readiness.check()).lanes).toBe('down');
  });

  it('ends while the database refuses', async () => {
    store.revision = () => Promise.reject(new Error('away'));

    expect((await readiness.check()).database).toBe('down');
  });

  it('ends while the database is silent', async () => {
    store.revision = () => new Promise(() => undefined);
    const checked = readiness.check();
    await clock.run(2_000);

    expect((await checked).database).toBe('down');
  });
});
