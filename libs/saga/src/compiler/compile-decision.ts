import { findFaults, type TableFault } from '../decision/find-witnesses.js';
import type { DecisionRule, DecisionTable, HitPolicy, Inputs } from '../decision/decision-table.js';
import { at, entriesOf, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import type { Place } from '../expression/place.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, INSTANT, STRING, commonType, storedType, type StaticType } from '../expression/static-type.js';
import { compileObjectives } from './compile-objectives.js';
import { conditionExpression, templateValue } from './expressions.js';
import { compileInputCheck } from './input-schema.js';
import type { Schema, SchemaFiles } from './schema-files.js';

/** A compiled table with what a `decide` block has to know of it. */
export interface CompiledDecision {
  readonly table: DecisionTable;
  readonly inputs: readonly string[];
  /** What one rule gives. */
  readonly output: StaticType;
  /** Does a rule say an output, rather than only its name? */
  readonly hasOutputs: boolean;
}

/** Compiles a `decision` document, and says where its rules leave gaps or overlap. */
export function compileDecision(
  document: SourceDocument,
  files: SchemaFiles,
  log: ProblemLog,
): CompiledDecision {
  const root = rootOf(document);
  const before = log.errors;
  const inputs = entriesOf(at(root, 'inputs')).map(([name, cursor]) => ({
    name,
    cursor,
    schema: files.schemaAt(cursor),
  }));
  const place = placeOf(inputs);
  const rules = itemsOf(at(root, 'rules'));
  const compiled = rules.map((rule) => compileRule(rule, place, log));
  const written = at(root, 'default');
  const fallback = written === undefined ? undefined : templateValue(written, place, log);
  const objectives = compileObjectives(root, place, log);
  checkRules(root, rules, log);
  const checks = inputs.map(({ name, cursor, schema }) => ({
    name,
    check: schema === undefined ? () => [] : compileInputCheck(schema, cursor, files, log),
  }));
  const table: DecisionTable = {
    name: textAt(root, 'decision')!,
    version: Number(at(root, 'version')!.value),
    hit: textAt(root, 'hit') as HitPolicy,
    rules: compiled.map(({ rule }) => rule),
    ...(objectives && { objectives }),
    ...(fallback && { fallback: fallback.evaluate }),
    inputProblems: (given: Inputs) =>
      checks.flatMap(({ name, check }) => check(given[name]!).map((problem) => `${name}: ${problem}`)),
  };
  if (log.errors === before) {
    const schemas = Object.fromEntries(inputs.map(({ name, schema }) => [name, schema?.json]));
    const conditions = rules.map((rule) => String(at(rule, 'if')!.value));
    for (const fault of findFaults({ table, conditions, schemas }))
      reportFault(fault, root, rules, table, log);
  }
  const outputs = [...compiled.map(({ type }) => type), ...(fallback ? [storedType(fallback.type)] : [])];
  return {
    table,
    inputs: inputs.map(({ name }) => name),
    output: outputs.length === 0 ? ANY : outputs.reduce((left, right) => commonType(left, right) ?? ANY),
    hasOutputs: rules.some((rule) => at(rule, 'output') !== undefined),
  };
}

function placeOf(inputs: readonly { readonly name: string; readonly schema: Schema | undefined }[]): Place {
  const locals = new Map(
    inputs.map(({ name, schema }) => [name, schema === undefined ? ANY : typeOfSchema(schema.json, name)]),
  );
  return { roots: { now: INSTANT }, locals, steps: new Map(), blocks: new Set() };
}

function compileRule(
  rule: Cursor,
  place: Place,
  log: ProblemLog,
): { readonly rule: DecisionRule; readonly type: StaticType } {
  const written = at(rule, 'output');
  const output = written === undefined ? undefined : templateValue(written, place, log);
  const because = textAt(rule, 'because');
  return {
    type: output === undefined ? STRING : storedType(output.type),
    rule: {
      name: textAt(rule, 'rule')!,
      if: conditionExpression(at(rule, 'if')!, place, log),
      ...(output && { output: output.evaluate }),
      ...(because === undefined ? {} : { because }),
    },
  };
}

function checkRules(root: Cursor, rules: readonly Cursor[], log: ProblemLog): void {
  const hit = textAt(root, 'hit');
  if (rules.length === 0 && hit !== 'weigh')
    log.error(at(root, 'rules')!, 'There is no rule. Write at least one.');
  const names = rules.map((rule) => textAt(rule, 'rule'));
  rules.forEach((rule, index) => {
    if (names.indexOf(names[index]) < index)
      log.error(
        at(rule, 'rule')!,
        `Rule "${names[index]}" stands here twice. Give one of them another name.`,
      );
  });
  const written = at(root, 'default');
  if (written !== undefined && hit === 'collect')
    log.errorAtKey(written, '`hit: collect` gives an empty list when no rule holds. Leave `default` out.');
}

function reportFault(
  fault: TableFault,
  root: Cursor,
  rules: readonly Cursor[],
  table: DecisionTable,
  log: ProblemLog,
): void {
  const nameOf = (rule: number): string => `"${table.rules[rule]!.name}"`;
  switch (fault.kind) {
    case 'gap':
      log.errorAtKey(
        at(root, 'rules')!,
        `No rule holds for ${fault.witness}. Add a rule, or say with \`default\` what counts then.`,
      );
      return;
    case 'overlap':
      log.error(
        at(rules[fault.rules[1]]!, 'if')!,
        `Rules ${fault.rules.map(nameOf).join(' and ')} both hold for ${fault.witness}, and \`hit: unique\` allows one. Narrow one of them, or write \`hit: first\`.`,
      );
      return;
    case 'disagreement':
      log.error(
        at(rules[fault.rules[1]]!, 'if')!,
        `Rules ${fault.rules.map(nameOf).join(' and ')} both hold for ${fault.witness} and give different outputs, which \`hit: any\` forbids. Narrow one of them, or write \`hit: first\`.`,
      );
      return;
    case 'unreached':
      log.warning(
        at(rules[fault.rule]!, 'rule')!,
        `Rule ${nameOf(fault.rule)} never counts: wherever it holds, a rule before it does.`,
      );
      return;
    case 'undecidable':
      log.warning(
        fault.rule === undefined ? at(root, 'rules')! : at(rules[fault.rule]!, 'if')!,
        `Whether these rules leave a gap or overlap is not known: ${fault.rule === undefined ? '' : `of rule ${nameOf(fault.rule)}, `}${fault.why}.`,
      );
  }
}
