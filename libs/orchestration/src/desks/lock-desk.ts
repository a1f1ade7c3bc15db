import type { Instant, Json } from '#libs/messaging';
import {
  grant,
  waitsOf,
  type Claim,
  type Claimant,
  type LockEffect,
  type LockInput,
  type LockState,
} from '#libs/saga';
import type { Desk, DeskInput, DeskPost } from './desk.js';
import type { AwaitMessage, ReleaseMessage } from './outside.js';
import { waitGraphKey, waitGraphKind, type WaitsMessage } from './wait-graph-desk.js';

/** The kind of desk that a lock is. */
export const lockDeskKind = 'lock';

/** Tags that locks are found under. */
export const lockTag = {
  held: 'held',
  waited: 'waited',
  saga: (saga: string): string => `saga:${saga}`,
} as const;

/** What the finder of circles says to a lock. */
export interface GiveWayMessage {
  readonly kind: 'give-way';
  readonly saga: string;
  readonly id: string;
  readonly circle: readonly string[];
}

type LockMessage = AwaitMessage | ReleaseMessage | GiveWayMessage;

interface LockRequest {
  readonly resource: Json;
  readonly leaseMs: number;
  readonly conflict: Claim['conflict'];
  readonly keeps?: true;
  readonly says?: readonly string[];
}

/** A token is never lower than the time it was given at, so that a lock may be forgotten after a while. */
const rememberedMs = 86_400_000;

/** A lock: one desk for each resource. Who waits for whom is told to the desk that finds circles. */
export const lockDesk: Desk<LockState> = {
  kind: lockDeskKind,
  fold(before, input, { key, now }) {
    const { state, effects, wakeAt } = grant(before, inputOf(input), now);
    const isFree = state.holder === undefined && state.queue.length === 0;
    return {
      state,
      posts: [...effects.map(postOf), ...graphPosts(before, state, key)],
      ...(wakeAt !== undefined && { wakeAt }),
      ...(isFree && { expiresAt: now + rememberedMs }),
      tags: tagsOf(state),
    };
  },
};

function inputOf(input: DeskInput): LockInput {
  if (input.kind === 'due') return input;
  const message = input.message as unknown as LockMessage;
  return message.kind === 'await' ? { kind: 'claim', claim: claimOf(message) } : message;
}

function claimOf({
  saga,
  id,
  block,
  definition,
  businessKey: key,
  startedAt,
  parent,
  since,
  request,
}: AwaitMessage): Claim {
  const { leaseMs, conflict, keeps, says } = request as unknown as LockRequest;
  const who: Claimant = { saga, definition, key, startedAt, ...(parent !== undefined && { parent }) };
  return { ...who, id, block, leaseMs, conflict, since, ...(keeps && { keeps }), ...(says && { says }) };
}

function postOf({ saga, id, what, data }: LockEffect): DeskPost {
  return { kind: 'heard', saga, id, what, data: data as unknown as Json };
}

function graphPosts(before: LockState | undefined, after: LockState, resource: string): readonly DeskPost[] {
  const [was, is] = [before === undefined ? [] : waitsOf(before), waitsOf(after)];
  if (was.length === 0 && is.length === 0) return [];
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const message: WaitsMessage = { resource, waits: is };
  return [{ kind: 'desk', desk: waitGraphKind, key: waitGraphKey, message: message as unknown as Json }];
}

function tagsOf({ holder, queue }: LockState): readonly string[] {
  const sagas = [...(holder === undefined ? [] : [holder]), ...queue].map(({ saga }) => lockTag.saga(saga));
  return [
    ...(holder === undefined ? [] : [lockTag.held]),
    ...(queue.length === 0 ? [] : [lockTag.waited]),
    ...new Set(sagas),
  ];
}

/** What a lock looks like from outside. */
export interface LockView {
  readonly resource: string;
  readonly holder?: LockHolderView;
  readonly waiting: readonly (LockSagaView & { readonly conflict: string; readonly since: Instant })[];
}

/** A saga that has to do with a lock. */
export interface LockSagaView {
  readonly saga: string;
  readonly definition: string;
  readonly key: string;
  readonly block: string;
}

/** Who holds a lock. */
export interface LockHolderView extends LockSagaView {
  readonly token: number;
  readonly since: Instant;
  readonly leasedUntil: Instant;
  /** It was asked to give the lock back, and does so when it has undone what stands under it. */
  readonly givesBackSince?: Instant;
  /** It can only go on, so nobody takes the lock from it. */
  readonly keeps: boolean;
  /** Where it stands, in the words of its definition; absent: it does not say. */
  readonly says?: readonly string[];
}

/** What people see of a lock. */
export function lockView(resource: string, { holder, queue }: LockState): LockView {
  return {
    resource,
    ...(holder && { holder: holderView(holder) }),
    waiting: queue.map((claim) => ({ ...sagaView(claim), conflict: claim.conflict, since: claim.since })),
  };
}

function holderView(holder: NonNullable<LockState['holder']>): LockHolderView {
  const { token, grantedAt, leasedUntil, askedAt, keeps, says } = holder;
  return {
    ...sagaView(holder),
    token,
    since: grantedAt,
    leasedUntil,
    ...(askedAt !== undefined && keeps !== true && { givesBackSince: askedAt }),
    keeps: keeps === true,
    ...(says && { says }),
  };
}

function sagaView({ saga, definition, key, block }: Claim): LockSagaView {
  return { saga, definition, key, block };
}
