import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at } from '../document/cursor.js';
import { storedType } from '../expression/static-type.js';
import { TEMPLATE, camelCase } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Names a value. */
export const set: Block = {
  head: 'set',
  doc: 'Names a value; it never changes afterwards.',
  example: "{ set: total, value: '${ input.price * input.quantity }' }",
  name: camelCase('the name of a value'),
  isNamed: true,
  fields: {
    value: { shape: TEMPLATE, doc: 'The value; texts in it may hold `${ }`.', required: 'the value.' },
  },
  bodies: noBodies,
  compile: compileSet,
};

function compileSet({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { type, evaluate } = compiler.template(at(cursor, 'value')!, compiler.placeAt(flow));
  return {
    node: { kind: 'calc', id, block: name, value: evaluate },
    after: withName(flow, name, storedType(type)),
    raises: [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor }],
    isUndoable: false,
  };
}
