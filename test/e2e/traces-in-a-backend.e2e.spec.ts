import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startJaeger, type Jaeger, type JaegerSpan, type JaegerTrace } from '../harness/jaeger.js';
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
      room:
        - step: holdRoom
          call: rooms.hold
          compensate: { call: rooms.release, timeout: 1s, retry: { attempts: 90, delay: 200ms } }
      seat:
        - step: holdSeat
          call: seats.hold
          compensate: { call: seats.release, timeout: 1s, retry: { attempts: 90, delay: 200ms } }
  - step: charge
    call: cards.charge
    timeout: 1s
    retry: { attempts: 3, delay: 200ms }
    verify: cards.charged
    compensate: cards.refund
  - step: confirm
    call: rooms.confirm
    pivot: true
    timeout: 500ms
    retry: { attempts: 2, delay: 200ms }
  - wait: boarding
    event: travel.trip.boarded
    default: { after: 10m, do: [] }
outcomes:
  completed: { emit: travel.trip.done }
---
saga: family
version: 1
key: input.familyId
triggers: [{ event: travel.family.wanted }]
steps:
  - saga: theirTrip
    definition: trip
    compensate: { none: a trip that was taken was taken }
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
events: { trip.wanted: {}, family.wanted: {}, trip.done: {}, trip.boarded: {} }
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
  bench = await startSagaBench({
    name: 'jaeger',
    documents: trip,
    env: jaeger.env,
  });
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
  await bench.publish('travel.trip.boarded', { tripId }, { key: tripId });
}

async function traceOf(key: string): Promise<JaegerTrace> {
  return jaeger.until(service, { 'saga.key': key }, (trace) => trace.isClosed && trace.orphans.length === 0);
}

function expectSound(trace: JaegerTrace): void {
  expect(trace.flaws).toEqual([]);
}

/** The answer that the card was declined. */
function refusalIn(trace: JaegerTrace): JaegerSpan | undefined {
  return trace
    .named('process jaeger.home')
    .find(({ tags }) => tags['saga.error'] === 'card-declined' && tags['saga.outcome'] === 'rejected');
}

/** What was done is undone below the saga, and each undo says what it undoes and why. */
function expectUndone(trace: JaegerTrace): void {
  for (const step of ['holdRoom', 'holdSeat']) {
    const undo = trace.only(`compensate ${step}`);
    expect(undo.links.map(({ spanID }) => spanID)).toEqual([
      trace.only(`step ${step}`).spanID,
      refusalIn(trace)!.spanID,
    ]);
    expect(undo.parent).toBe(trace.only('saga trip').spanID);
  }
}

