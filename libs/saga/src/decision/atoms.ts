import { isMap } from '../document/cursor.js';
import type { Syntax } from '../expression/syntax.js';
import type { Json, JsonObject } from '../json.js';

/** What a condition compares: a path into the inputs, with every constant it is compared with. */
export interface Compared {
  readonly path: readonly string[];
  readonly constants: Set<Json>;
  /** By order, not only for equality. */
  isOrdered: boolean;
}

/** Why it cannot be said for which inputs a condition holds. */
export class Undecidable extends Error {}

/**
 * Notes what a condition compares with what.
 *
 * @throws Undecidable when it is made of anything but comparisons of inputs with constants: between two neighbouring
 * constants, such a condition does not change, so that one value of each region stands for all of it.
 */
export function noteComparisons(
  node: Syntax,
  inputs: ReadonlySet<string>,
  found: Map<string, Compared>,
): void {
  const again = (each: Syntax): void => noteComparisons(each, inputs, found);
  switch (node.op) {
    case '&&':
    case '||':
      node.args.forEach(again);
      return;
    case '!_':
      again(node.args);
      return;
    case '?:':
      node.args.forEach(again);
      return;
    case 'value':
      if (typeof node.args === 'boolean') return;
      throw new Undecidable('it is no comparison');
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      noteComparison(node.op, node.args[0], node.args[1], inputs, found);
      return;
    case 'in':
      noteMembership(node.args[0], node.args[1], inputs, found);
      return;
    default:
      note(pathOf(node, inputs), found, [true, false]);
  }
}

function noteComparison(
  op: string,
  left: Syntax,
  right: Syntax,
  inputs: ReadonlySet<string>,
  found: Map<string, Compared>,
): void {
  const constant = constantOf(right) ?? constantOf(left);
  if (constant === undefined) throw new Undecidable('it compares inputs with each other');
  const path = pathOf(constantOf(right) === undefined ? right : left, inputs);
  note(path, found, [constant.value], op !== '==' && op !== '!=');
}

function noteMembership(
  left: Syntax,
  right: Syntax,
  inputs: ReadonlySet<string>,
  found: Map<string, Compared>,
): void {
  if (right.op !== 'list') throw new Undecidable('it looks into a list that is not written out');
  const constants = right.args.map(constantOf);
  if (constants.includes(undefined)) throw new Undecidable('it looks into a list of more than constants');
  note(
    pathOf(left, inputs),
    found,
    constants.map((constant) => constant!.value),
  );
}

function note(
  path: readonly string[],
  found: Map<string, Compared>,
  constants: readonly Json[],
  isOrdered = false,
): void {
  const key = path.join('.');
  const compared = found.get(key) ?? { path, constants: new Set<Json>(), isOrdered: false };
  for (const constant of constants) compared.constants.add(constant);
  if (isOrdered) compared.isOrdered = true;
  found.set(key, compared);
}

function pathOf(node: Syntax, inputs: ReadonlySet<string>): readonly string[] {
  if (node.op === 'id' && inputs.has(node.args)) return [node.args];
  if (node.op === '.' && typeof node.args[1] === 'string')
    return [...pathOf(node.args[0], inputs), node.args[1]];
  throw new Undecidable('it computes with its inputs');
}

function constantOf(node: Syntax): { readonly value: Json } | undefined {
  if (node.op === '-_') {
    const inner = constantOf(node.args);
    return typeof inner?.value === 'number' ? { value: -inner.value } : undefined;
  }
  if (node.op !== 'value') return undefined;
  const { args } = node;
  if (typeof args === 'bigint') return { value: Number(args) };
  return typeof args === 'object' && args !== null ? undefined : { value: args };
}

/** The schema of what a path leads to, as far as it is written out. */
export function schemaAt(schema: JsonObject | undefined, path: readonly string[]): JsonObject {
  let at = schema;
  for (const step of path) {
    const properties = at?.['properties'];
    const next = isMap(properties) ? properties[step] : undefined;
    at = isMap(next) ? next : undefined;
  }
  return at ?? {};
}
