import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { repositoryFolder } from '../../deploy/local/src/index.js';
import { eventually } from '../harness/deadline.js';
import type { ChartRelease } from '../harness/chart-release.js';
import type { CoordinatorProcess } from '../harness/coordinator-process.js';
import type { Fleet } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { startQuickFleet } from './quick-fleet.js';
import { progress } from './saga-counts.js';
import { startLoad, type SteadyLoad } from './steady-load.js';

const dieAt = path.join(repositoryFolder(), 'dist', 'test', 'fault', 'die-at.js');
const ordersPerSecond = 40;

/** Steps of a life that has not folded anything yet. */
const early = /^(?:load|take-over|read-outbox|place):/;

/** Step, what it is in the way of a record, which of its calls ends the process. */
const accidents: readonly (readonly [string, string])[] = [
  ['take:before:30', '1 taking records'],
  ['take:after:30', '1 taking records'],
  ['load:before:1', '2 loading sagas'],
  ['load:after:1', '2 loading sagas'],
  ['fold:before:60', '3 folding'],
  ['fold:after:60', '3 folding'],
  ['commit:before:15', '4 committing'],
  ['commit:during:15', '4 committing'],
  ['commit:after:15', '4 committing'],
  ['publish:before:15', '5 publishing'],
  ['publish:during:15', '5 publishing'],
  ['publish:after:15', '5 publishing'],
  ['forget:before:10', '6 deleting outbox rows'],
  ['forget:during:10', '6 deleting outbox rows'],
  ['forget:after:10', '6 deleting outbox rows'],
  ['take-over:before:2', 'taking a lane over'],
  ['take-over:after:2', 'taking a lane over'],
  ['read-outbox:before:2', 'reading the outbox'],
  ['read-outbox:after:2', 'reading the outbox'],
  ['place:before:2', 'finding the place to go on'],
  ['place:after:2', 'finding the place to go on'],
  ['hint:before:4', 'telling the broker how far it is'],
  ['hint:after:4', 'telling the broker how far it is'],
  ['wake:before:2', 'appending a wake-up'],
  ['wake:after:2', 'appending a wake-up'],
  ['forward:before:8', 'forwarding starts'],
  ['forward:during:8', 'forwarding starts'],
  ['forward:after:8', 'forwarding starts'],
  ['move-gate:before:2', 'storing the position of a gate'],
  ['move-gate:after:2', 'storing the position of a gate'],
];

/**
 * Tests that let a coordinator die once at every step of its work, under load: alone, or as one of three pods of the chart
 * of which the others live on. After each death sagas are brought to their end, by the others or by a next life of the same.
 */
export function deathsAtEveryStep(release?: ChartRelease): void {
  const coordinators = release === undefined ? 1 : 3;
  let fleet: Fleet;
  let load: SteadyLoad;

  beforeAll(async () => {
    fleet = await startQuickFleet({
      name: `steps-${coordinators}`,
      coordinators,
      silenceMs: 5_000,
      ...(release && { launch: release.launch }),
    });
    load = startLoad(fleet, 'rough', ordersPerSecond);
    await progress(fleet, 1);
    await fleet.coordinators[0]!.service.stop();
    // The first run on a machine builds helm.
  }, 600_000);

  afterAll(async () => {
    release?.stopProbes();
    await fleet?.discard();
  });

  it.each(accidents)('at %s (%s) leave their work to the next', async (at) => {
    const [first] = fleet.coordinators;

    await lifeThatEnds(first!, at);

    if (coordinators > 1) return progress(fleet, 1);
    if (!early.test(at)) return undefined;
    // A sound life: where each one ends before it comes to anything, the next record is suspected and parked.
    await first!.service.start();
    await progress(fleet, ordersPerSecond / 2);
    await first!.service.stop();
  });

  it('break no promise', async () => {
    await fleet.coordinators[0]!.service.start();
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
}

/** Starts the coordinator so that it dies at the step named, and waits until it has. */
async function lifeThatEnds({ service }: CoordinatorProcess, at: string): Promise<void> {
  const before = deaths(service.logFile).length;
  const node = `--import=${pathToFileURL(dieAt).href} --disable-warning=ExperimentalWarning`;
  // It may die before it is ready: then its start fails, as it should.
  const starting = service.start({ NODE_OPTIONS: node, DIE_AT: at }).catch(() => undefined);
  await eventually(`the coordinator to die at ${at}`, () => !service.isRunning(), 120_000);
  await starting;
  const [step, side] = at.split(':');

  expect(deaths(service.logFile).slice(before)).toEqual([`dies at ${step}, ${side}`]);
}

function deaths(logFile: string): readonly string[] {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('dies at '));
}
