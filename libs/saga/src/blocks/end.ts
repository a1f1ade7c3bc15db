import type { BlockCompiler } from '../compiler/block-compiler.js';
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

function compileEnd({ cursor, name, id }: BlockSource, flow: Flow, { log }: BlockCompiler): Compiled {
  if (flow.undoing !== undefined)
    log.error(
      cursor,
      `What undoes "${flow.undoing}" cannot end the saga. Leave \`end\` out, or put an \`if\` at the blocks that are not always needed.`,
    );
  return {
    node: { kind: 'raise', id, block: flow.inside, signal: { kind: 'end', result: name } },
    after: flow.undoing === undefined ? undefined : flow,
    raises: [],
    isUndoable: false,
  };
}
