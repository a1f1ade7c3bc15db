import {
  header,
  headerText,
  isDeskId,
  isSagaId,
  type DeskId,
  type InboundRecord,
  type Json,
  type SagaId,
  type StartHead,
} from '#libs/messaging';
import type { Coordination } from './coordination.js';
import { reviveDesk, type LiveDesk } from './desks/live-desk.js';
import type { FoldingView } from './folding-view.js';
import { revivedSaga, storedState, type LiveSaga } from './live-saga.js';
import type { Lane } from './lane.js';
import { linkName, type Link } from './linked-saga.js';
import type { ParkedRow, StoredInstance } from './lane-store.js';
import type { Publisher } from './publisher.js';

/** The records of one lane that are to be folded together. */
export interface Work {
  readonly lane: Lane;
  readonly records: readonly InboundRecord[];
  readonly next: number;
  /** The records are parked unread: the first of them has ended too many readers. */
  readonly isSuspect: boolean;
}

/** Everything that folding a set of work needs, read in at most one query for all lanes. */
export class BatchView {
  readonly winners = new Map<SagaId, SagaId>();
  private readonly linked = new Map<string, Json | undefined>();
  private readonly loaded = new Map<SagaId, LiveSaga>();
  private readonly archived = new Set<SagaId>();
  private readonly heldRows = new Map<SagaId, readonly ParkedRow[]>();
  private desks: ReadonlyMap<DeskId, LiveDesk> | undefined;

  constructor(
    private readonly coordination: Coordination,
    private readonly publisher: Pick<Publisher, 'isWaiting'>,
  ) {}

  /** Reads what memory does not hold: sagas, their programs, and the records that hold them where an action may free them. */
  async load(work: readonly Work[]): Promise<void> {
    const needs: Needs = {
      missing: new Set(),
      acted: new Set(),
      programs: new Map(),
      desks: undefined,
      links: undefined,
    };
    for (const { lane, records } of work) {
      for (const record of records) this.survey(lane, record, needs);
    }
    for (const [definition, version] of needs.programs.values()) {
      await this.coordination.definitions.load(definition, version);
    }
    for (const link of needs.links?.values() ?? [])
      this.linked.set(linkName(link), await this.coordination.findLinked(link));
    if (needs.missing.size > 0) await this.read([...needs.missing], true);
    if (needs.desks !== undefined) await this.readDesks([...needs.desks]);
    for (const saga of needs.acted) {
      const live = work.map(({ lane }) => this.whoever(lane, saga)).find((found) => found);
      if (live?.held === true) this.heldRows.set(saga, await this.coordination.store.loadHeld(saga));
    }
  }

  /** Learns that these starts lost, and reads the sagas that won. */
  async learnWinners(starts: readonly { readonly saga: SagaId; readonly winner: SagaId }[]): Promise<void> {
    for (const { saga, winner } of starts) this.winners.set(saga, winner);
    await this.read(
      starts.map(({ winner }) => winner),
      false,
    );
  }

  /** Forgets what memory believes of these sagas and reads them again. */
  async reread(work: readonly Work[], sagas: readonly SagaId[]): Promise<void> {
    for (const { lane } of work) for (const saga of sagas) lane.cache.drop(saga);
    await this.read(sagas, false);
  }

  /** The view of one lane. */
  of(lane: Lane): FoldingView {
    const { winners, archived, heldRows, loaded, linked } = this;
    return {
      winners,
      archived,
      heldRows,
      isAsleep: (saga, due, now) => lane.sleepsOn(saga, due, now, this.publisher.isWaiting(saga)),
      find: (saga) => lane.cache.get(saga) ?? loaded.get(saga),
      findLinked: (link) => linked.get(linkName(link)),
      findDesk: (id) => lane.desks.get(id) ?? this.desks?.get(id),
    };
  }

  private whoever(lane: Lane, id: SagaId): { readonly held: boolean } | undefined {
    return isDeskId(id)
      ? (lane.desks.get(id) ?? this.desks?.get(id))
      : (lane.cache.get(id) ?? this.loaded.get(id));
  }

  private survey(lane: Lane, record: InboundRecord, needs: Needs): void {
    const saga = record.key?.toString('latin1');
    if (saga === undefined) return;
    const kind = headerText(record.headers, header.record);
    if (!isSagaId(saga)) return this.surveyDesk(lane, saga, kind, needs);
    if (kind === 'start/1') return this.surveyStart(record, needs);
    if (kind === 'action/1') needs.acted.add(saga);
    if (lane.cache.get(saga) === undefined) needs.missing.add(saga);
  }

  private surveyDesk(lane: Lane, id: string, kind: string | undefined, needs: Needs): void {
    if (!isDeskId(id)) return;
    if (kind === 'action/1') needs.acted.add(id);
    if (lane.desks.get(id) === undefined) (needs.desks ??= new Set()).add(id);
  }

  private surveyStart(record: InboundRecord, needs: Needs): void {
    const head = headerText(record.headers, header.head) ?? '';
    if (head.includes('"link":{')) surveyLink(head, needs);
    const match = /^\{"definition":"([^"]+)","version":(\d+)/.exec(head);
    if (match === null) return;
    const [definition, version] = [match[1]!, Number(match[2])];
    if (this.coordination.definitions.program(definition, version) !== undefined) return;
    needs.programs.set(match[0], [definition, version]);
  }

  private async read(ids: readonly SagaId[], alsoArchive: boolean): Promise<void> {
    const rows = await this.coordination.store.loadInstances(ids);
    for (const row of rows) await this.revive(row);
    if (!alsoArchive || rows.length === ids.length) return;
    const found = new Set(rows.map((row) => row.id));
    for (const saga of await this.coordination.store.archived(ids.filter((id) => !found.has(id))))
      this.archived.add(saga);
  }

  private async readDesks(ids: readonly DeskId[]): Promise<void> {
    const rows = await this.coordination.store.loadDesks(ids);
    this.desks = new Map(rows.map((row) => [row.id, reviveDesk(row)]));
  }

  private async revive(row: StoredInstance): Promise<void> {
    const { definitions, log } = this.coordination;
    const state = storedState(row);
    const program = await definitions.loadIn(state.facts.edition, row.definition, row.version);
    if (program !== undefined) this.loaded.set(row.id, revivedSaga(row, state, program));
    else
      log.error('a live saga has no published definition', {
        saga: row.id,
        definition: row.definition,
        version: row.version,
      });
  }
}

/** What the records of a batch mention and memory does not hold. */
interface Needs {
  readonly missing: Set<SagaId>;
  readonly acted: Set<SagaId>;
  readonly programs: Map<string, readonly [definition: string, version: number]>;
  /** Absent as long as nobody says anything to a desk. */
  desks: Set<DeskId> | undefined;
  /** Absent as long as no start is linked to another saga. */
  links: Map<string, Link> | undefined;
}

/** Nothing is believed yet of what the record says; that comes when it is folded. */
function surveyLink(head: string, needs: Needs): void {
  try {
    const { link } = JSON.parse(head) as Partial<StartHead>;
    if (link !== undefined) (needs.links ??= new Map()).set(linkName(link), link);
  } catch {
    // It cannot be read, so it is parked when it is folded.
  }
}
