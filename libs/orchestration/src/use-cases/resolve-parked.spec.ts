import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ParkedRow } from '../lane-store.js';
import { home, instance, recordsOf, within, type Home } from './home.fixture.js';
import { RequestAction, type ActionAnswer } from './request-action.js';
import { ResolveParked, type ParkedRequest } from './resolve-parked.js';

const saga = '0193b5a0-1111-7222-8333-444444444444';
let world: Home;
let parked: ResolveParked;

beforeEach(async () => {
  world = await home();
  world.broker.createTopic('shop.events', { partitions: 1 });
  world.tables.instances.set(saga, instance(saga, { held: true }));
  parked = new ResolveParked({ ...world, actions: new RequestAction(world) });
});

function park(changes: Partial<ParkedRow>): void {
  const row: ParkedRow = {
    topic: 'shop.events',
    part: 0,
    offset: 7,
    timestamp: 0,
    reason: 'not-json',
    message: '',
    held: false,
    key: Buffer.from('k'),
    value: Buffer.from('väl'),
    headers: { ce_id: Buffer.from('e-1') },
    ...changes,
  };
  world.tables.parked.set(`${row.topic}/${row.part}/${row.offset}`, row);
}

function resolve(changes: Partial<ParkedRequest> = {}): Promise<ActionAnswer> {
  const request: ParkedRequest = {
    topic: 'shop.events',
    part: 0,
    offset: 7,
    decision: 'redrive',
    by: 'ann',
    ...changes,
  };
  return within(world.clock, 10_000, parked.resolve(request));
}

describe('a record that belongs to no saga', () => {
  it('goes back to its topic as it was', async () => {
    park({});

    expect((await resolve()).kind).toBe('done');
    expect(
      recordsOf(world.broker, 'shop.events').map(({ key, value, headers }) => [
        String(key),
        String(value),
        String(headers['ce_id']),
      ]),
    ).toEqual([['k', 'väl', 'e-1']]);
  });

  it('is gone afterwards, with who decided', async () => {
    park({});
    await resolve({ reason: 'fixed the producer' });

    expect(await world.store.findParked('shop.events', 0, 7)).toBeUndefined();
    expect([...world.tables.audits.values()]).toEqual([
      expect.objectContaining({
        action: 'redrive-parked',
        by: 'ann',
        reason: 'fixed the producer',
        detail: 'shop.events/0/7',
      }),
    ]);
  });

  it('is given up without being sent', async () => {
    park({});

    expect((await resolve({ decision: 'skip' })).kind).toBe('done');
    expect(recordsOf(world.broker, 'shop.events')).toEqual([]);
    expect(await world.store.findParked('shop.events', 0, 7)).toBeUndefined();
  });

  it('is not sent when its bytes would change on the way', async () => {
    park({ value: Buffer.from([0xff, 0xfe]) });

    await expect(resolve()).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await world.store.findParked('shop.events', 0, 7)).toBeDefined();
  });

  it('stays when the broker does not take it', async () => {
    park({});
    world.broker.log({ topic: 'shop.events', part: 0 })!.isWritable = false;

    await expect(resolve()).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    expect(await world.store.findParked('shop.events', 0, 7)).toBeDefined();
  });

  it('has to be there', async () => {
    await expect(resolve()).rejects.toMatchObject({ code: 'UNKNOWN_PARKED_RECORD' });
  });
});

describe('a record that holds a saga', () => {
  it.each([
    ['redrive', 'redrive'],
    ['skip', 'skip-record'],
  ] as const)('is settled by the action %s of that saga', async (decision, action) => {
    park({ topic: 'test.home', held: true, saga, reason: 'FUEL_SPENT' });

    await resolve({ topic: 'test.home', decision });

    expect(world.received()).toEqual([
      expect.objectContaining({ kind: 'action', saga, head: expect.objectContaining({ action, by: 'ann' }) }),
    ]);
    expect(await world.store.findParked('test.home', 0, 7)).toBeDefined();
  });

  it('comes before those that wait behind it', async () => {
    park({ topic: 'test.home', held: true, saga, reason: 'FUEL_SPENT', offset: 5 });
    park({ topic: 'test.home', held: true, saga, reason: 'waiting', offset: 7 });

    await expect(resolve({ topic: 'test.home', decision: 'skip' })).rejects.toMatchObject({
      message: expect.stringContaining('test.home/0/5'),
    });
  });
});
