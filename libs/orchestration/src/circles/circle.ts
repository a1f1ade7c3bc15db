import type { Instant, SagaId } from '#libs/messaging';

/** An event of a type and key. */
export interface EventOfKey {
  readonly event: string;
  readonly key: string;
}

/** One saga of a circle: what it waits for, and the next one, which would help it. */
export interface CircleLink {
  readonly saga: SagaId;
  readonly definition: string;
  readonly businessKey: string;
  /** The name it waits under. */
  readonly id: string;
  readonly block: string;
  readonly since: Instant;
  /** What the next one would publish; absent: its end is waited for. */
  readonly event?: EventOfKey;
}

/** Sagas that wait for each other. */
export interface Circle {
  /** The same for the same sagas and waits, wherever one begins to look. */
  readonly id: string;
  readonly links: readonly CircleLink[];
  /** When one of them goes on by itself, as its definition says; absent: none does. */
  readonly endsAt?: Instant;
}
