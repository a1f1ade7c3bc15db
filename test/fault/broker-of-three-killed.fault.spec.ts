import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { isOnce, startQuickFleet } from './quick-fleet.js';
import { progress } from './saga-counts.js';
import { startLoad } from './steady-load.js';

jest.setTimeout(240_000);

const ordersPerSecond = 30;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({
    name: 'three-brokers',
    coordinators: 2,
    silenceMs: 5_000,
    stack: { brokers: 3 },
    coordinatorEnv: { SKALD_TOPIC_REPLICATION: '3' },
  });
}, 180_000);

afterAll(() => fleet?.discard());

describe('one broker of three, killed under load', () => {
  it.each(isOnce ? [0] : [0, 1, 2])('hands its partitions to the others, broker %d', async (index) => {
    const load = startLoad(fleet, 'demo', ordersPerSecond);
    await progress(fleet, ordersPerSecond);
    const node = index + 1;
    const before = await leadersOf(fleet);
    await fleet.stack.broker(index).kill();
    const after = await eventually(
      'another leader for every partition',
      async () => {
        const leaders = await leadersOf(fleet, index);
        return !leaders.includes(node) && leaders;
      },
      60_000,
    );
    await progress(fleet, ordersPerSecond);
    await fleet.stack.broker(index).start();
    await progress(fleet, ordersPerSecond);
    await load.stop();

    expect(before).toContain(node);
    expect(after).not.toContain(node);
    expect(await brokenPromises(fleet)).toEqual([]);
  });
});

/** Who leads each partition of the home topic, asked of the other brokers than `except`. */
async function leadersOf(of: Fleet, except?: number): Promise<readonly number[]> {
  const brokers = of.stack.kafkaBrokers.filter((_, index) => index !== except);
  const admin = new Kafka({ clientId: 'spec-leaders', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [of.homeTopic] });
    return topics[0]!.partitions.map((partition) => partition.leader);
  } finally {
    await admin.disconnect();
  }
}
