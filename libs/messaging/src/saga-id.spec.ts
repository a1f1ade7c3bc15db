import { describe, expect, it } from '@jest/globals';
import {
  deriveSagaId,
  earliestSagaId,
  homeOf,
  isSagaId,
  keyHash,
  startOf,
  type SagaIdentity,
} from './saga-id.js';

const identity: SagaIdentity = {
  installation: 'shop',
  definition: 'order-fulfilment',
  businessKey: 'order-1',
  source: '/shop',
  eventId: 'e1',
  at: Date.parse('2026-01-31T12:00:00.123Z'),
};

describe('the id of a saga', () => {
  it('is a uuid of version 7, for ever the same', () => {
    const id = deriveSagaId(identity);

    expect(isSagaId(id)).toBe(true);
    expect(id).toBe('019c13ec-9e7b-7a9c-9836-f805d0fcb6a3');
  });

  it('tells when the saga was started', () => {
    expect(startOf(deriveSagaId(identity))).toBe(identity.at);
  });

  it.each(['installation', 'definition', 'businessKey', 'source', 'eventId'] as const)(
    'depends on the %s',
    (part) => {
      expect(deriveSagaId({ ...identity, [part]: 'other' })).not.toBe(deriveSagaId(identity));
    },
  );

  it('sorts by start', () => {
    const later = deriveSagaId({ ...identity, at: identity.at + 1 });

    expect(deriveSagaId(identity) < later).toBe(true);
  });

  it('lies between the earliest of its time and that of the next', () => {
    const id = deriveSagaId(identity);

    expect(isSagaId(earliestSagaId(identity.at))).toBe(true);
    expect(earliestSagaId(identity.at) <= id).toBe(true);
    expect(id < earliestSagaId(identity.at + 1)).toBe(true);
  });

  it.each([
    '',
    'order-1',
    '019C1419-5C7B-7ABC-8000-000000000000',
    '019c1419-5c7b-4abc-8000-000000000000',
    '019c1419-5c7b-7abc-8000-000000000000 ',
  ])('is not "%s"', (text) => {
    expect(isSagaId(text)).toBe(false);
  });
});

describe('the home of a saga', () => {
  it('is shared by all sagas of a key', () => {
    const one = deriveSagaId(identity);
    const other = deriveSagaId({ ...identity, eventId: 'e2', at: identity.at + 99_999 });

    expect(homeOf(other, 12)).toBe(homeOf(one, 12));
  });

  it('spreads keys over the partitions', () => {
    const counts = new Array<number>(12).fill(0);
    for (let n = 0; n < 6_000; n += 1) {
      const home = homeOf(deriveSagaId({ ...identity, businessKey: `order-${n}` }), 12);
      counts[home] = counts[home]! + 1;
    }

    expect(Math.min(...counts)).toBeGreaterThan(400);
    expect(Math.max(...counts)).toBeLessThan(600);
  });
});

describe('the hash of a business key', () => {
  it('tells definitions apart', () => {
    expect(keyHash('a', 'k').equals(keyHash('b', 'k'))).toBe(false);
  });
});
