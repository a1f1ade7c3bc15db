import type { KnownValue, Values } from '../scope-values.js';
import type { Place } from './chart.js';
import { definedParts } from './defined-parts.js';
import { stepsAt } from './iterations.js';
import { blockOf, emit, type Moment } from './moment.js';
import { evaluate, type Evaluated } from './values.js';

/** What came of an expression that says how the saga goes on, and the facts that it has read. */
export interface Weighed<T> {
  readonly answer: Evaluated<T>;
  /** By the names of the results that hold them, such as `path.stock`. */
  readonly read: readonly string[];
}

/** Evaluates what says how the saga goes on. Whoever goes by it tells which facts it has read, by `tellRead`. */
export function weigh<T>(
  moment: Moment,
  place: Place,
  expression: (values: Values) => T,
  more?: Partial<Values>,
): Weighed<T> {
  const read = new Set<string>();
  const heed = (fact: string) => void read.add(fact);
  const answer = evaluate(moment, place, expression, { ...more, heed });
  return { answer, read: [...read] };
}

/** Tells how old the facts are by which it is decided at `place`. What has come at this time is told by that. */
export function tellRead(moment: Moment, place: Place, read: readonly string[]): Moment {
  return read.reduce((before, fact) => tellOne(before, place, fact), moment);
}

/** The same as `weigh`, where it is gone by in any case. */
export function decide<T>(
  moment: Moment,
  place: Place,
  expression: (values: Values) => T,
  more?: Partial<Values>,
): { readonly moment: Moment; readonly answer: Evaluated<T> } {
  const { answer, read } = weigh(moment, place, expression, more);
  return { moment: tellRead(moment, place, read), answer };
}

function tellOne(moment: Moment, place: Place, fact: string): Moment {
  const result = stepsAt(moment, place)[fact];
  const block = blockOf(place);
  if (result === undefined || result.endedAt === moment.now || isTold(moment, block, fact)) return moment;
  const { asOf, lagMs, source, readBy } = result.output as unknown as KnownValue;
  const note = { what: 'fact-read', fact, asOf, lagMs, ...definedParts({ source, readBy }) } as const;
  return emit(moment, { kind: 'noted', block, note });
}

function isTold({ effects }: Moment, block: string, fact: string): boolean {
  return effects.some(
    (effect) =>
      effect.kind === 'noted' &&
      effect.block === block &&
      effect.note.what === 'fact-read' &&
      effect.note.fact === fact,
  );
}
