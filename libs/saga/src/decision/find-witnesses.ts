import { ExpressionError } from '../expression/expression-error.js';
import { parseExpression } from '../expression/syntax.js';
import { isEqual } from '../expression/runtime-value.js';
import type { Json, JsonObject } from '../json.js';
import { noteComparisons, schemaAt, Undecidable, type Compared } from './atoms.js';
import { inputValues, outputOf, type DecisionRule, type DecisionTable } from './decision-table.js';
import { regionsOf } from './regions.js';

/** What is wrong with a table as a whole; `witness` says for which input, in words. */
export type TableFault =
  | { readonly kind: 'gap'; readonly witness: string }
  | {
      readonly kind: 'overlap' | 'disagreement';
      readonly rules: readonly [number, number];
      readonly witness: string;
    }
  /** Rules before it hold wherever it does. */
  | { readonly kind: 'unreached'; readonly rule: number }
  | { readonly kind: 'undecidable'; readonly rule?: number; readonly why: string };

/** A table with what its conditions and inputs look like. */
export interface TableText {
  readonly table: DecisionTable;
  /** The text of each rule's condition. */
  readonly conditions: readonly string[];
  readonly schemas: Readonly<Record<string, JsonObject | undefined>>;
}

const MOST_CASES = 50_000;

/**
 * Looks for inputs that no rule is for, and for inputs that two rules are for.
 *
 * Exact for conditions that compare inputs with constants: one input of every region is tried. What else a condition
 * does makes the question undecidable here, and is said.
 */
export function findFaults(text: TableText): readonly TableFault[] {
  if (text.table.hit === 'collect' || text.table.hit === 'weigh') return [];
  const found = new Map<string, Compared>();
  const undecidable = text.conditions.flatMap((condition, rule) => noted(condition, rule, text, found));
  if (undecidable.length > 0) return undecidable;
  try {
    const axes = [...found.values()].map((compared) => {
      const [input, ...rest] = compared.path;
      return { path: compared.path, points: regionsOf(compared, schemaAt(text.schemas[input!], rest)) };
    });
    return tryAll(text.table, axes);
  } catch (error) {
    if (error instanceof Undecidable) return [{ kind: 'undecidable', why: error.message }];
    throw error;
  }
}

interface Axis {
  readonly path: readonly string[];
  readonly points: readonly Json[];
}

function noted(
  condition: string,
  rule: number,
  { schemas }: TableText,
  found: Map<string, Compared>,
): readonly TableFault[] {
  try {
    noteComparisons(parseExpression(condition), new Set(Object.keys(schemas)), found);
    return [];
  } catch (error) {
    if (error instanceof Undecidable) return [{ kind: 'undecidable', rule, why: error.message }];
    throw error;
  }
}

function tryAll(table: DecisionTable, axes: readonly Axis[]): readonly TableFault[] {
  const cases = axes.reduce((count, { points }) => count * points.length, 1);
  if (cases > MOST_CASES)
    return [
      { kind: 'undecidable', why: `there are ${cases} cases to look at, and ${MOST_CASES} are looked at` },
    ];
  const faults = new Map<string, TableFault>();
  const reached = new Set<number>();
  for (let number = 0; number < cases; number++) {
    const chosen = choose(axes, number);
    const inputs = inputsOf(chosen);
    const holding = table.rules.flatMap((rule, index) => (holdsFor(rule, inputs) ? [index] : []));
    if (holding[0] !== undefined) reached.add(holding[0]);
    for (const [key, fault] of faultsOf(table, holding, inputs, witnessOf(chosen)))
      if (!faults.has(key)) faults.set(key, fault);
  }
  if (table.hit === 'first')
    table.rules.forEach((_, rule) => {
      if (!reached.has(rule)) faults.set(`unreached ${rule}`, { kind: 'unreached', rule });
    });
  return [...faults.values()];
}

function faultsOf(
  table: DecisionTable,
  holding: readonly number[],
  inputs: Readonly<Record<string, Json>>,
  witness: string,
): readonly (readonly [string, TableFault])[] {
  const [first, second] = holding;
  if (first === undefined) return table.fallback === undefined ? [['gap', { kind: 'gap', witness }]] : [];
  if (second === undefined || table.hit === 'first') return [];
  if (table.hit === 'unique')
    return [[`${first} ${second}`, { kind: 'overlap', rules: [first, second], witness }]];
  const values = inputValues(inputs, 0);
  const other = holding.find(
    (rule) => !isEqual(outputOf(table.rules[rule]!, values), outputOf(table.rules[first]!, values)),
  );
  return other === undefined
    ? []
    : [[`${first} ${other}`, { kind: 'disagreement', rules: [first, other], witness }]];
}

function holdsFor(rule: DecisionRule, inputs: Readonly<Record<string, Json>>): boolean {
  try {
    return rule.if(inputValues(inputs, 0));
  } catch (error) {
    if (error instanceof ExpressionError) throw new Undecidable(`rule ${rule.name}: ${error.message}`);
    throw error;
  }
}

type Chosen = readonly { readonly path: readonly string[]; readonly value: Json }[];

function choose(axes: readonly Axis[], number: number): Chosen {
  let rest = number;
  return axes.map(({ path, points }) => {
    const value = points[rest % points.length]!;
    rest = Math.floor(rest / points.length);
    return { path, value };
  });
}

function inputsOf(chosen: Chosen): Readonly<Record<string, Json>> {
  const inputs: Record<string, Json> = {};
  for (const { path, value } of chosen) {
    let at = inputs;
    for (const step of path.slice(0, -1)) at = (at[step] ??= {}) as Record<string, Json>;
    at[path.at(-1)!] = value;
  }
  return inputs;
}

function witnessOf(chosen: Chosen): string {
  return chosen.length === 0
    ? 'any input'
    : chosen.map(({ path, value }) => `${path.join('.')} = ${JSON.stringify(value)}`).join(', ');
}
