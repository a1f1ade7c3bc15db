import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Fleet, ParticipantName } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { isOnce, startQuickFleet } from './quick-fleet.js';
import { RandomTimes } from './random-times.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(180_000);

const ordersPerSecond = 50;
const everybody: readonly ParticipantName[] = ['inventory', 'payment', 'shipping'];
const rounds = isOnce ? 1 : 3;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({ name: 'participants-killed', silenceMs: 3_000 });
}, 120_000);

afterAll(() => fleet?.discard());

describe('participants killed again and again under load', () => {
  it('carry out every command once', async () => {
    const random = new RandomTimes();
    const load = startLoad(fleet, 'rough', ordersPerSecond);
    for (let round = 0; round < rounds; round += 1) {
      for (const name of everybody) {
        await random.pause(200, 1_500);
        const service = fleet.participants.get(name)!;
        await service.kill();
        await service.start();
      }
    }
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});

describe('a participant that is replaced under load', () => {
  it('leaves its work to its successor', async () => {
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    const former = fleet.participants.get('payment')!;
    await progress(fleet, ordersPerSecond);
    await fleet.addParticipant('payment', 'payment-of-tomorrow');
    await progress(fleet, ordersPerSecond);
    await former.stop();
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(await brokenPromises(fleet)).toEqual([]);
  });
});
