import { checkCompensation } from '../compiler/compensation.js';
import { CONFIRM_FIELD, FRESH_FIELD } from '../compiler/compile-confirmation.js';
import { compileCommand, stepRaises } from '../compiler/compile-command.js';
import { findCommand, isOfAgent } from '../compiler/contracts.js';
import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { checkStepSide } from '../compiler/step-side.js';
import { at, textAt } from '../document/cursor.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY } from '../expression/static-type.js';
import { CALL, IF_UNKNOWN, QUESTION, RETRY, SILENCE } from '../shape/policy-shapes.js';
import { FLAG, TEMPLATE_MAP, camelCase } from '../shape/scalar-shapes.js';
import { COMPENSATE } from '../shape/undo-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Asks one participant for one thing. */
export const step: Block = {
  head: 'step',
  doc: 'Asks one participant for one thing.',
  example: '{ step: chargeCard, call: payment.charge, compensate: payment.refund, retry: { attempts: 5 } }',
  name: camelCase('the name of a block'),
  isNamed: true,
  wordFor: (block, contracts) => (isOfAgent(textAt(block, 'call')!, contracts) ? 'agent' : 'command'),
  hasOwnTimeout: true,
  fields: {
    call: {
      shape: CALL,
      doc: 'The command: `<participant>.<command>`.',
      required: 'name the command, such as `call: inventory.reserve`.',
    },
    with: {
      shape: TEMPLATE_MAP,
      doc: "The command's data; without it, the saga's input cut to what the contract names.",
    },
    compensate: { shape: COMPENSATE, doc: 'How it is undone.' },
    pivot: { shape: FLAG, doc: 'From here the saga only goes forward.' },
    retry: { shape: RETRY, doc: 'How to try again.' },
    timeout: { shape: SILENCE, doc: 'How long silence is borne after each sending.' },
    verify: { shape: QUESTION, doc: 'A query that says whether it was done.' },
    confirm: CONFIRM_FIELD,
    fresh: FRESH_FIELD,
    ifUnknown: { shape: IF_UNKNOWN, doc: 'What to do when it is not known whether it was done.' },
  },
  bodies: noBodies,
  check: (block, { log }) => {
    const compensate = at(block, 'compensate');
    if (compensate !== undefined) checkCompensation(compensate, log);
  },
  compile: compileStep,
};

function compileStep(source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const call = at(source.cursor, 'call')!;
  const command = findCommand(String(call.value), call, compiler.contracts, compiler.log);
  const side = checkStepSide(source, flow, command, compiler.log);
  const node = compileCommand(source, flow, command, compiler);
  const output =
    command?.output === undefined ? ANY : typeOfSchema(command.output.json, `the output of ${node.call}`);
  const after = withName(flow, source.name, output);
  return {
    node,
    after: side.isPivot ? { ...after, pivot: 'behind' } : after,
    raises: stepRaises(node, source, flow, command),
    isUndoable: node.undo !== undefined,
  };
}
