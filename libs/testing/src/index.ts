export {
  defineContract,
  type Contract,
  type ContractCase,
  type ContractFactory,
  type ContractSubject,
} from './contract.js';
export { definitionStoreContract } from './definition-store-contract.js';
export { housekeepingStoreContract } from './housekeeping-store-contract.js';
export { installationStoreContract } from './installation-store-contract.js';
export { laneStoreContract } from './lane-store-contract.js';
export { operatorStoreContract } from './operator-store-contract.js';
export {
  after,
  batchOf,
  committed,
  home0,
  home1,
  startedOrder,
  storedOrder,
  type StoreSet,
} from './store-set.js';
export { operationMemoryContract, transactionalMemoryContract } from './operation-memory-contract.js';
export { type MemorySubject, type TransactionalMemorySubject } from './operation-memory-subject.js';
export { ScriptedSink, ScriptedSource, type ScriptedMessage } from './scripted-broker.js';
