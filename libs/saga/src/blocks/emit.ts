import { checkPublished } from '../compiler/clearance.js';
import { NOTHING } from '../compiler/expressions.js';
import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at } from '../document/cursor.js';
import { NULL } from '../expression/static-type.js';
import { EVENT } from '../shape/policy-shapes.js';
import { TEMPLATE_MAP, camelCase } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Publishes a domain event. */
export const emit: Block = {
  head: 'emit',
  doc: 'Publishes a domain event; nobody is waited for.',
  example: "{ emit: tell, event: shop.order.priced, with: { orderId: '${ input.orderId }' } }",
  name: camelCase('the name of a block'),
  isNamed: true,
  fields: {
    event: {
      shape: EVENT,
      doc: 'The event, past tense, with its owner in front.',
      required: 'name the event, such as `event: shop.order.placed`.',
    },
    with: { shape: TEMPLATE_MAP, doc: "The event's data; empty without it." },
  },
  bodies: noBodies,
  compile: compileEmit,
};

function compileEmit({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const data = at(cursor, 'with');
  const { type, evaluate } = data === undefined ? NOTHING : compiler.template(data, compiler.placeAt(flow));
  const event = String(at(cursor, 'event')!.value);
  checkPublished(event, { type, cursor: data ?? cursor, isWritten: true }, compiler.contracts, compiler.log);
  return {
    node: { kind: 'tell', id, block: name, event, data: evaluate },
    after: withName(flow, name, NULL),
    raises: [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor }],
    isUndoable: false,
  };
}
