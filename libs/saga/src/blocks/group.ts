import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { nodesIn } from '../compiler/node-walk.js';
import { checkCompensation, compileUndo, selfRecord } from '../compiler/compensation.js';
import { at, longForm, type Cursor } from '../document/cursor.js';
import { NULL, storedType, type StaticType } from '../expression/static-type.js';
import { BLOCKS } from '../shape/container-shapes.js';
import type { Node, Undo } from '../node.js';
import { TEMPLATE, camelCase } from '../shape/scalar-shapes.js';
import { COMPENSATE } from '../shape/undo-shapes.js';
import type { Block, BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Holds blocks together: for their errors, their time and their output. */
export const group: Block = {
  head: 'group',
  doc: 'Holds blocks together, for common errors, a common time limit or an output.',
  example:
    '{ group: booking, do: [{ step: book, call: flights.book, compensate: flights.cancel }], catch: { timed-out: { undo: true, do: [{ raise: no-flight }] } }, timeout: 10m }',
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout'] },
  isScope: true,
  fields: {
    do: { shape: BLOCKS, doc: 'The blocks, one after the other.', required: 'the list of blocks.' },
    output: { shape: TEMPLATE, doc: 'What `steps.<group>.output` is.' },
    compensate: {
      shape: COMPENSATE,
      doc: 'How the group is undone once it is complete; until then, and without this, its blocks are undone one by one.',
    },
  },
  check: (block, { log }) => {
    const compensate = at(block, 'compensate');
    if (compensate !== undefined) checkCompensation(compensate, log);
  },
  bodies: (block) => [at(block, 'do')].filter((list) => list !== undefined),
  compile: compileGroup,
};

function compileGroup({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const body = compiler.compileList(at(cursor, 'do'), `${id}.do`, { ...flow, inside: name });
  const written = at(cursor, 'output');
  const output =
    written === undefined || body.after === undefined
      ? undefined
      : compiler.template(written, compiler.placeAt(body.after));
  const undo =
    body.after === undefined
      ? undefined
      : compileGroupUndo({ cursor, name, id }, body, output?.type ?? NULL, body.after, compiler);
  return {
    ...body,
    node: {
      kind: 'scope',
      id,
      block: name,
      child: body.node,
      handlers: {},
      ...(output === undefined ? {} : { output: output.evaluate }),
      ...(undo === undefined ? {} : { undo }),
    },
    after:
      body.after === undefined
        ? undefined
        : withName({ ...body.after, inside: flow.inside }, name, storedType(output?.type ?? NULL)),
    raises: [
      ...body.raises,
      ...(output === undefined
        ? []
        : [
            {
              error: 'invalid',
              kind: 'engine',
              pivot: body.after!.pivot,
              block: name,
              cursor: written!,
            } as const,
          ]),
    ],
    isUndoable: body.isUndoable || undo !== undefined,
  };
}

function compileGroupUndo(
  source: BlockSource,
  body: Compiled,
  output: StaticType,
  after: Flow,
  compiler: BlockCompiler,
): Undo | undefined {
  const compensate = at(source.cursor, 'compensate');
  if (compensate === undefined) return undefined;
  checkGroupUndo(compensate, source, body, after, compiler);
  const self = selfRecord(storedType(output), compiler.inputType);
  return compileUndo({ source, flow: after, self }, compiler);
}

function checkGroupUndo(
  compensate: Cursor,
  { name }: BlockSource,
  { node, isUndoable }: Compiled,
  { pivot }: Flow,
  { log }: BlockCompiler,
): void {
  if (at(longForm(compensate, 'call'), 'none') !== undefined)
    log.errorAtKey(
      compensate,
      `Without \`compensate\` the blocks of "${name}" are undone one by one; say \`none\` at those that cannot be.`,
    );
  else if (pivot !== 'before')
    log.errorAtKey(
      compensate,
      `Group "${name}" ends behind the pivot, where nothing is undone any more. Leave \`compensate\` out.`,
    );
  else if (!isUndoable && !nodesIn(node).some(takesEffect))
    log.errorAtKey(compensate, `Nothing in "${name}" would have to be undone. Leave \`compensate\` out.`);
}

/** Parts that nothing undoes one by one may be undone together. */
function takesEffect(node: Node): boolean {
  return node.kind === 'ask' && node.channel === 'command' && node.effect;
}
