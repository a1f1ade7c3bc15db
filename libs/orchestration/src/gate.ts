import {
  eventType,
  homeOf,
  MalformedRecordError,
  writeHomeRecord,
  type InboundRecord,
  type Offset,
  type OutgoingRecord,
  type SignedRecord,
  type TopicPartition,
} from '#libs/messaging';
import { eventRecords } from './desks/forwarding-events.js';
import type { GateCoordination } from './gate-coordination.js';
import { Intake, intakeCause } from './intake.js';
import type { GatedCount, LanePosition, ParkedRow } from './lane-store.js';
import { parkedRow } from './parking.js';
import { RecordQueue } from './record-queue.js';
import { startOrAsk } from './desks/admission-messages.js';
import { withToggles } from './start-toggles.js';
import { triggered, type Triggered } from './triggering.js';
import { assertValueFits } from './value-size.js';

const batchRecords = 500;
const batchBytes = 4_000_000;

/** A start, or what is said to a desk, on its way, and the event it was made of. */
export interface ForwardedStart {
  readonly origin: InboundRecord;
  readonly record: OutgoingRecord;
  /** What it starts; absent: what is said to a desk. */
  readonly definition?: string;
}

/** Records that were read against the triggers: what comes of them, and where the next ones begin. */
export interface GateTurn {
  readonly starts: readonly ForwardedStart[];
  readonly next: Offset;
}

/** One domain partition in the hands of this process: what is queued, and what was done but not yet stored. */
export class Gate {
  phase: 'taking' | 'open' | 'halted' | 'closed' = 'taking';
  readonly queue = new RecordQueue();
  expected: number | undefined;
  isPaused = true;
  position: LanePosition | undefined;
  /** Behind the last record whose starts are acknowledged. */
  forwarded: number | undefined;
  /** Read and not forwarded yet. It is counted already, so nothing is stored before all of it has {@link passed}. */
  private turn: GateTurn | undefined;
  storedAt = Number.NEGATIVE_INFINITY;
  last: InboundRecord | undefined;
  /** What definitions took in and nobody has counted yet. */
  readonly intake = new Intake();
  private parked: ParkedRow[] = [];
  private readonly counts = new Map<string, GatedCount>();

  constructor(readonly at: TopicPartition) {}

  /** Whether something was read and is not forwarded yet. */
  get isHeld(): boolean {
    return this.turn !== undefined;
  }

  /** Whether anything has to be stored. */
  get hasNews(): boolean {
    const isMoved = this.forwarded !== undefined && this.forwarded !== this.position?.nextOffset;
    return isMoved && !this.isHeld;
  }

  /** What was not forwarded yet, or the next records against the triggers; undefined when there are none. */
  take(coordination: GateCoordination): GateTurn | undefined {
    if (this.turn !== undefined) return this.turn;
    const taken = this.queue.peek(batchRecords, batchBytes);
    if (taken === undefined) return undefined;
    this.turn = { starts: this.admit(coordination, taken.records), next: taken.next };
    this.queue.dropBefore(taken.next);
    return this.turn;
  }

  /** So many starts of what was taken are acknowledged; the others come with the next {@link take}. */
  passed({ starts, next }: GateTurn, count: number): void {
    this.turn = count < starts.length ? { starts: starts.slice(count), next } : undefined;
    if (this.turn === undefined) this.forwarded = next;
  }

  /** Reads records against the triggers: what has to be forwarded comes back, the rest is counted or parked. */
  private admit(
    coordination: GateCoordination,
    records: readonly InboundRecord[],
  ): readonly ForwardedStart[] {
    const starts: ForwardedStart[] = [];
    for (const record of records) {
      this.last = record;
      for (const result of this.judge(coordination, record)) {
        if (result.kind === 'start')
          starts.push({
            origin: record,
            record: startRecord(coordination, record, result),
            definition: result.head.definition,
          });
        else if (result.kind === 'inquire')
          starts.push({ origin: record, record: homeRecordOf(coordination, result.record) });
        else if (result.kind === 'gated') this.count(result);
        else this.park(record, result.reason, result.message);
      }
      if (!coordination.definitions.isListening) continue;
      for (const said of this.heard(coordination, record)) starts.push({ origin: record, record: said });
    }
    return starts;
  }

  /** What those have to hear who wait for such events, or for what is known from them. */
  private heard(coordination: GateCoordination, record: InboundRecord): readonly OutgoingRecord[] {
    try {
      const type = eventType(record);
      const said = type === undefined ? [] : eventRecords(coordination, type, record);
      return said.flatMap((one) => {
        if (!(one instanceof MalformedRecordError)) return [one];
        this.park(record, one.reason, one.message);
        return [];
      });
    } catch (error) {
      const reason = error instanceof MalformedRecordError ? error.reason : 'unreadable';
      this.park(record, reason, error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  /** What has to be stored with the next position; forgotten by {@link stored}. */
  get news(): { readonly parked: readonly ParkedRow[]; readonly gated: readonly GatedCount[] } {
    return { parked: this.parked, gated: [...this.counts.values()] };
  }

  /** The news are stored. */
  stored(position: LanePosition): void {
    this.position = position;
    this.parked = [];
    this.counts.clear();
  }

  private judge(coordination: GateCoordination, record: InboundRecord): readonly Triggered[] {
    try {
      const type = eventType(record);
      if (type === undefined) {
        throw new MalformedRecordError(
          'missing-header',
          'header ce_type is missing: without it nobody knows what the event is',
        );
      }
      const triggers = coordination.definitions
        .triggersOf(type)
        .filter(({ since }) => record.timestamp >= since);
      if (triggers.length === 0) return [];
      if (coordination.metrics.enabled)
        this.intake.add(
          triggers.map(({ program }) => program.definition),
          intakeCause(coordination.installation, record),
        );
      assertValueFits(record, coordination.maxValueBytes);
      return triggered(coordination, record, triggers);
    } catch (error) {
      const reason = error instanceof MalformedRecordError ? error.reason : 'unreadable';
      return [{ kind: 'bad', reason, message: error instanceof Error ? error.message : String(error) }];
    }
  }

  /** Keeps a record that can never start anything. */
  park(record: InboundRecord, reason: string, message: string): void {
    // Of two triggers that cannot use an event the first one's reason is kept: a record is parked once.
    if (this.parked.at(-1)?.offset === record.offset) return;
    this.parked.push(parkedRow(record, { reason, message, held: false }));
  }

  private count(gated: { readonly definition: string; readonly event: string; readonly gate: string }): void {
    const { definition, event, gate } = gated;
    const name = `${definition}\0${event}\0${gate}`;
    const count = (this.counts.get(name)?.count ?? 0) + 1;
    this.counts.set(name, { definition, event, gate, count });
  }
}

function startRecord(
  coordination: GateCoordination,
  record: InboundRecord,
  start: Extract<Triggered, { readonly kind: 'start' }>,
): OutgoingRecord {
  const { trace, definitions, installation } = coordination;
  const head = withToggles(definitions, start.head);
  return homeRecordOf(
    coordination,
    startOrAsk({ ...start, head }, trace.forwarded(record, start.event, start.saga, installation.gateGroup)),
  );
}

function homeRecordOf({ installation, keyring }: GateCoordination, home: SignedRecord): OutgoingRecord {
  const part = homeOf(home.saga, installation.homePartitions);
  return { topic: installation.homeTopic, part, ...writeHomeRecord(keyring, home) };
}
