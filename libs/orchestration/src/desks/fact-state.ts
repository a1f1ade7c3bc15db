import type { HeardHead, Instant, Json, SagaId } from '#libs/messaging';
import type { FactReader } from '#libs/saga';
import type { AwaitMessage } from './outside.js';

/** What is known about a fact. */
export interface KnownFact {
  readonly value: Json;
  /** When it was true. */
  readonly asOf: Instant;
  /** How far its source may lie behind what is true, by its contract. */
  readonly lagMs: number;
  /** The event that said so; absent where a saga has read it. */
  readonly event?: NonNullable<HeardHead['event']>;
  /** The saga that has read it. */
  readonly readBy?: SagaId;
}

/** What somebody else than its declared source has said of a fact. */
export interface Hearsay {
  readonly value: Json;
  readonly asOf: Instant;
  readonly heardAt: Instant;
  readonly event: NonNullable<HeardHead['event']>;
}

/** All that others have said of a fact. */
export interface KeptHearsay {
  /** How often; of these only the last are kept. */
  readonly count: number;
  readonly last: readonly Hearsay[];
}

/** What is asked of its desk. */
export interface FactRequest {
  readonly fact: string;
  readonly key: Json;
  readonly freshMs?: number;
  readonly waitMs?: number;
  readonly readBy?: FactReader;
}

/** What is known of a fact about one key, and who waits for something newer. */
export interface FactState {
  readonly known?: KnownFact;
  /** How old anybody accepts it at most; absent: somebody accepts any age. */
  readonly keepMs?: number;
  readonly waiting: readonly WaitingFor[];
  readonly reading?: FactReading;
  /** Recorded, and never told to anybody who asks. */
  readonly hearsay?: KeptHearsay;
}

/** That a saga reads the fact at its source. */
export interface FactReading {
  /** The name it was begun under, which no other reading of this fact and key has. */
  readonly id: string;
  readonly definition: string;
  readonly lagMs: number;
  /** How old the one accepts it at most for whom it is read. */
  readonly freshMs?: number;
  /** Before this time no other reading is begun. */
  readonly until: Instant;
  /** Why the one that is over was no use to anybody; absent as long as it is under way. */
  readonly trouble?: string;
}

/** Somebody who waits, or asks. */
export interface WaitingFor {
  readonly saga: SagaId;
  readonly id: string;
  readonly freshMs?: number;
  readonly until: Instant;
  readonly answerTo?: AwaitMessage['answerTo'];
  readonly reader?: FactReader & { readonly key: Json };
}
