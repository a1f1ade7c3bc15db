import type { Instant, Json } from '#libs/messaging';
import { ageText, shortened } from './page-text.js';
import { table } from './table.js';

const longestValue = 60;

/** A fact as the API shows it. */
export interface ShownFact {
  readonly fact: string;
  readonly key: string;
  readonly declaredSource?: string;
  readonly known?: {
    readonly value: Json;
    readonly asOf: string;
    readonly source?: string;
    readonly readBy?: string;
  };
  readonly hearsay?: {
    readonly count: number;
    readonly last: readonly { readonly value: Json; readonly asOf: string; readonly source: string }[];
  };
}

/** Facts as a table: a line for what counts, and one for each thing that others have said and does not. */
export function factTable(facts: readonly ShownFact[], now: Instant): string {
  const rows = facts.flatMap(({ fact, key, declaredSource, known, hearsay }) => [
    [fact, key, ...knownCells(known, declaredSource, now)],
    ...(hearsay?.last ?? []).map(({ value, asOf, source }) => [
      '',
      '',
      shortened(value, longestValue),
      ageText(asOf, now),
      source,
      'does not count',
    ]),
    ...moreCells(hearsay),
  ]);
  return table(['fact', 'about', 'value', 'age', 'source', 'stands'], rows);
}

function knownCells(
  known: ShownFact['known'],
  declared: string | undefined,
  now: Instant,
): readonly string[] {
  if (known === undefined) return ['-', '-', declared ?? '-', 'not known'];
  const { value, asOf, source, readBy } = known;
  const from = source ?? (readBy === undefined ? '-' : `saga ${readBy}`);
  return [shortened(value, longestValue), ageText(asOf, now), from, 'counts'];
}

function moreCells(hearsay: ShownFact['hearsay']): readonly (readonly string[])[] {
  const more = (hearsay?.count ?? 0) - (hearsay?.last.length ?? 0);
  return more <= 0 ? [] : [['', '', `and ${more} before`, '', '', 'does not count']];
}
