import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../harness/deadline.js';
import { startJaeger, type Jaeger, type JaegerTrace } from '../harness/jaeger.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const visit = `saga: visit
version: 1
key: input.visitId
triggers: [{ event: clinic.visit.wanted }]
steps:
  - step: book
    call: rooms.book
    compensate: { none: an empty room costs nothing }
  - wait: arrival
    event: clinic.visitor.arrived
    timeout: 1d
  - step: admit
    call: rooms.admit
    pivot: true
---
participant: rooms
commands: { book: {}, admit: {} }
---
participant: clinic
events: { visit.wanted: {}, visitor.arrived: {} }
`;

const service = 'skald-coordinator';

type Headers = Readonly<Record<string, string>>;

/** A saga that waits for the visitor, and what was decided about its trace. */
interface Begun {
  readonly key: string;
  readonly id: string;
  readonly traceId: string;
  readonly traceparent: string;
}

// The first run on a machine builds the backend.
jest.setTimeout(90_000);

let folder: string;
let jaeger: Jaeger;
let bench: SagaBench;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-beginnings-'));
  jaeger = await startJaeger({ dataFolder: folder, logsFolder: folder });
  bench = await startSagaBench({
    name: 'beginnings',
    documents: visit,
    env: {
      ...jaeger.env,
      OTEL_PROPAGATORS: 'tracecontext,baggage,b3',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
      SKALD_TRACE_START: 'link',
      SKALD_TRACE_HEADERS: 'x-request-id',
      SKALD_LOG_LEVEL: 'debug',
    },
  });
}, 900_000);

afterAll(async () => {
  await bench?.discard();
  await jaeger?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The context of an event of somebody who exports elsewhere; `digit` tells it from others. */
function outside(digit: string, flags = '01') {
  const [traceId, spanId] = [digit.repeat(32), digit.repeat(16)];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

async function begin(key: string, headers: Headers = {}): Promise<Begun> {
  await bench.publish('clinic.visit.wanted', { visitId: key }, { headers });
  const { id, trace } = await bench.until('waits for the visitor', key, ({ waitsFor }) =>
    waitsFor.some(({ block }) => block === 'arrival'),
  );
  return { key, id, traceparent: trace, traceId: trace.split('-')[1]! };
}

/** Begins sagas until one is sampled and one is not. */
async function oneOfEach(name: string, headers?: Headers): Promise<readonly [sampled: Begun, not: Begun]> {
  const begun: Begun[] = [];
  const found = (flags: string) => begun.find(({ traceparent }) => traceparent.endsWith(flags));
  for (;;) {
    const [sampled, not] = [found('-01'), found('-00')];
    if (sampled !== undefined && not !== undefined) return [sampled, not];
    begun.push(await begin(`${name}-${begun.length}`, headers));
  }
}

async function arrive({ key }: Begun): Promise<void> {
  await bench.publish('clinic.visitor.arrived', { visitId: key }, { key });
  await bench.ended(key);
}

/** The whole trace of a saga; `orphans`: spans below what others export elsewhere. */
function traceOf({ key }: Begun, orphans = 0): Promise<JaegerTrace> {
  const isWhole = (trace: JaegerTrace) => trace.isClosed && trace.orphans.length === orphans;
  return jaeger.until(service, { 'saga.key': key }, isWhole);
}

/** Whole lines that the coordinator has logged. */
function logged(): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(bench.coordinators[0]!.service.logFile, 'utf8').split('\n').slice(0, -1);
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('the trace of a saga', () => {
  it('is linked with that of its event in both directions, as the coordinator was told', async () => {
    const { traceId, traceparent } = outside('a');
    const [sampled] = await oneOfEach('linked', { traceparent });
    await arrive(sampled);

    const trace = await traceOf(sampled);
    const root = trace.only('saga visit');
    const gate = await eventually('the span of the gate', async () =>
      (await jaeger.trace(traceId))?.spans.find(({ tags }) => tags['saga.id'] === sampled.id),
    );
    expect(trace.flaws).toEqual([]);
    expect(trace.id).not.toBe(traceId);
    expect(trace.roots).toEqual(['saga visit']);
    expect(root.links).toMatchObject([{ traceID: traceId, spanID: gate.spanID }]);
    expect(gate.operationName).toBe('process clinic.events');
    expect(gate.links).toMatchObject([{ traceID: trace.id, spanID: root.spanID }]);
  });

  it('does not refer to that of an event that says so', async () => {
    const { traceId, traceparent } = outside('b');
    const [sampled] = await oneOfEach('new', { traceparent, 'saga-trace-start': 'new' });
    await arrive(sampled);

    const trace = await traceOf(sampled);
    expect(trace.flaws).toEqual([]);
    expect(trace.id).not.toBe(traceId);
    expect(trace.roots).toEqual(['saga visit']);
    expect(trace.only('saga visit').links).toEqual([]);
  });

  it('is that of an event that says so', async () => {
    const { traceId, spanId, traceparent } = outside('c');
    const begun = await begin('joined', { traceparent, 'saga-trace-start': 'join' });
    await arrive(begun);

    const trace = await traceOf(begun, 1);
    expect(trace.id).toBe(traceId);
    expect(trace.only('process clinic.events').parent).toBe(spanId);
    expect(trace.only('saga visit').parent).toBe(trace.only('process clinic.events').spanID);
  });

  it('is that of an event with a context of another convention, found by either id', async () => {
    const [traceId, spanId] = ['80f198ee56343ba864fe8b2a57d3eff7', 'e457b5a2e4d86bd1'];
    const b3 = `${traceId}-${spanId}-1`;
    await arrive(await begin('foreign', { b3, 'x-request-id': 'R-17', 'saga-trace-start': 'join' }));

    const trace = await jaeger.until(
      service,
      { 'saga.header.x-request-id': 'R-17' },
      ({ isClosed, orphans }) => isClosed && orphans.length === 1,
    );

    expect(trace.id).toBe(traceId);
    // Who published it exports elsewhere.
    expect(trace.orphans).toEqual([`process clinic.events (${service})`]);
    expect(trace.only('process clinic.events').parent).toBe(spanId);
  });

  it('is not seen where that of its event is not sampled', async () => {
    const { traceId, spanId, traceparent } = outside('d', '00');
    const unseen = await begin('unseen', { traceparent, 'saga-trace-start': 'join' });
    await arrive(unseen);
    // What ended after it has been exported after it.
    const seen = await begin('seen', { traceparent: outside('e').traceparent, 'saga-trace-start': 'join' });
    await arrive(seen);
    await traceOf(seen, 1);

    expect(unseen.traceparent).toMatch(new RegExp(`^00-${traceId}-(?!${spanId})[0-9a-f]{16}-00$`));
    expect(await jaeger.trace(traceId)).toBeUndefined();
  });
});

describe('the log', () => {
  it('says what a record did, and in which trace that is seen', async () => {
    const { traceparent, traceId } = outside('f');
    const { id } = await begin('logged', { traceparent, 'saga-trace-start': 'join' });
    const answer = await eventually('the answer in the trace', async () => {
      const trace = await jaeger.trace(traceId);
      return trace?.named('process beginnings.home')[0];
    });

    const { 'messaging.kafka.offset': offset, 'messaging.destination.partition.id': partition } = answer.tags;
    const line = await eventually('a line about the answer', () =>
      logged().find((each) => each['saga'] === id && each['offset'] === offset),
    );
    expect(line).toMatchObject({
      level: 'debug',
      message: 'saga moved',
      trace: traceId,
      definition: 'visit',
      step: expect.stringContaining('book'),
      topic: 'beginnings.home',
      partition: Number(partition),
    });
  });
});

describe('a sampler that takes half', () => {
  it('is asked once about each saga, also when the coordinator dies', async () => {
    const [sampled, not] = await oneOfEach('half');
    // What was done is exported by then; of what is done in the last moment spans may be lost.
    await jaeger.until(
      service,
      { 'saga.key': sampled.key },
      (trace) => trace.named('step book').length === 1,
    );

    await bench.kill();
    await bench.restart();
    await arrive(not);
    await arrive(sampled);

    const trace = await traceOf(sampled);
    expect(trace.flaws).toEqual([]);
    expect(trace.id).toBe(sampled.traceId);
    expect(trace.named('step admit')).toHaveLength(1);
    expect(await jaeger.trace(not.traceId)).toBeUndefined();
    for (const { key, traceparent } of [sampled, not])
      expect((await bench.ended(key)).trace).toBe(traceparent);
  });

  it('does not keep a trace from being told on request, as one that refers to the first', async () => {
    const [sampled, not] = await oneOfEach('told');
    await arrive(sampled);
    await arrive(not);
    const first = await traceOf(sampled);

    const told = await retold(sampled);
    const toldOfNot = await retold(not);

    expect(told.only('saga visit').links.map(({ traceID }) => traceID)).toEqual([first.id]);
    expect(told.only('step book')).toMatchObject({
      startTime: first.only('step book').startTime,
      duration: first.only('step book').duration,
    });
    expect(toldOfNot.only('saga visit').links.map(({ traceID }) => traceID)).toEqual([not.traceId]);
  });
});

/** The trace of a saga as it is told from the history; the same when it is asked for twice. */
async function retold({ id }: Begun): Promise<JaegerTrace> {
  const { body } = await bench.api.post<{ readonly trace: string }>(`/sagas/${id}/trace`, {});
  await bench.api.post(`/sagas/${id}/trace`, {});
  const told = await eventually('the trace to be told', async () => {
    const trace = await jaeger.trace(body.trace);
    return trace?.isClosed === true && trace.orphans.length === 0 && trace;
  });
  expect(told.roots).toEqual(['saga visit']);
  return told;
}
