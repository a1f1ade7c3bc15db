import { checkOpenlySeen } from '../compiler/clearance.js';
import type { Compiled, Flow } from '../compiler/flow.js';
import { at, type Cursor } from '../document/cursor.js';
import { isEngineError } from '../engine-errors.js';
import type { Expression } from '../scope-values.js';
import { TEXT, kebabCase } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Raises an error of the saga's own. */
export const raise: Block = {
  head: 'raise',
  doc: 'Raises an error; the blocks around it may catch it.',
  example: "{ raise: too-late, message: 'asked for after ${ saga.startedAt }' }",
  name: kebabCase('an error'),
  isNamed: false,
  fields: { message: { shape: TEXT, doc: 'What people read about it.' } },
  bodies: noBodies,
  check: (block, { log }) => {
    const error = at(block, 'raise')!;
    if (isEngineError(String(error.value)))
      log.error(error, `"${String(error.value)}" is raised by the engine alone. Choose a name of your own.`);
  },
  compile: compileRaise,
};

function compileRaise({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const written = at(cursor, 'message');
  const message = written === undefined ? {} : { message: messageOf(written, flow, compiler) };
  return {
    node: { kind: 'raise', id, block: flow.inside, signal: { kind: 'error', error: name, ...message } },
    after: undefined,
    raises: [
      { error: name, kind: 'business', pivot: flow.pivot, block: flow.inside, cursor: at(cursor, 'raise')! },
      ...(written === undefined
        ? []
        : [
            {
              error: 'invalid',
              kind: 'engine',
              pivot: flow.pivot,
              block: flow.inside,
              cursor: written,
            } as const,
          ]),
    ],
    isUndoable: false,
  };
}

function messageOf(written: Cursor, flow: Flow, compiler: BlockCompiler): Expression<string> {
  const { type, evaluate } = compiler.template(written, compiler.placeAt(flow));
  checkOpenlySeen(written, type, 'the message of an error', compiler.log);
  return evaluate as Expression<string>;
}
