import { admitDesk } from './admit-desk.js';
import type { Desk } from './desk.js';
import { factDesk } from './fact-desk.js';
import { rendezvous } from './rendezvous.js';
import { scheduleDesk } from './schedule-desk.js';
import { taskDesk } from './task-desk.js';

/** The desks there are, by kind. A new one is a file with its fold and one line here. */
export const registeredDesks: ReadonlyMap<string, Desk> = new Map(
  ([admitDesk, factDesk, rendezvous, scheduleDesk, taskDesk] as readonly Desk[]).map((desk) => [
    desk.kind,
    desk,
  ]),
);
