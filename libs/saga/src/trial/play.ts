import type { SagaStatus } from '../effect.js';
import type { Instant, Json, JsonObject } from '../json.js';
import type { BlockResult } from '../scope-values.js';

/** Everything that happened to a saga that was played. */
export interface Play {
  readonly outcome: SagaStatus | 'not-started';
  readonly result?: string;
  /** The error that everything was undone for. */
  readonly failure?: string;
  /** What it says to be known for the fact that it reads. */
  readonly known?: Json;
  /** From the start to the last input that changed something. */
  readonly lastedMs: number;
  /** Commands in the order they left, repeated ones too. */
  readonly sent: readonly {
    readonly call: string;
    readonly block: string;
    readonly data: Json;
    readonly isRepeat: boolean;
    /** From the start on. */
    readonly afterMs: number;
  }[];
  readonly told: readonly { readonly event: string; readonly data: Json; readonly afterMs: number }[];
  /** Commands that undid something, in order. */
  readonly undone: readonly string[];
  /** How often commands took effect, by name. */
  readonly effects: Readonly<Record<string, number>>;
  /** Exception paths in the order they were taken. */
  readonly paths: readonly string[];
  readonly steps: Readonly<Record<string, BlockResult>>;
  /** What came of tasks, by block; of one that was asked again, the last time. */
  readonly tasks: Readonly<Record<string, JsonObject>>;
  /** What time-out policies have decided about steps, by block: the last time, where that was more often. */
  readonly waits: Readonly<Record<string, JsonObject>>;
  /** Who else has spoken of facts than their source, by fact, in order. */
  readonly hearsay: Readonly<Record<string, readonly string[]>>;
  /** Open incidents at the end. */
  readonly incidents: readonly { readonly block: string; readonly code: string; readonly message: string }[];
  /** Gates that kept it from starting, or what was wrong with its input. */
  readonly gates: readonly string[];
  /** Blocks that still wait for something that does not come. */
  readonly waitsFor: readonly string[];
  /** How many inputs were folded. */
  readonly inputs: number;
  readonly timeline: readonly PlayedEvent[];
}

/** One line of the story. */
export interface PlayedEvent {
  readonly at: Instant;
  readonly kind:
    | 'started'
    | 'sent'
    | 'answered'
    | 'heard'
    | 'told'
    | 'path'
    | 'noted'
    | 'incident'
    | 'finished'
    | 'crashed'
    | 'stopped';
  readonly text: string;
  readonly data?: Json;
}
