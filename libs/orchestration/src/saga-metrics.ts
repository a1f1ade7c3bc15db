import type { TopicPartition } from '#libs/messaging';
import type { SagaStatus, SagaTarget } from '#libs/saga';
import type { AskedFact } from './fact-outcome.js';
import type { IntakeCause } from './intake.js';
import type { PausedPlace } from './pauses/pause.js';
import type { Transition } from './saga-trace.js';

/** Live sagas of one definition in one status. */
export interface LiveCount {
  readonly definition: string;
  readonly status: SagaStatus;
  readonly count: number;
  /** For how long the first of them has been in that status, in milliseconds: since it began, or its undo was decided. */
  readonly oldestMs: number;
}

/** What the stores say about the whole installation at one time. Ages in milliseconds. */
export interface Census {
  /** By definition, then by status. */
  readonly live: readonly LiveCount[];
  /** Open incidents by definition and code, and how long the oldest has been open. */
  readonly incidents: readonly {
    /** Empty where it is not about a saga that lives. */
    readonly definition: string;
    readonly code: string;
    readonly count: number;
    readonly oldestMs: number;
  }[];
  /**
   * Sagas that have not come nearer to their end for longer than their definition has patience, by definition; those
   * that wait for a person because of an incident are told of there. Of each definition the oldest are looked at,
   * {@link mostStalledLooked} of them.
   */
  readonly stalled: readonly { readonly definition: string; readonly count: number }[];
  /** Records set aside, by the topic they came from and the definition of the live saga they are for. */
  readonly parked: readonly {
    readonly topic: string;
    /** Empty where it is not for a saga that lives. */
    readonly definition: string;
    readonly count: number;
  }[];
  /** Tasks that people can answer, by definition and block, and how long the oldest has been open. */
  readonly tasks: readonly {
    readonly definition: string;
    readonly block: string;
    readonly count: number;
    readonly oldestMs: number;
  }[];
  /** Commands that wait for a limit, and how long the first of them has. */
  readonly limits: readonly { readonly limit: string; readonly count: number; readonly oldestMs: number }[];
  /** What is paused, for how long, and how many commands that holds. */
  readonly paused: readonly (PausedPlace & { readonly held: number; readonly forMs: number })[];
  /** Sagas whose time has come and that were not woken yet: the most overdue one. 0: none. */
  readonly timerLatenessMs: number;
}

/** How many sagas of a definition that take long are looked at, to see whether they stand still. */
export const mostStalledLooked = 1_000;

/** How long sagas of a definition may stand still. */
export type StallTarget = Pick<SagaTarget, 'withinMs'> & { readonly definition: string };

/** One lane of this process. */
export interface LaneGauge extends TopicPartition {
  /** Fetched records that are not folded yet. */
  readonly queued: number;
  /** Records in the partition behind the last one folded, as of the last fetch. */
  readonly lag: number;
}

/** Read when somebody collects. */
export interface Gauges {
  /** About the whole installation; every replica says the same. */
  census(): Promise<Census>;
  /** The names of all published definitions that are known here. */
  definitions(): readonly string[];
  /** Who owns a definition, by its newest version that is known here. */
  ownerOf(definition: string): string | undefined;
  /** The names of all participants that have a contract. */
  participants(): readonly string[];
  /** Who owns a participant: what it does, and the events it publishes. */
  ownerOfParticipant(name: string): string | undefined;
  /** About this process. */
  lanes(): readonly LaneGauge[];
  /** How fast the newest versions say that their sagas should be. */
  targets(): readonly (SagaTarget & { readonly definition: string })[];
  /** Committed messages of this process that are not acknowledged, and how old the oldest commit among them is. */
  outbox(): { readonly messages: number; readonly oldestMs: number };
}

/** How a cycle of a crew went. */
export interface CycleMeasure {
  readonly records: number;
  readonly seconds: number;
  /** `committed`, or why the lanes have to be taken over again. */
  readonly outcome: 'committed' | 'lost' | 'failed';
}

/**
 * Counts what a coordinator does. Told after the commit, so nothing is counted that was not stored; a crash may leave
 * something uncounted. No method may throw.
 */
export abstract class SagaMetrics {
  /** False: nothing is counted, and the methods need not be called. */
  abstract readonly enabled: boolean;
  abstract committed(transition: Transition): void;
  abstract cycle(measure: CycleMeasure): void;
  /** A commit was refused for what others had stored meanwhile, and is tried again on that. */
  abstract conflicted(kind: 'start' | 'revision'): void;
  /** A record was set aside with its bytes. */
  abstract parked(topic: string, reason: string): void;
  /** So many events were kept out by a gate. */
  abstract gated(definition: string, gate: string, count: number): void;
  /** A trigger asked for a fact. What sagas ask for is told by their transitions. */
  abstract askedFor(fact: AskedFact): void;
  /** Somebody else than the source of a fact has spoken of it. */
  abstract hearsay(fact: string): void;
  /** So many events came that triggers of a definition look at, whatever they made of them. */
  abstract tookIn(definition: string, cause: IntakeCause, count: number): void;
  /** From now on these are read whenever somebody collects. */
  abstract watch(gauges: Gauges): void;
}

/** No metrics. */
export class NoSagaMetrics extends SagaMetrics {
  override readonly enabled = false;

  override committed(): void {
    // Nothing is counted.
  }

  override cycle(): void {
    // Nothing is counted.
  }

  override conflicted(): void {
    // Nothing is counted.
  }

  override parked(): void {
    // Nothing is counted.
  }

  override gated(): void {
    // Nothing is counted.
  }

  override askedFor(): void {
    // Nothing is counted.
  }

  override hearsay(): void {
    // Nothing is counted.
  }

  override tookIn(): void {
    // Nothing is counted.
  }

  override watch(): void {
    // Nobody collects.
  }
}
