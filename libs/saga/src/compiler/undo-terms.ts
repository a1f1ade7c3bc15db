import { at, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, type RecordType } from '../expression/static-type.js';
import type { Undo, Unless } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { askedAbout, findQuery } from './compile-question.js';
import type { CommandContract } from './contracts.js';
import type { Flow } from './flow.js';
import { retryPolicy, settingsOf } from './inheritance.js';
import { silencePolicy } from './silence.js';

/** Complains about a condition that mentions an answer to nothing. */
export function checkUnless(unless: Cursor | undefined, log: ProblemLog): void {
  if (unless === undefined) return;
  const long = longForm(unless, 'if');
  const data = at(long, 'with');
  if (data !== undefined && at(long, 'ask') === undefined)
    log.errorAtKey(data, 'Nobody is asked, so there is nothing to send. Name the query: `ask: <query>`.');
}

/** How a block says that it is undone. */
export interface SaidUndo {
  readonly compensate: Cursor;
  /** Name of the block. */
  readonly block: string;
}

/** When something is undone, and when not: its cool-down and its `unless`. */
export function undoTerms(
  said: SaidUndo,
  flow: Flow,
  self: RecordType,
  undoCommand: CommandContract | undefined,
  compiler: BlockCompiler,
): Pick<Undo, 'coolDownMs' | 'unless'> {
  const { compensate } = said;
  const [coolDown] = settingsOf('coolDown', 'compensate', compensate, undoCommand, compiler.inheritance);
  const coolDownMs = coolDown === undefined ? undefined : durationMs(String(coolDown.value));
  const unless = at(compensate, 'unless');
  return {
    ...(coolDownMs === undefined ? {} : { coolDownMs }),
    ...(unless === undefined
      ? {}
      : { unless: compileUnless(longForm(unless, 'if'), said, flow, self, compiler) }),
  };
}

function compileUnless(
  unless: Cursor,
  { compensate, block }: SaidUndo,
  flow: Flow,
  self: RecordType,
  compiler: BlockCompiler,
): Unless {
  const here = { ...flow, isHandling: true };
  const ask = at(unless, 'ask');
  const condition = at(unless, 'if')!;
  const said = { because: textAt(unless, 'because') ?? String(condition.value) };
  if (ask === undefined)
    return { ...said, if: compiler.condition(condition, compiler.placeAt(here, { self })) };
  const query = findQuery(ask, compiler);
  const place = compiler.placeAt(here, { self, output: answerOf(query) });
  const asked = { call: ask, data: at(unless, 'with'), block, direction: 'unless' } as const;
  const { inheritance } = compiler;
  return {
    ...said,
    if: compiler.condition(condition, place),
    query: {
      ...askedAbout(self, asked, query, here, compiler),
      retry: retryPolicy(settingsOf('retry', 'compensate', compensate, query, inheritance), inheritance),
      timeout: silencePolicy(
        settingsOf('timeout', 'compensate', compensate, query, inheritance),
        'question',
        compiler,
      ),
    },
  };
}

function answerOf(command: CommandContract | undefined) {
  return command?.output === undefined ? ANY : typeOfSchema(command.output.json, 'output');
}
