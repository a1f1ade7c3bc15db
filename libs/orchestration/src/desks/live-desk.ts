import type { DeskId, Instant } from '#libs/messaging';
import type { StoredDesk } from '../lane-store.js';

/** Which desk, and where it lives. */
export interface DeskIdentity {
  readonly id: DeskId;
  readonly kind: string;
  readonly key: string;
  readonly home: number;
}

/** A desk in the memory of its lane: the stored row with its state decoded. Never mutated. */
export interface LiveDesk extends DeskIdentity {
  /** `undefined` on a desk that remembers nothing and has a row only because a record holds it. */
  readonly state: unknown;
  readonly wakeAt: Instant | undefined;
  readonly expiresAt: Instant | undefined;
  readonly held: boolean;
  readonly tags: readonly string[];
}

/** A desk that nobody has said anything to yet. */
export function newDesk({ id, kind, key, home }: DeskIdentity): LiveDesk {
  return {
    id,
    kind,
    key,
    home,
    state: undefined,
    wakeAt: undefined,
    expiresAt: undefined,
    held: false,
    tags: [],
  };
}

/** Whether anything about the desk has to be kept. */
export function isWorthKeeping({ state, held }: LiveDesk): boolean {
  return state !== undefined || held;
}

/** Decodes a stored row. */
export function reviveDesk(row: StoredDesk): LiveDesk {
  const { id, kind, key, home, state, wakeAt, expiresAt, held, tags } = row;
  return {
    id,
    kind,
    key,
    home,
    state: (JSON.parse(state) as unknown) ?? undefined,
    wakeAt,
    expiresAt,
    held,
    tags,
  };
}

/** Encodes a desk as the row to be stored. */
export function storedDesk(desk: LiveDesk, state: string): StoredDesk {
  const { id, kind, key, home, wakeAt, expiresAt, held, tags } = desk;
  return {
    id,
    kind,
    key,
    home,
    state,
    ...(wakeAt === undefined ? {} : { wakeAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    held,
    tags,
  };
}
