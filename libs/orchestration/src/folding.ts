import {
  homeOf,
  isDeskId,
  MalformedRecordError,
  partitionName,
  SagaError,
  traceOf,
  type HomeRecord,
  type InboundRecord,
  type Instant,
  type SagaId,
  type SignedRecord,
} from '#libs/messaging';
import { advance, type Effect, type SagaInput, type SagaState } from '#libs/saga';
import { closeChange, historyEntry, openChange, revertChange, type Change } from './change.js';
import type { Circle } from './circles/circle.js';
import { leaveCircles, noteCircle } from './circles/noting-circles.js';
import { lettingGo } from './desks/child-sagas.js';
import { DeskFolding, homeMessage } from './desks/desk-folding.js';
import { stillOutside } from './desks/outside.js';
import type {
  AuditRow,
  GatedCount,
  HistoryRow,
  IncidentRow,
  NewInstance,
  ParkedRow,
  StoredInstance,
} from './lane-store.js';
import { withDesks, type FoldedBatch } from './folded-batch.js';
import { keyAsId, readAddressed } from './home-reading.js';
import { isOver, movedSaga, storedText, type LiveSaga, type Outside } from './live-saga.js';
import type { FoldingOptions, FoldingView } from './folding-view.js';
import { forwardedMessage, type OutgoingMessage } from './outgoing-message.js';
import { parkedRow } from './parking.js';
import type { SagaTrace, Transition } from './saga-trace.js';
import { sendEffects } from './sending-effects.js';
import { transitionOf } from './transition-of.js';
import { undoCausesAfter } from './undo-causes.js';
import { fits } from './value-size.js';

/** What one input came to. */
export type Applied =
  | { readonly kind: 'applied'; readonly effects: readonly Effect[] }
  /** The saga is as it was; `message` says why it cannot take the input. */
  | { readonly kind: 'poison'; readonly reason: string; readonly message: string };

/** Decides what a readable record of this home means; see {@link import('./home-handlers.js').handleHomeRecord}. */
export type RecordHandler = (folding: Folding, record: InboundRecord, content: HomeRecord) => void;

/**
 * Folds the records of one batch of one lane, in order, to the net change of each saga.
 *
 * It reads the view and collects; the lane commits what was collected. A record is applied, noted as having no
 * effect, forwarded to the home it belongs to, or parked; none is skipped.
 */
export class Folding {
  private readonly changes = new Map<SagaId, Change>();
  private readonly forwards: OutgoingMessage[] = [];
  private readonly incidents: IncidentRow[] = [];
  private readonly parked: ParkedRow[] = [];
  private readonly unparked: ParkedRow[] = [];
  private readonly audits: AuditRow[] = [];
  private readonly gated: GatedCount[] = [];
  private at: Instant = 0;
  private openDesks: DeskFolding | undefined;

  constructor(
    readonly options: FoldingOptions,
    readonly view: FoldingView,
    private readonly handle: RecordHandler,
  ) {}

  /** Folds the next record. Never throws. */
  add(record: InboundRecord): void {
    this.at = Math.max(this.at, record.timestamp);
    const content = this.read(record);
    if (content === undefined) return;
    const home = homeOf(content.saga, this.options.installation.homePartitions);
    if (home !== record.part) return void this.forwards.push(forwardedMessage(record, content.saga, home));
    this.handle(this, record, content);
  }

  /** Parks a record unread, because coordinators ended again and again while they stood at it. */
  addSuspect(record: InboundRecord): void {
    this.at = Math.max(this.at, record.timestamp);
    const message = `coordinators ended again and again while ${partitionName(record)} stood at this record`;
    const saga = keyAsId(record);
    if (saga !== undefined && this.knows(saga)) this.hold(saga, record, 'suspect', message);
    else this.park(record, 'suspect', message, saga);
  }

  /** The saga as this batch has made it so far. */
  current(saga: SagaId): LiveSaga | undefined {
    return this.changes.get(saga)?.saga ?? this.view.find(saga);
  }

  /** The operations of a saga that were answered with a failure in this batch. */
  failuresOf(saga: SagaId): ReadonlySet<string> | undefined {
    return this.changes.get(saga)?.failures;
  }

  /** The desks of this batch. A batch in which nothing is said to a desk never asks for them. */
  get desks(): DeskFolding {
    const { settings } = this.options;
    this.openDesks ??= new DeskFolding(
      { ...this.options, stateBytes: settings.deskBytes, messageBytes: settings.messageBytes },
      (id) => this.view.findDesk(id),
    );
    return this.openDesks;
  }

  /** Whether there is such a live saga or desk. */
  knows(id: SagaId): boolean {
    return (isDeskId(id) ? this.desks.current(id) : this.current(id)) !== undefined;
  }

