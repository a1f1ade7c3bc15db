import type { Instant } from '../json.js';
import type {
  AdmissionEffect,
  AdmissionInput,
  AdmissionState,
  AdmissionTurn,
  Candidate,
} from './admission.js';
import { flipped } from './flips.js';

const longestQueue = 100;
const seenKept = 64;
const ownKept = 16;
/** Who waits for a key asks this often whether it is still taken, because whoever has it may never say that it ended. */
const askEveryMs = 60_000;
/** Echoes and repeats are recognised for this long. */
const rememberedMs = 7 * 86_400_000;

type CandidateInput = Extract<AdmissionInput, { readonly kind: 'candidate' }>;

interface Changed {
  readonly state: AdmissionState;
  readonly effects: readonly AdmissionEffect[];
}

/**
 * Folds one input into what is remembered of a key: what may start now, what waits, what is only noise.
 *
 * Pure. A candidate that comes again is the same one and changes nothing. Every other candidate ends in exactly one
 * of `start` and `refused`, at once or after waiting. A key is given to one saga at a time where starts conflict;
 * who has it is asked for, not believed, as long as somebody waits.
 */
export function admit(state: AdmissionState | undefined, input: AdmissionInput, now: Instant): AdmissionTurn {
  const { state: next, effects } = apply(state ?? emptyState, input, now);
  const times = [
    ...next.gathering.map(({ until }) => until),
    ...(next.askAt === undefined ? [] : [next.askAt]),
  ];
  return {
    state: next,
    effects,
    ...(times.length === 0 ? {} : { wakeAt: Math.min(...times) }),
    ...(isWaitedFor(next) ? {} : { expiresAt: now + rememberedMs }),
  };
}

const emptyState: AdmissionState = {
  rules: { conflict: 'ignore' },
  seen: [],
  own: [],
  below: [],
  gathering: [],
  queue: [],
  decided: [],
};

function isWaitedFor({ running, queue, gathering, below, frozenAt }: AdmissionState): boolean {
  return (
    running !== undefined || frozenAt !== undefined || queue.length + gathering.length + below.length > 0
  );
}

function apply(state: AdmissionState, input: AdmissionInput, now: Instant): Changed {
  switch (input.kind) {
    case 'candidate':
      return consider(state, input, now);
    case 'ended':
      return ended(state, input, now);
    case 'not-started':
      return notStarted(state, input, now);
    case 'thaw':
      return thaw(state);
    case 'due':
      return due(state, now);
  }
}

function consider(before: AdmissionState, input: CandidateInput, now: Instant): Changed {
  const { candidate, rules } = input;
  const tail = candidate.saga.slice(-12);
  if (before.seen.includes(tail)) return { state: before, effects: [] };
  const seen = [...before.seen, tail].slice(-seenKept);
  const state = { ...before, rules, seen, below: belowAfter(before, input) };
  if (input.level !== undefined && input.level.value >= input.level.below)
    return refused(state, candidate, 'above-threshold');
  if (input.level !== undefined && before.below.includes(candidate.trigger))
    return refused(state, candidate, 'below-threshold');
  if (input.cause !== undefined && state.own.includes(input.cause) && input.isMaterial !== true)
    return refused(state, candidate, 'echo');
  if (state.frozenAt !== undefined) return refused(state, candidate, 'frozen');
  if (input.coalesceMs !== undefined) return gather(state, candidate, now + input.coalesceMs);
  return letIn(state, candidate, now);
}

function belowAfter({ below }: AdmissionState, { candidate, level }: CandidateInput): readonly string[] {
  if (level === undefined) return below;
  const others = below.filter((trigger) => trigger !== candidate.trigger);
  return level.value < level.below ? [...others, candidate.trigger] : others;
}

/** The window counts from the first one; the last one takes its place. */
function gather(state: AdmissionState, candidate: Candidate, until: Instant): Changed {
  const known = state.gathering.find((each) => each.candidate.trigger === candidate.trigger);
  if (known === undefined)
    return { state: { ...state, gathering: [...state.gathering, { candidate, until }] }, effects: [] };
  const gathering = state.gathering.map((each) => (each === known ? { ...each, candidate } : each));
  return refused({ ...state, gathering }, known.candidate, 'coalesced');
}

function letIn(state: AdmissionState, candidate: Candidate, now: Instant, isCoalesced = false): Changed {
  if (state.frozenAt !== undefined) return refused(state, candidate, 'frozen');
  const { running, queue, rules } = state;
  if (rules.conflict === 'ignore') return started(state, candidate);
  if (running === undefined)
    return started({ ...state, running: { saga: candidate.saga, start: candidate } }, candidate);
  const waiting = { ...state, askAt: state.askAt ?? now + askEveryMs };
  if (rules.conflict === 'cancelOld') return replace(waiting, running, candidate);
  const last = queue.at(-1);
  if (isCoalesced && last?.isCoalesced && last.trigger === candidate.trigger)
    return refused(
      { ...waiting, queue: [...queue.slice(0, -1), { ...candidate, isCoalesced }] },
      last,
      'coalesced',
    );
  if (queue.length >= longestQueue) return refused(waiting, candidate, 'queue-full');
  const place = isCoalesced ? { ...candidate, isCoalesced } : candidate;
  return { state: { ...waiting, queue: [...queue, place] }, effects: [] };
}

