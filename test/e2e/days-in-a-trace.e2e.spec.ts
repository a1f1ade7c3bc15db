import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SagaPage } from '../harness/coordinator-api.js';
import { startJaeger, type Jaeger, type JaegerSpan, type JaegerTrace } from '../harness/jaeger.js';
import { forgetLeaps, leap } from '../harness/leaping-time.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const stay = `saga: stay
version: 1
key: input.stayId
triggers: [{ event: hotel.stay.wanted }]
steps:
  - step: holdRoom
    call: rooms.hold
    compensate: rooms.release
  - wait: coolingOff
    for: 3d
  - wait: deposit
    event: hotel.deposit.paid
    timeout: 5d
  - step: confirm
    call: rooms.confirm
    pivot: true
outcomes:
  completed: { emit: hotel.stay.booked }
---
participant: hotel
events: { stay.wanted: {}, deposit.paid: {}, stay.booked: {} }
`;

const dayMs = 86_400_000;
const service = 'skald-coordinator';

// The first run on a machine builds the backend.
jest.setTimeout(90_000);

let folder: string;
let leaps: string;
let jaeger: Jaeger;
let bench: SagaBench;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-days-'));
  leaps = path.join(folder, 'leaps.json');
  forgetLeaps(leaps);
  jaeger = await startJaeger({ dataFolder: folder, logsFolder: folder });
  bench = await startSagaBench({
    name: 'days',
    documents: stay,
    script: 'dist/test/harness/leaping-coordinator.main.js',
    env: { ...jaeger.env, SPEC_LEAPS: leaps },
  });
}, 900_000);

afterAll(async () => {
  await bench?.discard();
  await jaeger?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function waitsAt(key: string, block: string): Promise<void> {
  await bench.until(`waits at ${block}`, key, ({ waitsFor }) => waitsFor.some((one) => one.block === block));
}

/** Lets three days pass for a saga that cools off. */
async function coolOff(key: string): Promise<void> {
  await bench.publish('hotel.stay.wanted', { stayId: key });
  await waitsAt(key, 'coolingOff');
  leap(leaps, 3 * dayMs);
}

function traceOf(key: string): Promise<JaegerTrace> {
  return jaeger.until(service, { 'saga.key': key }, (trace) => trace.isClosed && trace.orphans.length === 0);
}

function days({ duration }: JaegerSpan): number {
  return duration / 1_000 / dayMs;
}

function daysOf({ startedAt, finishedAt }: SagaPage): number {
  return (Date.parse(finishedAt!) - Date.parse(startedAt)) / dayMs;
}

function expectOneTree(trace: JaegerTrace, names: readonly string[]): void {
  expect(trace.flaws).toEqual([]);
  expect(trace.tree()[0]).toBe('process hotel.events');
  const anchor = trace.only('saga stay');
  for (const name of names) expect([name, trace.only(name).parent]).toEqual([name, anchor.spanID]);
}

describe('a saga that waits for days', () => {
  it('has bars of days in one tree with what was before and after', async () => {
    await coolOff('stays');
    await waitsAt('stays', 'deposit');
    await bench.publish('hotel.deposit.paid', { stayId: 'stays' }, { key: 'stays' });

    const trace = await traceOf('stays');
    const [pause, whole] = [trace.only('wait coolingOff'), trace.only('saga stay completed')];
    expectOneTree(trace, ['step holdRoom', 'wait coolingOff', 'wait deposit', 'step confirm']);
    expect(days(pause)).toBeGreaterThanOrEqual(3);
    expect(days(pause)).toBeLessThan(3.01);
    expect(days(whole)).toBeGreaterThan(3);
    expect(days(trace.only('wait deposit'))).toBeLessThan(0.01);
    expect(trace.only('step holdRoom').startTime).toBeLessThan(pause.startTime);
    expect(trace.only('step confirm').startTime).toBeGreaterThan(pause.startTime + pause.duration);
  });

  it('is one tree also when coordinators died and days passed before the next one came', async () => {
    await coolOff('leaves');
    await waitsAt('leaves', 'deposit');

    // What was done is exported by then; of what is done in the last moment spans may be lost, never the work.
    await jaeger.until(
      service,
      { 'saga.key': 'leaves' },
      (trace) => trace.named('wait coolingOff').length === 1,
    );
    await bench.kill();
    leap(leaps, 6 * dayMs);
    await bench.restart();

    const trace = await traceOf('leaves');
    const wait = trace.only('wait deposit');
    expectOneTree(trace, ['step holdRoom', 'wait coolingOff', 'wait deposit', 'compensate holdRoom']);
    // It was over after five days, and nobody was there to see it before the sixth.
    expect(days(wait)).toBeGreaterThanOrEqual(5);
    expect(days(wait)).toBeLessThan(6.01);
    expect(trace.only('compensate holdRoom').startTime).toBeGreaterThanOrEqual(
      wait.startTime + wait.duration,
    );
    expect(trace.only('saga stay compensated').tags).toMatchObject({ 'saga.error': 'timed-out' });
    expect(bench.participants.standing('leaves')).toEqual([]);
  });

  it('ends by the version it began with, after restarts and a deploy; what begins later takes the new one', async () => {
    await coolOff('begun-before');
    await waitsAt('begun-before', 'deposit');
    await bench.kill();
    leap(leaps, dayMs);
    await bench.restart();

    const text = stay
      .replace('version: 1', 'version: 2')
      .replace('for: 3d', 'for: 1d')
      .replace('step: confirm', 'step: confirmStay');
    const deployed = await bench.api.post('/definitions', { files: [{ path: 'stay.yaml', text }] });
    await bench.publish('hotel.stay.wanted', { stayId: 'begun-after' });
    await waitsAt('begun-after', 'coolingOff');
    await bench.kill();
    leap(leaps, dayMs);
    await bench.restart();
    await waitsAt('begun-after', 'deposit');
    await bench.publish('hotel.deposit.paid', { stayId: 'begun-before' }, { key: 'begun-before' });
    await bench.publish('hotel.deposit.paid', { stayId: 'begun-after' }, { key: 'begun-after' });

    const [before, after] = [await bench.ended('begun-before'), await bench.ended('begun-after')];
    expect(deployed.status).toBe(200);
    expect([before.status, before.version, Object.keys(before.steps)]).toEqual([
      'completed',
      1,
      expect.arrayContaining(['holdRoom', 'confirm']),
    ]);
    expect([after.status, after.version, Object.keys(after.steps)]).toEqual([
      'completed',
      2,
      expect.arrayContaining(['holdRoom', 'confirmStay']),
    ]);
    expect(daysOf(before)).toBeGreaterThanOrEqual(5);
    expect(daysOf(after)).toBeLessThan(2);
    for (const key of ['begun-before', 'begun-after'])
      expect(bench.participants.done(key)).toEqual(['rooms.hold', 'rooms.confirm']);
  });
});
