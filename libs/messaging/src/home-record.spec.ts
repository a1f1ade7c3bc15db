import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deriveDeskId } from './desk-id.js';
import { header } from './header-name.js';
import { readHomeRecord, writeHomeRecord, type SignedRecord } from './home-record.js';
import type { Keyring } from './operation.js';
import { inbound, reasonOf, without } from './record.fixture.js';
import type { InboundRecord } from './record.js';

const saga = '0196f0a0-0000-7abc-8000-000000000001';
const keyring: Keyring = { keys: [{ id: 'k1', secret: 'a secret of sixteen' }] };
const start: SignedRecord = {
  kind: 'start',
  saga,
  head: {
    definition: 'order-fulfilment',
    version: 1,
    businessKey: 'order-1',
    source: '/shop',
    eventId: 'e1',
    eventType: 'shop.order.placed',
    at: 1_769_860_800_000,
    toggles: { fast: true },
    hops: 0,
  },
  input: { orderId: 'order-1' },
  trace: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
};

function received(record: SignedRecord, keys: Keyring = keyring): InboundRecord {
  const message = writeHomeRecord(keys, record);
  return inbound(message.headers, message.value, { key: Buffer.from(message.key) });
}

describe('a record only the coordinator may write', () => {
  it.each<SignedRecord>([
    start,
    { kind: 'due', saga },
    {
      kind: 'action',
      saga,
      head: { request: 'r1', action: 'retry', by: 'ann', reason: 'fixed', at: 1_769_860_800_000 },
      data: { block: 'charge' },
    },
    { kind: 'not-sent', saga, operation: 'charge/1/do', attempt: 2, reason: 'too large' },
    {
      kind: 'heard',
      saga,
      head: { id: 'paid/1/wait', what: 'event', event: { id: 'e', source: '/s', type: 't', time: 'now' } },
      data: { amount: 5 },
    },
    { kind: 'switched', saga, head: { toggle: 'agent', on: false } },
    {
      kind: 'desk',
      saga: deriveDeskId('lock', 'vehicle-7'),
      head: { desk: 'lock', key: 'vehicle-7' },
      message: 1,
    },
  ])('is read as it was written: $kind', (record) => {
    expect(readHomeRecord(keyring, received(record))).toEqual(record);
  });

  it('is keyed by its saga', () => {
    expect(writeHomeRecord(keyring, start).key).toBe(saga);
  });

  it('is still known after its secret was replaced', () => {
    const rotated: Keyring = { keys: [{ id: 'k2', secret: 'another secret here' }, ...keyring.keys] };

    expect(readHomeRecord(rotated, received(start)).kind).toBe('start');
  });

  it.each<[string, (record: InboundRecord) => Partial<InboundRecord>]>([
    ['value', () => ({ value: Buffer.from('{"orderId":"order-2"}') })],
    ['saga', () => ({ key: Buffer.from(saga.replace('1', '2')) })],
    ['head', ({ headers }) => ({ headers: { ...headers, [header.head]: Buffer.from('{}') } })],
    ['kind', ({ headers }) => ({ headers: { ...headers, [header.record]: Buffer.from('action/1') } })],
    ['signature', ({ headers }) => ({ headers: { ...headers, [header.signature]: Buffer.from('k1.AAAA') } })],
  ])('is refused with another %s', (_, change) => {
    const record = received(start);

    expect(reasonOf(() => readHomeRecord(keyring, { ...record, ...change(record) }))).toBe('wrong-signature');
  });

  it('is refused when somebody else signed it', () => {
    const theirs: Keyring = { keys: [{ id: 'k1', secret: 'somebody else entirely' }] };

    expect(reasonOf(() => readHomeRecord(keyring, received(start, theirs)))).toBe('wrong-signature');
  });

  it('is refused when nobody signed it', () => {
    const message = writeHomeRecord(keyring, start);
    const record = inbound(without(message.headers, header.signature), message.value, {
      key: Buffer.from(saga),
    });

    expect(reasonOf(() => readHomeRecord(keyring, record))).toBe('not-signed');
  });

  it('has to have a key', () => {
    expect(reasonOf(() => readHomeRecord(keyring, { ...received(start), key: null }))).toBe('missing-key');
  });

  it('of a later version is not guessed at', () => {
    const proof = createHmac('sha256', 'a secret of sixteen')
      .update(`start/2\0${saga}\0{}\0`)
      .digest('base64url');
    const headers = { [header.record]: 'start/2', [header.head]: '{}', [header.signature]: `k1.${proof}` };

    expect(reasonOf(() => readHomeRecord(keyring, inbound(headers, null, { key: Buffer.from(saga) })))).toBe(
      'unknown-record',
    );
  });
});

describe('a record that says nothing of its kind', () => {
  it('is a reply', () => {
    const headers = {
      ce_id: 'charge/1/do~k.p.1.succeeded',
      ce_source: '/payment',
      ce_correlationid: saga,
      ce_causationid: 'charge/1/do~k.p.1',
      'saga-operation': 'charge/1/do~k.p',
      'saga-outcome': 'succeeded',
    };

    expect(readHomeRecord(keyring, inbound(headers, '{}'))).toMatchObject({ kind: 'reply', saga });
  });
});

describe('a record among coordinators that seal', () => {
  const sealing: Keyring = { ...keyring, isSealing: () => true };
  const action: SignedRecord = {
    kind: 'action',
    saga,
    head: { request: 'r1', action: 'answer', by: 'ann', reason: 'she told me', at: 1_769_860_800_000 },
    data: { answer: 'confirm' },
  };

  it('shows nothing, and is read by coordinators that do not seal', () => {
    const record = received(action, sealing);
    const shown = `${record.value?.toString()} ${record.headers[header.head]?.toString()}`;

    expect(shown).not.toMatch(/confirm|told|ann/);
    expect(readHomeRecord(keyring, record)).toEqual(action);
  });

  it('is read after the secret was replaced, as long as that is known', () => {
    const record = received(action, sealing);
    const keys = [{ id: 'k2', secret: 'another secret of it' }, ...keyring.keys];

    expect(readHomeRecord({ keys }, record)).toEqual(action);
  });

  it('cannot say what another one said', () => {
    const [mine, other] = [action, { ...action, data: { answer: 'refuse' } }].map((each) =>
      received(each, sealing),
    );

    expect(reasonOf(() => readHomeRecord(keyring, { ...mine!, value: other!.value }))).toBe(
      'wrong-signature',
    );
  });

  it('is plain where there is nothing to hide', () => {
    expect(received({ kind: 'due', saga }, sealing).headers[header.head]?.toString()).toBe('{}');
  });
});
