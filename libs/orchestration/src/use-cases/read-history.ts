import type { HistoryEntry } from '../history.js';
import type { HistoryRow } from '../lane-store.js';
import type { HistoryPage } from './saga-view.js';

/** Decodes a saga's history, commit by commit. */
export function historyPages(rows: readonly HistoryRow[]): readonly HistoryPage[] {
  return rows.map(({ revision, at, entries }) => ({
    revision,
    at,
    entries: JSON.parse(entries) as readonly HistoryEntry[],
  }));
}

/** Every input of a saga's history and what it did, in their order. */
export function historyEntries(rows: readonly HistoryRow[]): readonly HistoryEntry[] {
  return historyPages(rows).flatMap(({ entries }) => entries);
}
