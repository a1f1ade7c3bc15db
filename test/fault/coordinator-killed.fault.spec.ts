import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { Fleet } from '../harness/fleet.js';
import { openEar, type TopicEar } from '../harness/topic-ear.js';
import { brokenPromises } from './promises.js';
import { isOnce, startQuickFleet } from './quick-fleet.js';
import { RandomTimes } from './random-times.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';
import { workInFlight, type WorkInFlight } from './work-in-flight.js';

jest.setTimeout(300_000);

const kills = isOnce ? 2 : 10;
const ordersPerSecond = 100;
const struck: WorkInFlight[] = [];

describe.each([1, 2])('coordinators killed at random points, %d of them', (coordinators) => {
  let fleet: Fleet;
  let home: TopicEar;

  afterAll(async () => {
    await home?.stop();
    await fleet?.discard();
  });

  it('break no promise', async () => {
    fleet = await startQuickFleet({ name: `killed-${coordinators}`, coordinators, silenceMs: 20_000 });
    home = await openEar(fleet.stack.kafkaBrokers, fleet.homeTopic);
    const random = new RandomTimes();
    const load = startLoad(fleet, 'demo', ordersPerSecond);

    for (let kill = 0; kill < kills; kill += 1) {
      await progress(fleet, ordersPerSecond / 2);
      await random.pause(0, 1_000);
      struck.push(await killAndRestart(fleet, home, kill % coordinators));
    }
    await load.stop();
    console.log(
      `FAULT_SEED=${random.seed} ${fleet.placed.length} orders, in flight at death: ${told(struck)}`,
    );

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});

describe('the kills', () => {
  it('struck work in flight', () => {
    const hits = struck.filter(({ records, outboxRows }) => records + outboxRows > 0).length;
    console.log(`${hits} of ${struck.length} kills struck a batch or an outbox row in flight`);

    expect(struck).toHaveLength(2 * kills);
    expect(hits).toBeGreaterThanOrEqual(1.5 * kills);
  });
});

async function killAndRestart(fleet: Fleet, home: TopicEar, index: number): Promise<WorkInFlight> {
  const { service } = fleet.coordinators[index]!;
  const killed = service.kill();
  const killedAt = fleet.clock.now();
  await killed;
  const found = await workInFlight(fleet, home, service.name, killedAt);
  await service.start();
  return found;
}

function told(all: readonly WorkInFlight[]): string {
  return all
    .slice(-kills)
    .map(({ records, outboxRows }) => `${records}+${outboxRows}`)
    .join(' ');
}
