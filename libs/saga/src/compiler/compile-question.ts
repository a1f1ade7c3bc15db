import type { BlockSource } from '../blocks/block.js';
import { at, longForm, type Cursor } from '../document/cursor.js';
import { classesOnly } from '../expression/field-classes.js';
import type { RecordType } from '../expression/static-type.js';
import type { Question } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkClearance } from './clearance.js';
import { cutTo, cutType } from './command-data.js';
import { selfSent } from './contract-places.js';
import { findCommand, type CommandContract } from './contracts.js';
import { noteMessage } from './encryption.js';
import { refuseEventAnswer } from './event-answer.js';
import type { Flow } from './flow.js';
import { settingsOf } from './inheritance.js';
import { sentType } from './sent-data.js';

/** The question that is asked in doubt, from the block, the contract or the defaults. */
export function compileQuestion(
  source: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  compiler: BlockCompiler,
): Question | undefined {
  const [setting] = settingsOf('verify', 'step', source.cursor, command, compiler.inheritance);
  if (setting === undefined) return undefined;
  const long = longForm(setting, 'call');
  const call = at(long, 'call')!;
  const self = selfSent(classesOnly(sentType(source, flow, command, compiler)));
  const asked = { call, data: at(long, 'with'), block: source.name, direction: 'verify' } as const;
  return askedAbout(self, asked, findQuery(call, compiler), flow, compiler);
}

/** The contract of a command that is asked as a question; complains where it could not be one. */
export function findQuery(call: Cursor, { contracts, log }: BlockCompiler): CommandContract | undefined {
  const query = findCommand(String(call.value), call, contracts, log);
  refuseEventAnswer(query, call, 'a query that replies', log);
  if (query?.hasEffect === true)
    log.error(
      call,
      `"${query.call}" has an effect by its contract, and a question must have none. Say \`effect: none\` in the contract, or ask another query.`,
    );
  return query;
}

/** A question as it is written, and whose it is. */
export interface AskedQuestion {
  readonly call: Cursor;
  readonly data: Cursor | undefined;
  readonly block: string;
  readonly direction: 'verify' | 'unless';
}

/** A question about what was sent, with the data that is written for it, else with what was sent. */
export function askedAbout(
  self: RecordType,
  written: AskedQuestion,
  query: CommandContract | undefined,
  flow: Flow,
  compiler: BlockCompiler,
): Question {
  const call = String(written.call.value);
  const asked = written.data && compiler.template(written.data, compiler.placeAt(flow, { self }));
  const data =
    asked === undefined ? cutTo(query?.input, (values) => values.self?.sent ?? null) : asked.evaluate;
  const leaving = {
    type: asked?.type ?? cutType(query?.input, self.fields['sent']!),
    cursor: written.data ?? written.call,
    isWritten: written.data !== undefined,
  };
  checkClearance(call, leaving, compiler.contracts, compiler.log);
  noteMessage(compiler.classed, written.block, written.direction, leaving.type, query);
  return data === undefined ? { call } : { call, data };
}
