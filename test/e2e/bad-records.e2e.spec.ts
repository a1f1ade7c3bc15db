import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  deriveSagaId,
  eventHeaders,
  header,
  homeOf,
  replyHeaders,
  sealOperation,
  writeHomeRecord,
  type Keyring,
  type SagaId,
} from '#libs/messaging';
import { orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import type { ShownParked } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { openRawProducer, type RawProducer, type RawRecord } from '../harness/raw-producer.js';

const marker = 'payload-that-no-log-may-show';
const events = 'shop.events';

/** A saga without a schema, so that only the coordinator's own limits hold. */
const parcel = `saga: parcel
version: 1
key: input.id
triggers: [{ event: depot.parcel.left }]
steps:
  - { step: arrangeShipping, call: depot.arrange, pivot: true }
`;

jest.setTimeout(60_000);

let fleet: Fleet;
let producer: RawProducer;
let orders = 3_000;

beforeAll(async () => {
  fleet = await startFleet({ name: 'bad-records' });
  producer = await openRawProducer(fleet.stack.kafkaBrokers);
  await publish('parcel.saga.yaml', parcel);
}, 120_000);

afterAll(async () => {
  await producer?.stop();
  await fleet?.discard();
});

describe('a domain event that cannot be used', () => {
  const sound = (): Order => ({ ...orderOf('plain', 1), card: marker });
  const cases: readonly (readonly [string, string, () => Partial<RawRecord>])[] = [
    ['is not JSON', 'not-json', () => ({ value: `{"orderId": ${marker}` })],
    ['is not text', 'not-json', () => ({ value: Buffer.from([0xff, 0xfe, 0x00, 0x80]) })],
    ['is empty', 'trigger-failed', () => ({ value: null })],
    ['has no ce_type', 'missing-header', () => ({ value: json(sound()), headers: without(header.type) })],
    [
      'has a malformed ce_time',
      'malformed-header',
      () => ({ value: json(sound()), headers: placed({ [header.time]: 'yesterday' }) }),
    ],
    [
      'comes from the future',
      'time-in-the-future',
      () => ({ value: json(sound()), headers: placed({ [header.time]: '2999-01-01T00:00:00Z' }) }),
    ],
    ['has wrong types', 'invalid-input', () => ({ value: json({ ...sound(), lines: marker }) })],
    ['lacks a field', 'invalid-input', () => ({ value: json({ orderId: 'x', total: 1 }) })],
    [
      'holds a NUL character',
      'nul-character',
      () => ({ value: json({ ...sound(), postcode: `1\0${marker}` }) }),
    ],
    [
      'holds a NUL character in a header',
      'nul-character',
      () => ({ value: json(sound()), headers: placed({ [header.id]: `a\0b` }) }),
    ],
    [
      'is larger than the limit',
      'value-too-large',
      () => ({ value: json({ ...sound(), text: marker.repeat(34_000) }) }),
    ],
  ];

  it.each(cases)('is parked when it %s, and the next one goes through', async (_, reason, bad) => {
    const record = { topic: events, part: 0, key: 'bad', headers: placed(), ...bad() };
    const offset = await producer.send(record);

    await orderCompletes();

    const parked = await parkedAt({ topic: events, part: 0, offset });
    expect(parked.reason).toBe(reason);
    expect(parked.message.length).toBeGreaterThan(10);
    expect(bytesOf(parked.value)).toEqual(record.value === null ? null : Buffer.from(record.value as string));
    expect(bytesOf(parked.key)).toEqual(Buffer.from('bad'));
    expect(Object.keys(parked.headers).sort(compareTexts)).toEqual(
      Object.keys(record.headers).sort(compareTexts),
    );
  });

  it.each([
    ['has a business key of 3,000 bytes', 'key-too-long', { id: 'k'.repeat(3_000) }],
    ['has a NUL character in its business key', 'nul-character', { id: 'a\0b' }],
    ['has no business key', 'missing-key', { other: marker }],
    ['has a business key that is no text', 'missing-key', { id: { nested: marker } }],
  ])('is parked when it %s', async (_, reason, data) => {
    const at = { topic: 'depot.events', part: 0 };
    const offset = await producer.send({
      ...at,
      key: 'bad',
      value: json(data),
      headers: placed({ [header.type]: 'depot.parcel.left' }),
    });

    expect((await parkedAt({ ...at, offset })).reason).toBe(reason);
  });
});

describe('a record of the home topic that cannot be used', () => {
  const stranger: Keyring = { keys: [{ id: '1', secret: 'somebody-elses-secret' }] };
  const saga = sagaOf('nobody-knows', 1);
  const part = homeOf(saga, 4);
  const due = (keyring: Keyring): RawRecord['headers'] =>
    writeHomeRecord(keyring, { kind: 'due', saga }).headers;
  const cases: readonly (readonly [string, string, () => Partial<RawRecord>])[] = [
    ['has no key', 'missing-key', () => ({ key: null, headers: reply() })],
    ['has neither headers nor value', 'missing-header', () => ({ headers: {} })],
    ['is not signed', 'not-signed', () => ({ headers: omit(due(fleet.keyring)!, header.signature) })],
    ['is signed by somebody else', 'wrong-signature', () => ({ headers: due(stranger)! })],
    [
      'was changed after it was signed',
      'wrong-signature',
      () => ({ value: marker, headers: due(fleet.keyring)! }),
    ],
    [
      'is of an unknown kind',
      'wrong-signature',
      () => ({ headers: { ...due(fleet.keyring)!, [header.record]: 'spell/1' } }),
    ],
    [
      'answers an operation nobody asked for',
      'unknown-operation',
      () => ({ value: json({ [marker]: 1 }), headers: reply() }),
    ],
    [
      'answers for a saga nobody knows',
      'lost-saga',
      () => ({ headers: reply(sealOperation(fleet.keyring, saga, 'chargeCard/1/do')) }),
    ],
    ['has no outcome', 'missing-header', () => ({ headers: omit(reply(), header.outcome) })],
    [
      'has an outcome nobody knows',
      'malformed-header',
      () => ({ headers: { ...reply(), [header.outcome]: 'perhaps' } }),
    ],
    [
      'names no command',
      'malformed-header',
      () => ({ headers: { ...reply(), [header.causation]: 'charge' } }),
    ],
    [
      'names no saga',
      'malformed-header',
      () => ({ headers: { ...reply(), [header.correlation]: 'order-1' } }),
    ],
    [
      'asks for a pause of a while',
      'malformed-header',
      () => ({ headers: { ...reply(), [header.retryAfter]: 'soon' } }),
    ],
    ['has a body that is not JSON', 'not-json', () => ({ value: `{${marker}`, headers: reply() })],
    ['holds a NUL character', 'nul-character', () => ({ value: json(`\0${marker}`), headers: reply() })],
    [
      'is larger than the limit',
      'value-too-large',
      () => ({ value: json(marker.repeat(34_000)), headers: reply() }),
    ],
  ];

  it.each(cases)('is parked when it %s, and the lane goes on', async (_, reason, bad) => {
    const record = { topic: fleet.homeTopic, part, key: saga, ...bad() };
    const offset = await producer.send(record);

    await orderCompletes((order) => homeOf(sagaOf(order.orderId, 1), fleet.homePartitions) === part);

    const parked = await parkedAt({ topic: fleet.homeTopic, part, offset });
    expect(parked.reason).toBe(reason);
    expect(parked.held).toBe(false);
    expect(parked.message.length).toBeGreaterThan(10);
    expect(bytesOf(parked.value)).toEqual(
      record.value === undefined ? null : Buffer.from(record.value as string),
    );
  });

  it('raises an alarm when a genuine answer finds no saga', async () => {
    const open = await fleet.api.incidents(saga);

    expect(open).toMatchObject([{ code: 'LOST_SAGA' }]);
  });

  function reply(operation = 'chargeCard/1/do~1.AAAAAAAAAAAAAAAAAAAAAA'): Readonly<Record<string, string>> {
    const command = { id: `${operation}.1`, type: 'payment.charge', saga, operation };
    return replyHeaders(command, { outcome: 'succeeded' }, '/spec', fleet.clock.now(), {});
  }
});

describe('a parked record', () => {
  it('is taken up again once its definition is published', async () => {
    const saga = sagaOf('later-1', 1_790_000_000_000, 'later');
    const at = { topic: fleet.homeTopic, part: homeOf(saga, fleet.homePartitions) };
    const head = {
      definition: 'later',
      version: 1,
      businessKey: 'later-1',
      source: '/spec',
      eventId: 'later-1',
      eventType: 'spec',
      at: 1_790_000_000_000,
      toggles: {},
      hops: 0,
    };
    const message = writeHomeRecord(fleet.keyring, {
      kind: 'start',
      saga,
      head,
      input: { id: 'later-1' },
      trace: {},
    });
    const offset = await producer.send({ ...at, ...message });
    const parked = await parkedAt({ ...at, offset });

    await publish(
      'later.saga.yaml',
      parcel.replace('saga: parcel', 'saga: later').replace(/triggers.*\n/, ''),
    );
    const answer = await fleet.api.settleParked(parked, 'redrive');

    expect(parked.reason).toBe('unknown-definition');
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    await eventually('the saga to start', async () => (await fleet.api.sagaOf('later-1'))?.id === saga);
    expect(await isParked({ ...at, offset })).toBe(false);
  });

  it('is parked again while its cause lasts', async () => {
    const offset = await producer.send({
      topic: events,
      part: 1,
      key: 'again',
      value: marker,
      headers: placed(),
    });
    await parkedAt({ topic: events, part: 1, offset });

    const answer = await fleet.api.settleParked({ topic: events, part: 1, offset }, 'redrive');

    expect(answer).toMatchObject({ status: 200 });
    const again = await eventually('it to be parked again', async () =>
      (await fleet.api.parked()).find((row) => row.topic === events && row.part === 1 && row.offset > offset),
    );
    expect(again.reason).toBe('not-json');
    expect(again.value).toEqual({ text: marker });
  });

  it('is given up when it is skipped', async () => {
    const offset = await producer.send({
      topic: events,
      part: 2,
      key: 'skipped',
      value: marker,
      headers: placed(),
    });
    const parked = await parkedAt({ topic: events, part: 2, offset });

    const answer = await fleet.api.settleParked(parked, 'skip');

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    expect(await isParked(parked)).toBe(false);
  });
});

describe('a command that cannot be read', () => {
  it('is kept by the participant, which goes on', async () => {
    await producer.send({
      topic: 'payment.commands',
      part: 0,
      key: 'bad',
      value: marker,
      headers: { [header.type]: 'payment.charge' },
    });

    await orderCompletes();

    const kept = await eventually('the command to be kept', async () => {
      const rows = await fleet.query<{ value: Buffer; reason: string }>(
        'select value, reason from payment.skald_parked_command',
      );
      return rows.length > 0 && rows;
    });
    expect(kept.map(({ value }) => value.toString())).toEqual([marker]);
    expect(kept[0]!.reason).toBe('missing-header');
  });
});

describe('logs', () => {
  it('show no payload', () => {
    const services = [fleet.coordinators[0]!.service, ...fleet.participants.values()];

    for (const { logFile } of services) {
      const log = readFileSync(logFile, 'utf8');
      expect(log.length).toBeGreaterThan(100);
      expect(log).not.toContain(marker.slice(0, 12));
      expect(log).not.toMatch(/card-\d{3}|"lines"/);
    }
  });
});

async function publish(path: string, text: string): Promise<void> {
  expect(await fleet.api.post('/definitions', { files: [{ path, text }] })).toMatchObject({ status: 200 });
}

/** Places an order in partition 0 of the events, behind what was sent before, and waits until it is through. */
async function orderCompletes(suits: (order: Order) => boolean = () => true): Promise<void> {
  let order = orderOf('plain', (orders += 1));
  while (!suits(order)) order = orderOf('plain', (orders += 1));
  await producer.send({ topic: events, part: 0, key: order.orderId, value: json(order), headers: placed() });
  const query = `key=${order.orderId}&status=completed`;
  await eventually(
    `the order ${order.orderId} to complete`,
    async () => (await fleet.api.list(query)).length === 1,
    20_000,
  );
}

async function parkedAt(at: Pick<ShownParked, 'topic' | 'part' | 'offset'>): Promise<ShownParked> {
  return eventually(`${at.topic}/${at.part}/${at.offset} to be parked`, async () =>
    (await fleet.api.parked()).find(
      (row) => row.topic === at.topic && row.part === at.part && row.offset === at.offset,
    ),
  );
}

async function isParked(at: Pick<ShownParked, 'topic' | 'part' | 'offset'>): Promise<boolean> {
  return (await fleet.api.parked()).some(
    (row) => row.topic === at.topic && row.part === at.part && row.offset === at.offset,
  );
}

function placed(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const headers = eventHeaders({
    id: `spec-${orders}`,
    source: '/spec',
    type: orderPlaced,
    at: fleet.clock.now(),
    hops: 0,
    trace: {},
  });
  return { ...headers, ...changes };
}

function without(name: string): Readonly<Record<string, string>> {
  return omit(placed(), name);
}

function omit<T extends string | Buffer>(
  headers: Readonly<Record<string, T>>,
  name: string,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

function sagaOf(businessKey: string, at: number, definition = 'order-fulfilment'): SagaId {
  return deriveSagaId({
    installation: 'skald',
    definition,
    businessKey,
    source: '/spec',
    eventId: businessKey,
    at,
  });
}

function bytesOf(shown: ShownParked['value']): Buffer | null {
  if (shown === null) return null;
  return shown.text === undefined ? Buffer.from(shown.base64!, 'base64') : Buffer.from(shown.text);
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
