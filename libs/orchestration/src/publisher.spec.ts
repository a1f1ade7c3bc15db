import { afterEach, describe, expect, it } from '@jest/globals';
import { NoLog } from '#libs/messaging';
import { InMemoryBroker, InMemoryCommandSink } from '#libs/memory';
import { FakeClock } from '#libs/testing';
import type { Installation } from './installation-store.js';
import type { OutgoingMessage } from './outgoing-message.js';
import type { BatchOwner } from './pending-message.js';
import { Publisher } from './publisher.js';

const installation: Installation = {
  name: 'test',
  homeTopic: 'test.home',
  homePartitions: 2,
  group: 'test',
  gateGroup: 'test.gates',
  createdAt: 0,
};
const sagaOne = '019b0000-0000-7001-8000-000000000001';
const sagaTwo = '019b0000-0000-7001-8000-000000000002';

class Owner implements BatchOwner {
  isAlive = true;
  readonly at = { topic: 'test.home', part: 0 };
  readonly sent: number[] = [];
  readonly done: number[] = [];
  readonly delays: number[] = [];

  acknowledged(seq: number): void {
    this.done.push(seq);
  }

  limitedSent({ n }: { readonly n: number }): void {
    this.sent.push(n);
  }

  delayed(_saga: string, byMs: number): void {
    this.delays.push(byMs);
  }
}

class Scene {
  readonly clock = new FakeClock();
  readonly broker = new InMemoryBroker(this.clock);
  readonly sink = new InMemoryCommandSink(this.broker);
  readonly owner = new Owner();
  /** How many the limit lets go at the next question, and how often it was asked. */
  allowed = 0;
  asked = 0;
  readonly publisher: Publisher;

  constructor() {
    for (const topic of ['a.commands', 'b.commands']) this.broker.createTopic(topic);
    this.broker.createTopic('test.home', { partitions: 2 });
    const keyring = { keys: [{ id: 'k', secret: 's' }] };
    this.publisher = new Publisher({
      sink: this.sink,
      clock: this.clock,
      log: new NoLog(),
      keyring,
      installation,
      definitions: { limitNamed: (name) => ({ name, concurrency: 1 }), pauseOn: () => undefined },
      store: { grant: ({ wanted }) => this.grant(wanted.length) },
    });
  }

  async start(): Promise<void> {
    await this.sink.start();
    this.publisher.start();
  }

  async grant(wanted: number): Promise<{ readonly count: number }> {
    this.asked += 1;
    const count = Math.min(wanted, this.allowed);
    this.allowed -= count;
    return { count };
  }

  add(seq: number, ...messages: readonly OutgoingMessage[]): void {
    this.publisher.add(this.owner, seq, { at: this.clock.now(), messages });
  }

  stored(topic: string, part = 0): readonly string[] {
    return this.broker
      .log({ topic, part })!
      .read(0, 100)
      .records.map(({ value }) => value?.toString() ?? '');
  }
}

function command(saga: string, topic: string, value: string): OutgoingMessage {
  return { saga, topic, key: saga, value, headers: {}, command: { operation: 'step/1/do', attempt: 1 } };
}

function limited(saga: string, value: string, n: number): OutgoingMessage {
  return { ...command(saga, 'a.commands', value), limit: 'a', n };
}

let scene: Scene;

async function begin(): Promise<Scene> {
  scene = new Scene();
  await scene.start();
  return scene;
}

afterEach(async () => {
  const stopped = scene.publisher.stop();
  await scene.clock.run(2_000);
  await stopped;
});

