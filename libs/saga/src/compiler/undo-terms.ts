import { at, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, type RecordType } from '../expression/static-type.js';
import type { Query, Undo, Unless } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkClearance } from './clearance.js';
import { cutTo, cutType } from './command-data.js';
import { findCommand, type CommandContract } from './contracts.js';
import { refuseEventAnswer } from './event-answer.js';
import type { Flow } from './flow.js';
import { retryPolicy, settingsOf, silencePolicy } from './inheritance.js';

/** Complains about a condition that mentions an answer to nothing. */
export function checkUnless(unless: Cursor | undefined, log: ProblemLog): void {
  if (unless === undefined) return;
  const long = longForm(unless, 'if');
  const data = at(long, 'with');
  if (data !== undefined && at(long, 'ask') === undefined)
    log.errorAtKey(data, 'Nobody is asked, so there is nothing to send. Name the query: `ask: <query>`.');
}

/** When something is undone, and when not: its cool-down and its `unless`. */
export function undoTerms(
  compensate: Cursor,
  flow: Flow,
  self: RecordType,
  undoCommand: CommandContract | undefined,
  compiler: BlockCompiler,
): Pick<Undo, 'coolDownMs' | 'unless'> {
  const [coolDown] = settingsOf('coolDown', 'compensate', compensate, undoCommand, compiler.inheritance);
  const coolDownMs = coolDown === undefined ? undefined : durationMs(String(coolDown.value));
  const unless = at(compensate, 'unless');
  return {
    ...(coolDownMs === undefined ? {} : { coolDownMs }),
    ...(unless === undefined
      ? {}
      : { unless: compileUnless(longForm(unless, 'if'), compensate, flow, self, compiler) }),
  };
}

function compileUnless(
  unless: Cursor,
  compensate: Cursor,
  flow: Flow,
  self: RecordType,
  compiler: BlockCompiler,
): Unless {
  const here = { ...flow, isHandling: true };
  const ask = at(unless, 'ask');
  const command =
    ask === undefined ? undefined : findCommand(String(ask.value), ask, compiler.contracts, compiler.log);
  const answer = ask === undefined ? {} : { output: answerOf(command) };
  const condition = at(unless, 'if')!;
  return {
    if: compiler.condition(condition, compiler.placeAt(here, { self, ...answer })),
    because: textAt(unless, 'because') ?? String(condition.value),
    ...(ask === undefined
      ? {}
      : { query: compileQuery(ask, command, { unless, compensate, flow: here, self }, compiler) }),
  };
}

interface Around {
  readonly unless: Cursor;
  readonly compensate: Cursor;
  readonly flow: Flow;
  readonly self: RecordType;
}

function compileQuery(
  ask: Cursor,
  command: CommandContract | undefined,
  { unless, compensate, flow, self }: Around,
  compiler: BlockCompiler,
): Query {
  const { inheritance, log } = compiler;
  const call = String(ask.value);
  refuseEventAnswer(command, ask, 'a query that replies', log);
  if (command?.hasEffect === true)
    log.error(
      ask,
      `"${call}" has an effect by its contract, and a question must have none. Say \`effect: none\` in the contract, or ask another query.`,
    );
  const written = at(unless, 'with');
  const asked = written && compiler.template(written, compiler.placeAt(flow, { self }));
  const data =
    asked === undefined ? cutTo(command?.input, (values) => values.self?.sent ?? null) : asked.evaluate;
  const type = asked?.type ?? cutType(command?.input, self.fields['sent']!);
  const leaving = { type, cursor: written ?? ask, isWritten: written !== undefined };
  checkClearance(call, leaving, compiler.contracts, log);
  return {
    call,
    ...(data === undefined ? {} : { data }),
    retry: retryPolicy(settingsOf('retry', 'compensate', compensate, command, inheritance), inheritance),
    timeout: silencePolicy(settingsOf('timeout', 'compensate', compensate, command, inheritance)),
  };
}

function answerOf(command: CommandContract | undefined) {
  return command?.output === undefined ? ANY : typeOfSchema(command.output.json, 'output');
}
