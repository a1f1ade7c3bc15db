import { stringify } from 'yaml';
import type { Json, JsonObject } from '#libs/messaging';
import { toKebab } from '#libs/saga';
import { feelParser, readDmn, type DmnElement } from './dmn-packages.js';
import { expressionToCel, FeelError, testsToCel, type Feel } from './feel-to-cel.js';
import { inputSchemas, type Column } from './input-schemas.js';
import { ruleNames } from './rule-names.js';

/** The decision tables of a DMN model as documents. */
export interface ImportedDmn {
  readonly text: string;
  /** What could not be taken over, with where it stands; nothing should be used then. */
  readonly problems: readonly string[];
}

const HIT_POLICIES: Readonly<Record<string, string>> = {
  UNIQUE: 'unique',
  FIRST: 'first',
  ANY: 'any',
  COLLECT: 'collect',
  'RULE ORDER': 'collect',
};

type Parse = Awaited<ReturnType<typeof feelParser>>;
type Attempt = <T>(where: string, work: () => T) => T | undefined;

/** Takes the decision tables out of a DMN model; each becomes a decision of this version. */
export async function importDmn(xml: string, version: number): Promise<ImportedDmn> {
  const parse = await feelParser();
  const problems: string[] = [];
  const attempt: Attempt = (where, work) => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FeelError)) throw error;
      problems.push(`${where}: ${error.message}`);
      return undefined;
    }
  };
  const { rootElement, warnings } = await readDmn(xml);
  problems.push(...warnings.map(({ message }) => message));
  const decisions = (rootElement.drgElement ?? []).filter(({ $type }) => $type === 'dmn:Decision');
  const documents = decisions.flatMap((decision) => {
    const name = nameOf(decision.name ?? decision.id ?? 'decision');
    if (decision.decisionLogic?.$type !== 'dmn:DecisionTable') {
      problems.push(`decision "${name}": it is no table, and only tables are taken over`);
      return [];
    }
    return [documentOf(name, version, decision, decision.decisionLogic, { parse, attempt, problems })];
  });
  if (decisions.length === 0) problems.push('there is no decision in this model');
  return { text: documents.map((each) => stringify(each, { lineWidth: 0 })).join('---\n'), problems };
}

interface Around {
  readonly parse: Parse;
  readonly attempt: Attempt;
  readonly problems: string[];
}

function documentOf(
  name: string,
  version: number,
  decision: DmnElement,
  table: DmnElement,
  around: Around,
): JsonObject {
  const policy = table.hitPolicy ?? 'UNIQUE';
  const hit = HIT_POLICIES[policy];
  if (hit === undefined || table.aggregation !== undefined)
    around.problems.push(
      `decision "${name}": the hit policy ${policy}${table.aggregation === undefined ? '' : ` ${table.aggregation}`} has no counterpart; there are unique, first, any and collect`,
    );
  const columns = (table.input ?? []).map((input, index) => columnOf(input, index, name, around));
  const rules = table.rule ?? [];
  const names = ruleNames(rules);
  const fallback = defaultOf(table, name, around);
  return {
    decision: name,
    version,
    ...(decision.description === undefined ? {} : { description: decision.description }),
    hit: hit ?? 'unique',
    inputs: inputSchemas(columns),
    rules: rules.map((rule, index) =>
      ruleOf(rule, names[index]!, `decision "${name}", rule ${index + 1}`, columns, table, around),
    ),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function columnOf(input: DmnElement, index: number, decision: string, { parse, attempt }: Around): Column {
  const text = input.inputExpression?.text ?? '';
  const title = input.label ?? (text === '' ? `${index + 1}` : text);
  const where = `decision "${decision}", column "${title}"`;
  const subject = attempt(where, () => expressionToCel(feel(text, 'Expression', parse))) ?? 'input';
  const values = (input.inputValues?.text ?? '').matchAll(/"([^"]*)"/g);
  return {
    title,
    subject,
    typeRef: input.inputExpression?.typeRef,
    values: [...values].map(([, value]) => value!),
  };
}

function ruleOf(
  rule: DmnElement,
  name: string,
  where: string,
  columns: readonly Column[],
  table: DmnElement,
  { parse, attempt }: Around,
): JsonObject {
  const tests = (rule.inputEntry ?? []).flatMap((entry, index) => {
    const { title, subject } = columns[index]!;
    const text = entry.text?.trim() ?? '';
    const test =
      text === ''
        ? undefined
        : attempt(`${where}, column "${title}"`, () => testsToCel(feel(text, 'UnaryTests', parse), subject));
    return test === undefined ? [] : [test];
  });
  const because = rule.description ?? rule.annotationEntry?.[0]?.text;
  const outputs = (rule.outputEntry ?? []).map(
    (entry, index) =>
      attempt(`${where}, output ${index + 1}`, () => outputOf(entry.text ?? 'null', parse)) ?? null,
  );
  return {
    rule: name,
    if:
      tests.length === 0
        ? 'true'
        : tests.map((test) => (tests.length > 1 && test.includes('||') ? `(${test})` : test)).join(' && '),
    output: outputs.length === 1 ? outputs[0]! : named(table, outputs),
    ...(because === undefined || because === '' ? {} : { because }),
  };
}

function defaultOf(table: DmnElement, name: string, { parse, attempt }: Around): Json | undefined {
  const entries = (table.output ?? []).map(({ defaultOutputEntry }) => defaultOutputEntry?.text);
  if (entries.every((text) => text === undefined)) return undefined;
  const values = entries.map(
    (text) => attempt(`decision "${name}", default`, () => outputOf(text ?? 'null', parse)) ?? null,
  );
  return values.length === 1 ? values[0] : named(table, values);
}

function named(table: DmnElement, values: readonly Json[]): JsonObject {
  const names = (table.output ?? []).map(({ name, label }, index) => name ?? label ?? `output${index + 1}`);
  return Object.fromEntries(values.map((value, index) => [names[index]!, value]));
}

/** A literal as it is, anything else as an expression. */
function outputOf(text: string, parse: Parse): Json {
  const source = feel(text, 'Expression', parse);
  const cel = expressionToCel(source);
  if (/^(-?\d+(\.\d+)?|true|false|null)$/.test(cel)) return JSON.parse(cel) as Json;
  if (/^"[^"\\]*"$/.test(text.trim())) return text.trim().slice(1, -1).replaceAll('${', '$${');
  return `\${ ${cel} }`;
}

function feel(text: string, top: 'Expression' | 'UnaryTests', parse: Parse): Feel {
  return { text, top: parse(text, top) };
}

function nameOf(title: string): string {
  const joined = toKebab(title);
  return /^[a-z]/.test(joined) ? joined : `decision-${joined}`;
}
