export { InMemoryDefinitionStore } from './in-memory-definition-store.js';
export { InMemoryHousekeepingStore } from './in-memory-housekeeping-store.js';
export { InMemoryInstallationStore } from './in-memory-installation-store.js';
export { InMemoryLaneStore } from './in-memory-lane-store.js';
export { InMemoryOperatorStore } from './in-memory-operator-store.js';
export { InMemoryTables } from './in-memory-tables.js';
