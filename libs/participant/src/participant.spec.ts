import { afterEach, describe, expect, it } from '@jest/globals';
import {
  commandHeaders,
  commandId,
  deriveSagaId,
  header,
  SystemClock,
  type Command,
  type Json,
  type OutgoingRecord,
} from '#libs/messaging';
import { ScriptedSink, ScriptedSource, type ScriptedMessage } from '#libs/testing';
import { CommandHandlers } from './command-handlers.js';
import type { CommandContext } from './command-context.js';
import { ForgetfulOperationMemory } from './forgetful-operation-memory.js';
import { accepted, rejected } from './handler-answer.js';
import type { ClaimOutcome } from './operation-memory.js';
import { Participant } from './participant.js';
import type { ParticipantSettings } from './participant-settings.js';
import { TransientError } from './transient-error.js';

const clock = new SystemClock();
const lane = { topic: 'inventory.commands', part: 2 };
const day = 86_400_000;

let running: Shop[] = [];

afterEach(async () => {
  for (const shop of running) await shop.participant.stop();
  running = [];
});

describe('a participant that is asked', () => {
  it('answers to the partition it was told, with what was asked', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => ({ reservation: 'r-1' })),
    );

    shop.ask({ operation: 'reserve~k.1', attempt: 2 });

    const reply = await shop.reply();
    expect(reply).toMatchObject({
      topic: 'skald.home',
      part: 7,
      key: saga(1),
      value: '{"reservation":"r-1"}',
    });
    expect(reply.headers).toMatchObject({
      [header.id]: 'reserve~k.1.2.succeeded',
      [header.source]: '/participants/inventory',
      [header.type]: 'inventory.reserve.succeeded',
      [header.correlation]: saga(1),
      [header.causation]: 'reserve~k.1.2',
      [header.operation]: 'reserve~k.1',
      [header.outcome]: 'succeeded',
      [header.traceparent]: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
  });

  it('tells its handler everything about the command', async () => {
    const seen: CommandContext<undefined>[] = [];
    const shop = await given((handlers) =>
      handlers.command<{ sku: string }>('inventory.reserve', (data, context) => {
        seen.push(context);
        return data.sku;
      }),
    );
    const deadline = clock.now() + 60_000;

    shop.ask({ data: { sku: 'lamp' }, deadline });

    expect((await shop.reply()).value).toBe('"lamp"');
    expect(seen[0]).toMatchObject({
      operation: 'op-1',
      deadline,
      command: { step: 'reserveStock', revision: 3 },
    });
  });

  it('says no when the business says no', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => rejected('out-of-stock', { left: 0 })),
    );

    shop.ask();

    expect(await shop.outcome()).toEqual(['rejected', 'out-of-stock']);
  });

  it('says failed when the handler throws', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        throw new RangeError('far out');
      }),
    );

    shop.ask();

    expect(await shop.outcome()).toEqual(['failed', 'range-error']);
  });

  it('says when to come again', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        throw new TransientError('busy', { error: 'warehouse-busy', retryAfterMs: 1_200 });
      }),
    );

    shop.ask();

    expect((await shop.reply()).headers).toMatchObject({
      [header.error]: 'warehouse-busy',
      [header.retryAfter]: '2',
    });
  });

  it.each([
    ['a NUL character', 'a\0b'],
    ['more than it may say', 'x'.repeat(2_000)],
    ['what is not JSON', 10n as unknown as Json],
  ])('says failed rather than send %s', async (_what, output) => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => output), {
      maxAnswerBytes: 1_000,
    });

    shop.ask();

    expect((await shop.outcome())[0]).toBe('failed');
  });

  it('says that it does not know the command', async () => {
    const shop = await given((handlers) => handlers);

    shop.ask({ type: 'inventory.explode' });

    expect(await shop.outcome()).toEqual(['failed', 'unknown-command']);
  });
});

describe('a participant that is asked twice', () => {
  it('gives the same answer without doing it again', async () => {
    const shop = await counting();

    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 2 });

    expect((await shop.replies(3)).map((reply) => reply.value)).toEqual(['1', '1', '1']);
  });

  it('does again what failed, for a new attempt only', async () => {
    let calls = 0;
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        calls += 1;
        if (calls === 1) throw new TransientError('busy');
        return calls;
      }),
    );

    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 2 });

    expect((await shop.replies(3)).map(outcomeOf)).toEqual(['failed', 'failed', 'succeeded']);
  });

  it('does not repeat what is older than its memory', async () => {
    const shop = await counting();

    shop.ask({ at: clock.now() - 14 * day + 3_500_000 });

    expect(await shop.outcome()).toEqual(['failed', 'too-old']);
  });

  it('does one that two sagas claim once', async () => {
    const shop = await counting();

    shop.deliver([command({ saga: saga(1) }), command({ saga: saga(2) })]);

    expect((await shop.replies(2)).map((reply) => reply.value)).toEqual(['1', '1']);
  });
});

