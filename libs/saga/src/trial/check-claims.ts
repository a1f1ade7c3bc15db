import { at, entriesOf, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { ScriptContext } from './read-script.js';

/** What the names in claims are looked up in. */
export interface ClaimContext extends ScriptContext {
  readonly paths: readonly string[];
  /** Names of all cases. */
  readonly names: readonly string[];
}

/** Complains about every name in `then` that the saga does not have. A claim about nothing would hold for ever. */
export function checkClaims(then: Cursor, context: ClaimContext): void {
  const { outside, paths, names } = context;
  const told = [...outside.calls, ...outside.emits];
  if (entriesOf(then).length === 0)
    context.log.error(
      then,
      'Nothing is claimed here. Say what has to come of it, such as `outcome: completed`.',
    );
  const look = (key: string, what: string, known: readonly string[], found: readonly Cursor[]): void => {
    for (const cursor of found) checkName(cursor, what, known, context, key);
  };
  look('sent', 'sends no command', outside.calls, itemsOf(at(then, 'sent')));
  look('undone', 'sends no command', outside.calls, itemsOf(at(then, 'undone')));
  look('never', 'sends no command or event', told, itemsOf(at(then, 'never')));
  look('told', 'publishes no event', outside.emits, itemsOf(at(then, 'told')));
  look('paths', 'has no exception path', paths, itemsOf(at(then, 'paths')));
  look('gates', 'has no gate', outside.gates, itemsOf(at(then, 'gates')));
  look('result', 'ends with no result', outside.results, valueOf(then, 'result'));
  look('sameAs', 'has no test', names, valueOf(then, 'sameAs'));
  for (const [name, cursor] of entriesOf(at(then, 'tasks')))
    if (outside.asks.get(name)?.channel !== 'task')
      context.log.errorAtKey(cursor, `The saga has no task "${name}".${suggestion(name, tasksOf(context))}`);
  for (const [fact, cursor] of entriesOf(at(then, 'hearsay')))
    if (!outside.sourced.includes(fact))
      context.log.errorAtKey(
        cursor,
        `The saga requires no fact "${fact}" that has a \`source\`.${suggestion(fact, outside.sourced)}`,
      );
  for (const [key, known] of [
    ['waits', outside.blocks],
    ['outputs', outside.blocks],
    ['missing', outside.joins],
  ] as const)
    for (const [block, cursor] of entriesOf(at(then, key)))
      if (!known.includes(block))
        context.log.errorAtKey(
          cursor,
          `The saga has no block "${block}"${key === 'missing' ? ' that joins several' : ''}.${suggestion(block, known)}`,
        );
  for (const key of ['effects', 'data', 'at'] as const)
    for (const [name, cursor] of entriesOf(at(then, key)))
      checkKey(name, cursor, key === 'effects' ? outside.calls : told, context);
}

function tasksOf({ outside }: ClaimContext): readonly string[] {
  return [...outside.asks].flatMap(([name, { channel }]) => (channel === 'task' ? [name] : []));
}

function valueOf(then: Cursor, key: string): readonly Cursor[] {
  return textAt(then, key) === undefined ? [] : [at(then, key)!];
}

function checkName(
  cursor: Cursor,
  what: string,
  known: readonly string[],
  { log }: ClaimContext,
  key: string,
): void {
  const name = String(cursor.value);
  if (known.includes(name)) return;
  const subject = key === 'sameAs' ? 'This document' : 'The saga';
  log.error(cursor, `${subject} ${what} "${name}".${suggestion(name, known)}`);
}

function checkKey(name: string, cursor: Cursor, known: readonly string[], { log }: ClaimContext): void {
  if (!known.includes(name))
    log.errorAtKey(cursor, `The saga sends nothing called "${name}".${suggestion(name, known)}`);
}
