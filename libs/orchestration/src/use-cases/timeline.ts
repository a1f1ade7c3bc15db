import type { Instant, Json } from '#libs/messaging';
import {
  operationParts,
  refusedByRuleText,
  weighingText,
  type Effect,
  type HeardInput,
  type KnownValue,
  type Note,
  type Proposer,
  type SagaInput,
  type WaitedEffect,
} from '#libs/saga';
import { circleText } from '../circles/circle-text.js';
import type { KnownFact } from '../desks/fact-state.js';
import type { CircleInput, HistoryEntry } from '../history.js';
import { awaitedText } from './awaited-text.js';

/** One thing that happened to a saga, in words. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly kind:
    | 'started'
    | 'sent'
    | 'settled'
    | 'answer'
    | 'awaited'
    | 'heard'
    | 'released'
    | 'timer'
    | 'action'
    | 'told'
    | 'noted'
    | 'caught'
    | 'incident'
    | 'finished'
    | 'refused';
  readonly block?: string;
  /** The word for such a block, such as `command` or `task`. */
  readonly blockKind?: string;
  readonly text: string;
}

/** Tells a saga's history, oldest first. What a reader can infer from the next line has no line of its own. */
export function timelineOf(entries: readonly HistoryEntry[]): readonly TimelineEntry[] {
  return entries.flatMap((entry) => [
    ...inputLine(entry),
    ...entry.effects
      .filter((effect) => isTold(effect, entry.effects))
      .map((effect) => effectLine(entry.input.now, effect)),
  ]);
}

/** What an input is told as. */
export function inputLine({ input, effects, cause }: HistoryEntry): readonly TimelineEntry[] {
  const at = input.now;
  switch (input.kind) {
    case 'start':
      return [
        effects.length === 0
          ? {
              at,
              kind: 'refused',
              text: `start repeated${cause === undefined ? '' : ` by ${cause}`}; nothing to do`,
            }
          : { at, kind: 'started', text: `started${cause === undefined ? '' : ` by ${cause}`}` },
      ];
    case 'answer':
      return answerLine(input, effects);
    case 'due':
      return effects.some(isTimePassed) ? [] : [{ at, kind: 'timer', text: 'a timer came due' }];
    case 'not-sent':
      return [
        {
          at,
          kind: 'refused',
          block: blockOf(input.operation),
          text: `the broker refused ${named(input.operation)}: ${input.reason}`,
        },
      ];
    case 'heard':
      return [{ at, kind: 'heard', block: blockOf(input.id), text: heardText(input, effects) }];
    case 'circle':
      return [{ at, kind: 'noted', text: `waits in a circle: ${circleText(input)}${endText(input)}` }];
    case 'switched':
      return [
        { at, kind: 'action', text: `the toggle ${input.toggle} was switched ${input.on ? 'on' : 'off'}` },
      ];
    case 'action':
      return [{ at, kind: 'action', ...blockPart(input.action), text: actionText(input) }];
  }
}

function endText({ endsAt }: CircleInput): string {
  return endsAt === undefined ? '' : `; one of them goes on by itself at ${new Date(endsAt).toISOString()}`;
}

function answerLine(
  input: Extract<SagaInput, { kind: 'answer' }>,
  effects: readonly Effect[],
): readonly TimelineEntry[] {
  const { now: at, operation, outcome, attempt } = input;
  if (effects.some((effect) => effect.kind === 'settled' && effect.operation === operation)) return [];
  const block = blockOf(operation);
  const error = input.error === undefined ? '' : ` (${input.error})`;
  if (outcome === 'accepted')
    return [{ at, kind: 'answer', block, text: `${named(operation)} was accepted; the result follows` }];
  if (outcome === 'failed')
    return [{ at, kind: 'answer', block, text: `${named(operation)} failed at attempt ${attempt}${error}` }];
  const late = effects.length === 0 ? '; late or repeated, without effect' : '';
  return [{ at, kind: 'answer', block, text: `${named(operation)} was answered ${outcome}${error}${late}` }];
}

// What nobody catches is told by what follows: the undoing, or the incident.
// What came to a wait is told by its input; that nobody waits any more, by what is withdrawn.
function isTold(effect: Effect, all: readonly Effect[]): boolean {
  switch (effect.kind) {
    case 'waited':
      return effect.outcome === 'came'
        ? isTimePassed(effect)
        : !all.some((other) => other.kind === 'release' && other.id === effect.id);
    case 'caught':
      return effect.isUncaught !== true;
    default:
      return true;
  }
}

/** Time that a block waited for has passed: of the timer itself nothing more has to be told. */
function isTimePassed(effect: Effect): boolean {
  return effect.kind === 'waited' && effect.channel === 'time' && effect.outcome === 'came';
}

