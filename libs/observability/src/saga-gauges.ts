import type { Attributes, Meter } from '@opentelemetry/api';
import { setTimeout as pause } from 'node:timers/promises';
import { participantOfLimit, type Census, type Gauges } from '#libs/orchestration';
import { participantOf } from '#libs/saga';
import { attribute } from './span-attributes.js';

interface Row {
  readonly value: number;
  readonly of?: Attributes;
}

interface Gauge {
  readonly name: string;
  readonly description: string;
  readonly unit?: 's';
}

/** Lets `meter` read what there is at present, of this process and of the whole installation, whenever somebody collects. */
export function watchGauges(meter: Meter, gauges: Gauges): void {
  for (const { rows, ...gauge } of processGauges) observe(meter, gauge, () => rows(gauges));
  const read = oncePer(() => gauges.census());
  for (const { rows, description, ...gauge } of installationGauges) {
    observe(meter, { ...gauge, description: `${description} The same from every replica.` }, async () => {
      const census = await read();
      return census && rows(census, gauges);
    });
  }
}

const processGauges: readonly (Gauge & { readonly rows: (gauges: Gauges) => readonly Row[] })[] = [
  {
    name: 'saga.lanes.held',
    description: 'Home partitions that this process reads and folds.',
    rows: (gauges) => [{ value: gauges.lanes().length }],
  },
  {
    name: 'saga.lane.lag',
    description: 'Records in a home partition that are not folded yet.',
    rows: (gauges) => gauges.lanes().map((lane) => ({ value: lane.lag, of: partition(lane) })),
  },
  {
    name: 'saga.lane.queued',
    description: 'Fetched records that are not folded yet.',
    rows: (gauges) => gauges.lanes().map((lane) => ({ value: lane.queued, of: partition(lane) })),
  },
  {
    name: 'saga.target.share',
    description: 'Share of sagas that should end within the time that their definition says.',
    rows: (gauges) =>
      gauges
        .targets()
        .map(({ definition, share }) => ({ value: share, of: { [attribute.definition]: definition } })),
  },
  {
    name: 'saga.definition.info',
    description:
      'Always 1: the published definitions and who owns them, to be joined to what is counted of them.',
    rows: (gauges) => gauges.definitions().map((definition) => ({ value: 1, of: owned(definition, gauges) })),
  },
  {
    name: 'saga.participant.info',
    description:
      'Always 1: the participants that have a contract and who owns them, to be joined to what is counted of them.',
    rows: (gauges) =>
      gauges.participants().map((name) => ({
        value: 1,
        of: { 'saga.participant': name, ...ownedBy(gauges.ownerOfParticipant(name)) },
      })),
  },
  {
    name: 'saga.outbox.unsent',
    description: 'Committed messages that the broker has not acknowledged.',
    rows: (gauges) => [{ value: gauges.outbox().messages }],
  },
  {
    name: 'saga.outbox.age',
    description: 'Age of the oldest commit with unsent messages.',
    unit: 's',
    rows: (gauges) => [{ value: gauges.outbox().oldestMs / 1_000 }],
  },
];

type Owners = Pick<Gauges, 'ownerOf' | 'ownerOfParticipant'>;

const installationGauges: readonly (Gauge & {
  readonly rows: (census: Census, owners: Owners) => readonly Row[];
})[] = [
  {
    name: 'saga.live',
    description: 'Sagas that have not ended, by status.',
    rows: ({ live }, owners) => live.map((row) => ({ value: row.count, of: state(row, owners) })),
  },
  {
    name: 'saga.live.oldest_age',
    description: 'For how long the first saga in a status has been in it.',
    unit: 's',
    rows: ({ live }, owners) => live.map((row) => ({ value: row.oldestMs / 1_000, of: state(row, owners) })),
  },
  {
    name: 'saga.incidents.open',
    description: 'Open incidents.',
    rows: ({ incidents }, owners) => incidents.map((row) => ({ value: row.count, of: trouble(row, owners) })),
  },
  {
    name: 'saga.incidents.oldest_age',
    description: 'Age of the oldest open incident.',
    unit: 's',
    rows: ({ incidents }, owners) =>
      incidents.map((row) => ({ value: row.oldestMs / 1_000, of: trouble(row, owners) })),
  },
  {
    name: 'saga.stalled',
    description:
      'Sagas without an incident that have not come nearer to their end for longer than their target.',
    rows: ({ stalled }, owners) =>
      stalled.map(({ definition, count }) => ({ value: count, of: owned(definition, owners) })),
  },
  {
    name: 'saga.tasks.open',
    description: 'Tasks that people can answer.',
    rows: ({ tasks }) => tasks.map((row) => ({ value: row.count, of: asked(row) })),
  },
  {
    name: 'saga.tasks.oldest_age',
    description: 'Age of the oldest task that people can answer.',
    unit: 's',
    rows: ({ tasks }) => tasks.map((row) => ({ value: row.oldestMs / 1_000, of: asked(row) })),
  },
  {
    name: 'saga.limit.waiting',
    description: 'Commands that wait for a limit.',
    rows: ({ limits }, owners) =>
      limits.map(({ count, limit }) => ({ value: count, of: limitOf(limit, owners) })),
  },
  {
    name: 'saga.limit.oldest_age',
    description: 'How long the first command has waited for a limit.',
    unit: 's',
    rows: ({ limits }, owners) =>
      limits.map(({ oldestMs, limit }) => ({ value: oldestMs / 1_000, of: limitOf(limit, owners) })),
  },
  {
    name: 'saga.pause.held',
    description: 'Commands held by what somebody has paused; single sagas are not told.',
    rows: ({ paused }, owners) =>
      named(paused).map((row) => ({ value: row.held, of: pausedOf(row, owners) })),
  },
  {
    name: 'saga.pause.age',
    description: 'For how long it has been paused.',
    unit: 's',
    rows: ({ paused }, owners) =>
      named(paused).map((row) => ({ value: row.forMs / 1_000, of: pausedOf(row, owners) })),
  },
  {
    name: 'saga.parked',
    description: 'Records set aside that nobody has settled.',
    rows: ({ parked }, owners) => parked.map((row) => ({ value: row.count, of: setAside(row, owners) })),
  },
  {
    name: 'saga.timer.lateness',
    description: 'How late the most overdue wake-up is.',
    unit: 's',
    rows: ({ timerLatenessMs }) => [{ value: timerLatenessMs / 1_000 }],
  },
];

