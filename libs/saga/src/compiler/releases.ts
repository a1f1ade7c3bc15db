import { at, entriesOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';

/** What a `release` document says: the state of a saga at run time, in writing. */
export interface Release {
  readonly definition: string;
  readonly reason: string;
  readonly toggles: Readonly<Record<string, boolean>>;
}

/**
 * Reads `release` documents. Whether the saga has such toggles is known here only if it stands beside; where it is
 * published already whoever applies the release finds out.
 */
export function readReleases(
  documents: readonly SourceDocument[],
  sagas: readonly SourceDocument[],
  log: ProblemLog,
): readonly Release[] {
  const seen = new Set<string>();
  return documents.map(rootOf).map((release) => {
    const definition = textAt(release, 'release')!;
    if (seen.has(definition))
      log.error(at(release, 'release')!, `There is another release of "${definition}". Put both into one.`);
    seen.add(definition);
    if (entriesOf(at(release, 'toggles')).length === 0)
      log.error(release, 'This release changes nothing. Write `toggles: { <name>: true }`.');
    checkToggles(release, sagas.map(rootOf), log);
    return releaseOf(release, definition);
  });
}

function releaseOf(release: Cursor, definition: string): Release {
  return {
    definition,
    reason: textAt(release, 'reason')!,
    toggles: Object.fromEntries(
      entriesOf(at(release, 'toggles')).map(([toggle, cursor]) => [toggle, cursor.value === true]),
    ),
  };
}

/** Any version that stands beside may have the toggle. */
function checkToggles(release: Cursor, sagas: readonly Cursor[], log: ProblemLog): void {
  const name = textAt(release, 'release');
  const own = sagas.filter((saga) => textAt(saga, 'saga') === name);
  if (own.length === 0) return;
  const known = own.flatMap((saga) => entriesOf(at(saga, 'toggles')).map(([toggle]) => toggle));
  for (const [toggle, cursor] of entriesOf(at(release, 'toggles')))
    if (!known.includes(toggle))
      log.errorAtKey(cursor, `Saga "${name}" has no toggle "${toggle}".${suggestion(toggle, known)}`);
}
