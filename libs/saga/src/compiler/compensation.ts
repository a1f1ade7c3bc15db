import type { BlockSource } from '../blocks/block.js';
import { at, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { RecordType, StaticType } from '../expression/static-type.js';
import { ANY, STRING, typeOfSchema } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import type { Question, Undo } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { sentData } from './check-data.js';
import { cutTo } from './command-data.js';
import { findCommand, type CommandContract } from './contracts.js';
import type { Flow } from './flow.js';
import { checkUnless, undoTerms } from './undo-terms.js';
import { retryPolicy, settingsOf, silencePolicy } from './inheritance.js';

/** Complains about keys of a compensation that do not go together. */
export function checkCompensation(cursor: Cursor, log: ProblemLog): void {
  const compensate = longForm(cursor, 'call');
  const call = at(compensate, 'call');
  const none = at(compensate, 'none');
  if (none !== undefined && call !== undefined)
    log.errorAtKey(
      none,
      'A compensation either calls a command or says why there is none. Keep one of `call` and `none`.',
    );
  else if (none !== undefined && at(compensate, 'with') !== undefined)
    log.errorAtKey(
      at(compensate, 'with')!,
      'Nothing is sent where there is nothing to undo. Leave `with` out.',
    );
  else if (none !== undefined && at(compensate, 'unless') !== undefined)
    log.errorAtKey(at(compensate, 'unless')!, 'There is nothing to undo anyway. Leave `unless` out.');
  else if (none === undefined && call === undefined)
    log.error(compensate, '`call` is missing: name the command that undoes the step, or say `none: <why>`.');
  checkUnless(at(compensate, 'unless'), log);
}

/** The undo of a step, if there is one. */
export function compileUndo(
  source: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  verify: Question | undefined,
  compiler: BlockCompiler,
): Undo | undefined {
  const compensate = at(source.cursor, 'compensate');
  if (compensate === undefined) return undefined;
  const long = longForm(compensate, 'call');
  const call = at(long, 'call');
  if (call === undefined) return undefined;
  const undoCommand = findCommand(String(call.value), call, compiler.contracts, compiler.log);
  checkUndoneBy(call, command, compiler.log);
  const undoing = { source, flow, command, undoCommand, verify };
  const unchecked = undoData(long, undoing, compiler);
  const data = unchecked && sentData(unchecked, undoCommand, compiler);
  return {
    call: String(call.value),
    ...(data === undefined ? {} : { data }),
    ...undoTerms(long, flow, selfType(undoing, compiler), undoCommand, compiler),
    retry: retryPolicy(
      settingsOf('retry', 'compensate', long, undoCommand, compiler.inheritance),
      compiler.inheritance,
    ),
    timeout: silencePolicy(settingsOf('timeout', 'compensate', long, undoCommand, compiler.inheritance)),
  };
}

function checkUndoneBy(call: Cursor, command: CommandContract | undefined, log: ProblemLog): void {
  const undoneBy = command?.undoneBy;
  if (undoneBy === undefined || undoneBy === call.value) return;
  log.error(
    call,
    `By its contract "${command!.call}" is undone by "${undoneBy}", not by "${String(call.value)}". Write \`compensate: ${undoneBy}\`, or change the contract.`,
  );
}

interface Undoing {
  readonly source: BlockSource;
  readonly flow: Flow;
  readonly command: CommandContract | undefined;
  readonly undoCommand: CommandContract | undefined;
  readonly verify: Question | undefined;
}

function undoData(compensate: Cursor, undoing: Undoing, compiler: BlockCompiler): Expression | undefined {
  const written = at(compensate, 'with');
  if (written === undefined) return cutTo(undoing.undoCommand?.input, (values) => values.self?.sent ?? null);
  const self = selfType(undoing, compiler);
  const place = compiler.placeAt({ ...undoing.flow, isHandling: true }, { self });
  return compiler.template(written, place).evaluate;
}

function selfType({ command, verify, source }: Undoing, compiler: BlockCompiler): RecordType {
  return {
    kind: 'record',
    open: false,
    title: '`self`',
    fields: { sent: ANY, outcome: STRING, output: outputType(command, verify, source, compiler) },
  };
}

// A step that is in doubt has no output, and that is exactly when its undo is needed. Only a query that
// answers with the same output can supply it.
function outputType(
  command: CommandContract | undefined,
  verify: Question | undefined,
  source: BlockSource,
  compiler: BlockCompiler,
): StaticType {
  if (verify === undefined) {
    const why = `a step in doubt has no output, so its undo could not be built when it is needed. Read self.sent, or give step "${source.name}" a \`verify\` that answers with the same output`;
    return { kind: 'refused', why };
  }
  const verifying = compiler.contracts.commands.get(verify.call);
  if (verifying !== undefined && command !== undefined && verifying.output?.name !== command.output?.name) {
    return {
      kind: 'refused',
      why: `the answer of "${verify.call}" has another schema than the output of "${command.call}", so it cannot stand in for it. Read self.sent`,
    };
  }
  return command?.output === undefined ? ANY : typeOfSchema(command.output.json, 'self.output');
}

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
  const call = textAt(long, 'call')!;
  const question = findCommand(call, long, compiler.contracts, compiler.log);
  if (question?.hasEffect === true) {
    compiler.log.error(
      at(long, 'call')!,
      `"${call}" has an effect by its contract, and a question must have none. Say \`effect: none\` in the contract, or ask another query.`,
    );
  }
  const written = at(long, 'with');
  const self: StaticType = { kind: 'record', open: false, title: '`self`', fields: { sent: ANY } };
  const data =
    written === undefined
      ? cutTo(question?.input, (values) => values.self?.sent ?? null)
      : compiler.template(written, compiler.placeAt(flow, { self })).evaluate;
  return data === undefined ? { call } : { call, data };
}
