import type { Instant } from '../json.js';
import type { Claim, Claimant, Holder, LockEffect, LockInput, LockState, LockTurn, Waiting } from './lock.js';

const FREE: LockState = { token: 0, queue: [] };

/**
 * Folds one input into a lock: one holder at a time, the others in a queue.
 *
 * Pure. Tokens only grow, also where a lock was forgotten in between, because they are never lower than the time. A
 * holder is asked to give the lock back by a `takeOver`, or by whoever waits once its lease is over; the lock passes on
 * when the holder has given it back, never before. One that keeps it, because it can only go on, is waited for, and
 * every `takeOver` is refused.
 */
export function grant(before: LockState | undefined, input: LockInput, now: Instant): LockTurn {
  const { state, effects } = settle(apply(before ?? FREE, input), now);
  const wakeAt = nextWake(state);
  return { state, effects, ...(wakeAt === undefined ? {} : { wakeAt }) };
}

/** Who waits for whom. A holder that was asked to give back what it holds does so by itself. */
export function waitsOf({ holder, queue }: LockState): readonly Waiting[] {
  if (holder === undefined || isGivingBack(holder)) return [];
  return queue.map((claim) => ({ waiter: claimant(claim), id: claim.id, holder: claimant(holder) }));
}

/** What others need to know of a saga. */
export function claimant({ saga, definition, key, startedAt, parent, keeps }: Claimant): Claimant {
  return { saga, definition, key, startedAt, ...(parent && { parent }), ...(keeps && { keeps }) };
}

interface Changed {
  readonly state: LockState;
  readonly effects: readonly LockEffect[];
  /** What a holder has undone that was asked to give way, and has: whoever is next supersedes it. */
  readonly superseded?: readonly string[];
}

function apply(state: LockState, input: LockInput): Changed {
  switch (input.kind) {
    case 'claim':
      return claim(state, input.claim);
    case 'release':
      return release(state, input);
    case 'give-way':
      return giveWay(state, input);
    case 'due':
      return { state, effects: [] };
  }
}

function claim(state: LockState, wanted: Claim): Changed {
  const { holder, queue } = state;
  if (holder?.saga === wanted.saga) return claimAgain(state, holder, wanted);
  // Only a holder says where it stands; this one was said before it had given the lock back.
  if (wanted.says !== undefined) return { state, effects: [] };
  const isKnown = queue.some(({ saga, id }) => saga === wanted.saga && id === wanted.id);
  if (isKnown) return { state, effects: [] };
  if (holder !== undefined && wanted.conflict === 'refuse')
    return { state, effects: [refusal(wanted, `${holding(holder)} holds it${standing(holder)}`, holder)] };
  return { state: { ...state, queue: queued(queue, wanted) }, effects: [] };
}

/** Whoever takes over goes before those who wait. */
function queued(queue: readonly Claim[], wanted: Claim): readonly Claim[] {
  const isFirst = (claim: Claim): boolean => claim.conflict === 'takeOver';
  return wanted.conflict === 'takeOver'
    ? [...queue.filter(isFirst), wanted, ...queue.filter((claim) => !isFirst(claim))]
    : [...queue, wanted];
}

/** A saga has what it holds. It may also say that it keeps it, or where it stands. */
function claimAgain(state: LockState, holder: Holder, { id, keeps, says }: Claim): Changed {
  const isKnown = holder.ids.includes(id);
  const ids = isKnown ? holder.ids : [...holder.ids, id];
  return {
    state: { ...state, holder: { ...holder, ids, ...(keeps && { keeps }), ...(says && { says }) } },
    effects: isKnown && (keeps || says) ? [] : [granted(holder, id)],
  };
}

function release(before: LockState, input: Extract<LockInput, { kind: 'release' }>): Changed {
  const { holder } = before;
  if (holder?.saga !== input.saga || input.undone === undefined)
    return { state: released(before, input), effects: [], ...leftBy(before, input) };
  const undone = [...(holder.undone ?? []), ...input.undone];
  const state = { ...before, holder: { ...holder, undone } };
  return { state: released(state, input), effects: [], ...leftBy(state, input) };
}

function leftBy({ holder }: LockState, { saga, id }: { readonly saga: string; readonly id: string }) {
  if (holder?.saga !== saga || holder.askedAt === undefined || holder.undone === undefined) return {};
  return holder.ids.every((one) => one === id) ? { superseded: holder.undone } : {};
}

