import { at, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { listsIn, outerListsIn } from './block-names.js';
import type { Contracts } from './contracts.js';
import { demandsOf } from './demands.js';
import type { Namespaces } from './namespaces.js';

/** Complains about all that nobody answers for, where the namespace asks: participants, tables, sagas, and events that are waited for. */
export function checkOwners(
  documents: readonly SourceDocument[],
  namespaces: Namespaces,
  contracts: Contracts,
  log: ProblemLog,
): void {
  for (const root of documents.map(rootOf)) {
    const namespace = namespaces.of(root.document);
    if (!demandsOf(namespace).owners) continue;
    checkOwner(root, namespace !== undefined && at(namespace, 'owner') !== undefined, log);
    if (at(root, 'saga') === undefined && at(root, 'fragment') === undefined) continue;
    for (const event of heardBy(root))
      if (!contracts.eventTypes.has(String(event.value)))
        log.error(
          event,
          `No participant declares the event "${String(event.value)}", so nobody answers for it. Its owner says in its contract: \`events: { ${String(event.value)}: { key: data.<field> } }\`.`,
        );
  }
}

const OWNED = {
  participant: 'what it does and tells',
  decision: 'what it decides',
  saga: 'it',
} as const;

function checkOwner(root: Cursor, isOwned: boolean, log: ProblemLog): void {
  for (const [kind, what] of Object.entries(OWNED)) {
    const head = at(root, kind);
    // Of agents it is always demanded.
    const isElsewhere = (kind === 'saga' && isOwned) || textAt(root, 'kind') === 'agent';
    if (head === undefined || isElsewhere || at(root, 'owner') !== undefined) continue;
    log.error(
      head,
      `The ${kind} "${String(head.value)}" has no \`owner\`, and the namespace asks for one: say who answers for ${what}.`,
    );
  }
}

/** Every event that starts a saga or that its blocks wait for. */
function heardBy(root: Cursor): readonly Cursor[] {
  const places = [...itemsOf(at(root, 'triggers')), ...itemsOf(at(root, 'listen'))];
  const blocks = [at(root, 'steps'), ...outerListsIn(root)].flatMap(heardIn);
  return [...places, ...blocks].flatMap((place) => at(place, 'event') ?? []);
}

function heardIn(list: Cursor | undefined): readonly Cursor[] {
  return itemsOf(list).flatMap((block) => [
    ...(at(block, 'emit') === undefined ? [block] : []),
    ...[at(block, 'confirm')].filter((confirm) => confirm !== undefined),
    ...itemsOf(at(block, 'first')),
    ...itemsOf(at(block, 'listen')),
    ...listsIn(block).flatMap(heardIn),
  ]);
}
