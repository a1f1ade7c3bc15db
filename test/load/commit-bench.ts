import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { deriveSagaId, keyHash, SystemClock } from '#libs/messaging';
import type { HistoryRow, LaneCommit, LanePosition, NewInstance, StoredInstance } from '#libs/orchestration';
import { migrate, PostgresStores } from '#libs/postgres';

/** What the bench may use. */
export interface CommitBenchOptions {
  /** A database that may be filled; it is migrated first. */
  readonly databaseUrl: string;
  readonly seconds: number;
  /** Transitions in a commit. Default 200. */
  readonly batch?: number;
}

/** How fast one connection commits transitions of the order saga, and what a transition costs. */
export interface CommitFigures {
  readonly transitionsPerSecond: number;
  readonly batches: number;
  /** CPU of this process for a transition. */
  readonly clientMicros: number;
  /** CPU of the server process behind the connection; absent when it runs elsewhere. */
  readonly databaseMicros?: number;
}

const TRANSITIONS = 4;
/** Batches between two transitions of a saga, so that it is not still warm from the last one. */
const DISTANCE = 20;

const clock = new SystemClock();

/** The commit function alone on one connection: start, three answers, end; nothing is folded, sent or published. */
export async function commitTransitionsPerSecond(options: CommitBenchOptions): Promise<CommitFigures> {
  await migrate(options.databaseUrl);
  const stores = new PostgresStores({
    databaseUrl: options.databaseUrl,
    laneConnections: 1,
    operatorConnections: 1,
  });
  await stores.start();
  try {
    const load = new OrderLoad(
      await stores.lanes.takeOver({ topic: 'bench.home', part: 0 }, 'bench'),
      options.batch ?? 200,
    );
    await commitUntil(stores, load, clock.elapsed() + 1_000);
    return await measured(stores, load, options);
  } finally {
    await stores.stop();
  }
}

async function measured(
  stores: PostgresStores,
  load: OrderLoad,
  options: CommitBenchOptions,
): Promise<CommitFigures> {
  const backend = await lanePid(options.databaseUrl);
  const databaseBefore = cpuMicros(backend);
  const startedAt = clock.elapsed();
  const { batches, clientMicros } = await commitUntil(stores, load, startedAt + options.seconds * 1000);
  const transitions = batches * load.size;
  const database = cpuMicros(backend);
  const figures = {
    transitionsPerSecond: Math.round(transitions / ((clock.elapsed() - startedAt) / 1000)),
    batches,
    clientMicros: clientMicros / transitions,
  };
  if (database === undefined || databaseBefore === undefined) return figures;
  return { ...figures, databaseMicros: (database - databaseBefore) / transitions };
}

async function commitUntil(
  stores: PostgresStores,
  load: OrderLoad,
  end: number,
): Promise<{ readonly batches: number; readonly clientMicros: number }> {
  let batches = 0;
  let clientMicros = 0;
  while (clock.elapsed() < end) {
    const batch = load.next();
    const before = process.cpuUsage();
    const result = await stores.lanes.commit([batch]);
    const used = process.cpuUsage(before);
    if (result.kind !== 'committed') throw new Error(`the bench got ${result.kind}`);
    clientMicros += used.user + used.system;
    batches += 1;
  }
  return { batches, clientMicros };
}

/** Batches of one lane in which each saga makes its four transitions, one every {@link DISTANCE} batches. */
class OrderLoad {
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

async function lanePid(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const found = await client.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'skald lanes' and datname = current_database()",
  );
  await client.end();
  return found.rows[0]?.pid ?? 0;
}

/** From proc(5), where it exists and the server runs on this machine. */
function cpuMicros(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const figures = await commitTransitionsPerSecond({
    databaseUrl,
    seconds: Number(process.argv[2] ?? 10),
    batch: Number(process.argv[3] ?? 200),
  });
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
}
