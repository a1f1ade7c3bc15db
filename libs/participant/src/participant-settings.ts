import { defaultMaxValueBytes } from '#libs/messaging';

/** How a participant works. Every setting has a default. */
export interface ParticipantSettings {
  /** Most commands carried out together, in one transaction where the memory has one. Default: 100; 1 turns batches off. */
  readonly maxBatch: number;
  /** Most batches at the same time. Default: 4. More than 1 lets handlers of different sagas meet in the database. */
  readonly concurrentBatches: number;
  /** Records of a partition on their way before it is paused. Default: 2,000; it goes on at half of that. */
  readonly maxOnTheWay: number;
  /** How long after its deadline a command is still started, in milliseconds, for clocks that differ. Default: 0. */
  readonly deadlineAllowanceMs: number;
  /** How long `stop` waits for handlers before it aborts their signal, in milliseconds. Default: 10,000. */
  readonly drainMs: number;
  /** How often positions are committed, in milliseconds. Default: 250. */
  readonly commitEveryMs: number;
  /** How often the memory is told to forget what is too old, in milliseconds. Default: 10 minutes. */
  readonly forgetEveryMs: number;
  /** Longest answer, in bytes of JSON. Default: what the coordinator takes. */
  readonly maxAnswerBytes: number;
}

/** The defaults, with `given` over them. @throws TypeError when a number makes no sense. */
export function participantSettings(given: Partial<ParticipantSettings>): ParticipantSettings {
  const settings: ParticipantSettings = {
    maxBatch: 100,
    concurrentBatches: 4,
    maxOnTheWay: 2_000,
    deadlineAllowanceMs: 0,
    drainMs: 10_000,
    commitEveryMs: 250,
    forgetEveryMs: 600_000,
    maxAnswerBytes: defaultMaxValueBytes,
    ...given,
  };
  const least = {
    maxBatch: 1,
    concurrentBatches: 1,
    maxOnTheWay: 1,
    commitEveryMs: 1,
    forgetEveryMs: 1,
    maxAnswerBytes: 1,
  };
  for (const [name, value] of Object.entries(settings) as [keyof ParticipantSettings, number][]) {
    const minimum = name in least ? 1 : 0;
    if (!Number.isFinite(value) || value < minimum) {
      throw new TypeError(
        `the setting ${name} of a participant is ${value}; it has to be a number of at least ${minimum}`,
      );
    }
  }
  return settings;
}
