import type { StaticType } from './static-type.js';

/** Which names an expression at one place of a definition can mention. */
export interface Place {
  /** `input`, `now`, `failure`, … with their types; `steps` is not among them. */
  readonly roots: Readonly<Partial<Record<RootName, StaticType>>>;
  /** Loop variables, and what else has a name of its own choice; read from `values.locals`. */
  readonly locals?: ReadonlyMap<string, StaticType>;
  /** Facts that were asked for, by the names they were given. */
  readonly facts?: ReadonlyMap<string, VisibleFact>;
  /** In a fragment: what it was given, and the result that holds it. */
  readonly params?: { readonly type: StaticType; readonly step: string };
  /** Blocks that stand before this place, by name. */
  readonly steps: ReadonlyMap<string, VisibleStep>;
  /** Every block of the definition, for messages that tell "does not exist" from "is not before". */
  readonly blocks: ReadonlySet<string>;
  /** Of a place that belongs to no saga: why it sees nothing of one, and what to do. */
  readonly apart?: string;
  /** The loop that a block stands in, for blocks that are visible in there only. */
  readonly loops?: ReadonlyMap<string, string>;
}

/** Names that stand at the beginning of an expression. */
export type RootName =
  | 'input'
  | 'saga'
  | 'toggles'
  | 'now'
  | 'failure'
  | 'self'
  | 'output'
  | 'data'
  | 'event'
  | 'linked';

/** A block that stands before. One that may not have run has to be read optionally. */
export interface VisibleStep {
  readonly output: StaticType;
  readonly isSure: boolean;
  /** What its result has beside what every result has: a join its `completeness`. */
  readonly more?: Readonly<Record<string, StaticType>>;
  /** What the result is called in `values.steps`, where that is not the name it is mentioned by. */
  readonly key?: string;
}

/** A fact that expressions can mention as `facts.<name>`. */
export interface VisibleFact {
  readonly value: StaticType;
  /** What it is called in `values.facts`, or the result in `values.steps` that holds it. */
  readonly key: string;
  /** How old it may be whenever it is read; absent: as old as it likes. */
  readonly freshMs?: number;
}
