import { joined, withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import { NULL } from '../expression/static-type.js';
import { BLOCKS, listOf, record } from '../shape/container-shapes.js';
import { EXPRESSION, camelCase, kebabCase } from '../shape/scalar-shapes.js';
import type { Block, BlockSource } from './block.js';
import { checkCases } from './check-cases.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

const CASE = record({
  title: 'a case',
  fields: {
    case: {
      shape: kebabCase('the name of a case'),
      doc: 'How people call the case.',
      required: 'give the case a name.',
    },
    if: {
      shape: EXPRESSION,
      doc: 'The first case whose condition holds is taken.',
      required: 'the condition under which the case is taken.',
    },
    do: { shape: BLOCKS, doc: 'What to do then.', required: 'what to do then; `do: []` for nothing.' },
  },
});

/** Takes the first case whose condition holds. */
export const choice: Block = {
  head: 'choice',
  doc: 'Takes the first case whose condition holds, else `else`.',
  example:
    '{ choice: size, cases: [{ case: large, if: input.total > 1000, do: [{ emit: tellSales, event: shop.large-order }] }], else: [] }',
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout'] },
  fields: {
    cases: {
      shape: listOf(CASE),
      doc: 'The cases, in the order they are tried.',
      required: 'the list of cases.',
    },
    else: {
      shape: BLOCKS,
      doc: 'What to do when no case holds.',
      required: 'what to do when no case holds; `else: []` for nothing.',
    },
  },
  bodies: (block) =>
    [...itemsOf(at(block, 'cases')).map((each) => at(each, 'do')), at(block, 'else')].filter(
      (list) => list !== undefined,
    ),
  check: (block, { log }) =>
    checkCases(at(block, 'cases'), 'For blocks that always run leave the `choice` out.', log),
  compile: compileChoice,
};

function compileChoice({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const inside: Flow = { ...flow, inside: name };
  const cases = itemsOf(at(cursor, 'cases')).map((each) => compileCase(each, id, inside, compiler));
  const otherwise = compiler.compileList(at(cursor, 'else'), `${id}:else`, inside);
  const ways = [...cases.map(({ compiled }) => compiled), otherwise];
  const after = joined(ways.map((way) => way.after));
  return {
    node: {
      kind: 'pick',
      id,
      block: name,
      cases: cases.map(({ guard }) => guard),
      otherwise: otherwise.node,
    },
    after: after === undefined ? undefined : withName({ ...after, inside: flow.inside }, name, NULL),
    raises: [
      ...ways.flatMap(({ raises }) => raises),
      // A condition may turn out to be one that cannot be computed.
      { error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor: at(cursor, 'cases')! },
    ],
    isUndoable: ways.some(({ isUndoable }) => isUndoable),
  };
}

function compileCase(cursor: Cursor, id: string, flow: Flow, compiler: BlockCompiler) {
  const name = textAt(cursor, 'case')!;
  const condition = compiler.condition(at(cursor, 'if')!, compiler.placeAt(flow));
  const compiled = compiler.compileList(at(cursor, 'do'), `${id}.${name}`, flow);
  return { compiled, guard: { name, if: condition, child: compiled.node } };
}
