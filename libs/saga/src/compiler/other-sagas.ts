import { at, isMap, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Json } from '../json.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Versioned } from './versioned.js';

/** Another saga, as far as it can be known where it is asked for. */
export interface OtherSaga {
  readonly cursor: Cursor;
  /** Whether it has a pivot, so that it cannot be undone once that took effect. */
  readonly hasPivot: boolean;
}

/** Finds the newest version of a saga among the documents; `consequence` is what follows where there is none. */
export type OtherSagas = (name: Cursor, log: ProblemLog, consequence?: string) => OtherSaga | undefined;

const UNKNOWN = 'nobody can say what it takes and whether it can be undone';

/** What sagas may know of each other. One that is not among the documents is warned about. */
export function otherSagas(
  documents: readonly SourceDocument[],
  fragments: Versioned<SourceDocument>,
): OtherSagas {
  const newest = new Map<string, SourceDocument>();
  for (const document of documents) {
    const name = String(document.data['saga']);
    const known = newest.get(name);
    if (known === undefined || versionOf(known) < versionOf(document)) newest.set(name, document);
  }
  return (cursor, log, consequence = UNKNOWN) => {
    const name = String(cursor.value);
    const document = newest.get(name);
    if (document === undefined) {
      const near = suggestion(name, [...newest.keys()]);
      log.warning(cursor, `The saga "${name}" is not among these documents, so ${consequence}.${near}`);
      return undefined;
    }
    const root = rootOf(document);
    return {
      cursor: root,
      hasPivot: at(root, 'pivot') !== undefined || holdsPivot(document.data as Json, fragments),
    };
  };
}

function versionOf({ data }: SourceDocument): number {
  return Number(data['version']);
}

function holdsPivot(
  value: Json,
  fragments: Versioned<SourceDocument>,
  around: readonly string[] = [],
): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsPivot(item, fragments, around));
  if (!isMap(value)) return false;
  if (value['pivot'] === true) return true;
  return (
    fragmentHoldsPivot(value['fragment'], fragments, around) ||
    Object.values(value).some((item) => holdsPivot(item, fragments, around))
  );
}

function fragmentHoldsPivot(
  name: Json | undefined,
  fragments: Versioned<SourceDocument>,
  around: readonly string[],
): boolean {
  if (typeof name !== 'string' || around.includes(name)) return false;
  return [...(fragments.byName.get(name)?.values() ?? [])].some(({ data }) =>
    holdsPivot(data['steps'] ?? null, fragments, [...around, name]),
  );
}

/** The name of a saga, for messages. */
export function nameOfSaga({ cursor }: OtherSaga): string {
  return textAt(cursor, 'saga')!;
}