describe('a command that comes too late', () => {
  it('is refused, and stays refused when it is repeated', async () => {
    const shop = await counting();

    shop.ask({ deadline: clock.now() - 1 });
    shop.ask({ deadline: clock.now() + 60_000 });
    shop.ask({ attempt: 2 });

    expect((await shop.replies(3)).map((reply) => reply.headers[header.error] ?? 'none')).toEqual([
      'too-late',
      'too-late',
      'none',
    ]);
  });

  it('is carried out within the allowance', async () => {
    const shop = await counting({ deadlineAllowanceMs: 10_000 });

    shop.ask({ deadline: clock.now() - 1_000 });

    expect(await shop.outcome()).toEqual(['succeeded', undefined]);
  });
});

describe('a compensation', () => {
  it('is given what the operation answered', async () => {
    const shop = await releasing();

    shop.ask();
    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });

    expect((await shop.replies(2))[1]?.value).toBe('{"state":"done","output":"reserved"}');
  });

  it('succeeds without its handler when there is nothing to undo, and the operation is refused from then on', async () => {
    const shop = await releasing();

    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });
    shop.ask();

    const replies = await shop.replies(2);
    expect(replies.map((reply) => [outcomeOf(reply), reply.value])).toEqual([
      ['succeeded', 'null'],
      ['rejected', 'null'],
    ]);
    expect(replies[1]?.headers[header.error]).toBe('undone');
  });

  it('calls a handler that asked to be called for nothing', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.release', () => 'looked', { undoOfNothing: 'call' }),
    );

    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });

    expect((await shop.reply()).value).toBe('"looked"');
  });

  it('takes a silent memory for no proof when the saga is older than it', async () => {
    const shop = await releasing();

    shop.ask({
      type: 'inventory.release',
      operation: 'undo-1',
      compensates: 'op-1',
      saga: saga(1, clock.now() - 20 * day),
    });

    expect(await shop.outcome()).toEqual(['failed', 'too-old']);
  });

  it('succeeds at once when another one has undone it', async () => {
    const shop = await releasing();

    shop.ask();
    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });
    shop.ask({ type: 'inventory.release', operation: 'undo-2', compensates: 'op-1' });

    expect((await shop.replies(3)).map((reply) => reply.value)[2]).toBe('null');
  });
});

describe('a verification', () => {
  it('tells the output of what was done', async () => {
    const shop = await releasing();

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });

    expect((await shop.replies(2))[1]).toMatchObject({ value: '"reserved"' });
  });

  it('keeps "not done" true', async () => {
    const shop = await releasing();

    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });
    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 2 });

    const replies = await shop.replies(3);
    expect(replies.map((reply) => [outcomeOf(reply), reply.headers[header.error]])).toEqual([
      ['rejected', 'not-done'],
      ['failed', 'fenced'],
      ['succeeded', undefined],
    ]);
  });

  it('lets a query handler say the output afresh', async () => {
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', () => 'reserved')
        .query('inventory.reservation', (_data, { remembered }) => ({ now: remembered?.output ?? null })),
    );

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });

    expect((await shop.replies(2))[1]?.value).toBe('{"now":"reserved"}');
  });

  it('does not believe a query handler that contradicts the memory', async () => {
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', () => 'reserved')
        .query('inventory.reservation', () => rejected('not-found')),
    );

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });

    expect((await shop.replies(2))[1]).toMatchObject({ value: '"reserved"' });
  });

  it('says that it cannot know what is older than the memory', async () => {
    const shop = await releasing();

    shop.ask({
      type: 'inventory.reservation',
      operation: 'verify-1',
      verifies: 'op-1',
      saga: saga(1, clock.now() - 20 * day),
    });

    expect(await shop.outcome()).toEqual(['failed', 'too-old']);
  });
});

describe('a query on its own', () => {
  it('is answered each time afresh', async () => {
    let calls = 0;
    const shop = await given((handlers) => handlers.query('inventory.stock', () => (calls += 1)));

    shop.ask({ type: 'inventory.stock' });
    shop.ask({ type: 'inventory.stock' });

    expect((await shop.replies(2)).map((reply) => reply.value)).toEqual(['1', '2']);
  });
});