  /** Whether the inputs of a saga or desk queue behind a parked record. */
  isHeld(id: SagaId): boolean {
    return (isDeskId(id) ? this.desks.current(id) : this.current(id))?.held === true;
  }

  /** Adds a saga that does not exist yet, and gives it its first input. A saga that cannot take it is not added. */
  begin(saga: LiveSaga, keyHash: Buffer, input: SagaInput, record: InboundRecord, cause: string): Applied {
    this.changes.set(saga.id, openChange(saga, undefined, keyHash));
    const applied = this.apply(saga.id, input, record, cause);
    if (applied.kind === 'poison') this.changes.delete(saga.id);
    return applied;
  }

  /** Gives a live saga one input. A saga that cannot take it is left as it was. */
  apply(id: SagaId, input: SagaInput, record: InboundRecord, cause?: string): Applied {
    const change = this.changeOf(id);
    const { saga } = change;
    const isStart = input.kind === 'start';
    // A record's time may lie before that of the last one when the broker's clock was set back.
    const timed = isStart ? input : { ...input, now: Math.max(input.now, saga.state.at) };
    try {
      const turn = advance(saga.program, isStart ? undefined : saga.state, timed);
      this.keep(change, timed, turn.state, turn.effects, record, cause);
      return { kind: 'applied', effects: turn.effects };
    } catch (error) {
      const reason = error instanceof SagaError ? error.code : 'FOLD_FAILED';
      return { kind: 'poison', reason, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Notes an input without effect in the saga's history. */
  note(id: SagaId, input: SagaInput, record: InboundRecord, cause?: string): void {
    this.changeOf(id).entries.push(historyEntry(input, [], record, cause));
  }

  /** Notes that a saga waits in a circle with others. */
  noteCircle(saga: LiveSaga, record: InboundRecord, id: string, circle: Circle): void {
    noteCircle(this.changeOf(saga.id), record, id, circle);
  }

  /** Notes whether the parent of a saga wants it undone. */
  markToBeUndone(id: SagaId, isToBeUndone: boolean): void {
    const change = this.changeOf(id);
    change.saga = { ...change.saga, isToBeUndone };
  }

  /** Notes that the parent of a saga has ended. */
  letGo(id: SagaId, now: Instant): void {
    const change = this.changeOf(id);
    const saga = { ...change.saga, isLetGo: true };
    const isOverNow = isOver(saga.program, saga.state, true);
    change.saga = { ...saga, finishedAt: saga.finishedAt ?? (isOverNow ? now : undefined) };
    if (change.saga.finishedAt === undefined) return;
    for (const record of lettingGo(change.saga, now))
      change.messages.push(homeMessage(this.options, id, record));
  }

  /** Says something to a desk or another saga on behalf of one that is not changed by it. */
  post(from: SagaId, record: SignedRecord): void {
    this.forwards.push(homeMessage(this.options, from, record));
  }

  /** Answers a request. */
  audit(row: AuditRow): void {
    this.audits.push(row);
  }

  /** Counts what a trigger kept out. */
  countGated(count: GatedCount): void {
    this.gated.push(count);
  }

  /** Opens an incident about a saga that is not live. */
  alarm(incident: IncidentRow): void {
    this.incidents.push(incident);
  }

  /** Parks a record that concerns no live saga. */
  park(record: InboundRecord, reason: string, message: string, saga?: SagaId): void {
    this.parked.push(
      parkedRow(record, { reason, message, held: false, ...(saga === undefined ? {} : { saga }) }),
    );
  }

  /** Parks a record of a saga or desk that could not be folded; what follows of it queues behind. */
  hold(id: SagaId, record: InboundRecord, reason: string, message: string): void {
    this.parked.push(parkedRow(record, { reason, message, held: true, saga: id }));
    this.setHeld(
      id,
      true,
      `${partitionName(record)}/${record.offset} is parked: ${message}`,
      record.timestamp,
    );
  }

  /** Queues a record behind the one that holds its saga. */
  queue(id: SagaId, record: InboundRecord): void {
    const message = 'waits behind a parked record of the same saga';
    this.parked.push(parkedRow(record, { reason: 'waiting', message, held: true, saga: id }));
  }

  /** Takes a parked record off the shelf. */
  unpark(row: ParkedRow): void {
    this.unparked.push(row);
  }

  /** Says whether the inputs of a saga or desk queue behind a parked record, and since when. */
  setHeld(id: SagaId, held: boolean, message: string, at: Instant): void {
    if (isDeskId(id)) {
      this.desks.setHeld(this.desks.current(id)!, held);
      return this.alarm({ saga: id, id: 'held', open: held, code: 'RECORD_PARKED', message, at });
    }
    const change = this.changeOf(id);
    change.saga = { ...change.saga, held };
    change.incidents.push({ saga: id, id: 'held', open: held, code: 'RECORD_PARKED', message, at });
  }

  /** Closes the batch. */
  finish(): FoldedBatch {
    const inserts: NewInstance[] = [];
    const updates: StoredInstance[] = [];
    const history: HistoryRow[] = [];
    const changed = new Map<SagaId, LiveSaga>();
    const messages: OutgoingMessage[] = [...this.forwards];
    const incidents: IncidentRow[] = [...this.incidents];
    const transitions: Transition[] = [];
    for (const change of this.changes.values()) {
      const state = this.stateText(change);
      if (state === undefined) continue;
      const closed = closeChange(change, state, this.at);
      if (closed === undefined) continue;
      changed.set(closed.saga.id, closed.saga);
      if (closed.insert !== undefined) inserts.push(closed.insert);
      if (closed.update !== undefined) updates.push(closed.update);
      if (closed.history !== undefined) history.push(closed.history);
      messages.push(...change.messages);
      incidents.push(...change.incidents);
      this.audits.push(...change.audits);
      transitions.push(...change.transitions);
    }
    const { parked, unparked, audits, gated } = this;
    const commit = { inserts, updates, history, parked, unparked, incidents, audits, gated };
    const folded = { commit, messages, changed, transitions, at: this.at };
    return this.openDesks === undefined ? folded : withDesks(folded, this.openDesks.finish());
  }

  private read(record: InboundRecord): HomeRecord | undefined {
    try {
      return readAddressed(this.options.keyring, record, this.options.settings.messageBytes);
    } catch (error) {
      const reason = error instanceof MalformedRecordError ? error.reason : 'unreadable';
      this.park(record, reason, error instanceof Error ? error.message : String(error), keyAsId(record));
      return undefined;
    }
  }

  private changeOf(id: SagaId): Change {
    const known = this.changes.get(id);
    if (known !== undefined) return known;
    const saga = this.view.find(id)!;
    const change = openChange(saga, saga);
    this.changes.set(id, change);
    return change;
  }

  private keep(
    change: Change,
    input: SagaInput,
    state: SagaState,
    effects: readonly Effect[],
    record: InboundRecord,
    cause: string | undefined,
  ): void {
    const before = change.saga.outside;
    const saga = movedSaga(change.saga, state, input.now, outsideAfter(before, input));
    const { trace, metrics, log, installation } = this.options;
    const isTraced = trace.follows(saga.trace);
    change.saga = isTraced ? withUndoCauses(trace, saga, { input, effects, record }) : saga;
    change.records.push(record);
    if (input.kind === 'answer' && input.outcome === 'failed')
      (change.failures ??= new Set()).add(input.operation);
    // A wake-up that finds nothing due only sets the clock again; everything else is history.
    if (input.kind !== 'due' || effects.length > 0)
      change.entries.push(historyEntry(input, effects, record, cause));
    const causation = cause ?? `${partitionName(record)}/${record.offset}`;
    const sent = sendEffects(this.options, change, effects, {
      at: input.now,
      causation,
      notSent: ({ operation, attempt }, reason) => {
        const refused = { kind: 'not-sent', now: input.now, operation, attempt, reason } as const;
        this.apply(saga.id, refused, record);
      },
    });
    if (before !== undefined) leaveCircles(change, before, input.now);
    if (!isTraced && !metrics.enabled && !log.isDetailed) return;
    const headers = isTraced ? traceOf(record) : {};
    const { group } = installation;
    change.transitions.push(
      transitionOf(saga, record, { input, effects, sent, trace: headers, group, cause }),
    );
  }

  /** The state as it will be stored. A saga that outgrew its limit goes back to what it was, its records are parked. */
  private stateText(change: Change): string | undefined {
    const limit = this.options.settings.stateBytes;
    const text = storedText(change.saga);
    if (fits(text, limit)) return text;
    const message = `the state of the saga would take more than ${limit} bytes`;
    const { before, records } = change;
    if (before === undefined) {
      for (const record of records) this.park(record, 'state-too-large', message, change.saga.id);
      return undefined;
    }
    revertChange(change, before);
    for (const record of records) this.hold(before.id, record, 'state-too-large', message);
    return storedText(before);
  }
}

function outsideAfter(outside: Outside | undefined, input: SagaInput): Outside | undefined {
  return outside === undefined || input.kind !== 'heard' ? outside : stillOutside(outside, input);
}

/** A crash between the beginning of an undo and its end must not cost the trace what it came of. */
function withUndoCauses(
  trace: SagaTrace,
  saga: LiveSaga,
  { input, effects, record }: Pick<Transition, 'input' | 'effects'> & { readonly record: InboundRecord },
): LiveSaga {
  const { topic, part, offset } = record;
  const undoCauses = undoCausesAfter(saga.undoCauses, effects, () =>
    trace.undoCause({ saga: saga.id, anchor: saga.trace, input, effects, topic, part, offset }),
  );
  return undoCauses === saga.undoCauses ? saga : { ...saga, undoCauses };
}