function partition({ topic, part }: { readonly topic: string; readonly part: number }): Attributes {
  return { 'messaging.destination.name': topic, 'messaging.destination.partition.id': String(part) };
}

function state({ definition, status }: Census['live'][number], owners: Owners): Attributes {
  return { ...owned(definition, owners), 'saga.status': status };
}

function trouble({ definition, code }: Census['incidents'][number], owners: Owners): Attributes {
  return { ...owned(definition, owners), 'saga.code': code };
}

/** Whoever owns the saga that a record is for; of an event that no saga has taken yet, whoever publishes it. */
function setAside({ topic, definition }: Census['parked'][number], owners: Owners): Attributes {
  const isEvent = definition === '' && topic.endsWith('.events');
  const owner = isEvent ? owners.ownerOfParticipant(participantOf(topic)) : undefined;
  return { 'messaging.destination.name': topic, ...owned(definition, owners), ...ownedBy(owner) };
}

function limitOf(limit: string, owners: Owners): Attributes {
  return { 'saga.limit': limit, ...ownedBy(owners.ownerOfParticipant(participantOfLimit(limit))) };
}

/** What has a name that says something: there may be any number of single sagas. */
function named(paused: Census['paused']): Census['paused'] {
  return paused.filter(({ kind }) => kind !== 'saga');
}

function pausedOf({ kind, name }: Census['paused'][number], owners: Owners): Attributes {
  const owner = kind === 'definition' ? owners.ownerOf(name) : owners.ownerOfParticipant(name);
  return { 'saga.paused.kind': kind, 'saga.paused.name': name, ...ownedBy(owner) };
}

/** Whoever is to be told of something about a definition is an attribute, so that alerts are sent to them. */
function owned(definition: string, owners: Owners): Attributes {
  return definition === ''
    ? {}
    : { [attribute.definition]: definition, ...ownedBy(owners.ownerOf(definition)) };
}

function ownedBy(owner: string | undefined): Attributes {
  return owner === undefined ? {} : { 'saga.owner': owner };
}

function asked(row: Census['tasks'][number]): Attributes {
  return { [attribute.definition]: row.definition, [attribute.step]: row.block };
}

/**
 * What was there at one collection and is not at the next one is 0: the SDK would repeat what it was told last, and an
 * alert about it would never end.
 */
function observe(
  meter: Meter,
  { name, description, unit }: Gauge,
  look: () => readonly Row[] | undefined | Promise<readonly Row[] | undefined>,
): void {
  const told = new Map<string, Attributes>();
  const options = { description, ...(unit === undefined ? {} : { unit }) };
  meter.createObservableGauge(name, options).addCallback(async (result) => {
    const rows = await look();
    if (rows === undefined) return;
    const values = new Map(rows.map(({ of = {}, value }) => [JSON.stringify(of), { of, value }]));
    for (const [key, of] of told) if (!values.has(key)) result.observe(0, of);
    for (const [key, { of, value }] of values) {
      told.set(key, of);
      result.observe(value, of);
    }
  });
}

const censusWithinMs = 500;

/**
 * One question to the store for all gauges of one collection. While the store is away these gauges stay as they were,
 * and keep the page waiting for half a second at most: what it says of this process is needed most just then.
 */
function oncePer(ask: () => Promise<Census>): () => Promise<Census | undefined> {
  let asking: Promise<Census | undefined> | undefined;
  return () => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined;
      });
    return Promise.race([asking, pause(censusWithinMs, undefined, { ref: false })]);
  };
}
