import { at, longForm, textAt, type Cursor } from '../document/cursor.js';
import { blocksWithin } from './contacts.js';
import type { UndoNote } from './flow-graph.js';

/** How a block says that it is undone, if it says so. */
export function undoNote(block: Cursor): UndoNote | undefined {
  const compensate = at(block, 'compensate');
  if (compensate === undefined) return undefined;
  const long = longForm(compensate, 'call');
  const because = textAt(long, 'none');
  if (because !== undefined) return { kind: 'kept', because };
  const coolDown = textAt(long, 'coolDown');
  return { kind: 'undone', by: commandsOf(long), ...(coolDown !== undefined && { coolDown }) };
}

function commandsOf(compensate: Cursor): readonly string[] {
  const call = textAt(compensate, 'call');
  const within = blocksWithin(at(compensate, 'do')).flatMap((block) => textAt(block, 'call') ?? []);
  return call === undefined ? within : [call];
}
