import type { StoredDesk } from '../lane-store.js';
import type { OperatorStore } from '../operator-store.js';

const pageSize = 500;
const lookedThrough = 10_000;

/** Desks that are looked through. */
export interface TaggedDesks {
  readonly rows: readonly StoredDesk[];
  /** There may be more than were looked through. */
  readonly isCut: boolean;
}

/** Desks of a kind with a tag, page by page, until enough are looked through. */
export async function taggedDesks(
  store: Pick<OperatorStore, 'desks'>,
  kind: string,
  tag: string,
): Promise<TaggedDesks> {
  const rows: StoredDesk[] = [];
  for (;;) {
    const after = rows.at(-1)?.id;
    const from = after === undefined ? {} : { after };
    const page = await store.desks({ kind, tag, limit: pageSize, ...from });
    rows.push(...page);
    const isCut = rows.length >= lookedThrough;
    if (page.length < pageSize || isCut) return { rows, isCut };
  }
}
