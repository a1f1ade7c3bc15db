import type { InMemoryCommandSink } from '#libs/memory';
import type { CommandSink, OutgoingRecord, PublishOutcome } from '#libs/messaging';
import type { LaneStore } from '#libs/orchestration';
import type { ClaimOutcome, ForgetfulOperationMemory } from '#libs/participant';
import type { PlantedFaults } from '#libs/testing';

/** Broken parts, each of which a simulation has to find. */
export const faultsOfParts: readonly [string, PlantedFaults][] = [
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
];

/** Broken parts that only sagas notice which wait for something other than participants. */
export const faultsOfDesks: readonly [string, PlantedFaults][] = [
  ['desks that are forgotten', { laneStore: forgettingDesks }],
  [
    'wake-ups that never come',
    { laneStore: (sound) => Object.assign(sound, { wakes: () => Promise.resolve([]) }) },
  ],
];

/** Answers of every desk that it remembers nothing. */
function forgettingDesks(sound: LaneStore): LaneStore {
  return Object.assign(sound, { loadDesks: () => Promise.resolve([]) });
}

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
