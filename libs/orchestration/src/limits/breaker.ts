import type { Instant } from '#libs/messaging';
import type { Limits } from '#libs/saga';
import type { BreakerState } from './limit-state.js';

type Breaker = Limits['breaker'];

/** Takes answers in: too many failures open it, the answer to a probe closes it or opens it anew. */
export function hearAnswers(
  breaker: Breaker,
  before: BreakerState,
  answers: readonly boolean[],
  now: Instant,
): BreakerState {
  if (breaker === undefined) return { kind: 'closed', answers: '' };
  return answers.reduce((state, isFailure) => hearAnswer(breaker, state, isFailure, now), before);
}

function hearAnswer(
  { failures, of }: NonNullable<Breaker>,
  before: BreakerState,
  isFailure: boolean,
  now: Instant,
): BreakerState {
  // What was sent before it opened says nothing about how things are now.
  if (before.kind === 'open') return before;
  if (before.kind === 'probing')
    return isFailure ? { kind: 'open', since: now } : { kind: 'closed', answers: '' };
  const answers = `${before.answers}${isFailure ? '1' : '0'}`.slice(-of);
  const failed = answers.replaceAll('0', '').length;
  return answers.length >= of && failed >= failures * of
    ? { kind: 'open', since: now }
    : { kind: 'closed', answers };
}

/** How many commands it lets pass: all, none, or one to see how that fares. A probe that nobody answers is followed by another. */
export function breakerAllows(breaker: Breaker, state: BreakerState, now: Instant): number {
  if (breaker === undefined || state.kind === 'closed') return Number.POSITIVE_INFINITY;
  return now >= state.since + breaker.probeMs ? 1 : 0;
}

/** After something was let pass. */
export function probing(state: BreakerState, now: Instant): BreakerState {
  return state.kind === 'closed' ? state : { kind: 'probing', since: now };
}