describe('a publisher', () => {
  it('acknowledges a batch when all of it is stored', async () => {
    const { owner, clock } = await begin();

    scene.add(7, command(sagaOne, 'a.commands', 'one'), command(sagaTwo, 'b.commands', 'two'));
    await clock.run(100);

    expect(owner.done).toEqual([7]);
    expect([scene.stored('a.commands'), scene.stored('b.commands')]).toEqual([['one'], ['two']]);
  });

  it('holds a saga back behind its own unsent message only', async () => {
    const { broker, clock, owner } = await begin();
    broker.log({ topic: 'a.commands', part: 0 })!.isWritable = false;

    scene.add(1, command(sagaOne, 'a.commands', 'first'));
    scene.add(2, command(sagaOne, 'b.commands', 'second'));
    scene.add(3, command(sagaTwo, 'b.commands', 'other'));
    await clock.run(3_000);

    expect(scene.stored('b.commands')).toEqual(['other']);
    expect(owner.done).toEqual([3]);
  });

  it('goes on in order when a topic takes messages again', async () => {
    const { broker, clock, owner } = await begin();
    const log = broker.log({ topic: 'a.commands', part: 0 })!;
    log.isWritable = false;
    scene.add(1, command(sagaOne, 'a.commands', 'first'));
    scene.add(2, command(sagaOne, 'a.commands', 'second'));
    await clock.run(3_000);

    log.isWritable = true;
    await clock.run(3_000);

    expect(scene.stored('a.commands')).toEqual(['first', 'second']);
    expect(owner.done).toEqual([1, 2]);
  });

  it('says how late a command has left', async () => {
    const { broker, clock, owner } = await begin();
    const log = broker.log({ topic: 'a.commands', part: 0 })!;
    log.isWritable = false;
    scene.add(1, command(sagaOne, 'a.commands', 'first'));
    await clock.run(20_000);

    log.isWritable = true;
    await clock.run(3_000);

    expect(owner.delays).toHaveLength(1);
    expect(owner.delays[0]).toBeGreaterThanOrEqual(20_000);
  });

  it('tells the saga of a message that can never be sent', async () => {
    const { clock, owner } = await begin();

    scene.add(1, command(sagaOne, 'nowhere.commands', 'lost'));
    await clock.run(10_000);

    expect(scene.broker.log({ topic: 'test.home', part: 1 })!.end).toBe(1);
    expect(owner.done).toEqual([1]);
  });

  it('leaves the messages of an ended lane to its next owner', async () => {
    const { broker, clock, owner } = await begin();
    const log = broker.log({ topic: 'a.commands', part: 0 })!;
    log.isWritable = false;
    scene.add(1, command(sagaOne, 'a.commands', 'first'));
    await clock.run(1_000);

    owner.isAlive = false;
    log.isWritable = true;
    await clock.run(3_000);

    expect(scene.stored('a.commands')).toEqual([]);
    expect(scene.publisher.backlog).toBe(0);
  });
});

describe('a publisher of limited commands', () => {
  it('sends as many as the limit allows, in their order', async () => {
    const { clock, owner } = await begin();
    scene.allowed = 2;

    scene.add(1, limited(sagaOne, 'one', 0), limited(sagaOne, 'two', 1), limited(sagaTwo, 'three', 2));
    await clock.run(1_000);

    expect(scene.stored('a.commands')).toEqual(['one', 'two']);
    expect([owner.sent, owner.done]).toEqual([[0, 1], []]);
  });

  it('keeps what a saga says later behind its command', async () => {
    const { clock, owner } = await begin();

    scene.add(1, limited(sagaOne, 'held', 0));
    scene.add(2, command(sagaOne, 'b.commands', 'behind'), command(sagaTwo, 'b.commands', 'other'));
    await clock.run(1_000);
    const before = scene.stored('b.commands');
    scene.allowed = 1;
    await clock.run(1_000);

    expect(before).toEqual(['other']);
    expect([scene.stored('a.commands'), scene.stored('b.commands')]).toEqual([['held'], ['other', 'behind']]);
    expect(owner.done).toEqual([2]);
  });

  it('counts what waits for a limit as no backlog', async () => {
    const { clock } = await begin();

    scene.add(1, limited(sagaOne, 'held', 0));
    await clock.run(1_000);

    expect([scene.publisher.backlog, scene.publisher.isWaiting(sagaOne)]).toEqual([0, true]);
  });

  it('asks at once when somebody has answered', async () => {
    const { clock } = await begin();
    scene.add(1, limited(sagaOne, 'held', 0));
    await clock.run(10);

    scene.allowed = 1;
    scene.publisher.heard('a', [false]);
    await clock.run(10);

    expect(scene.stored('a.commands')).toEqual(['held']);
  });

  it('asks for nothing when nothing waits', async () => {
    const { clock } = await begin();

    scene.add(1, command(sagaOne, 'a.commands', 'free'));
    await clock.run(10_000);

    expect(scene.asked).toBe(0);
  });

  it('leaves what waits of an ended lane to its next owner', async () => {
    const { clock, owner } = await begin();
    scene.add(1, limited(sagaOne, 'held', 0));
    await clock.run(100);

    owner.isAlive = false;
    scene.allowed = 1;
    await clock.run(1_000);

    expect(scene.stored('a.commands')).toEqual([]);
    expect(scene.publisher.isWaiting(sagaOne)).toBe(false);
  });
});
