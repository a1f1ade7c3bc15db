import { readFragments, includedFragment } from '../compiler/fragments.js';
import { settingsOf } from '../compiler/inheritance.js';
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
  /** The fragment that an `include` of this name runs. */
  readonly fragment: (include: Cursor, name: string) => Cursor | undefined;
  /** Who is asked by a task, from the block or from what it leaves to defaults. */
  readonly askedBy: (task: Cursor, saga: Cursor) => Cursor | undefined;
  readonly owner?: string;
}

/** Reads a landscape from documents that were found to be in order. */
export function landscapeOf(documents: readonly SourceDocument[]): Landscape {
  const log = new ProblemLog();
  const roots = documents.map(rootOf);
  const [namespace] = roots.filter((root) => at(root, 'namespace') !== undefined);
  const participants = roots.filter((root) => at(root, 'participant') !== undefined);
  const fragments = readFragments(
    documents.filter(({ data }) => Object.hasOwn(data, 'fragment')),
    [],
    log,
  );
  const standards = readStandards(
    documents.filter(({ data }) => Object.hasOwn(data, 'standard')),
    [],
    log,
  );
  const owner = namespace && textAt(namespace, 'owner');
  return {
    participant: (name) => participants.find((root) => textAt(root, 'participant') === name),
    source: (of, name) =>
      participants.find((root) => at(at(root, of) ?? root, name) !== undefined) ??
      participants.find((root) => textAt(root, 'participant') === participantOf(name)),
    newest: (kind, name) => newestOf(roots.filter((root) => textAt(root, kind) === name)),
    fragment: (include, name) => includedFragment(include, name, fragments, log),
    askedBy: (task, saga) => {
      const used = standardsOf(saga, standards, log);
      return settingsOf('to', 'task', task, undefined, { saga, standards: used, namespace, log })[0];
    },
    ...(owner !== undefined && { owner }),
  };
}

function newestOf(roots: readonly Cursor[]): Cursor | undefined {
  return roots.toSorted((one, other) => versionOf(other) - versionOf(one))[0];
}

function versionOf(root: Cursor): number {
  return Number(at(root, 'version')?.value ?? 0);
}
