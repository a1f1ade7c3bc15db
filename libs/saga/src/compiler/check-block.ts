import type { Block } from '../blocks/block.js';
import { COMMON_FIELDS } from '../blocks/common-fields.js';
import { BLOCKS_BY_HEAD } from '../blocks/registered-blocks.js';
import { at, entriesOf, isMap, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { didYouMean } from '../expression/did-you-mean.js';
import { NOT_SUPPORTED, notSupportedYet } from '../not-supported.js';
import { checkFields } from '../shape/container-shapes.js';
import { kindOf } from '../shape/scalar-shapes.js';
import type { Checker, Fields } from '../shape/shape.js';

/** A checker for documents of the language. */
export function checkerOf(log: ProblemLog): Checker {
  const checker: Checker = { log, checkBlock: (cursor) => checkBlock(cursor, checker) };
  return checker;
}

/** The keys of a kind of block, its head and the common ones included. */
export function fieldsOf(block: Block): Fields {
  const head = { shape: block.name, doc: block.doc };
  return { [block.head]: head, ...COMMON_FIELDS, ...block.fields };
}

function checkBlock(cursor: Cursor, checker: Checker): void {
  const { log } = checker;
  if (!isMap(cursor.value)) {
    log.error(
      cursor,
      `A block is a map such as { step: reserveStock, call: inventory.reserve }, and this is ${kindOf(cursor.value)}.`,
    );
    return;
  }
  const block = headOf(cursor, log);
  if (block === undefined) return;
  const problems = log.errors;
  checkFields(
    cursor,
    {
      title: `${/^[aeiou]/.test(block.head) ? 'an' : 'a'} ${block.head}`,
      fields: fieldsOf(block),
      later: block.later ?? [],
    },
    checker,
  );
  if (log.errors === problems) block.check?.(cursor, { log });
}

function headOf(cursor: Cursor, log: ProblemLog): Block | undefined {
  const keys = entriesOf(cursor).map(([key]) => key);
  const later = keys.find((key) => (NOT_SUPPORTED.heads as readonly string[]).includes(key));
  if (later !== undefined) {
    log.errorAtKey(at(cursor, later)!, notSupportedYet(`The block \`${later}\``));
    return undefined;
  }
  const heads = keys.filter((key) => BLOCKS_BY_HEAD.has(key) && isHead(key, cursor));
  if (heads.length === 1) return BLOCKS_BY_HEAD.get(heads[0]!);
  if (heads.length > 1)
    log.errorAtKey(
      at(cursor, heads[1]!)!,
      `A block has one head, and this one has ${heads.map((head) => `\`${head}\``).join(' and ')}. Begin a new block with "- ".`,
    );
  else log.error(cursor, `This block has no head.${unknownHead(keys)}`);
  return undefined;
}

/** A word may be a head of one kind and an ordinary key of another. */
function isHead(key: string, cursor: Cursor): boolean {
  return !entriesOf(cursor).some(
    ([other]) => other !== key && Object.hasOwn(BLOCKS_BY_HEAD.get(other)?.fields ?? {}, key),
  );
}

function unknownHead(keys: readonly string[]): string {
  const heads = [...BLOCKS_BY_HEAD.keys()];
  for (const key of keys) {
    const found = didYouMean(key, heads);
    if (found !== '') return `${found} It says \`${key}\`.`;
  }
  const fitting = [...BLOCKS_BY_HEAD.values()].filter(({ fields }) =>
    keys.every((key) => Object.hasOwn(fields, key) || Object.hasOwn(COMMON_FIELDS, key)),
  );
  if (fitting.length === 1)
    return ` Its keys are those of a ${fitting[0]!.head}: begin it with \`${fitting[0]!.head}: <name>\`.`;
  return ` Begin it with one of ${heads.join(', ')}.`;
}
