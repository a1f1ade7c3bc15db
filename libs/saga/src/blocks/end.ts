import type { Compiled, Flow } from '../compiler/flow.js';
import { kebabCase } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';

/** Finishes the saga early. */
export const end: Block = {
  head: 'end',
  doc: 'Finishes the saga early, as completed, with this result.',
  example: '{ end: nothing-to-do, if: input.total == 0 }',
  name: kebabCase('a result'),
  isNamed: false,
  fields: {},
  bodies: noBodies,
  compile: compileEnd,
};

function compileEnd({ name, id }: BlockSource, flow: Flow): Compiled {
  return {
    node: { kind: 'raise', id, block: flow.inside, signal: { kind: 'end', result: name } },
    after: undefined,
    raises: [],
    isUndoable: false,
  };
}
