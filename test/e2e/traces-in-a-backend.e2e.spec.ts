import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startJaeger, type Jaeger, type JaegerTrace } from '../harness/jaeger.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const trip = `saga: trip
version: 1
key: input.tripId
triggers: [{ event: travel.trip.wanted }]
steps:
  - task: approve
    if: input.isLong
    to: { role: desk }
    escalate: [{ after: 1d, to: { role: manager } }]
    answers: { agree: [], refuse: [] }
  - parallel: bookings
    branches:
      room: [{ step: holdRoom, call: rooms.hold, compensate: rooms.release }]
      seat: [{ step: holdSeat, call: seats.hold, compensate: seats.release }]
  - step: charge
    call: cards.charge
    timeout: 1s
    retry: { attempts: 3, delay: 200ms }
    verify: cards.charged
    compensate: cards.refund
  - step: confirm
    call: rooms.confirm
    pivot: true
    retry: { attempts: 2, delay: 200ms }
  - wait: boarding
    event: travel.boarded
    default: { after: 10m }
outcomes:
  completed: { emit: travel.trip.done }
---
saga: family
version: 1
key: input.familyId
triggers: [{ event: travel.family.wanted }]
steps:
  - saga: firstTrip
    definition: trip
    key: input.tripId
    with: { tripId: '\${ input.tripId }', isLong: false }
---
participant: rooms
commands:
  hold: { undoneBy: rooms.release }
  release: {}
  confirm: { rejects: [full] }
---
participant: seats
commands:
  hold: { rejects: [sold-out], undoneBy: seats.release }
  release: {}
---
participant: cards
commands:
  charge: { rejects: [card-declined], undoneBy: cards.refund, verify: cards.charged }
  refund: {}
  charged: { effect: none }
---
participant: travel
events: { trip.wanted: {}, family.wanted: {}, trip.done: {}, boarded: {} }
`;

const service = 'skald-coordinator';

// The first run on a machine builds the backend.
jest.setTimeout(90_000);

let folder: string;
let jaeger: Jaeger;
let bench: SagaBench;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-jaeger-'));
  jaeger = await startJaeger({ dataFolder: folder, logsFolder: folder });
  bench = await startSagaBench({ name: 'jaeger', documents: trip, env: jaeger.env });
}, 900_000);

afterAll(async () => {
  await bench?.discard();
  await jaeger?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function want(tripId: string, isLong = false): Promise<void> {
  await bench.publish('travel.trip.wanted', { tripId, isLong });
}

async function board(tripId: string): Promise<void> {
  await bench.until(
    'waits for boarding',
    tripId,
    ({ status, steps }) => status === 'running' && 'confirm' in steps,
  );
  await bench.publish('travel.boarded', { tripId }, { key: tripId });
}

async function traceOf(key: string): Promise<JaegerTrace> {
  return jaeger.until(service, { 'saga.key': key }, (trace) => trace.isClosed && trace.orphans.length === 0);
}

function expectSound(trace: JaegerTrace): void {
  expect(trace.roots).toHaveLength(1);
  expect(trace.orphans).toEqual([]);
  expect(trace.troubles).toEqual([]);
}
