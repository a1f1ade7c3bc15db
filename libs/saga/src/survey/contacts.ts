import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import { participantOf } from '../participant-of.js';
import type { Contact } from './flow-graph.js';
import type { Landscape } from './landscape.js';

/** Everything outside of the saga that a block deals with itself, what undoes it included; not what it holds. */
export function contactsOf(block: Cursor, saga: Cursor, land: Landscape): readonly Contact[] {
  return [
    ...ofKind(block, saga, land),
    ...requiredBy(block, land),
    ...itemsOf(at(block, 'listen')).map((each) => heard(textAt(each, 'event')!, land)),
    ...undoing(at(block, 'compensate'), saga, land),
  ];
}

function ofKind(block: Cursor, saga: Cursor, land: Landscape): readonly Contact[] {
  switch (blockOf(block).head) {
    case 'step':
      return ofStep(block, land);
    case 'task':
      return peopleOf(land.askedBy(block, saga));
    case 'wait':
      return [block, ...itemsOf(at(block, 'first'))].flatMap((part) => {
        const event = textAt(part, 'event');
        return event === undefined ? [] : [heard(event, land)];
      });
    case 'emit':
      return [told(textAt(block, 'event')!, land)];
    case 'saga':
      return [runs(textAt(block, 'definition')!, land)];
    default:
      return [];
  }
}

function ofStep(step: Cursor, land: Landscape): readonly Contact[] {
  const call = textAt(step, 'call')!;
  const command = commandAt(call, land);
  const said = (key: string) => at(step, key) ?? (command && at(command, key));
  const verify = said('verify');
  const events = [command && at(command, 'answeredBy'), said('confirm')];
  return [
    asked('asks', call, land),
    ...events.flatMap((each) => (each === undefined ? [] : [heard(textAt(each, 'event')!, land)])),
    ...(verify === undefined ? [] : [asked('verifies', textAt(longForm(verify, 'call'), 'call')!, land)]),
  ];
}

function undoing(compensate: Cursor | undefined, saga: Cursor, land: Landscape): readonly Contact[] {
  if (compensate === undefined) return [];
  const long = longForm(compensate, 'call');
  const call = textAt(long, 'call');
  const unless = at(long, 'unless');
  const ask = unless && textAt(longForm(unless, 'if'), 'ask');
  const inBlocks = blocksWithin(at(long, 'do')).flatMap((block) => contactsOf(block, saga, land));
  return [
    ...(call === undefined ? [] : [asked('undoes', call, land)]),
    ...(ask === undefined ? [] : [asked('verifies', ask, land)]),
    ...inBlocks.map((contact) => (contact.way === 'asks' ? { ...contact, way: 'undoes' as const } : contact)),
  ];
}

/** Every block in a list, and in those. */
export function blocksWithin(list: Cursor | undefined): readonly Cursor[] {
  return itemsOf(list).flatMap((block) => [block, ...blockOf(block).bodies(block).flatMap(blocksWithin)]);
}

/** Everything outside that starts a saga, or that its start asks for. */
export function startsOf(saga: Cursor, land: Landscape): readonly Contact[] {
  const triggered = itemsOf(at(saga, 'triggers')).flatMap((trigger): readonly Contact[] => {
    const [event, role, other] = ['event', 'person', 'saga'].map((key) => textAt(trigger, key));
    const webhook = textAt(trigger, 'webhook');
    const link = at(trigger, 'link');
    const linked = link && textAt(link, 'saga');
    return [
      ...(event === undefined ? [] : [heard(event, land)]),
      ...(role === undefined ? [] : [{ way: 'people', name: role, party: role } as const]),
      ...[other, linked].flatMap((each) => (each === undefined ? [] : [follows(each, land)])),
      ...(webhook === undefined ? [] : [{ way: 'hears', name: webhook, party: webhook } as const]),
      ...requiredBy(trigger, land),
    ];
  });
  return [...triggered, ...requiredBy(saga, land)];
}

function requiredBy(cursor: Cursor, land: Landscape): readonly Contact[] {
  return entriesOf(at(cursor, 'requires')).map(([, required]) => known(textAt(required, 'fact')!, land));
}

/** Everything that a saga tells in the end. */
export function endsOf(saga: Cursor, land: Landscape): readonly Contact[] {
  return entriesOf(at(saga, 'outcomes')).flatMap(([, outcome]) => {
    const event = textAt(outcome, 'emit');
    return event === undefined ? [] : [told(event, land)];
  });
}

/** What the contract of a command says. */
export function commandAt(call: string, land: Landscape): Cursor | undefined {
  const participant = land.participant(participantOf(call));
  const commands = participant && at(participant, 'commands');
  return commands && at(commands, call.slice(call.indexOf('.') + 1));
}

function asked(way: 'asks' | 'undoes' | 'verifies', call: string, land: Landscape): Contact {
  const party = participantOf(call);
  return { way, name: call, party, ...ownerIn(land.participant(party)) };
}

/** An event that comes from its owner. */
export function heard(event: string, land: Landscape): Contact {
  return { way: 'hears', name: event, ...sourceOf('events', event, land) };
}

/** An event that the saga publishes. */
function told(event: string, land: Landscape): Contact {
  return { way: 'tells', name: event, ...sourceOf('events', event, land) };
}

/** A fact that is asked for. */
function known(fact: string, land: Landscape): Contact {
  return { way: 'knows', name: fact, ...sourceOf('facts', fact, land) };
}

/** Another saga. */
function runs(definition: string, land: Landscape): Contact {
  return { way: 'runs', name: definition, party: definition, ...ownerIn(land.newest('saga', definition)) };
}

function follows(definition: string, land: Landscape): Contact {
  return { ...runs(definition, land), way: 'follows' };
}

/** Those who are asked. */
function peopleOf(to: Cursor | undefined): readonly Contact[] {
  if (to === undefined) return [];
  const role = textAt(to, 'role');
  if (role !== undefined) return [{ way: 'people', name: role, party: role }];
  const candidates = at(to, 'candidates');
  const names = Array.isArray(candidates?.value) ? candidates.value.map(String) : [];
  return names.map((name) => ({ way: 'people', name, party: name }));
}

function sourceOf(
  of: 'events' | 'facts',
  name: string,
  land: Landscape,
): Pick<Contact, 'party'> & { readonly owner?: string } {
  const source = land.source(of, name);
  return { party: (source && textAt(source, 'participant')) ?? participantOf(name), ...ownerIn(source) };
}

function ownerIn(document: Cursor | undefined): { readonly owner?: string } {
  const owner = document && textAt(document, 'owner');
  return owner === undefined ? {} : { owner };
}
