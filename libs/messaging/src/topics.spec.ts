import { describe, expect, it } from '@jest/globals';
import { deriveSagaId, homeOf } from './saga-id.js';
import { commandPartition, commandTopic, eventPartition, eventTopic, homeTopic } from './topics.js';

describe('topics', () => {
  it('are named by participant, domain and installation', () => {
    expect(commandTopic('inventory.reserve')).toBe('inventory.commands');
    expect(eventTopic('shop.order.placed')).toBe('shop.events');
    expect(homeTopic('skald')).toBe('skald.home');
    expect(commandTopic('inventory')).toBe('inventory.commands');
  });
});

describe('the partition of a command', () => {
  const sagas = Array.from({ length: 6_000 }, (_, n) =>
    deriveSagaId({
      installation: 'i',
      definition: 'd',
      businessKey: `k${n}`,
      source: 's',
      eventId: `e${n}`,
      at: 1,
    }),
  );

  it('is always the same for a saga', () => {
    expect(commandPartition(sagas[0]!, 12)).toBe(commandPartition(sagas[0]!, 12));
  });

  it('spreads sagas of one home over all partitions', () => {
    const sameHome = sagas.filter((saga) => homeOf(saga, 12) === 0);

    expect(new Set(sameHome.map((saga) => commandPartition(saga, 12))).size).toBe(12);
  });
});

describe('the partition of an event', () => {
  it('is always the same for a key, and within the topic', () => {
    expect(eventPartition('order-1', 12)).toBe(eventPartition('order-1', 12));
    expect(new Set(Array.from({ length: 500 }, (_, n) => eventPartition(`order-${n}`, 7)))).toEqual(
      new Set([0, 1, 2, 3, 4, 5, 6]),
    );
  });
});
