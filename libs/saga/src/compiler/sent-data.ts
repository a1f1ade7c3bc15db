import type { BlockSource } from '../blocks/block.js';
import { at } from '../document/cursor.js';
import type { StaticType } from '../expression/static-type.js';
import type { CompiledTemplate } from '../expression/template.js';
import type { Expression } from '../scope-values.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkPassedInput, checkWrittenData, cutTo, cutType } from './command-data.js';
import type { CommandContract } from './contracts.js';
import type { Flow } from './flow.js';

const INPUT: Expression = (values) => values.input;

/** What the command of a step is sent: what is written under `with`, or the saga's input cut to what its contract names. */
export function commandData(
  { cursor }: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  compiler: BlockCompiler,
): CompiledTemplate {
  const written = at(cursor, 'with');
  const call = at(cursor, 'call')!;
  if (written === undefined) {
    if (!compiler.seesInput)
      compiler.log.error(
        call,
        "A fragment sees its params only, so the data of a step is said under `with`, such as `with: { to: '${ params.to }' }`.",
      );
    checkPassedInput(call, String(call.value), command?.input, compiler.inputType, compiler.log);
    return {
      type: cutType(command?.input, compiler.inputType),
      evaluate: cutTo(command?.input, INPUT) ?? INPUT,
    };
  }
  checkWrittenData(written, String(call.value), command?.input, compiler.log);
  return compiler.template(written, compiler.placeAt(flow));
}

/** The type of what the command of a step was sent. */
export function sentType(
  source: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  compiler: BlockCompiler,
): StaticType {
  return commandData(source, flow, command, compiler).type;
}
