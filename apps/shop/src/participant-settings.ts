import type { ParticipantSettings } from '#libs/participant';

/** All orders meet in a few rows of stock, where transactions side by side would only wait for each other. */
export const oneTransactionAtATime: Partial<ParticipantSettings> = { concurrentBatches: 1 };
