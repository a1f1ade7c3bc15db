import { describe, expect, it } from '@jest/globals';
import { eventHeaders, eventType, readDomainEvent, type DomainEvent } from './domain-event.js';
import { header } from './header-name.js';
import { inbound, reasonOf, without } from './record.fixture.js';

const event: DomainEvent = {
  id: 'e1',
  source: '/shop',
  type: 'shop.order.placed',
  at: Date.parse('2026-01-31T12:00:00Z'),
  hops: 2,
  correlation: '0196f0a0-0000-7abc-8000-000000000001',
  causation: 'c1',
  trace: {},
  data: { orderId: 'order-1' },
};
const headers = eventHeaders(event);

function read(...absent: readonly string[]): DomainEvent {
  return readDomainEvent(inbound(without(headers, ...absent), JSON.stringify(event.data)));
}

describe('a domain event', () => {
  it('is read as it was written', () => {
    expect(read()).toEqual(event);
  });

  it('carries its revision for consumers that drop older ones', () => {
    expect(eventHeaders({ ...event, revision: 9 })[header.revision]).toBe('9');
  });

  it('takes the time of its record when it has none', () => {
    expect(read(header.time).at).toBe(Date.parse('2026-01-31T12:00:05Z'));
  });

  it('is of 1970 when neither has a time', () => {
    const record = inbound(without(headers, header.time), 'null', { timestamp: -1 });

    expect(readDomainEvent(record).at).toBe(0);
  });

  it.each([header.id, header.source])('is known by its position without %s', (name) => {
    const { id, source } = read(name);

    expect([id, source]).toEqual(name === header.id ? ['2/41', '/shop'] : ['e1', '/kafka/shop.events']);
  });

  it('takes an empty id for none', () => {
    expect(readDomainEvent(inbound({ ...headers, [header.id]: '' }, '{}')).id).toBe('2/41');
  });

  it.each(['', 'many', '-1', '9999999'])('has no hops when the header is "%s"', (text) => {
    expect(readDomainEvent(inbound({ ...headers, [header.hops]: text }, '{}')).hops).toBe(0);
  });

  it('has to have a type', () => {
    expect(reasonOf(() => read(header.type))).toBe('missing-header');
  });

  it('may not be from before 1970', () => {
    const ancient = { ...headers, [header.time]: '1960-01-01T00:00:00Z' };

    expect(reasonOf(() => readDomainEvent(inbound(ancient, '{}')))).toBe('malformed-header');
  });

  it('may not hold NUL in a header', () => {
    expect(reasonOf(() => readDomainEvent(inbound({ ...headers, [header.id]: 'a\0b' }, '{}')))).toBe(
      'nul-character',
    );
  });
});

describe('the type of a domain event', () => {
  it('is known without reading the rest', () => {
    expect(eventType(inbound({ [header.type]: 'shop.order.placed' }, 'not JSON'))).toBe('shop.order.placed');
    expect(eventType(inbound())).toBeUndefined();
  });
});
