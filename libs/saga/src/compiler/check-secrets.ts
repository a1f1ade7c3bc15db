import { at, entriesOf, itemsOf, rootOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { nameOf, type Namespaces } from './namespaces.js';
import { mayUse, ownIn } from './sharing.js';

/** Complains about secrets that belong to another namespace; those that no namespace names are anybody's. */
export function checkSecrets(
  documents: readonly SourceDocument[],
  namespaces: Namespaces,
  log: ProblemLog,
): void {
  const owners = ownersOf(namespaces, log);
  for (const cursor of documents.map(rootOf).flatMap(secretsIn)) {
    const name = String(cursor.value).slice('secret:'.length);
    mayUse('secrets', { ...cursor, value: name }, owners.get(name), namespaces, log);
  }
}

function ownersOf(namespaces: Namespaces, log: ProblemLog): ReadonlyMap<string, Cursor> {
  const owners = new Map<string, Cursor>();
  for (const namespace of namespaces.all)
    for (const [name, cursor] of ownIn(namespace, 'secrets')) {
      const other = owners.get(name);
      if (other !== undefined)
        log.error(
          cursor,
          `The secret "${name}" belongs to namespace "${nameOf(other)}" already. Leave it to one of them, which may export it.`,
        );
      owners.set(name, other ?? namespace);
    }
  return owners;
}

function secretsIn(root: Cursor): readonly Cursor[] {
  const http = at(root, 'http');
  const places = [
    ...itemsOf(at(root, 'triggers')).map((trigger) => at(trigger, 'secret')),
    http && at(http, 'auth'),
    ...entriesOf(at(root, 'classes')).map(([, said]) => at(said, 'encrypt')),
  ];
  return places.filter((place) => place !== undefined);
}
