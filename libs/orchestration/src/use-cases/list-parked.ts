import type { Clock, SagaId } from '#libs/messaging';
import type { ParkedRow } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { lookRow, type Look } from './look.js';
import { coveredRecord } from './masked-view.js';

/** Lists parked records. Their bytes may hold anything, so where any definition classes data they are covered. */
export class ListParked {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** With `look`, nothing is covered, and the audit of each saga concerned says who looked and why. */
  async list(
    filter: { readonly saga?: SagaId; readonly limit?: number },
    look?: Look,
  ): Promise<readonly ParkedRow[]> {
    const rows = await this.store.parked(filter);
    if (!this.definitions.all().some(({ classed }) => classed !== undefined)) return rows;
    if (look === undefined) return rows.map(coveredRecord);
    const sagas = new Set(rows.map(({ saga }) => saga ?? NO_SAGA));
    for (const saga of sagas) await this.store.note(lookRow(saga, look, 'parked records', this.clock.now()));
    return rows;
  }
}

/** Nothing is known of whom a record is about. */
const NO_SAGA = '' as SagaId;