describe('a trip that succeeds', () => {
  let trace: JaegerTrace;

  beforeAll(async () => {
    await want('fine');
    await board('fine');
    // What it tells at its end is sent, and seen, a moment after the end.
    trace = await jaeger.until(
      service,
      { 'saga.key': 'fine' },
      (found) =>
        found.isClosed && found.orphans.length === 0 && found.named('send travel.events').length === 1,
    );
  });

  it('is one tree from the event to the end', () => {
    expectSound(trace);
    // What begins in the same millisecond stands in no order.
    expect([...trace.tree()].sort()).toEqual(
      [
        'process travel.events',
        '  saga trip',
        ...stepTree('holdRoom', 'rooms'),
        ...stepTree('holdSeat', 'seats'),
        ...stepTree('charge', 'cards'),
        ...stepTree('confirm', 'rooms'),
        '    wait boarding',
        '      process jaeger.home',
        '    send travel.events',
        '    saga trip completed',
      ].sort(),
    );
    for (const { operationName, parent } of trace.named('process jaeger.home'))
      expect(
        `${operationName} below ${trace.spans.find(({ spanID }) => spanID === parent)?.operationName}`,
      ).toMatch(/below (?:send \w+\.commands|wait boarding)$/);
  });

  it('shows branches beside each other', () => {
    const [room, seat] = [trace.only('step holdRoom'), trace.only('step holdSeat')];

    expect(room.parent).toBe(seat.parent);
    expect(Math.abs(room.startTime - seat.startTime)).toBeLessThan(1_000);
  });

  it('has bars as long as what they stand for', () => {
    const whole = trace.only('saga trip completed');
    const wait = trace.only('wait boarding');

    expect(wait.startTime + wait.duration).toBe(whole.startTime + whole.duration);
    expect(whole.startTime).toBe(trace.only('saga trip').startTime);
    expect(wait.tags).toMatchObject({ 'saga.channel': 'event', 'saga.outcome': 'came' });
  });

  it('names messages by the conventions', () => {
    const [{ command } = { command: undefined }] = bench.participants.deliveries.filter(
      ({ command: each, key }) => each.type === 'cards.charge' && key === 'fine',
    );
    const sent = { 'messaging.system': 'kafka', 'messaging.operation.name': 'send' };
    const processed = { 'messaging.system': 'kafka', 'messaging.operation.name': 'process' };
    const place = {
      'messaging.destination.partition.id': expect.stringMatching(/^\d$/),
      'messaging.kafka.offset': expect.any(Number),
    };

    expect(trace.only('send cards.commands').tags).toMatchObject({
      ...sent,
      'span.kind': 'producer',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'cards.commands',
      'messaging.message.id': command!.id,
      'messaging.message.conversation_id': command!.saga,
    });
    expect(trace.only('send travel.events').tags).toMatchObject({
      ...sent,
      'span.kind': 'producer',
      'messaging.destination.name': 'travel.events',
      'messaging.message.id': expect.stringContaining(command!.saga),
    });
    expect(trace.only('process travel.events').tags).toMatchObject({
      ...processed,
      ...place,
      'span.kind': 'consumer',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'travel.events',
      'messaging.consumer.group.name': 'jaeger.gates',
      'messaging.message.id': 'event-1',
      'messaging.message.conversation_id': command!.saga,
    });
  });
});

describe('a trip that is undone', () => {
  it('links the undo to what it undoes and to why', async () => {
    bench.participants.behave('cards.charge', { rejected: 'card-declined' }, { key: 'poor' });

    await want('poor');

    const trace = await traceOf('poor');
    expectSound(trace);
    expectUndone(trace);
    expect(trace.only('saga trip compensated').tags).toMatchObject({ 'saga.error': 'card-declined' });
  });
});

describe('a participant in trouble', () => {
  it('is asked again below the same bar', async () => {
    bench.participants.behave('seats.hold', [{ failed: 'busy' }], { key: 'again' });

    await want('again');
    await board('again');

    const trace = await traceOf('again');
    const bar = trace.only('step holdSeat');
    expectSound(trace);
    expect(bar.tags).toMatchObject({ 'saga.step.attempt': 2, 'saga.outcome': 'succeeded' });
    expect(trace.named('send seats.commands').map(({ parent }) => parent)).toEqual([bar.spanID, bar.spanID]);
  });

  it('that fails every time has an error on its bar, with all its attempts', async () => {
    bench.participants.behave('cards.charge', { failed: 'out-of-order' }, { key: 'failing' });

    await want('failing');

    const trace = await traceOf('failing');
    const bar = trace.only('step charge');
    expectSound(trace);
    expect(bar.tags).toMatchObject({
      error: true,
      'otel.status_code': 'ERROR',
      'saga.step.attempt': 3,
      'saga.outcome': 'failed',
    });
    expect(trace.named('send cards.commands').map(({ tags }) => tags['saga.step.attempt'])).toEqual([
      1, 2, 3,
    ]);
    const errors = trace.spans.filter(({ tags }) => tags['error'] === true);
    expect(errors.map(({ operationName }) => operationName)).toEqual(['step charge']);
  });

  it('that is silent is asked what it did, below the bar of what it is asked about', async () => {
    bench.participants.behave('cards.charge', { silent: 'done' }, { key: 'silent' });

    await want('silent');
    await board('silent');

    const trace = await traceOf('silent');
    const bar = trace.only('step charge');
    const sent = trace.named('send cards.commands');
    expectSound(trace);
    expect(bar.tags).toMatchObject({ 'saga.outcome': 'succeeded' });
    expect(bar.duration).toBeGreaterThan(1_000_000);
    expect(sent.map(({ tags }) => tags['saga.command'])).toEqual(['cards.charge', 'cards.charged']);
    expect(new Set(sent.map(({ parent }) => parent))).toEqual(new Set([bar.spanID]));
  });
});

