import { noBodies, type Block, type BlockSource } from '../src/blocks/block.js';
import type { BlockCompiler } from '../src/compiler/block-compiler.js';
import { withName, type Compiled, type Flow } from '../src/compiler/flow.js';
import { at, textAt } from '../src/document/cursor.js';
import { durationMs } from '../src/expression/duration.js';
import { NULL } from '../src/expression/static-type.js';
import { EVENT } from '../src/shape/policy-shapes.js';
import { DURATION_TEXT, TEMPLATE_MAP, camelCase } from '../src/shape/scalar-shapes.js';

/** Publishes an event, and leaves those who hear it time to object. */
export const announce: Block = {
  head: 'announce',
  doc: 'Publishes an event, and waits a while, so that somebody who hears it can object.',
  example: '{ announce: newPrice, event: shop.price.announced, with: { price: 7 }, for: 2h }',
  name: camelCase('the name of a block'),
  isNamed: true,
  fields: {
    event: { shape: EVENT, doc: 'What is announced.', required: 'name the event that announces it.' },
    with: {
      shape: TEMPLATE_MAP,
      doc: "The event's data.",
      required: 'say what is announced; `with: {}` for nothing.',
    },
    for: { shape: DURATION_TEXT, doc: 'How long to wait.', required: 'say how long to wait, such as 2h.' },
  },
  bodies: noBodies,
  compile: compileAnnounce,
};

function compileAnnounce({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { evaluate: data } = compiler.template(at(cursor, 'with')!, compiler.placeAt(flow));
  const event = textAt(cursor, 'event')!;
  const forMs = durationMs(textAt(cursor, 'for')!)!;
  return {
    node: {
      kind: 'seq',
      id: `${id}:both`,
      children: [
        { kind: 'tell', id: `${id}:told`, block: `${name}.told`, event, data },
        { kind: 'ask', channel: 'time', id, block: name, wait: { forMs } },
      ],
    },
    after: withName(flow, name, NULL),
    raises: [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor }],
    isUndoable: false,
  };
}
