import { defineContract } from './contract.js';
import { laneDeskCases } from './lane-desk-cases.js';
import { laneFenceCases } from './lane-fence-cases.js';
import { laneInstanceCases } from './lane-instance-cases.js';
import { laneLimitCases } from './lane-limit-cases.js';
import { laneRecordCases } from './lane-record-cases.js';
import type { StoreSet } from './store-set.js';

/** What every LaneStore promises. */
export const laneStoreContract = defineContract<StoreSet>('LaneStore', [
  ...laneFenceCases,
  ...laneInstanceCases,
  ...laneRecordCases,
  ...laneDeskCases,
  ...laneLimitCases,
]);