function released(state: LockState, { saga, id }: { readonly saga: string; readonly id: string }): LockState {
  const queue = state.queue.filter((claim) => claim.saga !== saga || claim.id !== id);
  const { holder, ...rest } = state;
  if (holder === undefined || holder.saga !== saga) return { ...state, queue };
  const ids = holder.ids.filter((one) => one !== id);
  return ids.length === 0 ? { ...rest, queue } : { ...state, queue, holder: { ...holder, ids } };
}

function giveWay(state: LockState, { saga, id, circle }: Extract<LockInput, { kind: 'give-way' }>): Changed {
  const claim = state.queue.find((one) => one.saga === saga && one.id === id);
  if (claim === undefined) return { state, effects: [] };
  const reason = `${circle.join(' waits for ')}: they would wait for ever, and the youngest gives way`;
  return { state: released(state, { saga, id }), effects: [refusal(claim, reason, state.holder)] };
}

/** Passes the lock on where it is free, refuses what cannot be taken over, and asks the holder where it has to give way. */
function settle(changed: Changed, now: Instant): Changed {
  const passed = passOn(changed, now);
  const { holder } = passed.state;
  const kept = holder?.keeps === true ? refuseTakeOvers(passed, holder) : passed;
  return askHolder(kept, now);
}

function passOn({ state, effects, superseded }: Changed, now: Instant): Changed {
  const [next, ...queue] = state.queue;
  if (state.holder !== undefined || next === undefined) return { state, effects };
  const token = Math.max(state.token + 1, now);
  const leasedUntil = now + next.leaseMs;
  const holder: Holder = {
    ...next,
    ids: [next.id],
    token,
    grantedAt: now,
    leasedUntil,
    ...(superseded && { supersedes: superseded }),
  };
  return { state: { token, holder, queue }, effects: [...effects, granted(holder, next.id)] };
}

function refuseTakeOvers({ state, effects }: Changed, holder: Holder): Changed {
  const isRefused = ({ conflict }: Claim): boolean => conflict === 'takeOver';
  const refused = state.queue.filter(isRefused);
  if (refused.length === 0) return { state, effects };
  const reason = `${holding(holder)} can only go on, and keeps it${standing(holder)}`;
  return {
    state: { ...state, queue: state.queue.filter((one) => !isRefused(one)) },
    effects: [...effects, ...refused.map((one) => refusal(one, reason, holder))],
  };
}

function askHolder({ state, effects }: Changed, now: Instant): Changed {
  const { holder, queue } = state;
  const [next] = queue;
  if (holder === undefined || next === undefined || holder.askedAt !== undefined || holder.keeps === true)
    return { state, effects };
  if (next.conflict !== 'takeOver' && now < holder.leasedUntil) return { state, effects };
  const { saga, definition, key } = next;
  const lost: LockEffect = {
    saga: holder.saga,
    id: holder.ids[0]!,
    what: 'lost',
    data: { reason: `${definition} ${key} takes it over`, holder: { saga, definition, key } },
  };
  return { state: { ...state, holder: { ...holder, askedAt: now } }, effects: [...effects, lost] };
}

function isGivingBack({ askedAt, keeps }: Holder): boolean {
  return askedAt !== undefined && keeps !== true;
}

function nextWake({ holder, queue }: LockState): Instant | undefined {
  const isWaitedFor = holder !== undefined && queue.length > 0;
  if (!isWaitedFor || holder.keeps === true || holder.askedAt !== undefined) return undefined;
  return holder.leasedUntil;
}

function granted({ saga, token, supersedes }: Holder, id: string): LockEffect {
  return { saga, id, what: 'granted', data: { token, ...(supersedes && { supersedes }) } };
}

function refusal({ saga, id }: Claim, reason: string, holder: Holder | undefined): LockEffect {
  const by = holder && {
    saga: holder.saga,
    definition: holder.definition,
    key: holder.key,
    ...(holder.says && { says: holder.says }),
  };
  return { saga, id, what: 'refused', data: { reason, ...(by && { holder: by }) } };
}

function holding({ definition, key }: Holder): string {
  return `${definition} ${key}`;
}

function standing({ says = [] }: Holder): string {
  return says.length === 0 ? '' : `: ${says.join('; ')}`;
}
