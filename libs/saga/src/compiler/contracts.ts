import { at, entriesOf, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import { ANY, typeOfSchema, type StaticType } from '../expression/static-type.js';
import type { Schema, SchemaFiles } from './schema-files.js';

/** What a participant says about one of its commands. */
export interface CommandContract {
  readonly call: string;
  readonly cursor: Cursor;
  readonly participant: Cursor;
  /** False for a query: nothing to undo, verify or fence. */
  readonly hasEffect: boolean;
  readonly rejects: readonly string[];
  readonly undoneBy: string | undefined;
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
}

/** What all participants say, as far as definitions need it. */
export interface Contracts {
  readonly commands: ReadonlyMap<string, CommandContract>;
  /** Participants with a contract. */
  readonly participants: ReadonlyMap<string, Cursor>;
  readonly eventTypes: ReadonlyMap<string, StaticType>;
  /** Must every participant have one? */
  readonly isRequired: boolean;
  /** Participants without one that were named already. */
  readonly mentioned: Set<string>;
}

/** Reads the contracts out of `participant` documents. */
export function readContracts(
  documents: readonly SourceDocument[],
  files: SchemaFiles,
  isRequired: boolean,
  log: ProblemLog,
): Contracts {
  const commands = new Map<string, CommandContract>();
  const participants = new Map<string, Cursor>();
  const eventTypes = new Map<string, StaticType>();
  for (const document of documents) {
    const root = rootOf(document);
    const name = textAt(root, 'participant')!;
    if (participants.has(name))
      log.error(at(root, 'participant')!, `There is another participant "${name}". Keep one of them.`);
    participants.set(name, root);
    for (const [command, cursor] of entriesOf(at(root, 'commands'))) {
      commands.set(`${name}.${command}`, readCommand(`${name}.${command}`, cursor, root, files));
    }
    for (const [event, cursor] of entriesOf(at(root, 'events'))) {
      const schema = files.schemaAt(at(cursor, 'schema'));
      eventTypes.set(event, schema === undefined ? ANY : typeOfSchema(schema.json, 'data'));
    }
  }
  const contracts = { commands, participants, eventTypes, isRequired, mentioned: new Set<string>() };
  for (const command of commands.values()) checkReferences(command, contracts, log);
  return contracts;
}

function readCommand(call: string, cursor: Cursor, participant: Cursor, files: SchemaFiles): CommandContract {
  return {
    call,
    cursor,
    participant,
    hasEffect: textAt(cursor, 'effect') !== 'none',
    rejects: itemsOf(at(cursor, 'rejects')).map(({ value }) => String(value)),
    undoneBy: textAt(cursor, 'undoneBy'),
    input: files.schemaAt(at(cursor, 'input')),
    output: files.schemaAt(at(cursor, 'output')),
  };
}

function checkReferences({ cursor }: CommandContract, contracts: Contracts, log: ProblemLog): void {
  for (const key of ['undoneBy', 'verify']) {
    const reference = at(cursor, key);
    const call = reference === undefined ? undefined : (textAt(reference, 'call') ?? reference.value);
    if (reference !== undefined && typeof call === 'string') findCommand(call, reference, contracts, log);
  }
}

/** The contract of a command; a participant that has one has to name the command in it. */
export function findCommand(
  call: string,
  cursor: Cursor,
  contracts: Contracts,
  log: ProblemLog,
): CommandContract | undefined {
  const command = contracts.commands.get(call);
  const participant = call.slice(0, call.indexOf('.'));
  if (command !== undefined) return command;
  if (contracts.participants.has(participant)) {
    const known = [...contracts.commands.keys()].filter((name) => name.startsWith(`${participant}.`));
    log.error(
      cursor,
      `Participant "${participant}" has no command "${call}" in its contract.${suggestion(call, known)}`,
    );
  } else {
    const message = `Participant "${participant}" has no contract, so what it may answer is not known.`;
    if (contracts.isRequired)
      log.error(
        cursor,
        `${message} The namespace asks for one: write a document \`participant: ${participant}\`.`,
      );
    else if (!contracts.mentioned.has(participant)) log.warning(cursor, message);
    contracts.mentioned.add(participant);
  }
  return undefined;
}