describe('an accepted command', () => {
  it('is answered later, and again when it is repeated', async () => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => accepted()));
    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });
    await shop.replies(2);

    expect(await shop.participant.complete('op-1', () => ({ reservation: 'r-1' }))).toEqual({
      kind: 'completed',
    });
    shop.ask();

    const replies = await shop.replies(4);
    expect(replies.map(outcomeOf)).toEqual(['accepted', 'accepted', 'succeeded', 'succeeded']);
    expect(replies[2]?.headers).toMatchObject({
      [header.id]: 'op-1.1.succeeded',
      [header.causation]: 'op-1.1',
    });
    expect(await shop.participant.complete('op-1', 'again')).toEqual({ kind: 'not-open', state: 'done' });
  });

  it('can end in a no or a failure', async () => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => accepted()));
    shop.ask();
    shop.ask({ operation: 'op-2', saga: saga(2) });
    await shop.replies(2);

    await shop.participant.complete('op-1', rejected('out-of-stock'));
    await shop.participant.complete('op-2', new TransientError('busy'));

    expect((await shop.replies(4)).slice(2).map(outcomeOf)).toEqual(['rejected', 'failed']);
    expect(await shop.participant.complete('op-9', 1)).toEqual({ kind: 'not-open' });
  });
});

describe('a record that cannot be answered', () => {
  it('is kept, and the rest goes on', async () => {
    const shop = await counting();
    const bad: ScriptedMessage[] = [
      { value: '{', headers: command().headers },
      { value: '{}', headers: {} },
      { value: '{}', headers: { ...command().headers, [header.operation]: 'x'.repeat(3_000) } },
      { value: '{}', headers: { ...command().headers, [header.attempt]: '999999999999' } },
    ];

    shop.deliver([...bad, command()]);

    await shop.reply();
    await shop.until(() => shop.memory.parked().length === 4, 'four records are parked');
    expect(shop.memory.parked().map((parked) => parked.reason)).toEqual([
      'not-json',
      'missing-header',
      'malformed-header',
      'malformed-header',
    ]);
    await shop.untilCommitted(5);
  });

  it('is kept when the broker refuses its answer for good', async () => {
    const shop = await counting();
    shop.sink.fate = () => ({ kind: 'refused', code: 'no-such-topic', reason: 'no such topic' });

    shop.ask();

    await shop.until(() => shop.memory.parked().length === 1, 'the command is parked');
    expect(shop.memory.parked()[0]).toMatchObject({ reason: 'reply-refused', message: 'no such topic' });
    await shop.untilCommitted(1);
  });
});

describe('the position of a participant', () => {
  it('stays in front of a command whose answer is not acknowledged', async () => {
    const shop = await counting();
    let refusals = 3;
    shop.sink.fate = (record) => {
      if (record.key !== saga(1) || refusals === 0) return { kind: 'acknowledged' };
      refusals -= 1;
      expect(shop.source.hints).toEqual([]);
      return { kind: 'unsent', reason: 'no leader' };
    };

    shop.ask({ saga: saga(1) });
    shop.ask({ saga: saga(2), operation: 'op-2' });

    await shop.replies(2);
    await shop.untilCommitted(2);
    expect(refusals).toBe(0);
  });

  it('passes the markers behind a batch', async () => {
    const shop = await counting();

    shop.source.deliver(lane, [command()], 2);
    shop.source.deliver(lane, [], 1);

    await shop.untilCommitted(4);
  });

  it('is not committed for a partition that was taken away', async () => {
    const shop = await counting();
    shop.ask();
    await shop.reply();

    shop.source.revoke([lane]);
    await shop.participant.stop();

    expect(shop.source.hints).toEqual([]);
  });

  it('is committed when the participant stops', async () => {
    const shop = await counting({ commitEveryMs: 60_000 });
    shop.ask();

    await shop.participant.stop();

    expect(shop.source.hints).toEqual([{ part: 2, next: 1 }]);
    expect(shop.source.isStopped).toBe(true);
  });
});

describe('a participant with much to do', () => {
  it('keeps the order of a saga and does not let sagas wait for each other', async () => {
    const { promise: held, open } = gate();
    const order: string[] = [];
    const shop = await given((handlers) =>
      handlers.command<string>('inventory.reserve', async (name) => {
        if (name === 'a1') await held;
        order.push(name);
        return name;
      }),
    );

    shop.deliver([ask('a1', 1), ask('a2', 1)]);
    shop.deliver([ask('b1', 2), ask('b2', 2)]);
    await shop.until(() => order.length === 2, 'the other saga is done');
    open();

    await shop.replies(4);
    expect(order).toEqual(['b1', 'b2', 'a1', 'a2']);
  });

  it('pauses a partition until it has caught up', async () => {
    const { promise: held, open } = gate();
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => held), {
      maxOnTheWay: 4,
    });

    shop.deliver([1, 2, 3, 4, 5].map((n) => ask(`op-${n}`, n)));
    expect(shop.source.paused.size).toBe(1);
    open();

    await shop.replies(5);
    await shop.until(() => shop.source.paused.size === 0, 'the partition goes on');
  });

  it('tries again while its memory is away', async () => {
    let calls = 0;
    class Absent extends ForgetfulOperationMemory {
      override carryOut(
        ...args: Parameters<ForgetfulOperationMemory['carryOut']>
      ): Promise<readonly ClaimOutcome[]> {
        calls += 1;
        return calls < 3 ? Promise.reject(new Error('no connection')) : super.carryOut(...args);
      }
    }
    const handlers = new CommandHandlers<undefined>().command('inventory.reserve', () => 'reserved');
    const shop = await start(handlers, new Absent(clock));

    shop.ask();

    expect(await shop.outcome()).toEqual(['succeeded', undefined]);
  });
});

