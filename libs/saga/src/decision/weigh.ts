import { ExpressionError } from '../expression/expression-error.js';
import type { Instant, Json } from '../json.js';
import type { Expression, Values } from '../scope-values.js';
import {
  checkedValues,
  holdingRules,
  titleOf,
  type Decided,
  type DecisionTable,
  type Inputs,
} from './decision-table.js';
import type { Objective } from './objective.js';

/** A table that scores proposals instead of deciding about them. Its rules are preferences: one that holds is broken. */
export type WeighingTable = DecisionTable & Required<Pick<DecisionTable, 'objectives'>>;

/** How good one proposal is, and what speaks against it. */
export interface Weighing {
  readonly scores: Readonly<Record<string, number>>;
  readonly below: readonly {
    readonly objective: string;
    readonly score: number;
    readonly atLeast: number;
    readonly because?: string;
  }[];
  readonly breaks: readonly { readonly preference: string; readonly because?: string }[];
}

/** Proposals beside each other. */
export interface Comparison {
  /** Pairs of objectives for which no proposal is best at once. */
  readonly conflicts: readonly (readonly [string, string])[];
  /** `bestFor`: the objectives for which no other scores more. */
  readonly proposals: readonly (Weighing & { readonly item: Json; readonly bestFor: readonly string[] })[];
}

/** Does the table score rather than decide? */
export function isWeighing(table: DecisionTable): table is WeighingTable {
  return table.objectives !== undefined;
}

/** Weighs one proposal. @throws ExpressionError where it cannot be scored. */
export function weighOnce(table: WeighingTable, inputs: Inputs, now: Instant): Decided {
  const weighing = weigh(table, inputs, now);
  return { output: weighing as unknown as Json, rules: brokenBy([weighing], table), weighed: true };
}

/** Weighs each item of a list, and says for which objectives they compete. @throws ExpressionError */
export function weighOver(
  table: WeighingTable,
  items: readonly Json[],
  inputsOf: (item: Json) => Inputs,
  now: Instant,
): Decided {
  const weighed = items.map((item) => ({ item, ...weigh(table, inputsOf(item), now) }));
  const names = table.objectives.map(({ name }) => name);
  const best = new Map(names.map((name) => [name, Math.max(...weighed.map(({ scores }) => scores[name]!))]));
  const proposals = weighed.map((one) => ({
    ...one,
    bestFor: names.filter((name) => one.scores[name] === best.get(name)),
  }));
  const output: Comparison = { conflicts: conflictsOf(names, proposals), proposals };
  return { output: output as unknown as Json, rules: brokenBy(weighed, table), weighed: true };
}

function weigh(table: WeighingTable, inputs: Inputs, now: Instant): Weighing {
  const values = checkedValues(table, inputs, now);
  const scored = table.objectives.map((objective) => ({
    objective,
    score: scoreOf(objective, table, values),
  }));
  return {
    scores: Object.fromEntries(scored.map(({ objective, score }) => [objective.name, score])),
    below: scored.flatMap(({ objective: { name, atLeast, because }, score }) =>
      atLeast === undefined || score >= atLeast
        ? []
        : [{ objective: name, score, atLeast, ...(because === undefined ? {} : { because }) }],
    ),
    breaks: holdingRules(table, values).map(({ name, because }) => ({
      preference: name,
      ...(because === undefined ? {} : { because }),
    })),
  };
}

function scoreOf({ name, score }: Objective, table: DecisionTable, values: Values): number {
  const found = computed(name, score, table, values);
  if (!(found >= 0 && found <= 1))
    throw new ExpressionError(
      `objective ${name} of ${titleOf(table)} scores ${found}, and a score is from 0 to 1`,
    );
  // What differs in the last binary digit only is no difference to people, and no conflict.
  return Math.round(found * 10_000) / 10_000;
}

function computed(name: string, score: Expression<number>, table: DecisionTable, values: Values): number {
  try {
    return score(values);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(`objective ${name} of ${titleOf(table)}: ${error.message}`, { cause: error });
  }
}

function conflictsOf(names: readonly string[], proposals: Comparison['proposals']): Comparison['conflicts'] {
  if (proposals.length === 0) return [];
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
  return pairs.filter(
    ([one, other]) => !proposals.some(({ bestFor }) => bestFor.includes(one) && bestFor.includes(other)),
  );
}

/** The preferences that are broken anywhere, in the order of the table. */
function brokenBy(weighed: readonly Weighing[], table: DecisionTable): readonly string[] {
  const broken = new Set(weighed.flatMap(({ breaks }) => breaks.map(({ preference }) => preference)));
  return table.rules.map(({ name }) => name).filter((name) => broken.has(name));
}
