import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { calledCommands } from '../harness/called-commands.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { ScriptedParticipants } from '../harness/scripted-participants.js';

const trip = `saga: trip
version: 1
key: input.tripId
triggers: [{ event: travel.trip-wanted }]
steps:
  - step: bookHotel
    call: hotels.book
    compensate: hotels.cancel
  - wait: passport
    event: travel.passport-checked
    key: input.tripId
    timeout: 2d
  - step: bookFlight
    call: flights.book
    pivot: true
---
participant: travel
events: { travel.trip-wanted: {}, travel.passport-checked: { key: data.tripId } }
`;

const insurance = `saga: insure-trip
version: 1
key: input.tripId
triggers: [{ event: travel.trip-wanted }]
steps:
  - step: insure
    call: insurance.insure
    pivot: true
---
participant: insurance
commands: { insure: {} }
`;

interface Published {
  readonly positions: readonly {
    readonly version: number;
    readonly groups: readonly {
      readonly version: number;
      readonly verdict: string;
      readonly at: readonly string[];
      readonly count: number;
      readonly reasons: readonly string[];
    }[];
  }[];
}

interface Compared {
  readonly baseline: { readonly figures?: unknown };
}

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'new-version', documents: trip });
  await bench.publish('travel.trip-wanted', { tripId: 't-0' });
  await waitsForPassport('t-0');
  await bench.publish('travel.passport-checked', { tripId: 't-0' });
  await bench.ended('t-0');
  for (const tripId of ['t-1', 't-2']) {
    await bench.publish('travel.trip-wanted', { tripId });
    await waitsForPassport(tripId);
  }
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

function waitsForPassport(tripId: string) {
  return bench.until('waits', tripId, ({ waitsFor }) => waitsFor.some(({ block }) => block === 'passport'), {
    definition: 'trip',
  });
}

/** Publishes a version that differs in one place, and answers what it means for the sagas that wait. */
async function publish(version: number, from: string, to: string) {
  const text = trip.replace('version: 1', `version: ${version}`).replace(from, to);
  const { body } = await bench.api.post<Published>('/definitions', { files: [{ path: 'trip.yaml', text }] });
  return body.positions[0]?.groups;
}

describe('a new version, published while sagas wait for an event', () => {
  it('could be gone on with where only what comes later is new', async () => {
    expect(await publish(2, '    pivot: true', '    pivot: true\n    timeout: 1m')).toMatchObject([
      { version: 1, verdict: 'continue', at: ['passport'], count: 2, reasons: [] },
    ]);
  });

  it('is compared with how the one before had gone, also when those sagas are kept no longer', async () => {
    const counted = await bench.api.get<Compared>('/definitions/trip/baseline');
    await bench.query("delete from saga_instance where business_key = 't-0'");
    const kept = await bench.api.get<Compared>('/definitions/trip/baseline');

    expect(counted.body).toMatchObject({
      present: { version: 2 },
      baseline: {
        version: 1,
        figures: { completed: 1, compensated: 0, cancelled: 0 },
        means: { sagas: 1, commands: 2, retries: 0, undos: 0 },
      },
    });
    expect(kept.body.baseline).toEqual(counted.body.baseline);
    const { body } = await bench.api.get<Compared>('/definitions/trip/baseline?days=30');
    expect(body.baseline.figures).toBeUndefined();
  });

  it('needs a mapping where what they wait for has another name', async () => {
    expect(await publish(3, 'wait: passport', 'wait: papers')).toMatchObject([
      { verdict: 'mapping', count: 2, reasons: ['it stands at "passport", which version 3 does not have'] },
    ]);
  });

  it('has to wait for them where what they did is undone otherwise', async () => {
    expect(await publish(4, 'compensate: hotels.cancel', 'compensate: hotels.refund')).toMatchObject([
      { verdict: 'drain', count: 2 },
    ]);
    const { body } = await bench.api.get<Published['positions'][number]>(
      '/definitions/trip/positions?version=2',
    );
    expect(body.groups.map(({ verdict }) => verdict)).toEqual(['continue']);
  });

  it('leaves them alone: they end by the version they began with', async () => {
    await bench.publish('travel.passport-checked', { tripId: 't-1' });

    expect(await bench.ended('t-1')).toMatchObject({ status: 'completed', version: 1 });
  });
});

describe('a participant that joins while sagas are under way', () => {
  it('gets what is its own from then on, and disturbs nobody', async () => {
    const trips = Array.from({ length: 40 }, (_, index) => `joined-${index + 1}`);
    const [before, after] = [trips.slice(0, 20), trips.slice(20)];
    for (const tripId of before) await bench.publish('travel.trip-wanted', { tripId });
    const files = [{ path: 'insurance.yaml', text: insurance }];
    expect((await bench.api.post('/definitions', { files })).status).toBe(200);
    const insurer = new ScriptedParticipants({
      kafka: { brokers: bench.kafkaBrokers, clientId: 'insurer' },
      group: 'insurer',
      called: calledCommands(files),
      keysOf: () => Promise.resolve(new Map()),
    });
    await insurer.start();
    try {
      for (const tripId of after) await bench.publish('travel.trip-wanted', { tripId });
      for (const tripId of trips) {
        await waitsForPassport(tripId);
        await bench.publish('travel.passport-checked', { tripId });
      }

      for (const tripId of trips)
        expect(await bench.ended(tripId, { definition: 'trip' })).toMatchObject({
          status: 'completed',
          incidents: [],
          steps: { bookHotel: { attempts: 1 }, bookFlight: { attempts: 1 } },
        });
      for (const tripId of after)
        expect(await bench.ended(tripId, { definition: 'insure-trip' })).toMatchObject({
          status: 'completed',
        });
    } finally {
      await insurer.stop();
    }
  });
});
