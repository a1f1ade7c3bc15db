import { readFragments, includedFragment } from '../compiler/fragments.js';
import { settingsOf } from '../compiler/inheritance.js';
import { readNamespaces } from '../compiler/namespaces.js';
import { silenceLevels, type SilenceLevels } from '../compiler/silence.js';
import { readStandards, standardsOf } from '../compiler/standards.js';
import { at, rootOf, textAt, type Cursor } from '../document/cursor.js';
import { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { participantOf } from '../participant-of.js';

/** What stands around a saga: documents that say whose the things are that it deals with. */
export interface Landscape {
  readonly participant: (name: string) => Cursor | undefined;
  /** The participant that publishes an event, or from whose events a fact is known. */
  readonly source: (of: 'events' | 'facts', name: string) => Cursor | undefined;
  /** The newest version of a saga or a decision. */
  readonly newest: (kind: 'saga' | 'decision', name: string) => Cursor | undefined;
  /** The table that a `decide` asks: of the version it names, else the newest. */
  readonly table: (decide: Cursor) => Cursor | undefined;
  /** The fragment that an `include` of this name runs. */
  readonly fragment: (include: Cursor, name: string) => Cursor | undefined;
  /** Who is asked by a task, from the block or from what it leaves to defaults. */
  readonly askedBy: (task: Cursor, saga: Cursor) => Cursor | undefined;
  /** What says how long the silence after a step is borne, from the step or from what it leaves to others. */
  readonly silenceAfter: (step: Cursor) => SilenceLevels;
  /** Who answers for a saga. */
  readonly ownerOf: (saga: Cursor) => string | undefined;
}

/** Reads a landscape from documents that were found to be in order. */
export function landscapeOf(documents: readonly SourceDocument[]): Landscape {
  const log = new ProblemLog();
  const roots = documents.map(rootOf);
  const namespaces = readNamespaces(documents, [], log);
  const participants = roots.filter((root) => at(root, 'participant') !== undefined);
  const written = (kind: string) => ({
    documents: documents.filter(({ data }) => Object.hasOwn(data, kind)),
    broken: [],
    namespaces,
  });
  const fragments = readFragments(written('fragment'), log);
  const standards = readStandards(written('standard'), log);
  return {
    participant: (name) => participants.find((root) => textAt(root, 'participant') === name),
    source: (of, name) =>
      participants.find((root) => at(at(root, of) ?? root, name) !== undefined) ??
      participants.find((root) => textAt(root, 'participant') === participantOf(name)),
    newest: (kind, name) => newestOf(roots.filter((root) => textAt(root, kind) === name)),
    table: (decide) => tableOf(decide, roots),
    fragment: (include, name) => includedFragment(include, name, fragments, log),
    askedBy: (task, saga) => {
      const used = standardsOf(saga, standards, log);
      return settingsOf('to', 'task', task, undefined, { saga, standards: used, namespaces, log })[0];
    },
    silenceAfter: (step) => {
      const [saga, call] = [rootOf(step.document), textAt(step, 'call') ?? ''];
      const participant = participants.find((root) => textAt(root, 'participant') === participantOf(call));
      const commands = participant && at(participant, 'commands');
      const cursor = commands && at(commands, call.slice(participantOf(call).length + 1));
      const command = participant && { participant, cursor: cursor ?? participant };
      const inheritance = { saga, standards: standardsOf(saga, standards, log), namespaces, log };
      return silenceLevels(settingsOf('timeout', 'step', step, command, inheritance), inheritance);
    },
    ownerOf: (saga) => {
      const namespace = namespaces.of(saga.document);
      return textAt(saga, 'owner') ?? (namespace && textAt(namespace, 'owner'));
    },
  };
}

function tableOf(decide: Cursor, roots: readonly Cursor[]): Cursor | undefined {
  const name = textAt(decide, 'table');
  const version = at(decide, 'version')?.value;
  const tables = roots.filter((root) => name !== undefined && textAt(root, 'decision') === name);
  return newestOf(version === undefined ? tables : tables.filter((each) => versionOf(each) === version));
}

function newestOf(roots: readonly Cursor[]): Cursor | undefined {
  return roots.toSorted((one, other) => versionOf(other) - versionOf(one))[0];
}

function versionOf(root: Cursor): number {
  return Number(at(root, 'version')?.value ?? 0);
}
