import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at } from '../document/cursor.js';
import { NULL, storedType } from '../expression/static-type.js';
import { NOT_SUPPORTED } from '../not-supported.js';
import { BLOCKS } from '../shape/container-shapes.js';
import { TEMPLATE, camelCase } from '../shape/scalar-shapes.js';
import type { Block, BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Holds blocks together: for their errors, their time and their output. */
export const group: Block = {
  head: 'group',
  doc: 'Holds blocks together, for common errors, a common time limit or an output.',
  name: camelCase('the name of a block'),
  isNamed: true,
  isScope: true,
  later: NOT_SUPPORTED.group,
  fields: {
    do: { shape: BLOCKS, doc: 'The blocks, one after the other.', required: 'the list of blocks.' },
    output: { shape: TEMPLATE, doc: 'What `steps.<group>.output` is.' },
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
  return {
    ...body,
    node: {
      kind: 'scope',
      id,
      block: name,
      child: body.node,
      handlers: {},
      ...(output === undefined ? {} : { output: output.evaluate }),
    },
    after:
      body.after === undefined
        ? undefined
        : withName({ ...body.after, inside: flow.inside }, name, storedType(output?.type ?? NULL)),
  };
}
