import {
  commandHeaders,
  commandId,
  deriveSagaId,
  header,
  SystemClock,
  waitFor,
  type Command,
  type FieldKeys,
  type Json,
  type OutgoingRecord,
} from '#libs/messaging';
import { ScriptedSink, ScriptedSource, type ScriptedMessage } from '#libs/testing';
import { CommandHandlers } from './command-handlers.js';
import { ForgetfulOperationMemory } from './forgetful-operation-memory.js';
import { Participant } from './participant.js';
import type { ParticipantSettings } from './participant-settings.js';

/** The clock of the fixture. */
export const clock = new SystemClock();

/** The one partition the participant reads. */
export const lane = { topic: 'inventory.commands', part: 2 };

/** Less than a test may take, and enough for a machine that is busy. */
const patienceMs = 15_000;

/** Milliseconds of a day. */
export const day = 86_400_000;

let running: Shop[] = [];

/** Stops every participant a test has started. */
export async function stopAll(): Promise<void> {
  for (const shop of running) await shop.participant.stop();
  running = [];
}

/** A participant with a scripted broker around it. */
export interface Shop {
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

/** Answers how often its handler was called. */
export function counting(settings: Partial<ParticipantSettings> = {}): Promise<Shop> {
  let calls = 0;
  return given((handlers) => handlers.command('inventory.reserve', () => (calls += 1)), settings);
}

/** Reserves, and tells on release what it was told. */
export function releasing(): Promise<Shop> {
  return given((handlers) =>
    handlers
      .command('inventory.reserve', () => 'reserved')
      .command('inventory.release', (_data, { remembered }) => ({ ...remembered! })),
  );
}

/** Starts a participant with these handlers. */
export function given(
  register: (handlers: CommandHandlers<undefined>) => CommandHandlers<undefined>,
  settings: Partial<ParticipantSettings> = {},
  fieldKeys?: FieldKeys,
): Promise<Shop> {
  return start(register(new CommandHandlers()), new ForgetfulOperationMemory(clock), settings, fieldKeys);
}

/** Starts a participant on a memory of its own. */
export async function start(
  handlers: CommandHandlers<undefined>,
  memory: ForgetfulOperationMemory,
  settings: Partial<ParticipantSettings> = {},
  fieldKeys?: FieldKeys,
): Promise<Shop> {
  const source = new ScriptedSource([lane]);
  const sink = new ScriptedSink();
  const participant = new Participant(
    { name: 'inventory', handlers, source, sink, memory, clock, ...(fieldKeys && { fieldKeys }) },
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

/** Waits for a condition, and says in vain for what. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const giveUpAt = clock.elapsed() + patienceMs;
  while (!condition()) {
    if (clock.elapsed() > giveUpAt) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await waitFor(clock, 1);
  }
}

/** A command as it lies on the topic. */
export function command(change: Partial<Command> = {}): ScriptedMessage {
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

/** A command of a numbered saga whose data is its name. */
export function ask(name: string, ofSaga: number): ScriptedMessage {
  return command({ operation: name, saga: saga(ofSaga), data: name });
}

const today = clock.now();

/** The id of a numbered saga that began at `at`. */
export function saga(number: number, at = today): string {
  return deriveSagaId({
    installation: 'test',
    definition: 'order-fulfilment',
    businessKey: `order-${number}`,
    source: '/shop',
    eventId: String(number),
    at,
  });
}

/** What a reply says. */
export function outcomeOf(reply: OutgoingRecord): string | undefined {
  return reply.headers[header.outcome];
}

/** Something to wait at until it is opened. */
export function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
