import type { Expression } from '../scope-values.js';

/** What a proposal should reach. Its expressions read the inputs as `values.locals`. */
export interface Objective {
  readonly name: string;
  /** From 0 to 1; more is better. */
  readonly score: Expression<number>;
  /** Less than this is too little. */
  readonly atLeast?: number;
  readonly because?: string;
}