/** What an effect is told as. */
export function effectLine(at: Instant, effect: Effect): TimelineEntry {
  switch (effect.kind) {
    case 'waited':
      return { at, kind: 'settled', block: effect.block, text: waitedText(effect) };
    case 'open':
      return { at, kind: 'sent', block: effect.block, text: openText(effect) };
    case 'await':
      return { at, kind: 'awaited', block: effect.block, text: askedText(effect) };
    case 'release':
      return {
        at,
        kind: 'released',
        block: effect.block,
        text: `no longer waits for ${releasedText(effect)}${effect.reason === undefined ? '' : `: ${effect.reason}`}`,
      };
    case 'settled':
      return { at, kind: 'settled', block: effect.block, text: settledText(effect) };
    case 'tell':
      return { at, kind: 'told', block: effect.block, text: `published ${effect.event}` };
    case 'caught':
      return { at, kind: 'caught', block: effect.block, text: `took the path ${effect.path}` };
    case 'noted':
      return { at, kind: 'noted', block: effect.block, text: noteText(effect.note, effect.block, at) };
    case 'incident':
      return effect.open
        ? {
            at,
            kind: 'incident',
            block: effect.block,
            text: `incident ${effect.id} on ${effect.block} (${effect.code}): ${effect.message}`,
          }
        : { at, kind: 'incident', text: `incident ${effect.id} closed` };
    case 'finish':
      return { at, kind: 'finished', text: finishText(effect) };
    case 'refused':
      return { at, kind: 'refused', text: `refused (${effect.code}): ${effect.message}` };
  }
}

function heardText(input: HeardInput, effects: readonly Effect[]): string {
  const { id, what, event, by } = input;
  const forbidden = forbiddenText(input);
  if (forbidden !== undefined) return forbidden;
  const from = by === undefined ? '' : ` by ${by}`;
  const without = effects.length === 0 ? '; without effect' : '';
  return `${named(id)} heard ${event?.type ?? what}${from}${answerText(input)}${without}`;
}

/** What a person answered, and no rule allows: the task stays open. */
function forbiddenText({ id, what, by, data }: HeardInput): string | undefined {
  const { answer, refused } = (data ?? {}) as { readonly answer?: Json; readonly refused?: Json };
  if (what !== 'forbidden' || typeof answer !== 'string' || typeof refused !== 'string') return undefined;
  return `${named(id)} refused the answer "${answer}" of ${by ?? 'somebody'}: ${refused}`;
}

/** What a person answered, or why a lock is not to be had. */
function answerText(input: HeardInput): string {
  const { what, data } = input;
  const reason =
    what === 'refused' || what === 'lost' ? (data as { readonly reason?: Json } | null)?.reason : undefined;
  if (typeof reason === 'string') return `: ${reason}`;
  const answer = what === 'answered' ? (data as { readonly answer?: Json } | null)?.answer : undefined;
  return typeof answer === 'string' ? `: ${answer}` : factText(input);
}

function factText({ what, data, now, event }: HeardInput): string {
  const known = data as Partial<KnownFact> | null;
  if ((what !== 'fact' && what !== 'stale') || known?.asOf === undefined) return '';
  const { asOf, lagMs = 0, readBy } = known;
  return ` (${what}) ${ageText({ asOf, lagMs, ...(readBy && { readBy }), ...(event && { source: event.source }) }, now)}`;
}

/** How old what is known of a fact was when something was decided by it, and who said so. The value itself is in the history. */
function ageText({ asOf, lagMs, source, readBy }: Omit<KnownValue, 'value'>, now: Instant): string {
  const lag = lagMs === 0 ? '' : `, which may lag up to ${durationText(lagMs)}`;
  const reader = readBy === undefined ? '' : `, read by ${readBy}`;
  const from = source === undefined ? '' : `, from ${source}`;
  const age = `, ${durationText(Math.max(0, now - asOf))} old`;
  return `as of ${new Date(asOf).toISOString()}${age}${from}${lag}${reader}`;
}

/** Whoever holds a lock says by the same effect where it stands. */
function askedText(effect: Extract<Effect, { kind: 'await' }>): string {
  const { says } = (effect.request ?? {}) as { readonly says?: readonly string[] };
  if (effect.channel !== 'lock' || says === undefined)
    return `waits for ${awaitedText(effect)} (${named(effect.id)})`;
  const stands = says.length === 0 ? 'nothing any more' : says.join('; ');
  return `tells whoever wants ${awaitedText(effect)} (${named(effect.id)}): ${stands}`;
}

function releasedText({ channel, id }: Extract<Effect, { kind: 'release' }>): string {
  return `${{ event: 'an event', task: 'a person', saga: 'another saga', lock: 'a lock', fact: 'a fact' }[channel]} (${named(id)})`;
}