interface Shop {
  readonly participant: Participant<undefined>;
  readonly source: ScriptedSource;
  readonly sink: ScriptedSink;
  readonly memory: ForgetfulOperationMemory;
  ask(change?: Partial<Command>): void;
  deliver(messages: readonly ScriptedMessage[]): void;
  replies(count: number): Promise<readonly OutgoingRecord[]>;
  reply(): Promise<OutgoingRecord>;
  outcome(): Promise<readonly [string | undefined, string | undefined]>;
  until(condition: () => boolean, what: string): Promise<void>;
  untilCommitted(next: number): Promise<void>;
}

function counting(settings: Partial<ParticipantSettings> = {}): Promise<Shop> {
  let calls = 0;
  return given((handlers) => handlers.command('inventory.reserve', () => (calls += 1)), settings);
}

function releasing(): Promise<Shop> {
  return given((handlers) =>
    handlers
      .command('inventory.reserve', () => 'reserved')
      .command('inventory.release', (_data, { remembered }) => ({ ...remembered! })),
  );
}

function given(
  register: (handlers: CommandHandlers<undefined>) => CommandHandlers<undefined>,
  settings: Partial<ParticipantSettings> = {},
): Promise<Shop> {
  return start(register(new CommandHandlers()), new ForgetfulOperationMemory(clock), settings);
}

async function start(
  handlers: CommandHandlers<undefined>,
  memory: ForgetfulOperationMemory,
  settings: Partial<ParticipantSettings> = {},
): Promise<Shop> {
  const source = new ScriptedSource([lane]);
  const sink = new ScriptedSink();
  const participant = new Participant(
    { name: 'inventory', handlers, source, sink, memory, clock },
    { commitEveryMs: 5, ...settings },
  );
  await participant.start();
  const replies = async (count: number): Promise<readonly OutgoingRecord[]> => {
    await until(() => sink.sent.length >= count, `${count} replies`);
    return sink.sent;
  };
  const reply = async (): Promise<OutgoingRecord> => (await replies(1))[0]!;
  const shop: Shop = {
    participant,
    source,
    sink,
    memory,
    replies,
    reply,
    until,
    ask: (change) => source.deliver(lane, [command(change)]),
    deliver: (messages) => source.deliver(lane, messages),
    outcome: async () => {
      const { headers } = await reply();
      return [headers[header.outcome], headers[header.error]];
    },
    untilCommitted: (next) =>
      until(() => source.hints.at(-1)?.next === next, `position ${next} is committed`),
  };
  running.push(shop);
  return shop;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const giveUpAt = clock.elapsed() + 4_000;
  while (!condition()) {
    if (clock.elapsed() > giveUpAt) throw new Error(`waited 4 s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function command(change: Partial<Command> = {}): ScriptedMessage {
  const operation = change.operation ?? 'op-1';
  const attempt = change.attempt ?? 1;
  const { data, ...headers } = {
    id: commandId(operation, attempt),
    type: 'inventory.reserve',
    source: '/skald/test',
    at: clock.now(),
    saga: saga(1),
    operation,
    attempt,
    sagaType: 'order-fulfilment',
    step: 'reserveStock',
    revision: 3,
    replyTo: 'skald.home',
    replyPartition: 7,
    hops: 0,
    trace: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    data: null as Json,
    ...change,
  };
  return { key: headers.saga, value: JSON.stringify(data), headers: commandHeaders(headers, 'cause') };
}

function ask(name: string, ofSaga: number): ScriptedMessage {
  return command({ operation: name, saga: saga(ofSaga), data: name });
}

const today = clock.now();

function saga(number: number, at = today): string {
  return deriveSagaId({
    installation: 'test',
    definition: 'order-fulfilment',
    businessKey: `order-${number}`,
    source: '/shop',
    eventId: String(number),
    at,
  });
}

function outcomeOf(reply: OutgoingRecord): string | undefined {
  return reply.headers[header.outcome];
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
