import process from 'node:process';
import { deriveSagaId, keyHash, SystemClock } from '#libs/messaging';
import type { HistoryRow, LaneCommit, LanePosition, NewInstance, StoredInstance } from '#libs/orchestration';

const TRANSITIONS = 4;
/** Batches between two transitions of a saga, so that it is not still warm from the last one. */
const DISTANCE = 20;

const clock = new SystemClock();

/** Batches of one lane in which each saga makes its four transitions, one every {@link DISTANCE} batches. */
export class OrderLoad {
  readonly size: number;
  private readonly live: StoredInstance[][] = [];
  private number = 0;

  constructor(
    private lane: LanePosition,
    batch: number,
  ) {
    this.size = Math.max(Math.floor(batch / TRANSITIONS), 1) * TRANSITIONS;
  }

  next(): LaneCommit {
    const now = clock.now();
    const lane = this.lane;
    const inserts = this.starts(now);
    const updates = [1, 2, 3]
      .flatMap((step) => this.live[this.live.length - step * DISTANCE] ?? [])
      .map((row) => moved(row, now));
    // As many starts as make the batch full, until the first sagas have come to their end.
    while (inserts.length + updates.length < this.size) inserts.push(this.start(now));
    this.remember(inserts.slice(0, this.size / TRANSITIONS), updates);
    this.lane = { ...lane, seq: lane.seq + 1, takeovers: 0, nextOffset: lane.seq * this.size };
    const rows = [...inserts, ...updates];
    return {
      lane,
      nextOffset: lane.seq * this.size,
      anchor: { offset: lane.seq, timestamp: now, checksum: 7 },
      inserts,
      updates,
      history: rows.map(historyOf),
      parked: [],
      unparked: [],
      incidents: [],
      audits: [],
      gated: [],
      outbox: JSON.stringify(rows.map(messageOf)),
      acknowledged: lane.seq === 0 ? [] : [lane.seq - 1],
    };
  }

  private starts(now: number): NewInstance[] {
    return Array.from({ length: this.size / TRANSITIONS }, () => this.start(now));
  }

  private remember(inserts: readonly StoredInstance[], updates: readonly StoredInstance[]): void {
    const present = new Map(updates.map((row) => [row.id, row]));
    for (const rows of this.live)
      for (const [index, row] of rows.entries()) rows[index] = present.get(row.id) ?? row;
    this.live.push([...inserts]);
    if (this.live.length > DISTANCE * TRANSITIONS) this.live.shift();
  }

  private start(now: number): NewInstance {
    this.number += 1;
    const businessKey = `order-${process.pid}-${this.number}`;
    const identity = {
      installation: 'bench',
      definition: 'order-fulfilment',
      businessKey,
      source: '/bench',
      eventId: businessKey,
      at: now,
    };
    return {
      id: deriveSagaId(identity),
      definition: 'order-fulfilment',
      version: 1,
      businessKey,
      status: 'running',
      revision: 1,
      home: 0,
      state: stateOf(businessKey, 1),
      wakeAt: now + 30_000,
      incident: false,
      held: false,
      trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      startedAt: now,
      keyHash: keyHash('order-fulfilment', businessKey),
      reusableKey: false,
    };
  }
}

function moved(row: StoredInstance, now: number): StoredInstance {
  const revision = row.revision + 1;
  const next = { ...row, revision, state: stateOf(row.businessKey, revision) };
  return revision === TRANSITIONS ? { ...next, status: 'completed', finishedAt: now } : next;
}

function stateOf(businessKey: string, revision: number): string {
  const input = {
    orderId: businessKey,
    customer: 'c-1234567',
    total: 129.9,
    lines: [
      { sku: 'A-1', quantity: 2 },
      { sku: 'B-7', quantity: 1 },
    ],
  };
  const log = Array.from({ length: revision }, (_, step) => ({
    node: step,
    block: 'reserveStock',
    phase: 'settled',
    round: 1,
    attempt: 1,
    output: { reference: `r-${businessKey}-${step}` },
  }));
  return JSON.stringify({ format: 1, input, timer: revision, log });
}

function historyOf(row: StoredInstance): HistoryRow {
  const effects = [
    { kind: 'settled', block: 'reserveStock', attempt: 1 },
    { kind: 'open', block: 'chargeCard', call: 'payment.charge', attempt: 1 },
  ];
  const entry = {
    input: { kind: 'answer', outcome: 'succeeded', data: { reference: row.businessKey } },
    effects,
    offset: row.revision,
    cause: `${row.id}:do:1`,
  };
  return { saga: row.id, revision: row.revision, at: row.startedAt, entries: JSON.stringify([entry]) };
}

function messageOf(row: StoredInstance): unknown {
  const headers = {
    ce_id: `${row.id}:${row.revision}`,
    ce_type: 'payment.charge',
    ce_source: '/skald/bench',
    ce_correlationid: row.id,
    'saga-operation': row.id,
    'saga-attempt': '1',
    'saga-revision': String(row.revision),
    'saga-reply-to': 'bench.home',
    traceparent: row.trace,
  };
  return {
    topic: 'payment.commands',
    part: 3,
    key: row.id,
    headers,
    value: `{"orderId":"${row.businessKey}","amount":129.9}`,
  };
}
