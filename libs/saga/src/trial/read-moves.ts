import { at, entriesOf, isMap, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import type { Json } from '../json.js';
import type { AnswerMove, CommandMove, HeardMove, Move, Moves, SilentMove } from './move.js';

/** What may be said about a name: how it is called, and the keys that its moves may have. */
export interface MoveKind {
  /** How messages call it: `a step`. */
  readonly title: string;
  readonly keys: readonly string[];
  /** Of these, one happens at a time. */
  readonly ways?: readonly string[];
  /** Those of them that leave nothing else to say. */
  readonly alone?: readonly string[];
  readonly read: (move: Cursor) => readonly Move[];
}

/** How long a person, an event or another saga takes where nothing is said. */
const AT_ONCE = 0;

/** What can be said of each kind of thing that a saga sends or waits for. */
export const MOVE_KINDS = {
  command: {
    title: 'a command',
    keys: ['succeeded', 'claimed', 'rejected', 'data', 'failed', 'silent', 'after', 'late', 'accepted'],
    ways: ['succeeded', 'claimed', 'rejected', 'failed', 'silent', 'accepted'],
    alone: ['silent', 'accepted'],
    read: commandMoves,
  },
  event: { title: 'an event', keys: ['after', 'data', 'event', 'from'], read: (move) => [eventMove(move)] },
  task: {
    title: 'a task',
    keys: ['after', 'answer', 'by', 'role', 'items', 'data'],
    read: (move) => [taskMove(move)],
  },
  saga: {
    title: 'another saga',
    keys: ['after', 'completed', 'ended'],
    ways: ['completed', 'ended'],
    read: (move) => [sagaMove(move)],
  },
  lock: { title: 'a lock', keys: ['after', 'lock', 'lost'], read: (move) => [lockMove(move)] },
  fact: {
    title: 'a fact',
    keys: ['after', 'value', 'age', 'fact', 'from'],
    ways: ['value', 'fact'],
    read: (move) => [factMove(move)],
  },
  toggle: { title: 'a toggle', keys: ['after', 'switched'], read: (move) => [switchMove(move)] },
} as const satisfies Readonly<Record<string, MoveKind>>;

const SILENT: SilentMove = { kind: 'silent' };

/** Reads what happens to one name. A move with keys of another kind of thing is complained about. */
export function readMoves(cursor: Cursor, kind: MoveKind, log: ProblemLog): Moves {
  const isList = Array.isArray(cursor.value);
  const list = (isList ? itemsOf(cursor) : [cursor]).flatMap((move) => {
    if (!isMap(move.value)) return [SILENT];
    const others = entriesOf(move).filter(([key]) => !kind.keys.includes(key));
    for (const [key, value] of others)
      log.errorAtKey(
        value,
        `\`${key}\` says nothing about ${kind.title}. What can be said: ${kind.keys.join(', ')}.`,
      );
    if (others.length > 0) return [];
    checkWays(move, kind, log);
    return kind.read(move);
  });
  const fails = cursor.value as { readonly failed?: unknown } | null;
  const isCounted = !isList && typeof fails?.failed === 'number';
  return { list, isEndless: !isList && !isCounted };
}

/** What is said beside would be passed over, and the case would try something else than its author thinks. */
function checkWays(move: Cursor, { ways = [], alone = [] }: MoveKind, log: ProblemLog): void {
  const said = entriesOf(move).map(([key]) => key);
  const [first] = said.filter((key) => alone.includes(key));
  const [one, other] =
    first === undefined
      ? said.filter((key) => ways.includes(key))
      : [first, said.find((key) => key !== first)];
  if (other === undefined) return;
  log.errorAtKey(
    at(move, other)!,
    `Either \`${one}\` happens or \`${other}\`. Keep one of them; what happens one after the other is a list.`,
  );
}

function commandMoves(move: Cursor): readonly (CommandMove | SilentMove)[] {
  const delayMs = durationAt(move, 'after') + durationAt(move, 'late');
  const accepted = at(move, 'accepted');
  if (accepted !== undefined) {
    const [end] = commandMoves(accepted);
    return [{ kind: 'accepted', delayMs: durationAt(accepted, 'after'), end: withoutDelay(end!) }];
  }
  const failed = at(move, 'failed')?.value;
  if (failed !== undefined)
    return Array.from(
      { length: typeof failed === 'number' ? failed : 1 },
      () => ({ kind: 'failed', delayMs, isPermanent: failed === 'permanent' }) as const,
    );
  const silent = textAt(move, 'silent');
  if (silent !== undefined) return [silent === 'done' ? { kind: 'unheard' } : SILENT];
  const error = textAt(move, 'rejected');
  if (error !== undefined) return [{ kind: 'rejected', delayMs, error, data: dataAt(move, 'data') }];
  if (at(move, 'claimed') !== undefined)
    return [{ kind: 'claimed', delayMs, fields: dataAt(move, 'claimed') }];
  return [{ kind: 'succeeded', delayMs, fields: dataAt(move, 'succeeded') }];
}

// The time that something accepted takes is counted once.
function withoutDelay(move: CommandMove | SilentMove): CommandMove | SilentMove {
  return 'delayMs' in move ? { ...move, delayMs: AT_ONCE } : move;
}

function eventMove(move: Cursor): HeardMove {
  const event = textAt(move, 'event');
  return { ...heard(move, 'event', dataAt(move, 'data', {})), ...(event === undefined ? {} : { event }) };
}

function taskMove(move: Cursor): AnswerMove {
  const [by, role, fields] = [textAt(move, 'by'), textAt(move, 'role'), dataAt(move, 'data', {})];
  const items = at(move, 'items');
  return {
    kind: 'answered',
    delayMs: durationAt(move, 'after'),
    answer: textAt(move, 'answer') ?? '',
    fields: isMap(fields) ? fields : {},
    ...(by === undefined ? {} : { by }),
    ...(role === undefined ? {} : { role }),
    ...(items === undefined ? {} : { items: itemsOf(items).map(({ value }) => String(value)) }),
  };
}

function sagaMove(move: Cursor): HeardMove {
  return heard(move, textAt(move, 'ended') ?? 'completed', dataAt(move, 'completed', {}));
}

function lockMove(move: Cursor): HeardMove {
  const granted = heard(move, textAt(move, 'lock') ?? 'granted', {});
  if (at(move, 'lost') === undefined) return granted;
  return { ...granted, next: { kind: 'heard', what: 'lost', delayMs: durationAt(move, 'lost'), data: {} } };
}

function factMove(move: Cursor): HeardMove {
  const what = textAt(move, 'fact') ?? 'fact';
  return { ...heard(move, what, dataAt(move, 'value')), ageMs: durationAt(move, 'age') };
}

function switchMove(move: Cursor): Move {
  return { kind: 'switched', delayMs: durationAt(move, 'after'), on: at(move, 'switched')?.value === true };
}

function heard(move: Cursor, what: string, data: Json): HeardMove {
  const from = textAt(move, 'from');
  const common = { kind: 'heard', what, data, delayMs: durationAt(move, 'after') } as const;
  return from === undefined ? common : { ...common, from };
}

function durationAt(move: Cursor, key: string): number {
  const text = textAt(move, key);
  return text === undefined ? AT_ONCE : (durationMs(text) ?? AT_ONCE);
}

function dataAt(move: Cursor, key: string, otherwise: Json = null): Json {
  return at(move, key)?.value ?? otherwise;
}
