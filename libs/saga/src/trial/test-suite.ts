import type { Contracts } from '../compiler/contracts.js';
import type { Instant, Json } from '../json.js';
import type { Program } from '../program.js';
import type { Script } from './move.js';

/** Tests of a saga, read and checked against it. Run them with `runTests`. */
export interface TestSuite {
  readonly file: string;
  readonly program: Program;
  readonly contracts: Contracts;
  /** Every exception path, by name. */
  readonly paths: readonly string[];
  /** The share of them that has to be taken: 0…1. */
  readonly requiredShare?: number;
  readonly cases: readonly TestCase[];
}

/** One case. */
export interface TestCase {
  readonly name: string;
  readonly place: SourcePlace;
  readonly part: Part;
  /** A crash is tried at every input, and has to change nothing. */
  readonly crashes: boolean;
  readonly claims: readonly Claim[];
}

/** What is played: how a saga starts, and what the outside does. */
export interface Part {
  readonly start: Start;
  readonly at: Instant;
  readonly toggles: Readonly<Record<string, boolean>>;
  /** The saga that its trigger links to. */
  readonly linked?: Json;
  /** People cannot reach their tasks: this long after the start, for this long. */
  readonly outage?: { readonly afterMs: number; readonly forMs: number };
  /** What is found first counts. */
  readonly scripts: readonly Script[];
}

/** What starts a saga. */
export type Start =
  | { readonly kind: 'event'; readonly event: string; readonly data: Json; readonly from?: string }
  | { readonly kind: 'input'; readonly input: Json };

/** Something that has to come of a case. */
export interface Claim {
  readonly key: string;
  readonly expected: Json;
  readonly place: SourcePlace;
  /** Where each part of it stands that is claimed by a name. */
  readonly parts?: Readonly<Record<string, SourcePlace>>;
}

/** Where something was written; without line and column when it was built. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}
