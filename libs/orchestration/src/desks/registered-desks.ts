import { admitDesk } from './admit-desk.js';
import type { Desk } from './desk.js';
import { factDesk } from './fact-desk.js';
import { inquiryDesk } from './inquiry-desk.js';
import { lockDesk } from './lock-desk.js';
import { rendezvous } from './rendezvous.js';
import { scheduleDesk } from './schedule-desk.js';
import { taskDesk } from './task-desk.js';
import { waitGraphDesk } from './wait-graph-desk.js';

/** The desks there are, by kind. A new one is a file with its fold and one line here. */
export const registeredDesks: ReadonlyMap<string, Desk> = new Map(
  (
    [
      admitDesk,
      factDesk,
      inquiryDesk,
      lockDesk,
      rendezvous,
      scheduleDesk,
      taskDesk,
      waitGraphDesk,
    ] as readonly Desk[]
  ).map((desk) => [desk.kind, desk]),
);
