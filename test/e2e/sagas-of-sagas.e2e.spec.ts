import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const documents = `saga: book-trip
version: 1
key: input.tripId
timeout: 1h
defaults: { step: { timeout: 2s, retry: { attempts: 5, delay: 200ms } } }
triggers: [{ event: travel.trip.wanted }]
steps:
  - saga: hotel
    definition: book-hotel
    key: "'hotel-' + input.tripId"
    with: { tripId: '\${ input.tripId }', nights: '\${ input.nights }' }
  - saga: news
    definition: send-news
    key: "'news-' + input.tripId"
    with: { tripId: '\${ input.tripId }' }
    detached: true
    compensate: { none: a letter stays sent }
  - step: pay
    call: payment.charge
    pivot: true
---
saga: book-hotel
version: 1
key: input.tripId
input: { type: object, required: [tripId, nights], properties: { tripId: { type: string }, nights: { type: integer } } }
defaults: { step: { timeout: 2s, retry: { attempts: 5, delay: 200ms } } }
steps:
  - saga: room
    definition: hold-room
    key: "'room-' + input.tripId"
    with: { tripId: '\${ input.tripId }' }
  - step: breakfast
    call: kitchen.order
    compensate: kitchen.cancel
  - end: booked
---
saga: hold-room
version: 1
key: input.tripId
steps: [{ step: hold, call: rooms.hold, compensate: rooms.release }]
---
saga: send-news
version: 1
key: input.tripId
pivot: start
steps: [{ step: send, call: post.send }]
---
participant: rooms
commands: { hold: { rejects: [full], undoneBy: rooms.release }, release: {} }
---
participant: payment
commands: { charge: { rejects: [no-money] } }
`;

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'sagas-of-sagas', documents, coordinators: 2 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

function trip(tripId: string, nights: unknown = 2): Promise<void> {
  return bench.publish('travel.trip.wanted', { tripId, nights } as { tripId: string; nights: number });
}

describe('a saga that runs others', () => {
  it('goes on with their results', async () => {
    await trip('t-1');
    const page = await bench.ended('t-1');

    expect(page).toMatchObject({ status: 'completed', incident: false });
    expect(page.steps['hotel']).toMatchObject({
      output: { key: 'hotel-t-1', status: 'completed', result: 'booked' },
    });
    for (const key of ['hotel-t-1', 'room-t-1', 'news-t-1'])
      expect(await bench.ended(key)).toMatchObject({ status: 'completed' });
    expect(await bench.ended('hotel-t-1')).toMatchObject({ parent: { id: page.id, block: 'hotel' } });
  });

  it('has what they did undone, however deep', async () => {
    bench.participants.behave('payment.charge', { rejected: 'no-money' }, { key: 't-2' });
    await trip('t-2');

    expect(await bench.ended('t-2')).toMatchObject({ status: 'compensated', incident: false });
    for (const key of ['hotel-t-2', 'room-t-2']) {
      expect(await bench.ended(key)).toMatchObject({ status: 'compensated' });
      expect(bench.participants.standing(key)).toEqual([]);
    }
    expect(bench.participants.done('hotel-t-2')).toEqual(['kitchen.order', 'kitchen.cancel']);
    expect(bench.participants.done('room-t-2')).toEqual(['rooms.hold', 'rooms.release']);
    expect(await bench.ended('news-t-2')).toMatchObject({ status: 'completed' });
  });

  it('fails where they fail', async () => {
    bench.participants.behave('rooms.hold', { rejected: 'full' }, { key: 'room-t-3' });
    await trip('t-3');

    expect((await bench.ended('t-3')).failure).toMatchObject({ error: 'failed', step: 'hotel' });
    expect((await bench.ended('hotel-t-3')).failure).toMatchObject({ error: 'failed', step: 'room' });
    expect((await bench.ended('room-t-3')).failure).toMatchObject({ error: 'full' });
  });

  it('fails where they cannot begin', async () => {
    await trip('t-4', 'two');

    expect((await bench.ended('t-4')).failure).toMatchObject({ error: 'failed', step: 'hotel' });
  });

  it('is undone while they run, though a coordinator dies', async () => {
    bench.participants.behave('kitchen.order', { succeeded: {}, lateMs: 3_000 }, { key: 'hotel-t-5' });
    await trip('t-5');
    await bench.participants.arrived('kitchen.order', 'hotel-t-5');
    const { id } = (await bench.page('t-5'))!;
    await bench.api.act(id, { action: 'cancel', by: 'ada', reason: 'changed their mind' });
    await bench.kill(0);
    await bench.restart(0);

    expect(await bench.ended('t-5')).toMatchObject({ status: 'cancelled' });
    for (const key of ['hotel-t-5', 'room-t-5']) {
      await bench.ended(key);
      expect(bench.participants.standing(key)).toEqual([]);
    }
  });
});
