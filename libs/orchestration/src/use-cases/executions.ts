import type { Instant, Json } from '#libs/messaging';
import {
  operationParts,
  participantOf,
  type Direction,
  type Effect,
  type OperationName,
  type Sleep,
  type TaskEvent,
  type WaitChannel,
} from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import { effectLine, inputLine } from './timeline.js';

/** One thing that a block asked for or waited for: what it was given, what came of it, what happened on the way, and when. */
export interface Execution {
  readonly id: OperationName;
  readonly block: string;
  /** Who carries it out: a participant, an agent, a person, the clock, or what else is waited for. */
  readonly kind: 'system' | 'agent' | 'human' | 'timer' | Exclude<WaitChannel, 'task'>;
  readonly direction: Direction;
  /** The command; absent where no participant is asked. */
  readonly call?: string;
  /** The person who answered. */
  readonly by?: string;
  readonly input: Json;
  /** What was answered; absent as long as nothing was. */
  readonly output?: Json;
  /** Absent while it lasts. */
  readonly outcome?: string;
  readonly error?: string;
  readonly attempts: number;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  /** Every attempt and answer, in words, oldest first. */
  readonly log: readonly { readonly at: Instant; readonly text: string }[];
}

/** What {@link executionsOf} looks at. */
export interface ExecutionView {
  readonly entries: readonly HistoryEntry[];
  /** Participants that are agents. */
  readonly agents: readonly string[];
  /** Blocks that only let time pass now. */
  readonly sleeps: readonly Sleep[];
  /** What happened to the tasks of the saga, by the name it waits under. */
  readonly tasks: ReadonlyMap<string, readonly TaskEvent[]>;
}

type Executions = Map<OperationName, Execution>;

/** Tells a saga's history by what was carried out, in the order in which it began; all kinds alike. */
export function executionsOf({ entries, agents, sleeps, tasks }: ExecutionView): readonly Execution[] {
  const found: Executions = new Map();
  for (const entry of entries) {
    noteInput(found, entry);
    for (const effect of entry.effects) noteEffect(found, entry, effect, agents);
  }
  for (const [id, events] of tasks) noteTask(found, id, events);
  return [...found.values(), ...sleeps.map(sleeping)];
}

function noteInput(found: Executions, entry: HistoryEntry): void {
  const { input, effects } = entry;
  const known = found.get(subjectOf(entry) ?? '');
  if (known === undefined) return;
  const log = [...known.log, ...linesOf(inputLine(entry))];
  if (input.kind === 'answer' && (input.outcome === 'succeeded' || input.outcome === 'rejected'))
    return void found.set(known.id, { output: input.data, ...known, log });
  // An event that is none of those that were waited for is no output.
  const isOver = effects.some((effect) => effect.kind === 'waited' && effect.id === known.id);
  if (input.kind !== 'heard' || !isOver) return void found.set(known.id, { ...known, log });
  const by = input.by === undefined ? {} : { by: input.by };
  found.set(known.id, { ...known, ...by, output: input.data, log });
}

/** What an input is about. */
function subjectOf({ input }: HistoryEntry): OperationName | undefined {
  if (input.kind === 'answer' || input.kind === 'not-sent') return input.operation;
  return input.kind === 'heard' ? input.id : undefined;
}

function noteEffect(found: Executions, entry: HistoryEntry, effect: Effect, agents: readonly string[]): void {
  const at = entry.input.now;
  switch (effect.kind) {
    case 'open': {
      const { operation, call, data, attempt } = effect;
      const known = found.get(operation) ?? begun(operation, kindOf(call, agents), at, { call, input: data });
      return put(found, { ...known, attempts: Math.max(known.attempts, attempt) }, at, effect);
    }
    case 'await': {
      const { id, channel, request } = effect;
      const known =
        found.get(id) ?? begun(id, channel === 'task' ? 'human' : channel, at, { input: request });
      return put(found, { ...known, attempts: 1 }, at, effect);
    }
    case 'release': {
      const known = found.get(effect.id);
      return known && put(found, { endedAt: at, ...known }, at, effect);
    }
    case 'settled': {
      const { operation, call, outcome, error, attempts, startedAt, endedAt } = effect;
      const known = found.get(operation) ?? begun(operation, kindOf(call, agents), startedAt, { call });
      const end = { outcome, ...(error !== undefined && { error }), attempts, startedAt, endedAt };
      return put(found, { ...known, ...end }, at, effect);
    }
    case 'waited':
      return noteWaited(found, effect);
    case 'noted': {
      const known = found.get(subjectOf(entry) ?? '');
      return known && put(found, known, at, effect);
    }
    default:
      return;
  }
}

function noteWaited(found: Executions, effect: Extract<Effect, { kind: 'waited' }>): void {
  const { id, channel, outcome, error, startedAt, endedAt, until } = effect;
  const known = found.get(id);
  const end = { outcome, ...(error !== undefined && { error }), startedAt, endedAt };
  if (known !== undefined) return void found.set(id, { ...known, ...end });
  if (channel !== 'time') return;
  const timer = begun(id, 'timer', startedAt, { input: untilInput(until ?? endedAt) });
  const log = [{ at: endedAt, text: outcome === 'came' ? 'the time had come' : `it was ${outcome}` }];
  found.set(id, { ...timer, ...end, attempts: 1, log });
}

/** What happened at the desk of the people who were asked, between what the saga knows of it. */
function noteTask(found: Executions, id: OperationName, events: readonly TaskEvent[]): void {
  const known = found.get(id);
  if (known === undefined) return;
  const told = events.map(({ at, what, by, detail }) => ({
    at,
    text: `${what}${by === undefined ? '' : ` by ${by}`}${detail === undefined ? '' : `: ${detail}`}`,
  }));
  found.set(id, { ...known, log: [...known.log, ...told].sort((one, other) => one.at - other.at) });
}

function begun(
  id: OperationName,
  kind: Execution['kind'],
  startedAt: Instant,
  { call, input = null }: { readonly call?: string; readonly input?: Json },
): Execution {
  const { block, direction } = operationParts(id) ?? { block: id, direction: 'do' as const };
  const asked = call === undefined ? {} : { call };
  return { id, block, kind, direction, ...asked, input, attempts: 0, startedAt, log: [] };
}

function put(
  found: Executions,
  execution: Execution,
  at: Instant,
  effect: Parameters<typeof effectLine>[1],
): void {
  found.set(execution.id, { ...execution, log: [...execution.log, ...linesOf([effectLine(at, effect)])] });
}

function linesOf(lines: readonly { readonly at: Instant; readonly text: string }[]): Execution['log'] {
  return lines.map(({ at, text }) => ({ at, text }));
}

function kindOf(call: string, agents: readonly string[]): 'system' | 'agent' {
  return agents.includes(participantOf(call)) ? 'agent' : 'system';
}

function sleeping({ id, since, until }: Sleep): Execution {
  return { ...begun(id, 'timer', since, { input: untilInput(until) }), attempts: 1 };
}

function untilInput(until: Instant): Json {
  return { until: new Date(until).toISOString() };
}
