import type { Instant } from '#libs/messaging';
import type { Limits } from '#libs/saga';
import { hearAnswers, breakerAllows, probing } from './breaker.js';
import type { LimitState } from './limit-state.js';

/** What somebody wants of a limit. */
export interface GrantQuestion {
  readonly now: Instant;
  /** Commands that wait to be sent, and among them those that count as under way already. */
  readonly wanted: number;
  readonly again: number;
  /** Commands under way, those that are wanted again included. */
  readonly underWay: number;
  /** What became of commands sent before, oldest first: whether each failed. */
  readonly answers: readonly boolean[];
}

/** How many of the wanted may leave now. */
export interface Granting {
  readonly state: LimitState;
  readonly count: number;
  /** When asking again makes sense; absent: when something that is under way has come back. */
  readonly againAt?: Instant;
}

/** For how long what was granted may take to leave. */
export function leavingMs(perMs: number): number {
  return Math.min(1_000, Math.max(20, perMs / 10));
}

/**
 * Decides how many commands may leave under a limit. Pure.
 *
 * A rate is kept for every stretch of its length, not only for those between two strokes of the clock: what was
 * granted counts until the last moment it may have left plus one such length.
 */
export function grantCommands(limits: Limits, before: LimitState, question: GrantQuestion): Granting {
  const { now, wanted, again, underWay } = question;
  const breaker = hearAnswers(limits.breaker, before.breaker, question.answers, now);
  const granted = before.granted.filter(
    ([at]) => limits.rate !== undefined && at > now - windowMs(limits.rate),
  );
  const allowed = [
    wanted,
    breakerAllows(limits.breaker, breaker, now),
    roomOfRate(limits.rate, granted),
    again + Math.max(0, (limits.concurrency ?? Number.POSITIVE_INFINITY) - underWay),
  ];
  const count = Math.max(0, Math.min(...allowed));
  const isNoted = count > 0 && limits.rate !== undefined;
  const state = {
    granted: isNoted ? [...granted, [now, count] as const] : granted,
    breaker: count > 0 ? probing(breaker, now) : breaker,
  };
  const againAt = nextChance(limits, state, now);
  return { state, count, ...(againAt === undefined ? {} : { againAt }) };
}

type Rate = NonNullable<Limits['rate']>;

function windowMs({ perMs }: Rate): number {
  return perMs + leavingMs(perMs);
}

function roomOfRate(rate: Rate | undefined, granted: LimitState['granted']): number {
  return rate === undefined ? Number.POSITIVE_INFINITY : rate.count - used(granted);
}

function used(granted: LimitState['granted']): number {
  return granted.reduce((sum, [, count]) => sum + count, 0);
}

/** When time alone allows more: a grant grows old, or the breaker may be tried again. */
function nextChance({ rate, breaker }: Limits, state: LimitState, now: Instant): Instant | undefined {
  if (breaker !== undefined && state.breaker.kind !== 'closed') return state.breaker.since + breaker.probeMs;
  if (rate === undefined || used(state.granted) < rate.count) return undefined;
  return Math.max(now, state.granted[0]![0] + windowMs(rate));
}
