import type { JsonObject } from '#libs/saga';
import type { Chance } from './chance.js';
import { randomSteps, type RandomSteps } from './random-steps.js';

/** Everything drawn for one definition. */
export interface Drawing extends RandomSteps {
  readonly chance: Chance;
  /** Fragments that were drawn along the way. */
  readonly fragments: JsonObject[];
  /** The other saga that sagas of this definition run, once one of them does. */
  readonly children: JsonObject[];
  /** What is nested by order, by the name of the inner block: `<kind> in <what holds it>`. */
  readonly nested: Map<string, string>;
  readonly name: (what: string) => string;
}

/** Begins a drawing. */
export function startDrawing(chance: Chance): Drawing {
  let names = 0;
  const name = (what: string): string => `${what}${(names += 1)}`;
  return { chance, name, fragments: [], children: [], nested: new Map(), ...randomSteps(chance, name) };
}