function noteText(note: Note, block: string, at: Instant): string {
  switch (note.what) {
    case 'decided': {
      if (note.weighed)
        return `table ${note.table} version ${note.version} weighed: ${weighingText(note.output)}`;
      const rules = note.rules.length === 0 ? 'no rule' : note.rules.join(', ');
      return `table ${note.table} version ${note.version} decided by ${rules}`;
    }
    case 'recorded':
      return `${note.call} said ${JSON.stringify(note.data)}`;
    case 'put-right':
      return `${note.call} wrote ${note.changes.map(({ path, from, to }) => `${path} "${from}", taken for "${to}"`).join('; ')}`;
    case 'drifted':
      return `${note.call} answered in another form than its contract says: ${note.problems.join('; ')}`;
    case 'denied':
      return `${note.call} is out of bounds: ${note.problem}`;
    case 'to-be-confirmed':
      return `${note.call} says that it is done, which ${note.event} has to confirm`;
    case 'missing': {
      const names = `${note.legs.join(', ')}${note.count > note.legs.length ? ', …' : ''}`;
      return `goes on without ${names} (${note.count} of ${note.of})`;
    }
    case 'plan-withdrawn':
      return `${block} was done after all: nothing is undone any more (${note.undos} would have been)`;
    case 'patience':
      return patienceText(note);
    case 'fact-read':
      return `goes by ${note.fact} ${ageText(note, at)}`;
    case 'forbidden':
      return `${refusedByRuleText(note.broken)}${proposedText(note.by)}`;
    case 'too-old':
      return `${note.call} is too old: ${note.problem}`;
  }
}

function proposedText(by: Proposer | undefined): string {
  if (by === undefined) return '';
  return ` (proposed by ${by.kind === 'other' ? '' : `${by.kind} `}${by.name})`;
}

function patienceText({
  call,
  policy,
  afterMs,
  acceptedMs,
  because,
}: Extract<Note, { what: 'patience' }>): string {
  const accepted = `${durationText(acceptedMs)} once it is accepted`;
  return `waits ${durationText(afterMs)} at most for ${call}, ${accepted}: ${because} (policy ${policy})`;
}

function openText(effect: Extract<Effect, { kind: 'open' }>): string {
  const again = effect.attempt > 1 ? `, attempt ${effect.attempt}` : '';
  switch (effect.direction) {
    case 'do':
      return `sent ${effect.call} for ${effect.block}${again}`;
    case 'undo':
      return `sent ${effect.call} to undo ${effect.block}${again}`;
    case 'verify':
      return `asked ${effect.call} whether ${effect.block} was done${again}`;
    case 'unless':
      return `asked ${effect.call} whether ${effect.block} still has to be undone${again}`;
  }
}

function waitedText({ id, outcome, error, startedAt, endedAt }: WaitedEffect): string {
  const after = `after ${durationText(endedAt - startedAt)}`;
  if (outcome === 'came') return `${named(id)} is over ${after}`;
  if (outcome === 'failed') return `${named(id)} failed with ${error ?? 'an error'} ${after}`;
  return outcome === 'defaulted'
    ? `${named(id)} went on without it ${after}`
    : `${named(id)} was given up ${after}`;
}

function settledText(effect: Extract<Effect, { kind: 'settled' }>): string {
  const error = effect.error === undefined ? '' : ` with ${effect.error}`;
  const attempts = effect.attempts > 1 ? `, ${effect.attempts} attempts` : '';
  if (effect.outcome === 'skipped' && effect.reason !== undefined)
    return `${named(effect.operation)} skipped: ${effect.reason}`;
  const took = durationText(effect.endedAt - effect.startedAt);
  return `${named(effect.operation)} ${effect.outcome}${error} after ${took}${attempts}`;
}

function finishText(effect: Extract<Effect, { kind: 'finish' }>): string {
  const result = effect.result === undefined ? '' : ` with result ${effect.result}`;
  const { failure } = effect;
  const why = failure === undefined ? '' : ` because ${failure.step} raised ${failure.error}`;
  return `${effect.status}${result}${why}`;
}

function actionText(input: Extract<SagaInput, { kind: 'action' }>): string {
  const { action, by, reason } = input;
  const block = 'block' in action ? action.block : undefined;
  const what = block === undefined ? action.kind : `${action.kind} ${block}`;
  return `${by} asked to ${what}${reason === undefined ? '' : `: ${reason}`}`;
}

function blockPart(action: { readonly kind: string; readonly block?: string }): { readonly block?: string } {
  return action.block === undefined ? {} : { block: action.block };
}

function blockOf(operation: string): string {
  return operationParts(operation)?.block ?? operation;
}

/** An operation as a person would call it. */
export function named(operation: string): string {
  const parts = operationParts(operation);
  if (parts === undefined) return operation;
  const item = parts.iteration.length === 0 ? '' : ` [${parts.iteration.join(', ')}]`;
  const round = parts.round > 1 ? ` (round ${parts.round})` : '';
  const of = {
    do: '',
    undo: 'undo of ',
    verify: 'verification of ',
    unless: 'check before the undo of ',
    wait: '',
  }[parts.direction];
  return `${of}${parts.block}${item}${round}`;
}

/** A length of time with one or two units: `12 ms`, `3.4 s`, `5 m 12 s`, `2 h 3 m`, `4 d 1 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return twoUnits(seconds, 60, 'm', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return twoUnits(minutes, 60, 'h', 'm');
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h');
}

function twoUnits(count: number, per: number, large: string, small: string): string {
  const rest = count % per;
  return `${Math.floor(count / per)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