describe('people', () => {
  it('are seen as long as they are waited for', async () => {
    await want('long', true);
    const task = await bench.task('long');
    await bench.answerTask(task, { answer: 'agree', by: 'ada', roles: ['desk'] });
    await board('long');

    const trace = await traceOf('long');
    const bar = trace.only('task approve');
    expectSound(trace);
    expect(bar.tags).toMatchObject({ 'saga.channel': 'task', 'saga.outcome': 'came' });
    expect(trace.named('process jaeger.home').some(({ parent }) => parent === bar.spanID)).toBe(true);
  });

  it('who repair a saga are seen where they did', async () => {
    bench.participants.behave('rooms.confirm', [{ silent: 'not-done' }, { silent: 'not-done' }], {
      key: 'stuck',
    });
    await want('stuck');
    const { id } = await bench.stuck('stuck');
    await bench.api.post(`/sagas/${id}/actions`, { action: 'retry', by: 'ada', reason: 'a test' });
    await board('stuck');

    const trace = await traceOf('stuck');
    const incident = trace.spans.find(({ operationName }) => operationName.startsWith('incident '));
    expectSound(trace);
    expect(incident?.tags).toMatchObject({ error: true, 'saga.step': 'confirm' });
    expect(trace.named('process jaeger.home').map(({ tags }) => tags['saga.action'])).toContain('retry');
  });
});

describe('a saga in a saga', () => {
  it('is seen in one trace, below what waits for it', async () => {
    await bench.publish('travel.family.wanted', { familyId: 'smith', tripId: 'theirs' });
    await board('theirs');

    const trace = await jaeger.until(
      service,
      { 'saga.key': 'smith' },
      (found) => found.orphans.length === 0 && found.named('saga family completed').length === 1,
    );
    const bar = trace.only('child theirTrip');
    expectSound(trace);
    expect(trace.only('saga trip').parent).toBe(bar.spanID);
    expect(trace.only('saga trip completed').tags).toMatchObject({ 'saga.outcome': 'completed' });
    expect(bar.duration).toBeGreaterThanOrEqual(trace.only('saga trip completed').duration);
  });
});

describe('a coordinator that is killed', () => {
  it('leaves a trace that the next one goes on with', async () => {
    bench.participants.behave('cards.charge', { succeeded: {}, lateMs: 900 }, { key: 'killed' });
    await want('killed');
    await bench.participants.arrived('cards.charge', 'killed');
    // What was done is exported by now; of what is done in the last moment spans may be lost, never the work.
    await jaeger.until(
      service,
      { 'saga.key': 'killed' },
      (trace) => trace.named('send cards.commands').length >= 1,
    );

    await bench.kill();
    await bench.restart();
    await board('killed');

    expectSound(await traceOf('killed'));
  });

  it('leaves undos of which the next one knows what they come of', async () => {
    let isHeard = false;
    const key = 'killed-undoing';
    const commands = ['rooms.release', 'seats.release'];
    for (const command of commands)
      bench.participants.behave(command, () => (isHeard ? { succeeded: {} } : { silent: 'not-done' }), {
        key,
      });
    bench.participants.behave('cards.charge', { rejected: 'card-declined' }, { key });
    await want(key);
    for (const command of commands) await bench.participants.arrived(command, key);
    await jaeger.until(service, { 'saga.key': key }, (trace) => {
      const asked = trace.spans.map(({ tags }) => tags['saga.command']);
      return refusalIn(trace) !== undefined && commands.every((command) => asked.includes(command));
    });

    await bench.kill();
    isHeard = true;
    await bench.restart();

    const trace = await traceOf(key);
    expectSound(trace);
    expectUndone(trace);
  });
});

function stepTree(step: string, participant: string): readonly string[] {
  return [`    step ${step}`, `      send ${participant}.commands`, '        process jaeger.home'];
}
