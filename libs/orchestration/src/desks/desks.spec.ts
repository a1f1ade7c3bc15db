import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deriveDeskId, homeOf, writeHomeRecord, type Json } from '#libs/messaging';
import { InMemoryLaneStore, type InMemoryTables } from '#libs/memory';
import { Scene, sceneKeyring } from '../coordinator.fixture.js';
import type { StoredDesk } from '../lane-store.js';
import type { Desk } from './desk.js';

interface Counted {
  readonly count: number;
  readonly rung: number;
}

/** Counts what it is told; tells another one of every second, rings after a minute, forgets on demand, and chokes. */
const counter: Desk<Counted> = {
  kind: 'counter',
  fold(state = { count: 0, rung: 0 }, input, { now }) {
    if (input.kind === 'due') return { state: { ...state, rung: state.rung + 1 }, posts: [] };
    if (input.message === 'choke' && !isMended) throw new Error('cannot swallow that');
    if (input.message === 'forget') return { state: undefined, posts: [] };
    const count = state.count + 1;
    const posts =
      count % 2 === 0 ? ([{ kind: 'desk', desk: 'counter', key: 'echo', message: 'half' }] as const) : [];
    return { state: { ...state, count }, posts, wakeAt: now + 60_000, tags: ['counted'] };
  },
};

let isMended = false;
let scene: Scene;
let store: WatchedStore;

beforeEach(async () => {
  isMended = false;
  scene = new Scene();
  store = new WatchedStore(scene.tables);
  await startCoordinator();
});

afterEach(() => scene.end());

describe('a desk', () => {
  it('folds what it is told, in order', async () => {
    tell('a', 'one');
    tell('a', 'two');
    tell('a', 'three');
    await scene.run(1_000);

    expect(stateOf('a')).toEqual({ count: 3, rung: 0 });
    expect(rowOf('a')).toMatchObject({ kind: 'counter', key: 'a', held: false, tags: ['counted'] });
  });

  it('tells others', async () => {
    tell('a', 'one');
    tell('a', 'two');
    await scene.run(1_000);

    expect(stateOf('echo')).toEqual({ count: 1, rung: 0 });
  });

  it('is told although the record was put elsewhere', async () => {
    tell('a', 'one', 1 - homeOf(deriveDeskId('counter', 'a'), 2));
    await scene.run(1_000);

    expect(stateOf('a')).toEqual({ count: 1, rung: 0 });
  });

  it('is woken once when its time has come', async () => {
    tell('a', 'one');
    await scene.run(59_000);
    expect(stateOf('a')).toEqual({ count: 1, rung: 0 });
    await scene.run(120_000);

    expect(stateOf('a')).toEqual({ count: 1, rung: 1 });
  });

  it('is woken by the next owner of its lane', async () => {
    tell('a', 'one');
    await scene.run(1_000);
    await scene.end();
    await startCoordinator();
    await scene.run(90_000);

    expect(stateOf('a')).toEqual({ count: 1, rung: 1 });
  });

  it('goes on from what the last owner of its lane left', async () => {
    tell('a', 'one');
    await scene.run(1_000);
    await scene.end();
    await startCoordinator();
    tell('a', 'two');
    await scene.run(1_000);

    expect(stateOf('a')).toEqual({ count: 2, rung: 0 });
  });

  it('has no row when it remembers nothing', async () => {
    tell('a', 'one');
    await scene.run(1_000);
    tell('a', 'forget');
    await scene.run(1_000);
    expect(rowOf('a')).toBeUndefined();
    tell('a', 'again');
    await scene.run(1_000);

    expect(stateOf('a')).toEqual({ count: 1, rung: 0 });
  });
});

describe('a desk that cannot take a record', () => {
  beforeEach(async () => {
    tell('a', 'one');
    tell('a', 'choke');
    tell('a', 'two');
    await scene.run(1_000);
  });

  it('is held, and what follows queues', () => {
    expect(rowOf('a')).toMatchObject({ held: true, state: '{"count":1,"rung":0}' });
    expect(scene.parked).toEqual(['desk-failed', 'waiting']);
    expect(scene.incidents).toEqual(['RECORD_PARKED']);
  });

  it('does not hold up others', async () => {
    tell('b', 'one');
    await scene.run(1_000);

    expect(stateOf('b')).toEqual({ count: 1, rung: 0 });
  });

  it('goes on where it stood when it is redriven', async () => {
    isMended = true;
    scene.act(deriveDeskId('counter', 'a'), 'redrive');
    await scene.run(1_000);

    expect(rowOf('a')).toMatchObject({ held: false });
    expect(stateOf('a')).toEqual({ count: 3, rung: 0 });
    expect([scene.parked, scene.incidents]).toEqual([[], []]);
  });

  it('goes on without the record when that is skipped', async () => {
    scene.act(deriveDeskId('counter', 'a'), 'skip-record');
    await scene.run(1_000);

    expect(stateOf('a')).toEqual({ count: 2, rung: 0 });
    expect(scene.tables.audits.get('skip-record')).toMatchObject({ result: 'done' });
  });
});

describe('a record for a desk that does not exist', () => {
  it('is parked', async () => {
    put('bell', 'a', 'one');
    await scene.run(1_000);

    expect(scene.parked).toEqual(['desk-failed']);
    expect([...scene.tables.parked.values()][0]?.message).toBe('there is no desk of kind "bell"');
  });
});

describe('a batch without desks', () => {
  it('asks for none and changes none', async () => {
    scene.place('order-1');
    await scene.run(1_000);

    expect(scene.commands('inventory')).toHaveLength(1);
    expect(store.questions).toBe(0);
  });
});

/** Counts how often desks are asked for. */
class WatchedStore extends InMemoryLaneStore {
  questions = 0;

  constructor(tables: InMemoryTables) {
    super(tables);
  }

  override async loadDesks(ids: readonly string[]): Promise<readonly StoredDesk[]> {
    this.questions += 1;
    return super.loadDesks(ids);
  }
}

async function startCoordinator(): Promise<void> {
  await scene.startCoordinator({ desks: new Map([['counter', counter as Desk]]), lanes: store });
}

function tell(key: string, message: Json, part?: number): void {
  put('counter', key, message, part);
}

function put(desk: string, key: string, message: Json, part?: number): void {
  const id = deriveDeskId(desk, key);
  const record = writeHomeRecord(sceneKeyring, { kind: 'desk', saga: id, head: { desk, key }, message });
  scene.broker.append({ topic: 'scene.home', part: part ?? homeOf(id, 2), ...record });
}

function rowOf(key: string): StoredDesk | undefined {
  return scene.tables.desks.get(deriveDeskId('counter', key));
}

function stateOf(key: string): Json {
  return JSON.parse(rowOf(key)?.state ?? 'null') as Json;
}
