import { describe, expect, it, jest } from '@jest/globals';
import type { InMemoryCommandSink } from '#libs/memory';
import type { CommandSink, OutgoingRecord, PublishOutcome } from '#libs/messaging';
import type { ClaimOutcome, ForgetfulOperationMemory } from '#libs/participant';
import { simulateOrders, type Mischief, type PlantedFaults } from '#libs/testing';

jest.setTimeout(180_000);

const mischief: Mischief = { crash: 0.01, delay: 0.05, lostAnswer: 0.02, failure: 0.03, duplicate: 0.05 };
const seconds = Number(
  process.env['SIMULATION_SECONDS'] ?? (process.env['SKALD_FAULTS'] === 'once' ? 20 : 60),
);
const only = process.env['SIMULATION_SEED'];

describe('orders while everything goes wrong at every port', () => {
  it('keeps every promise under every seed', async () => {
    const end = performance.now() + seconds * 1_000;
    const statuses: Record<string, number> = {};
    let seeds = 0;
    let crashes = 0;
    for (
      let seed = Number(only ?? 1);
      only === undefined ? performance.now() < end : seeds === 0;
      seed += 1
    ) {
      const coordinators = seed % 2 === 0 ? 2 : 1;
      const report = await simulateOrders({ seed, orders: 4, coordinators, mischief });
      const story = `seed ${seed} (SIMULATION_SEED=${seed} replays it)\n${report.problems.join('\n')}\n${report.crashes.join('\n')}`;
      if (report.problems.length > 0) throw new Error(story);
      for (const [status, count] of Object.entries(report.statuses))
        statuses[status] = (statuses[status] ?? 0) + count;
      crashes += report.crashes.length;
      seeds += 1;
    }
    console.log(`${seeds} seeds, ${crashes} crashes, sagas: ${JSON.stringify(statuses)}`);

    expect(seeds).toBeGreaterThan(only === undefined ? 100 : 0);
    expect(crashes).toBeGreaterThan(0);
  });
});

describe('the simulation itself', () => {
  it.each<[string, PlantedFaults]>([
    [
      'an outbox that is forgotten at takeover',
      { laneStore: (sound) => Object.assign(sound, { unsent: () => Promise.resolve([]) }) },
    ],
    ['a sink that acknowledges what it dropped', { coordinatorSink: droppingSink }],
    [
      'a participant that does not remember',
      {
        participantMemory: (sound) =>
          Object.assign(sound, { carryOut: forgetting(sound.carryOut.bind(sound)) }),
      },
    ],
  ])('finds %s', async (_fault, planted) => {
    let found = false;
    for (let seed = 1; seed <= 60 && !found; seed += 1) {
      const report = await simulateOrders({ seed, orders: 4, coordinators: 2, mischief, planted });
      found = report.problems.length > 0;
    }

    expect(found).toBe(true);
  });
});

/** Says of every tenth message that it was stored, which it was not. */
function droppingSink(sound: CommandSink): CommandSink {
  let count = 0;
  const publish = sound.publish.bind(sound);
  return Object.assign(sound as InMemoryCommandSink, {
    publish: (records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> => {
      count += 1;
      return count % 10 === 0
        ? Promise.resolve(records.map(() => ({ kind: 'acknowledged' })))
        : publish(records);
    },
  });
}

type CarryOut = (
  ...args: Parameters<ForgetfulOperationMemory['carryOut']>
) => Promise<readonly ClaimOutcome[]>;

/** Takes every command for a new one. */
function forgetting(carryOut: CarryOut): CarryOut {
  let count = 0;
  return (claims, work) => {
    count += 1;
    for (const claim of claims) Object.assign(claim, { operation: `${claim.operation}#${count}` });
    return carryOut(claims, work);
  };
}
