import type { FactContract, ParticipantContract } from '../contract.js';
import { at, entriesOf, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import { isEngineError } from '../engine-errors.js';
import { durationMs } from '../expression/duration.js';
import type { StaticType } from '../expression/static-type.js';
import { isOpenAddress } from '../open-address.js';
import { participantOf } from '../participant-of.js';
import { readCommandDetails, type CommandContract } from './command-contract.js';
import { readEventTypes, readFactTypes, readParticipant } from './participant-contract.js';
import type { Demands } from './demands.js';
import type { SchemaFiles } from './schema-files.js';

export type { CommandContract } from './command-contract.js';

/** How long what was sent may still be carried out, where nothing is said. */
export const DRAIN_MS = 600_000;

/** What all participants say, as far as definitions need it. */
export interface Contracts {
  readonly commands: ReadonlyMap<string, CommandContract>;
  /** Participants with a contract. */
  readonly participants: ReadonlyMap<string, ParticipantContract>;
  readonly eventTypes: ReadonlyMap<string, StaticType>;
  readonly facts: ReadonlyMap<string, FactContract>;
  /** What is known of the values of facts. */
  readonly factTypes: ReadonlyMap<string, StaticType>;
  /** Must every participant have one that such a document names? */
  readonly isRequired: (by: SourceDocument) => boolean;
  /** Participants without one that were named already. */
  readonly mentioned: Set<string>;
}

/** Reads the contracts out of `participant` documents. */
export function readContracts(
  documents: readonly SourceDocument[],
  files: SchemaFiles,
  demandsOn: (document: SourceDocument) => Demands,
  log: ProblemLog,
): Contracts {
  const isRequired = (by: SourceDocument) => demandsOn(by).contracts;
  const roots = unrepeated(documents.map(rootOf), log);
  const eventTypes = readEventTypes(roots, files);
  const commands = new Map<string, CommandContract>();
  const participants = new Map<string, ParticipantContract>();
  for (const root of roots) {
    const participant = readParticipant(root, eventTypes, log);
    participants.set(participant.name, participant);
    if (demandsOn(root.document).closed) checkAddress(root, log);
    checkDrain(root, root, log);
    for (const [command, cursor] of entriesOf(at(root, 'commands'))) {
      const contract = readCommand(`${participant.name}.${command}`, cursor, root, files);
      checkDrain(cursor, root, log);
      const details = readCommandDetails(contract, participant, eventTypes, log);
      commands.set(contract.call, { ...contract, ...details });
    }
  }
  checkOwners('events', roots, log, eventOwnedTwice);
  checkOwners('facts', roots, log, factToldTwice);
  const factTypes = readFactTypes(roots, eventTypes);
  const facts = new Map([...participants.values()].flatMap((each) => Object.entries(each.facts)));
  const mentioned = new Set<string>();
  const contracts = { commands, participants, eventTypes, facts, factTypes, isRequired, mentioned };
  for (const command of commands.values()) {
    checkReferences(command, contracts, log);
    checkClaims(command, log);
  }
  return contracts;
}

/** Is this the command of an agent? */
export function isOfAgent(call: string, { participants }: Pick<Contracts, 'participants'>): boolean {
  return participants.get(participantOf(call))?.isAgent === true;
}

function checkAddress(root: Cursor, log: ProblemLog): void {
  const http = at(root, 'http');
  const base = http && at(http, 'base');
  if (base === undefined || !isOpenAddress(String(base.value))) return;
  log.error(
    base,
    `What is said to "${textAt(root, 'participant')}" could be read on the way, and the namespace does not allow that. Give an address with \`https\`.`,
  );
}

function unrepeated(roots: readonly Cursor[], log: ProblemLog): readonly Cursor[] {
  const names = new Set<string>();
  return roots.filter((root) => {
    const name = textAt(root, 'participant')!;
    const isRepeated = names.has(name);
    if (isRepeated)
      log.error(at(root, 'participant')!, `There is another participant "${name}". Keep one of them.`);
    names.add(name);
    return !isRepeated;
  });
}

/** Complains about what two participants declare and only one of them can own; `said` tells what is wrong, by name and first owner. */
function checkOwners(
  key: 'events' | 'facts',
  roots: readonly Cursor[],
  log: ProblemLog,
  said: (name: string, owner: string) => string,
): void {
  const owners = new Map<string, string>();
  for (const root of roots) {
    for (const [name, cursor] of entriesOf(at(root, key))) {
      const other = owners.get(name);
      if (other !== undefined) log.error(cursor, said(name, other));
      owners.set(name, textAt(root, 'participant')!);
    }
  }
}

/** The key of an event is said once: of two, nobody could say which one leads to whoever waits. */
function eventOwnedTwice(event: string, owner: string): string {
  return `The event "${event}" is declared by "${owner}" already. An event has one owner: leave it to one of them.`;
}

/** A fact has one source: two of them would contradict each other, and nobody could say which one counts. */
function factToldTwice(fact: string, owner: string): string {
  return `The fact "${fact}" is told by "${owner}" already. A fact has one source: leave it to one of them, or give the other one a name of its own.`;
}

function readCommand(call: string, cursor: Cursor, participant: Cursor, files: SchemaFiles): CommandContract {
  return {
    call,
    cursor,
    participant,
    hasEffect: textAt(cursor, 'effect') !== 'none',
    isFencing: textAt(cursor, 'fencing') !== 'none' && textAt(participant, 'fencing') !== 'none',
    rejects: itemsOf(at(cursor, 'rejects')).map(({ value }) => String(value)),
    undoneBy: textAt(cursor, 'undoneBy'),
    input: files.schemaAt(at(cursor, 'input')),
    output: files.schemaAt(at(cursor, 'output')),
    drainMs: readDrain(cursor, participant),
  };
}

/** For how long after its sending a command may still be carried out, where the participant cannot refuse it then. */
function readDrain(cursor: Cursor, participant: Cursor): number {
  const drain = textAt(cursor, 'drain') ?? textAt(participant, 'drain');
  return (drain === undefined ? undefined : durationMs(drain)) ?? DRAIN_MS;
}

function checkDrain(cursor: Cursor, participant: Cursor, log: ProblemLog): void {
  const drain = at(cursor, 'drain');
  const isFencing = [cursor, participant].every((place) => at(place, 'fencing') === undefined);
  if (drain !== undefined && isFencing && !isUndoneElsewhere(cursor, participant))
    log.errorAtKey(
      drain,
      'A participant that refuses what is late or undone needs no `drain`. Leave it out, or say `fencing: none`.',
    );
}

/** What another participant undoes nobody refuses when it comes late. */
function isUndoneElsewhere(cursor: Cursor, participant: Cursor): boolean {
  const undoneBy = textAt(cursor, 'undoneBy');
  return undoneBy !== undefined && participantOf(undoneBy) !== textAt(participant, 'participant');
}

function checkReferences({ cursor }: CommandContract, contracts: Contracts, log: ProblemLog): void {
  for (const key of ['undoneBy', 'verify']) {
    const reference = at(cursor, key);
    const call = reference === undefined ? undefined : (textAt(reference, 'call') ?? reference.value);
    if (reference === undefined || typeof call !== 'string') continue;
    const command = findCommand(call, reference, contracts, log);
    if (key === 'verify' && command?.hasEffect === true)
      log.error(
        reference,
        `"${call}" has an effect, so asking it is no question. Name a command with \`effect: none\`.`,
      );
    if (key === 'undoneBy' && command?.hasEffect === false)
      log.error(reference, `"${call}" has no effect, so it undoes nothing. Name the command that does.`);
  }
}

/** What has no effect is not undone, and errors of the engine are not a participant's to answer. */
function checkClaims({ call, cursor, hasEffect, undoneBy }: CommandContract, log: ProblemLog): void {
  if (!hasEffect && undoneBy !== undefined)
    log.errorAtKey(
      at(cursor, 'undoneBy')!,
      `"${call}" has no effect, so there is nothing to undo. Leave \`undoneBy\` out.`,
    );
  for (const error of itemsOf(at(cursor, 'rejects')))
    if (isEngineError(String(error.value)))
      log.error(
        error,
        `"${String(error.value)}" is an error that Skald raises itself, so no participant answers it. Choose another name.`,
      );
}

/** The contract of a command; a participant that has one has to name the command in it. */
export function findCommand(
  call: string,
  cursor: Cursor,
  contracts: Contracts,
  log: ProblemLog,
): CommandContract | undefined {
  const command = contracts.commands.get(call);
  const participant = participantOf(call);
  if (command !== undefined) return command;
  if (contracts.participants.has(participant)) {
    const known = [...contracts.commands.keys()].filter((name) => name.startsWith(`${participant}.`));
    log.error(
      cursor,
      `Participant "${participant}" has no command "${call}" in its contract.${suggestion(call, known)}`,
    );
  } else {
    const message = `Participant "${participant}" has no contract, so what it may answer is not known.`;
    if (contracts.isRequired(cursor.document))
      log.error(
        cursor,
        `${message} The namespace asks for one: write a document \`participant: ${participant}\`.`,
      );
    else if (!contracts.mentioned.has(participant)) log.warning(cursor, message);
    contracts.mentioned.add(participant);
  }
  return undefined;
}
