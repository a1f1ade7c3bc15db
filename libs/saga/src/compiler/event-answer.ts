import type { BlockSource } from '../blocks/block.js';
import type { Cursor } from '../document/cursor.js';
import { at } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { CommandAsk } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import type { CommandContract } from './contracts.js';
import { settingsOf } from './inheritance.js';
import { OWN_KEY } from './subscriptions.js';

/** Compiles the event that stands in for the replies to a command, if its contract names one. */
export function compileEventAnswer(
  { cursor, name }: BlockSource,
  command: CommandContract | undefined,
  { inheritance, log }: BlockCompiler,
): Pick<CommandAsk, 'answeredBy'> {
  if (command?.answeredBy === undefined) return {};
  const { event, key = OWN_KEY, match, output } = command.answeredBy;
  const [confirm] = settingsOf('confirm', 'step', cursor, command, inheritance);
  if (confirm !== undefined)
    log.error(
      at(cursor, 'confirm') ?? at(cursor, 'call')!,
      `"${command.call}" is answered by the event ${event}, so there is no reply to confirm. Leave \`confirm\` out of step "${name}".`,
    );
  return {
    answeredBy: {
      event: { event, key, ...(match !== undefined && { match }) },
      ...(output !== undefined && { output }),
    },
  };
}

/** Complains about a command that only an event answers where a reply is needed. */
export function refuseEventAnswer(
  command: CommandContract | undefined,
  cursor: Cursor,
  instead: string,
  log: ProblemLog,
): void {
  if (command?.answeredBy === undefined) return;
  const { event } = command.answeredBy;
  log.error(
    cursor,
    `"${command.call}" is answered by the event ${event}, and only a step can wait for that. Write ${instead}.`,
  );
}
