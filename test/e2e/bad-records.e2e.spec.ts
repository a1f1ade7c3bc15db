import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  header,
  homeOf,
  replyHeaders,
  sealOperation,
  writeHomeRecord,
  type Keyring,
  type HeaderTexts,
  type SagaId,
  type SignedRecord,
} from '#libs/messaging';
import { orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { openRawProducer, type RawProducer, type RawRecord } from '../harness/raw-producer.js';
import { bytesSent, bytesShown, omit, ParkingBench, sagaOf } from './parking-bench.js';

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
let bench: ParkingBench;

beforeAll(async () => {
  fleet = await startFleet({ name: 'bad-records' });
  producer = await openRawProducer(fleet.stack.kafkaBrokers);
  bench = new ParkingBench(fleet, producer);
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
    [
      'has no ce_type',
      'missing-header',
      () => ({ value: json(sound()), headers: omit(bench.placed(), header.type) }),
    ],
    [
      'has a malformed ce_time',
      'malformed-header',
      () => ({ value: json(sound()), headers: bench.placed({ [header.time]: 'yesterday' }) }),
    ],
    [
      'comes from the future',
      'time-in-the-future',
      () => ({ value: json(sound()), headers: bench.placed({ [header.time]: '2999-01-01T00:00:00Z' }) }),
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
      () => ({ value: json(sound()), headers: bench.placed({ [header.id]: `a\0b` }) }),
    ],
    [
      'is larger than the limit',
      'value-too-large',
      () => ({ value: json({ ...sound(), text: marker.repeat(34_000) }) }),
    ],
  ];

  it.each(cases)('is parked when it %s, and the next one goes through', async (_, reason, bad) => {
    const record = { topic: events, part: 0, key: 'bad', headers: bench.placed(), ...bad() };
    const at = await bench.send(record);

    await bench.orderCompletes();

    const parked = await bench.parked(at);
    expect(parked.reason).toBe(reason);
    expect(parked.message.length).toBeGreaterThan(10);
    expect(bytesShown(parked.value)).toBe(bytesSent(record.value));
    expect(bytesShown(parked.key)).toBe('bad');
    expect(new Set(Object.keys(parked.headers))).toEqual(new Set(Object.keys(record.headers)));
  });

  it.each([
    ['has a business key of 3,000 bytes', 'key-too-long', { id: 'k'.repeat(3_000) }],
    ['has a NUL character in its business key', 'nul-character', { id: 'a\0b' }],
    ['has no business key', 'missing-key', { other: marker }],
    ['has a business key that is no text', 'missing-key', { id: { nested: marker } }],
  ])('is parked when it %s', async (_, reason, data) => {
    const headers = bench.placed({ [header.type]: 'depot.parcel.left' });
    const at = await bench.send({ topic: 'depot.events', part: 0, key: 'bad', value: json(data), headers });

    expect((await bench.parked(at)).reason).toBe(reason);
  });
});

describe('a record of the home topic that cannot be used', () => {
  const stranger: Keyring = { keys: [{ id: '1', secret: 'somebody-elses-secret' }] };
  const saga = sagaOf('nobody-knows', 1);
  const part = homeOf(saga, 4);
  const due = (keyring: Keyring): HeaderTexts => writeHomeRecord(keyring, { kind: 'due', saga }).headers;
  const cases: readonly (readonly [string, string, () => Partial<RawRecord>])[] = [
    ['has no key', 'missing-key', () => ({ key: null, headers: reply() })],
    ['has neither headers nor value', 'missing-header', () => ({ headers: {} })],
    ['is not signed', 'not-signed', () => ({ headers: omit(due(fleet.keyring), header.signature) })],
    ['is signed by somebody else', 'wrong-signature', () => ({ headers: due(stranger) })],
    [
      'was changed after it was signed',
      'wrong-signature',
      () => ({ value: marker, headers: due(fleet.keyring) }),
    ],
    [
      'is of an unknown kind',
      'wrong-signature',
      () => ({ headers: { ...due(fleet.keyring), [header.record]: 'spell/1' } }),
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
    const at = await bench.send(record);

    await bench.orderCompletes((order) => homeOf(sagaOf(order.orderId, 1), fleet.homePartitions) === part);

    const parked = await bench.parked(at);
    expect(parked.reason).toBe(reason);
    expect(parked.held).toBe(false);
    expect(parked.message.length).toBeGreaterThan(10);
    expect(bytesShown(parked.value)).toBe(bytesSent(record.value));
  });

  it('raises an alarm when a genuine answer finds no saga', async () => {
    const open = await fleet.api.incidents(saga);

    expect(open).toMatchObject([{ code: 'LOST_SAGA' }]);
  });

  function reply(operation = 'chargeCard/1/do~1.AAAAAAAAAAAAAAAAAAAAAA'): HeaderTexts {
    const command = { id: `${operation}.1`, type: 'payment.charge', saga, operation };
    return replyHeaders(command, { outcome: 'succeeded' }, '/spec', fleet.clock.now(), {});
  }
});

describe('a parked record', () => {
  it('is taken up again once its definition is published', async () => {
    const startedAt = Date.UTC(2026, 8, 21);
    const saga = sagaOf('later-1', startedAt, 'later');
    const at = await bench.send({
      topic: fleet.homeTopic,
      part: homeOf(saga, fleet.homePartitions),
      ...writeHomeRecord(fleet.keyring, startOf(saga, 'later-1', startedAt)),
    });
    const parked = await bench.parked(at);

    await publish(
      'later.saga.yaml',
      parcel.replace('saga: parcel', 'saga: later').replace(/triggers.*\n/, ''),
    );
    const answer = await fleet.api.settleParked(parked, 'redrive');

    expect(parked.reason).toBe('unknown-definition');
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    await eventually('the saga to start', async () => (await fleet.api.sagaOf('later-1'))?.id === saga);
    expect(await bench.isParked(at)).toBe(false);
  });

  it('is parked again while its cause lasts', async () => {
    const at = await bench.send({
      topic: events,
      part: 1,
      key: 'again',
      value: marker,
      headers: bench.placed(),
    });
    await bench.parked(at);

    const answer = await fleet.api.settleParked(at, 'redrive');

    expect(answer).toMatchObject({ status: 200 });
    const again = await bench.parkedBehind(at);
    expect(again.reason).toBe('not-json');
    expect(again.value).toEqual({ text: marker });
  });

  it('is given up when it is skipped', async () => {
    const headers = bench.placed();
    const parked = await bench.parked(
      await bench.send({ topic: events, part: 2, key: 'skipped', value: marker, headers }),
    );

    const answer = await fleet.api.settleParked(parked, 'skip');

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    expect(await bench.isParked(parked)).toBe(false);
  });
});

describe('a command that cannot be read', () => {
  it('is kept by the participant, which goes on', async () => {
    const headers = { [header.type]: 'payment.charge' };
    await bench.send({ topic: 'payment.commands', part: 0, key: 'bad', value: marker, headers });

    await bench.orderCompletes();

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

function json(value: unknown): string {
  return JSON.stringify(value);
}

function startOf(saga: SagaId, businessKey: string, at: number): SignedRecord {
  const event = { source: '/spec', eventId: businessKey, eventType: 'spec', at };
  const head = { definition: 'later', version: 1, businessKey, ...event, toggles: {}, hops: 0 };
  return { kind: 'start', saga, head, input: { id: businessKey }, trace: {} };
}
