import type { Instant, SagaId } from '#libs/messaging';
import type { PublishedFile, StoredDocument } from './definition-store.js';
import type { AuditRow, HistoryRow, StoredInstance } from './lane-store.js';
import type { StoredIncident } from './operator-store.js';

/** Who published something, and in which publication. */
export interface PublicationMark {
  readonly revision: number;
  readonly publishedAt: Instant;
  readonly publishedBy: string;
}

/** A document with its publication. */
export type MarkedDocument = StoredDocument & PublicationMark;

/** A file with its publication. */
export type MarkedFile = PublishedFile & PublicationMark;

/** Everything published, oldest first: of several texts of a document without versions the last one is the present one. */
export interface MarkedPublication {
  readonly documents: readonly MarkedDocument[];
  readonly files: readonly MarkedFile[];
}

/** A saga that is over for good, with everything that is kept about it. */
export interface EndedSaga {
  readonly instance: StoredInstance & { readonly finishedAt: Instant };
  /** Whether its business key is its own for ever; one that may be used again is free now. */
  readonly holdsKey: boolean;
  /** By revision. */
  readonly history: readonly HistoryRow[];
  /** By the time they were opened. */
  readonly incidents: readonly StoredIncident[];
  /** By time. */
  readonly audits: readonly AuditRow[];
}

/**
 * Takes what there is out of one installation and into another one.
 *
 * A saga is over for good when it has ended and waits for nobody: its timers, messages and desks are of no use any more.
 *
 * Errors: StoreUnavailableError; StoreRefusedError for what can never be stored.
 */
export abstract class TransferStore {
  /** Everything published, with the texts that others took the place of. */
  abstract published(): Promise<MarkedPublication>;

  /** Sagas that are over, archived or not, in the order of their ids: those behind `after`, at most `limit`. */
  abstract ended(after: SagaId | undefined, limit: number): Promise<readonly EndedSaga[]>;

  /** How many sagas are not over: they are not among {@link ended}. */
  abstract countUnended(): Promise<number>;

  /**
   * Begins an import: stores everything published, with the marks it has, and `audit`, whose request names the import. All
   * of it or nothing. `resumed`: this import was begun before, nothing is changed. `occupied`: something else is published
   * here, or there are sagas; nothing is changed.
   */
  abstract begin(publication: MarkedPublication, audit: AuditRow): Promise<'begun' | 'resumed' | 'occupied'>;

  /**
   * Archives sagas, all of them or none, and returns how many were not here yet: one that is here stays as it is. A business
   * key that another saga has by now stays with that one.
   */
  abstract take(sagas: readonly EndedSaga[]): Promise<number>;
}
