export { DefinitionConflictError } from './definition-conflict-error.js';
export { DefinitionStore, type Publication, type PublishedDocument, type PublishedFile } from './definition-store.js';
export type { HistoryEntry } from './history.js';
export { HousekeepingStore } from './housekeeping-store.js';
export { InstallationStore, type Installation } from './installation-store.js';
export {
  LaneStore,
  type Anchor,
  type AuditRow,
  type CommitResult,
  type GatedCount,
  type HistoryRow,
  type IncidentRow,
  type LaneCommit,
  type LanePosition,
  type NewInstance,
  type OutboxRow,
  type ParkedRow,
  type StoredInstance,
  type Wake,
} from './lane-store.js';
export {
  LoadedDefinitions,
  type CompilePublication,
  type LoadedDefinitionsOptions,
  type LoadedTrigger,
} from './loaded-definitions.js';
export {
  OperatorStore,
  type FixedStart,
  type LaneSummary,
  type SagaFilter,
  type SagaSummary,
  type StoredIncident,
} from './operator-store.js';
export { NoSagaTrace, SagaTrace, type Transition } from './saga-trace.js';
export { LaneLostError, LayoutError, StoreRefusedError, StoreUnavailableError } from './store-errors.js';
