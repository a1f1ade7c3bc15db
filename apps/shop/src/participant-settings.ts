import type { ParticipantSettings } from '#libs/participant';

/** One transaction at a time in a process: all orders meet in a few rows of stock, where more would wait for each other. */
export const participantSettings: Partial<ParticipantSettings> = { concurrentBatches: 1 };
