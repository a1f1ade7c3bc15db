import type { InboundRecord, SagaId } from '#libs/messaging';
import { commandStanding, type CommandLimit } from '#libs/saga';
import type { LiveSaga } from '../live-saga.js';
import type { LimitedChanges, LimitedPlace, LimitedRow } from './limited-row.js';

/** What came back of a limit: whether each of its commands failed. */
export type HeardOf = ReadonlyMap<string, readonly boolean[]>;

/** What folding a batch made of the limited commands of a lane; nothing of it has happened yet. */
export interface LimitedTurn {
  readonly changes: LimitedChanges | undefined;
  readonly heard: HeardOf;
}

/** What a turn is made of. */
export interface LimitedFold {
  readonly records: readonly InboundRecord[];
  readonly queued: readonly LimitedRow[];
  /** The saga as the batch leaves it. */
  readonly find: (saga: SagaId) => LiveSaga | undefined;
  /** Operations of a saga that were answered with a failure. */
  readonly failures: (saga: SagaId) => ReadonlySet<string> | undefined;
}

/** The limited commands of one lane: what of them the database holds, and what it has to be told with the next commit. */
export class LimitedCommands {
  private readonly rows = new Map<SagaId, readonly LimitedRow[]>();
  private readonly places = new Map<string, LimitedRow>();
  private sent: LimitedPlace[] = [];
  private gone: LimitedPlace[] = [];

  /** Begins with what the former holder left. */
  begin(rows: readonly LimitedRow[]): void {
    for (const row of rows) this.keep(row);
  }

  /** Whether there are none, and nothing to tell of any. */
  get isEmpty(): boolean {
    return this.rows.size === 0 && !this.isUntidy;
  }

  /** Whether the database has to be told of anything although nothing is folded. */
  get isUntidy(): boolean {
    return this.sent.length + this.gone.length > 0;
  }

  /** What can be told without folding anything. */
  get settling(): LimitedChanges | undefined {
    return this.isUntidy ? { queued: [], sent: [...this.sent], gone: [...this.gone] } : undefined;
  }

  /** The broker has a command. `limit` says whether it goes on counting. */
  acknowledged(place: LimitedPlace, limitOf: (name: string) => CommandLimit | undefined): void {
    const row = this.find(place);
    if (row === undefined) return;
    const limit = limitOf(row.limit);
    const counts = limit?.concurrency !== undefined || limit?.breaker !== undefined;
    if (!counts) this.gone.push(place);
    else this.sent.push(place);
    this.drop(row);
    if (counts) this.keep(withoutPayload(row));
  }

  /** What the commands of the sagas in this batch came to. */
  turn({ records, queued, find, failures }: LimitedFold): LimitedTurn {
    const gone = new Set(this.gone);
    const heard = new Map<string, boolean[]>();
    for (const saga of this.concerned(records)) {
      const live = find(saga);
      for (const row of this.rows.get(saga) ?? []) {
        const outcome = live === undefined ? 'over' : outcomeOf(row, live, failures(saga), queued);
        if (row.payload !== undefined || outcome === 'under way') continue;
        gone.add(placeOf(row));
        heard.set(row.limit, [...(heard.get(row.limit) ?? []), outcome === 'failed']);
      }
    }
    const isNothing = gone.size + this.sent.length + queued.length === 0;
    return { changes: isNothing ? undefined : { queued, sent: [...this.sent], gone: [...gone] }, heard };
  }

  /** The changes are stored. */
  committed(changes: LimitedChanges | undefined): void {
    if (changes === undefined) return;
    for (const row of changes.queued) this.keep(row);
    for (const place of changes.gone) {
      const row = this.find(place);
      if (row !== undefined) this.drop(row);
    }
    this.sent = this.sent.filter((place) => !changes.sent.includes(place));
    this.gone = this.gone.filter((place) => !changes.gone.includes(place));
  }

  private concerned(records: readonly InboundRecord[]): readonly SagaId[] {
    if (this.rows.size === 0) return [];
    const keys = new Set(records.map(({ key }) => key?.toString('latin1') ?? ''));
    return [...keys].filter((key) => this.rows.has(key));
  }

  private find(place: LimitedPlace): LimitedRow | undefined {
    return this.places.get(nameOf(place));
  }

  private keep(row: LimitedRow): void {
    this.places.set(nameOf(row), row);
    this.rows.set(row.saga, [...(this.rows.get(row.saga) ?? []), row]);
  }

  private drop(row: LimitedRow): void {
    this.places.delete(nameOf(row));
    const rest = (this.rows.get(row.saga) ?? []).filter((each) => each !== row);
    if (rest.length === 0) this.rows.delete(row.saga);
    else this.rows.set(row.saga, rest);
  }
}

function nameOf({ seq, n }: LimitedPlace): string {
  return `${seq}/${n}`;
}

function placeOf({ seq, n }: LimitedRow): LimitedPlace {
  return { seq, n };
}

function withoutPayload(row: LimitedRow): LimitedRow {
  const { payload: _, ...sent } = row;
  return sent;
}

/** What is said again is under way under its new message: nobody has answered the old one. */
function outcomeOf(
  { saga, operation }: LimitedRow,
  live: LiveSaga,
  failures: ReadonlySet<string> | undefined,
  queued: readonly LimitedRow[],
): 'under way' | 'failed' | 'over' {
  const standing = commandStanding(live.program, live.state, operation);
  if (failures?.has(operation) === true || standing === 'unheard') return 'failed';
  if (queued.some((row) => row.saga === saga && row.operation === operation)) return 'failed';
  return standing === 'sent' ? 'under way' : 'over';
}
