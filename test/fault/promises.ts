import { header, type InboundRecord } from '#libs/messaging';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import { headerOf, openEar } from '../harness/topic-ear.js';
import { endsOf } from '../load/topics.js';
import { allEnded } from './saga-counts.js';

/** What one particular accident may leave behind. */
export interface Allowances {
  /** Codes of incidents of lanes that tell of the accident. Default: none. */
  readonly laneIncidents?: readonly string[];
  /** Revisions are counted anew from an earlier one, so that later commands may carry smaller ones. Default false. */
  readonly revisionsRecur?: boolean;
  /** How long it may take until everything has ended, and then until nothing is left over. Default 90 s. */
  readonly withinMs?: number;
}

const commandTopics = ['inventory.commands', 'payment.commands', 'shipping.commands'];
const shownMax = 10;

/**
 * Waits until everything has ended and answers which promises were broken, a line each; empty: none.
 *
 * As many sagas as orders and all of them ended without a person, ledgers equal to sagas, every operation effective
 * once, every record of the home topic folded, nothing left in the outbox, nothing parked, commands of a saga in
 * order, repeated messages the same as the first ones, one outcome told for each order.
 */
export async function brokenPromises(fleet: Fleet, allowed: Allowances = {}): Promise<readonly string[]> {
  const withinMs = allowed.withinMs ?? 90_000;
  const ending = await outcomeOf(allEnded(fleet, fleet.placed.length, withinMs));
  // What is told at an end, and what is said of it at home, is written a moment after it.
  const unsent = await emptyOutbox(fleet, withinMs);
  const unread = await unreadRecords(fleet, withinMs);
  const rest = await Promise.all([
    oneSagaEach(fleet),
    fleet.differences(),
    stuckSagas(fleet),
    openIncidents(fleet, allowed.laneIncidents ?? []),
    parkedRecords(fleet),
    ...commandTopics.map((topic) => disorder(fleet, topic, allowed.revisionsRecur ?? false)),
    outcomes(fleet),
  ]);
  return [ending, unsent, unread, ...rest].flatMap((some) =>
    some.length > shownMax ? [...some.slice(0, shownMax), '…'] : some,
  );
}

async function oneSagaEach(fleet: Fleet): Promise<readonly string[]> {
  const keys = (await fleet.books.sagas()).map((saga) => saga.businessKey);
  const known = new Set(keys);
  const lost = fleet.placed.filter((order) => !known.has(order)).map((order) => `${order} has no saga`);
  return keys.length === fleet.placed.length
    ? lost
    : [...lost, `${fleet.placed.length} orders have ${keys.length} sagas`];
}

async function stuckSagas(fleet: Fleet): Promise<readonly string[]> {
  const rows = await fleet.query<{ business_key: string; status: string }>(
    'select business_key, status from saga_instance where finished_at is null and wake_at is null and not incident',
  );
  return rows.map((row) => `${row.business_key} is ${row.status}, will not be woken and has no incident`);
}

async function openIncidents(fleet: Fleet, allowed: readonly string[]): Promise<readonly string[]> {
  const rows = await fleet.query<{ incident_id: string; code: string; message: string }>(
    'select incident_id, code, message from saga_incident where closed_at is null',
  );
  return rows
    .filter((row) => !allowed.includes(row.code))
    .map((row) => `incident ${row.incident_id} ${row.code}: ${row.message}`);
}

async function parkedRecords(fleet: Fleet): Promise<readonly string[]> {
  const rows = await fleet.query<{ topic: string; part: number; record_offset: string; reason: string }>(
    'select topic, part, record_offset, reason from saga_parked',
  );
  return rows.map((row) => `parked: ${row.topic}/${row.part}/${row.record_offset} ${row.reason}`);
}

function emptyOutbox(fleet: Fleet, withinMs: number): Promise<readonly string[]> {
  const isEmpty = async (): Promise<boolean> => {
    const [row] = await fleet.query<{ rows: string }>('select count(*) as rows from saga_outbox');
    return Number(row!.rows) === 0;
  };
  return outcomeOf(eventually('the outbox to be empty', isEmpty, withinMs));
}

function unreadRecords(fleet: Fleet, withinMs: number): Promise<readonly string[]> {
  const areFolded = async (): Promise<boolean> => {
    const ends = await endsOf(fleet.stack.kafkaBrokers, fleet.homeTopic);
    const lanes = await fleet.query<{ part: number; next: number }>(
      'select part, next_offset::float8 as next from saga_lane where topic = $1',
      [fleet.homeTopic],
    );
    const next = new Map(lanes.map((lane) => [lane.part, lane.next]));
    return ends.every(([part, end]) => (next.get(part) ?? 0) === end);
  };
  return outcomeOf(eventually('every record of the home topic to be folded', areFolded, withinMs));
}

function outcomeOf(wait: Promise<unknown>): Promise<readonly string[]> {
  return wait.then(
    () => [],
    (error: unknown) => [String(error)],
  );
}

/** What is wrong with the order of commands to one participant, and with those that came more than once. */
async function disorder(fleet: Fleet, topic: string, revisionsRecur: boolean): Promise<readonly string[]> {
  const problems: string[] = [];
  const first = new Map<string, InboundRecord>();
  const revisions = new Map<string, number>();
  const operations = new Set<string>();
  for (const record of await everything(fleet, topic)) {
    const id = headerOf(record, header.id);
    const saga = String(record.key);
    const known = first.get(id);
    if (known !== undefined) {
      if (contentOf(known) !== contentOf(record))
        problems.push(`${topic}: ${id} came again with other content`);
      continue;
    }
    first.set(id, record);
    const revision = Number(headerOf(record, header.revision));
    const isLate = !revisionsRecur && revision < (revisions.get(saga) ?? 0);
    if (isLate) problems.push(`${topic}: ${id} of ${saga} came out of order`);
    revisions.set(saga, revision);
    const undone = headerOf(record, header.compensates);
    if (undone !== '' && !operations.has(undone)) problems.push(`${topic}: ${id} undoes what never came`);
    operations.add(headerOf(record, header.operation));
  }
  return problems;
}

async function outcomes(fleet: Fleet): Promise<readonly string[]> {
  const told = new Map<string, Set<string>>();
  for (const record of await everything(fleet, 'shop.events')) {
    if (headerOf(record, header.type) === orderPlaced) continue;
    const order = String(record.key);
    const event = `${headerOf(record, header.type)} ${headerOf(record, header.id)}`;
    told.set(order, (told.get(order) ?? new Set()).add(event));
  }
  const sagas = await fleet.books.sagas();
  return sagas.flatMap(({ businessKey, status }) => {
    const events = [...(told.get(businessKey) ?? [])];
    const wanted = status === 'completed' ? 'shop.order.fulfilled ' : 'shop.order.rejected ';
    if (events.length === 1 && events[0]!.startsWith(wanted)) return [];
    return [`${businessKey} is ${status} and told ${events.join(', ') || 'nothing'}`];
  });
}

async function everything(fleet: Fleet, topic: string): Promise<readonly InboundRecord[]> {
  const ear = await openEar(fleet.stack.kafkaBrokers, topic);
  try {
    await ear.catchUp();
    return ear.records;
  } finally {
    await ear.stop();
  }
}

function contentOf(record: InboundRecord): string {
  return [header.operation, header.attempt, header.type, header.compensates]
    .map((name) => headerOf(record, name))
    .concat(String(record.value))
    .join('\n');
}
