import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import { participantOf } from '../participant-of.js';
import { commandAt } from './contacts.js';
import type { Landscape } from './landscape.js';

/** Why nobody can look into how a block comes to its answer: its contract says so, an agent decides, or people do. */
export function opaqueness(block: Cursor, land: Landscape): string | undefined {
  const { head } = blockOf(block);
  if (head === 'task') return entriesOf(at(block, 'answers')).length > 1 ? 'people decide' : undefined;
  return (
    (head === 'step' ? opaqueCommand(textAt(block, 'call')!, land) : undefined) ?? opaqueFact(block, land)
  );
}

function opaqueCommand(call: string, land: Landscape): string | undefined {
  const participant = land.participant(participantOf(call));
  const command = commandAt(call, land);
  const declared = (command && textAt(command, 'opaque')) ?? (participant && textAt(participant, 'opaque'));
  return (
    declared ?? (participant && textAt(participant, 'kind') === 'agent' ? 'an agent decides' : undefined)
  );
}

function opaqueFact(block: Cursor, land: Landscape): string | undefined {
  const reasons = entriesOf(at(block, 'requires')).flatMap(([, required]) => {
    const fact = textAt(required, 'fact')!;
    const source = land.source('facts', fact);
    const facts = source && at(source, 'facts');
    const contract = facts && at(facts, fact);
    return (contract && textAt(contract, 'opaque')) ?? [];
  });
  return reasons[0];
}
