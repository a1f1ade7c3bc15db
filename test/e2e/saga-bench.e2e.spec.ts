import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** Takes a room, asks a person about large bookings, charges, and tells. */
const booking = `saga: booking
version: 1
key: input.bookingId
triggers: [{ event: hotel.booking.wanted }]
steps:
  - step: holdRoom
    call: rooms.hold
    compensate: rooms.release
  - task: checkBooking
    if: input.nights > 20
    to: { role: desk }
    escalate: [{ after: 1d, to: { role: manager } }]
    answers: { agree: [], refuse: [] }
  - step: charge
    call: cards.charge
    timeout: { after: 1s, accepted: 20s }
    retry: { attempts: 5, delay: 1s }
    verify: cards.charged
    compensate: cards.refund
  - step: confirm
    call: rooms.confirm
    pivot: true
outcomes:
  completed: { emit: hotel.booking.done }
---
participant: rooms
commands:
  hold: { undoneBy: rooms.release }
  release: {}
  confirm: {}
---
participant: cards
commands:
  charge: { rejects: [card-declined], undoneBy: cards.refund, verify: cards.charged }
  refund: {}
  charged: { effect: none }
---
participant: hotel
events: { booking.wanted: {}, booking.done: {} }
`;

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'bench', documents: booking, coordinators: 2 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('participants that do as they are told', () => {
  it('do everything once where nothing is said', async () => {
    await bench.publish('hotel.booking.wanted', { bookingId: 'b-1', nights: 2 });

    expect((await bench.ended('b-1')).status).toBe('completed');
    expect(bench.participants.done('b-1')).toEqual(['rooms.hold', 'cards.charge', 'rooms.confirm']);
  });

  it('refuse, so that what was done is undone', async () => {
    bench.participants.behave('cards.charge', { rejected: 'card-declined' }, { key: 'b-2' });
    await bench.publish('hotel.booking.wanted', { bookingId: 'b-2', nights: 2 });

    expect(await bench.ended('b-2')).toMatchObject({
      status: 'compensated',
      failure: { error: 'card-declined' },
    });
    expect(bench.participants.standing('b-2')).toEqual([]);
    expect(bench.participants.done('b-2')).toEqual(['rooms.hold', 'rooms.release']);
  });

  it.each([
    ['are silent about what they did', { silent: 'done' }],
    ['are silent and did nothing', { silent: 'not-done' }],
    ['answer late', { succeeded: {}, lateMs: 2_500 }],
    ['have begun and end later', { accepted: { afterMs: 1_500, then: { succeeded: {} } } }],
    ['fail and say when to ask again', { failed: 'busy', retryAfterMs: 1_000 }],
  ] as const)('%s, which has one effect', async (name, behaviour) => {
    const key = name.replaceAll(' ', '-');
    bench.participants.behave('cards.charge', [behaviour], { key });
    await bench.publish('hotel.booking.wanted', { bookingId: key, nights: 2 });

    expect((await bench.ended(key)).status).toBe('completed');
    expect(bench.participants.done(key)).toEqual(['rooms.hold', 'cards.charge', 'rooms.confirm']);
  });
});

describe('a coordinator killed while a person is asked', () => {
  it('is not missed, and the answer counts', async () => {
    await bench.publish('hotel.booking.wanted', { bookingId: 'b-3', nights: 30 });
    const task = await bench.task('b-3');
    await bench.kill(0);

    const answer = await bench.answerTask(task, { answer: 'agree', by: 'ann', roles: ['desk'] });
    const page = await bench.ended('b-3');
    await bench.restart(0);

    expect([200, 202]).toContain(answer.status);
    expect(page.status).toBe('completed');
    expect(page.steps['checkBooking']?.output).toMatchObject({ answer: 'agree', by: 'ann' });
    expect(bench.participants.done('b-3')).toEqual(['rooms.hold', 'cards.charge', 'rooms.confirm']);
  });
});
