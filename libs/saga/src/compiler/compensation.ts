import type { BlockSource } from '../blocks/block.js';
import { at, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { classesOnly } from '../expression/field-classes.js';
import type { RecordType, StaticType } from '../expression/static-type.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, STRING } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import type { Node, Question, Undo } from '../node.js';
import { isOfOne } from '../participant-of.js';
import type { BlockCompiler } from './block-compiler.js';
import { allowedData, isRuled } from './allowed-data.js';
import { checkClearance } from './clearance.js';
import { cutTo, cutType } from './command-data.js';
import { findCommand, type CommandContract } from './contracts.js';
import { noteMessage } from './encryption.js';
import { refuseEventAnswer } from './event-answer.js';
import type { Flow } from './flow.js';
import { checkUnless, undoTerms } from './undo-terms.js';
import { retryPolicy, settingsOf } from './inheritance.js';
import { silencePolicy } from './silence.js';
import { sentType } from './sent-data.js';

const SENT: Expression = (values) => values.self?.sent ?? null;

/** Complains about keys of a compensation that do not go together. */
export function checkCompensation(cursor: Cursor, log: ProblemLog): void {
  const compensate = longForm(cursor, 'call');
  const ways = ['call', 'do', 'none'].filter((key) => at(compensate, key) !== undefined);
  const isSent = at(compensate, 'call') !== undefined;
  if (ways.length > 1)
    log.errorAtKey(
      at(compensate, ways[1]!)!,
      'A compensation calls a command, or runs blocks, or says why there is none. Keep one of `call`, `do` and `none`.',
    );
  else if (ways.length === 0)
    log.error(
      compensate,
      '`call` is missing: name the command that undoes it, or say `do: [...]` for more than one, or `none: <why>`.',
    );
  else checkBesides(compensate, ways[0]!, isSent, log);
  const list = at(compensate, 'do');
  if (ways[0] === 'do' && itemsOf(list).length === 0)
    log.errorAtKey(list!, 'No block is there to undo it. Say `none: <why>` if nothing can be undone.');
  checkUnless(at(compensate, 'unless'), log);
}

function checkBesides(compensate: Cursor, way: string, isSent: boolean, log: ProblemLog): void {
  for (const key of ['with', 'retry', 'timeout']) {
    const said = at(compensate, key);
    if (said !== undefined && !isSent)
      log.errorAtKey(
        said,
        way === 'do'
          ? `The blocks of \`do\` say themselves what is sent and how. Leave \`${key}\` out.`
          : `Nothing is sent where there is nothing to undo. Leave \`${key}\` out.`,
      );
  }
  for (const key of ['unless', 'coolDown']) {
    const said = at(compensate, key);
    if (said !== undefined && way === 'none')
      log.errorAtKey(said, `There is nothing to undo anyway. Leave \`${key}\` out.`);
  }
}

/** What is undone by a `compensate`. */
export interface Undoable {
  /** The block that says it. */
  readonly source: BlockSource;
  /** What is known where it is undone. */
  readonly flow: Flow;
  /** What it sees of what is undone. */
  readonly self: RecordType;
  /** The command that is undone, if it is one. */
  readonly command?: CommandContract | undefined;
}

/** How a block is undone, if there is a way. */
export function compileUndo(undoable: Undoable, compiler: BlockCompiler): Undo | undefined {
  const compensate = at(undoable.source.cursor, 'compensate');
  if (compensate === undefined) return undefined;
  const long = longForm(compensate, 'call');
  const call = at(long, 'call');
  if (call !== undefined) return compileCall(call, long, undoable, compiler);
  const list = at(long, 'do');
  if (list === undefined) return undefined;
  const { flow, self } = undoable;
  return {
    child: compileUndoList(list, undoable, compiler),
    ...undoTerms({ compensate: long, block: undoable.source.name }, flow, self, undefined, compiler),
  };
}

function compileCall(call: Cursor, compensate: Cursor, undoable: Undoable, compiler: BlockCompiler): Undo {
  const { inheritance } = compiler;
  const { flow, self, command } = undoable;
  const undoCommand = findCommand(String(call.value), call, compiler.contracts, compiler.log);
  checkUndoneBy(call, command, compiler.log);
  refuseEventAnswer(undoCommand, call, '`compensate: { do: [{ step: …, call: … }] }`', compiler.log);
  const data = undoData(compensate, undoable, undoCommand, compiler);
  return {
    call: String(call.value),
    ...(data === undefined ? {} : { data }),
    ...undoTerms({ compensate, block: undoable.source.name }, flow, self, undoCommand, compiler),
    retry: retryPolicy(settingsOf('retry', 'compensate', compensate, undoCommand, inheritance), inheritance),
    timeout: silencePolicy(
      settingsOf('timeout', 'compensate', compensate, undoCommand, inheritance),
      'undo',
      compiler,
    ),
  };
}

/** Blocks that undo something stand behind every pivot: nothing of them is undone, and a person helps where they fail. */
function compileUndoList(list: Cursor, { source, flow, self }: Undoable, compiler: BlockCompiler): Node {
  const { name, id } = source;
  const { node, after } = compiler.compileList(list, `${id}.compensate`, {
    ...flow,
    pivot: 'behind',
    isHandling: true,
    undoing: name,
    roots: { ...flow.roots, self },
    noPivotIn: `the blocks that undo "${name}"`,
    inside: name,
  });
  if (after === undefined)
    compiler.log.errorAtKey(
      list,
      `The blocks that undo "${name}" have to come to an end: something here always raises or ends.`,
    );
  return node;
}

function checkUndoneBy(call: Cursor, command: CommandContract | undefined, log: ProblemLog): void {
  const undoneBy = command?.undoneBy;
  if (undoneBy === undefined || undoneBy === call.value) return;
  log.error(
    call,
    `By its contract "${command!.call}" is undone by "${undoneBy}", not by "${String(call.value)}". Write \`compensate: ${undoneBy}\`, or change the contract.`,
  );
}

function undoData(
  compensate: Cursor,
  { source, flow, self }: Undoable,
  undoCommand: CommandContract | undefined,
  compiler: BlockCompiler,
): Expression | undefined {
  const written = at(compensate, 'with');
  const call = at(compensate, 'call')!;
  if (written === undefined) {
    const type = cutType(undoCommand?.input, self.fields['sent']!);
    const leaving = { type, cursor: call, isWritten: false };
    // Who was sent it before has been complained about there.
    const own = textAt(source.cursor, 'call');
    if (own === undefined || !isOfOne(own, String(call.value)))
      checkClearance(String(call.value), leaving, compiler.contracts, compiler.log);
    noteMessage(compiler.classed, source.name, 'undo', type, undoCommand);
    const data = cutTo(undoCommand?.input, SENT);
    // What it did is undone by the same data, unless something is said of what may be sent.
    if (data === undefined && !isRuled(undoCommand)) return undefined;
    return allowedData({ type, evaluate: data ?? SENT }, undoCommand, compiler);
  }
  const place = compiler.placeAt({ ...flow, isHandling: true }, { self });
  const template = compiler.template(written, place);
  const { type } = template;
  const leaving = { type, cursor: written, isWritten: true };
  checkClearance(String(call.value), leaving, compiler.contracts, compiler.log);
  noteMessage(compiler.classed, source.name, 'undo', type, undoCommand);
  return allowedData(template, undoCommand, compiler);
}

/** What a compensation sees as `self`. */
export function selfRecord(output: StaticType, sent: StaticType = ANY): RecordType {
  return { kind: 'record', open: false, title: '`self`', fields: { sent, outcome: STRING, output } };
}

/** What the compensation of a step sees as `self`. */
export function selfOfStep(
  source: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  verify: Question | undefined,
  compiler: BlockCompiler,
): RecordType {
  const sent = classesOnly(sentType(source, flow, command, compiler));
  return selfRecord(outputType(command, verify, source, compiler), sent);
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
