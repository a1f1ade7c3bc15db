export { InMemoryDefinitionStore } from './in-memory-definition-store.js';
export { InMemoryHousekeepingStore } from './in-memory-housekeeping-store.js';
export { InMemoryInstallationStore } from './in-memory-installation-store.js';
export { InMemoryLaneStore } from './in-memory-lane-store.js';
export { InMemoryOperatorStore } from './in-memory-operator-store.js';
export { InMemoryTransferStore } from './in-memory-transfer-store.js';
export { InMemoryTables } from './in-memory-tables.js';
/** A broker in memory for tests and for a run without Kafka. */
export { InMemoryBroker, type AppendResult, type InMemoryTopicOptions } from './in-memory-broker.js';
export { InMemoryCommandSink } from './in-memory-command-sink.js';
export {
  InMemoryEventSource,
  InMemoryPartitionError,
  type InMemorySourceSettings,
} from './in-memory-event-source.js';
export { InMemoryGroup, type GroupMember } from './in-memory-group.js';
export { InMemoryLog, type LogSlice } from './in-memory-log.js';
export { InMemoryTopicAdmin } from './in-memory-topic-admin.js';
