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
export { transferStoreContract } from './transfer-store-contract.js';
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
/** The contract suites of the two messaging ports, and a reader that writes down what a source tells. */
export { commandSinkContract, type CommandSinkBench } from './command-sink-contract.js';
export type { EventSourceBench } from './event-source-bench.js';
export { eventSourceContract } from './event-source-contract.js';
export { resumeAll, SourceWatcher, type SourceWatcherOptions } from './source-watcher.js';
export { FakeClock } from './fake-clock.js';
export { allNests, nestOf, pairsOf, type Nest } from './simulation/nest.js';
export { blocksIn, simulateDefinitions, type DefinitionReport } from './simulation/simulate-definitions.js';
export {
  simulateOrders,
  type SimulationOptions,
  type SimulationReport,
} from './simulation/simulate-orders.js';
export type { PlantedFaults, WorldOptions } from './simulation/simulated-world.js';
export { noMischief, type Mischief } from './simulation/simulated-process.js';
export {
  startOtlpSink,
  type OtlpSink,
  type ReceivedSpan,
  type SpanReference,
  type SpanValue,
} from './otlp-sink.js';
export type { Claims, Happenings, SagaPlay } from './saga-play.js';
export {
  givenSaga,
  type SagaBeginning,
  type SagaStory,
  type StoryDefinition,
  type StoryOptions,
} from './saga-story.js';