/** Only the latest one waits for the old saga to be undone. */
function replace(
  state: AdmissionState,
  running: NonNullable<AdmissionState['running']>,
  candidate: Candidate,
): Changed {
  const superseded = state.queue.map((old) => refusal(old, 'superseded'));
  const cancel = { kind: 'cancel', saga: running.saga, candidate } as const;
  return {
    state: { ...state, running: { ...running, isCancelled: true }, queue: [candidate] },
    effects: running.isCancelled ? superseded : [...superseded, cancel],
  };
}

function started(state: AdmissionState, candidate: Candidate): Changed {
  const own = [...state.own.filter((saga) => saga !== candidate.saga), candidate.saga].slice(-ownKept);
  return { state: { ...state, own }, effects: [{ kind: 'start', candidate }] };
}

function ended(
  before: AdmissionState,
  { saga, decided }: Extract<AdmissionInput, { readonly kind: 'ended' }>,
  now: Instant,
): Changed {
  const judged = decided === undefined ? { state: before, effects: [] } : judge(before, decided, now);
  if (before.running?.saga !== saga) return judged;
  return joined(judged, (state) => next(state, now));
}

function judge(state: AdmissionState, value: NonNullable<unknown> | null, now: Instant): Changed {
  const { flips } = state.rules;
  if (flips === undefined) return { state, effects: [] };
  const { decided, values } = flipped(state.decided, { value: value as never, at: now }, flips);
  if (values === undefined || state.frozenAt !== undefined)
    return { state: { ...state, decided }, effects: [] };
  return { state: { ...state, decided, frozenAt: now }, effects: [{ kind: 'frozen', values }] };
}

/** The key is free: whoever waited longest has it now. */
function next(before: AdmissionState, now: Instant): Changed {
  const state = without(before, 'running', 'askAt');
  const [first, ...queue] = state.queue;
  if (first === undefined) return { state, effects: [] };
  const waiting = queue.length === 0 ? { ...state, queue } : { ...state, queue, askAt: now + askEveryMs };
  if (state.frozenAt !== undefined)
    return { state: { ...state, queue: [] }, effects: state.queue.map((each) => refusal(each, 'frozen')) };
  const { saga, trigger, start } = first;
  const candidate = { saga, trigger, start };
  return started({ ...waiting, running: { saga: candidate.saga, start: candidate } }, candidate);
}

function notStarted(
  state: AdmissionState,
  { saga, winner }: Extract<AdmissionInput, { readonly kind: 'not-started' }>,
  now: Instant,
): Changed {
  const { running } = state;
  if (running?.saga !== saga) return { state, effects: [] };
  if (winner === undefined || running.start === undefined) return next(state, now);
  return {
    state: {
      ...state,
      running: { saga: winner },
      queue: [running.start, ...state.queue],
      askAt: now + askEveryMs,
    },
    effects: [],
  };
}

function thaw({ frozenAt, ...state }: AdmissionState): Changed {
  if (frozenAt === undefined) return { state, effects: [] };
  return { state: { ...state, decided: [] }, effects: [{ kind: 'thawed' }] };
}

function due(before: AdmissionState, now: Instant): Changed {
  const over = before.gathering.filter(({ until }) => until <= now);
  const gathering = before.gathering.filter(({ until }) => until > now);
  let changed: Changed = { state: { ...before, gathering }, effects: [] };
  for (const { candidate } of over) changed = joined(changed, (state) => letIn(state, candidate, now, true));
  return joined(changed, (state) => askAgain(state, now));
}

/**
 * Starts the saga that has the key once more, which is harmless: if it has ended, that is said again; if it never
 * began, it begins. In place of a stranger the first one in the queue tries.
 */
function askAgain(state: AdmissionState, now: Instant): Changed {
  const { running, queue, askAt } = state;
  if (askAt === undefined || askAt > now) return { state, effects: [] };
  if (running === undefined || queue.length === 0) {
    return { state: without(state, 'askAt'), effects: [] };
  }
  const waiting = { ...state, askAt: now + askEveryMs };
  if (running.start !== undefined)
    return { state: waiting, effects: [{ kind: 'start', candidate: running.start }] };
  return next(waiting, now);
}

function without<K extends 'running' | 'askAt' | 'frozenAt'>(
  state: AdmissionState,
  ...keys: readonly K[]
): Omit<AdmissionState, K> {
  return Object.fromEntries(
    Object.entries(state).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as unknown as Omit<AdmissionState, K>;
}

function joined(first: Changed, then: (state: AdmissionState) => Changed): Changed {
  const { state, effects } = then(first.state);
  return { state, effects: [...first.effects, ...effects] };
}

function refused(
  state: AdmissionState,
  candidate: Candidate,
  reason: Extract<AdmissionEffect, { kind: 'refused' }>['reason'],
): Changed {
  return { state, effects: [refusal(candidate, reason)] };
}

function refusal(
  { saga, trigger, start }: Candidate,
  reason: Extract<AdmissionEffect, { kind: 'refused' }>['reason'],
): AdmissionEffect {
  return { kind: 'refused', candidate: { saga, trigger, start }, reason };
}
