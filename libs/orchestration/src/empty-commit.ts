import type { LaneCommit } from './lane-store.js';

/** The content of a commit that changes nothing; a start for those that change one thing. */
export const emptyCommit: Omit<LaneCommit, 'lane'> = {
  inserts: [],
  updates: [],
  history: [],
  parked: [],
  unparked: [],
  incidents: [],
  audits: [],
  gated: [],
  acknowledged: [],
};
