import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';

/** Reads out what has to be known before a block, a saga or a start begins, a line for each thing. */
export function gateLines(around: Cursor): readonly string[] {
  return entriesOf(at(around, 'requires')).map(gateLine);
}

function gateLine([name, required]: readonly [string, Cursor]): string {
  const [fact, key, fresh, wait, holds] = ['fact', 'key', 'fresh', 'wait', 'holds'].map((each) =>
    textAt(required, each),
  );
  const age = fresh === undefined ? '' : `, at most ${fresh} old`;
  const condition = holds === undefined ? '' : `, and ${holds} holds`;
  const otherwise = wait === undefined ? 'otherwise' : `after ${wait} without that`;
  return `Gate ${name}: it begins only where ${fact} of ${key} is known${age}${condition}; ${otherwise}: stale.`;
}
