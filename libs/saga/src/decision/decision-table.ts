import { ExpressionError } from '../expression/expression-error.js';
import { isEqual } from '../expression/runtime-value.js';
import type { Instant, Json } from '../json.js';
import type { Expression, Values } from '../scope-values.js';
import type { Objective } from './objective.js';

/** A published table of rules, compiled. */
export interface DecisionTable {
  readonly name: string;
  readonly version: number;
  readonly hit: HitPolicy;
  readonly rules: readonly DecisionRule[];
  /** What proposals are scored by; with `weigh` only. */
  readonly objectives?: readonly Objective[];
  /** What counts when no rule holds. */
  readonly fallback?: Expression;
  /** Every problem of the inputs by its path; empty when they may be used. */
  readonly inputProblems: (inputs: Inputs) => readonly string[];
}

/**
 * How many rules may hold: `unique`: one. `first`: any number, the first counts. `any`: any number that agree.
 * `collect`: any number, all count. `weigh`: none decides; those that hold are preferences that are broken.
 */
export type HitPolicy = 'unique' | 'first' | 'any' | 'collect' | 'weigh';

/** One row. Expressions read the inputs as `values.locals`. */
export interface DecisionRule {
  readonly name: string;
  readonly if: Expression<boolean>;
  /** Absent: the rule's name. */
  readonly output?: Expression;
  readonly because?: string;
}

/** Inputs of a table by name. */
export type Inputs = Readonly<Record<string, Json>>;

/** What a table says about inputs. */
export interface Decided {
  readonly output: Json;
  /** The rules that count, in the order of the table; empty when the fallback does. */
  readonly rules: readonly string[];
  /** The output is how good proposals are, and the rules are preferences they break. */
  readonly weighed?: true;
}

/** Asks a table once. @throws ExpressionError when it has no answer. */
export function decideOnce(table: DecisionTable, inputs: Inputs, now: Instant): Decided {
  const values = checkedValues(table, inputs, now);
  const holding = holdingRules(table, values);
  const outputs = holding.map((rule) => outputOf(rule, values));
  const rules = holding.map(({ name }) => name);
  if (table.hit === 'collect') return { output: outputs, rules };
  const [first] = outputs;
  if (first === undefined) return { output: fallbackOf(table, values), rules };
  if (table.hit === 'unique' && rules.length > 1)
    throw new ExpressionError(`${titleOf(table)} wants one rule to hold, and there are ${rules.join(', ')}`);
  if (table.hit === 'any' && outputs.some((output) => !isEqual(output, first)))
    throw new ExpressionError(`the rules ${rules.join(', ')} of ${titleOf(table)} do not agree`);
  return { output: first, rules: table.hit === 'first' ? rules.slice(0, 1) : rules };
}

/** An item of a list with the rules that refuse it. */
export interface Judged {
  readonly item: Json;
  readonly rules: readonly string[];
}

/** Asks a table about each item of a list: an item for which a rule holds is refused. @throws ExpressionError */
export function decideOver(
  table: DecisionTable,
  items: readonly Json[],
  inputsOf: (item: Json) => Inputs,
  now: Instant,
): Decided {
  const judged: Judged[] = items.map((item) => {
    const rules = holdingRules(table, checkedValues(table, inputsOf(item), now)).map(({ name }) => name);
    return { item, rules: table.hit === 'first' ? rules.slice(0, 1) : rules };
  });
  const passed = judged.filter(({ rules }) => rules.length === 0);
  const refused = judged.filter(({ rules }) => rules.length > 0);
  const fired = new Set(refused.flatMap(({ rules }) => rules));
  return {
    output: { passed: passed as unknown as Json, refused: refused as unknown as Json },
    rules: table.rules.map(({ name }) => name).filter((name) => fired.has(name)),
  };
}

/** The rules that hold for these values; with the policy `first` none behind the first is looked at. */
export function holdingRules(table: DecisionTable, values: Values): readonly DecisionRule[] {
  const holding: DecisionRule[] = [];
  for (const rule of table.rules) {
    if (!holds(table, rule, values)) continue;
    holding.push(rule);
    if (table.hit === 'first') break;
  }
  return holding;
}

/** What the rule gives where it holds. */
export function outputOf(rule: DecisionRule, values: Values): Json {
  return rule.output === undefined ? rule.name : rule.output(values);
}

function holds(table: DecisionTable, rule: DecisionRule, values: Values): boolean {
  try {
    return rule.if(values);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(`rule ${rule.name} of ${titleOf(table)}: ${error.message}`, { cause: error });
  }
}

/** What the expressions of a table see of inputs that fit it. @throws ExpressionError where they do not. */
export function checkedValues(table: DecisionTable, inputs: Inputs, now: Instant): Values {
  const problems = table.inputProblems(inputs);
  if (problems.length > 0)
    throw new ExpressionError(`the inputs of ${titleOf(table)} do not fit: ${problems.join('; ')}`);
  return inputValues(inputs, now);
}

/** What the expressions of a table see. */
export function inputValues(inputs: Inputs, now: Instant): Values {
  return { input: null, steps: {}, saga: NO_SAGA, toggles: {}, now, locals: inputs };
}

const NO_SAGA = { id: '', key: '', definition: '', version: 0, startedAt: 0, hops: 0 };

function fallbackOf(table: DecisionTable, values: Values): Json {
  if (table.fallback !== undefined) return table.fallback(values);
  throw new ExpressionError(`no rule of ${titleOf(table)} holds, and it has no default`);
}

/** How messages call the table. */
export function titleOf({ name, version }: DecisionTable): string {
  return `table ${name} version ${version}`;
}
