export { DefinitionConflictError } from './definition-conflict-error.js';
export {
  DefinitionStore,
  toggleText,
  type Baseline,
  type Publication,
  type PublishedDocument,
  type PublishedFile,
  type StoredDocument,
  type SwitchedToggle,
} from './definition-store.js';
export type { HistoryEntry } from './history.js';
export { HousekeepingStore, type PartitionEnds } from './housekeeping-store.js';
export { InstallationStore, type Installation } from './installation-store.js';
export {
  LaneStore,
  type Anchor,
  type AuditRow,
  type CommitResult,
  type Granted,
  type GrantRequest,
  type DeskChanges,
  type GatedCount,
  type HistoryRow,
  type IncidentRow,
  type LaneCommit,
  type LanePosition,
  type NewInstance,
  type OutboxRow,
  type ParkedRow,
  type StoredDesk,
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
  type BegunFilter,
  type DeskFilter,
  type FixedStart,
  type IncidentCause,
  type IncidentCount,
  type IncidentFilter,
  type IncidentPlace,
  type LaneSummary,
  type OutcomeCount,
  type RepairCount,
  type SagaFilter,
  type SagaSummary,
  type StoredIncident,
} from './operator-store.js';
export {
  TransferStore,
  type EndedSaga,
  type MarkedDocument,
  type MarkedFile,
  type MarkedPublication,
} from './transfer-store.js';
export { factOutcome, type AskedFact, type FactOutcome } from './fact-outcome.js';
export type { IntakeCause } from './intake.js';
export {
  overAt,
  pausedKinds,
  pauseText,
  type Pause,
  type PausedKind,
  type PausedPlace,
  type PausedQueue,
  type Resumption,
} from './pauses/pause.js';
export type { HeldWait } from './use-cases/held-waits.js';
export { PauseWork, type PauseRequest, type ResumeRequest, type ShownPause } from './use-cases/pause-work.js';
export { overrideBy, overridingActions, type OverridingAction } from './override.js';
export { isProgress } from './progress.js';
export { grantCommands, type Granting, type GrantQuestion } from './limits/grant-commands.js';
export { untouchedLimit, type BreakerState, type LimitState } from './limits/limit-state.js';
export {
  participantOfLimit,
  type HeldCommand,
  type LimitedChanges,
  type LimitedPlace,
  type LimitedRow,
  type LimitQueue,
} from './limits/limited-row.js';
export {
  mostStalledLooked,
  NoSagaMetrics,
  SagaMetrics,
  type Census,
  type CycleMeasure,
  type Gauges,
  type LaneGauge,
  type LiveCount,
  type StallTarget,
} from './saga-metrics.js';
export {
  neededPermissions,
  type Permission,
  type PermissionsOptions,
  type RolePermissions,
} from './permissions.js';
export { NoSagaTrace, SagaTrace, type SentMessage, type Transition, type Turned } from './saga-trace.js';
export { undoCausesAfter, type UndoCauses } from './undo-causes.js';
export { LaneLostError, LayoutError, StoreRefusedError, StoreUnavailableError } from './store-errors.js';
export { businessKeyOf } from './business-key.js';
export { operatorActions, type OperatorAction } from './home-action.js';
export { TopicAdmin, type TopicDescription, type TopicSpec } from './topic-admin.js';
export { CheckLayout, type CheckedLayout } from './use-cases/check-layout.js';
export {
  ActOnTask,
  type ActOnTaskOptions,
  type TaskAct,
  type TaskActAnswer,
} from './use-cases/act-on-task.js';
export {
  KeyLog,
  type KeyLogOptions,
  type KeyOf,
  type KeyView,
  type ThawAnswer,
} from './use-cases/key-log.js';
export type { VersionFigures, VersionMeans, VersionPeriod } from './version-figures.js';
export { CompareVersions, type VersionComparison } from './use-cases/compare-versions.js';
export { MeasureVersion } from './use-cases/measure-version.js';
export { TakeBaselines, type TakenBaselines } from './use-cases/take-baselines.js';
export type { StageCount } from './stage-count.js';
export { ShowBoard, type Board, type BoardStage } from './use-cases/show-board.js';
export { ListStalled, type StalledPage, type StalledSaga } from './use-cases/list-stalled.js';
export { lastProgress, type Stall } from './use-cases/stall.js';
export { JudgeSaga, type Judgement } from './use-cases/judge-saga.js';
export { ReportQuality, type Quality, type QualityFilter } from './use-cases/report-quality.js';
export { ReportTime, type MeanCost, type TimeFilter, type TimeReport } from './use-cases/report-time.js';
export { spendings } from './use-cases/spent-time.js';
export { judgeAction } from './verdict-rows.js';
export type { AdmissionLine } from './desks/admission-log.js';
export { DeclareOutage, type Outage } from './use-cases/declare-outage.js';
export {
  ActOnIncidents,
  bulkActions,
  type ActOnIncidentsOptions,
  type BulkAction,
  type BulkAnswer,
  type BulkRequest,
} from './use-cases/act-on-incidents.js';
export { GroupIncidents, type IncidentGroup } from './use-cases/group-incidents.js';
export { GetTask } from './use-cases/get-task.js';
export {
  ListFacts,
  type FactFilter,
  type FactPage,
  type FactView,
  type HearsayView,
  type KnownFactView,
} from './use-cases/list-facts.js';
export { ListLocks, type LockFilter, type LockPage } from './use-cases/list-locks.js';
export type { LockHolderView, LockSagaView, LockView } from './desks/lock-desk.js';
export { ListTasks, type TaskFilter, type TaskPage } from './use-cases/list-tasks.js';
export type { TaskSummary, TaskView } from './use-cases/task-view.js';
export {
  CheckPositions,
  type KeepingGroup,
  type PositionGroup,
  type Positions,
} from './use-cases/check-positions.js';
export { TellStatus, type ToldStatus, type ToldWait } from './use-cases/tell-status.js';
export { SurveyDefinition } from './use-cases/survey-definition.js';
export { ReadPublishedTexts, type PublishedTexts } from './use-cases/read-published-texts.js';
export { ListParked } from './use-cases/list-parked.js';
export type { Look } from './use-cases/look.js';
export { ExplainWaiting, type ExplainedSaga, type WaitExplanation } from './use-cases/explain-waiting.js';
export type { HelpedWait, Helper } from './use-cases/find-helpers.js';
export type { Circle, CircleLink, EventOfKey } from './circles/circle.js';
export { ApplyRelease, type ReleasedToggle, type ReleaseRequest } from './use-cases/apply-release.js';
export { ExportAll, type ExportAllOptions, type ExportRequest } from './use-cases/export-all.js';
export {
  ImportAll,
  type ImportAllOptions,
  type Imported,
  type ImportRequest,
} from './use-cases/import-all.js';
export { GetSaga } from './use-cases/get-saga.js';
export type { Control } from './use-cases/control.js';
export type { CallCost, Cost, WorkOfPerson } from './use-cases/cost.js';
export type { Execution } from './use-cases/executions.js';
export type { HistoryPage, SagaView } from './use-cases/saga-view.js';
export { HomeMailbox, type HomeMailboxOptions } from './use-cases/home-mailbox.js';
export { Install, type InstallResult } from './use-cases/install.js';
export type { InstallationChoice } from './use-cases/installation-layout.js';
export { ListSagas, type ListedSaga, type ListFilter, type SagaPage } from './use-cases/list-sagas.js';
export {
  RequestAction,
  type ActionAnswer,
  type ActionRequest,
  type RequestActionOptions,
} from './use-cases/request-action.js';
export {
  PublishDefinitions,
  type PublishDefinitionsOptions,
  type PublishRequest,
  type PublishResult,
} from './use-cases/publish-definitions.js';
export type { TopicPolicy } from './use-cases/provide-topics.js';
export { compilePublication, publishedContracts } from './use-cases/compile-documents.js';
export type { DefinitionText } from './use-cases/document-pieces.js';
export { BrokerUnavailableError, RequestError, type RequestErrorCode } from './use-cases/request-error.js';
export { admitKind } from './desks/admission-messages.js';
export { taskDeskKind, taskTag, type TaskDeskState } from './desks/task-messages.js';
export { failureModes, repairActions, type FailureMode } from './failure-mode.js';
export {
  CompareOperations,
  type CompareOperationsOptions,
  type Comparison,
  type ComparisonRequest,
} from './reconciling/compare-operations.js';
export type { DifferenceKind } from './reconciling/difference-kind.js';
export type { Difference } from './reconciling/difference.js';
export {
  ListOperations,
  type AskedOperation,
  type AskedOperationsFilter,
  type AskedOperationsPage,
} from './reconciling/list-operations.js';
export { listedStates, statesText, type LineProblem } from './reconciling/listed-operation.js';
export type { Repair } from './reconciling/repair.js';
export { ReportRepairs, type Repairs } from './use-cases/report-repairs.js';
export { DecideAgain, type DecisionMadeAgain } from './use-cases/decide-again.js';
export { RetellTrace, type RetellTraceParts } from './use-cases/retell-trace.js';
export {
  ResolveParked,
  type ParkedPosition,
  type ParkedRequest,
  type ResolveParkedOptions,
} from './use-cases/resolve-parked.js';
export {
  StartByPerson,
  type PersonAnswer,
  type PersonStart,
  type StartByPersonOptions,
} from './use-cases/start-by-person.js';
export { TakeWebhook, type TakeWebhookOptions, type WebhookRequest } from './use-cases/take-webhook.js';
export { webhookSignature, type SignedRequest } from './use-cases/webhook-signature.js';
export {
  StartSaga,
  type StartAnswer,
  type StartRequest,
  type StartSagaOptions,
} from './use-cases/start-saga.js';
export { SwitchToggle, type ShownToggle, type ToggleRequest } from './use-cases/switch-toggle.js';
export { durationText, timelineOf, type TimelineEntry } from './use-cases/timeline.js';
export type { Waiting } from './use-cases/waiting.js';
export { Coordinator, type CoordinatorParts } from './coordinator.js';
export { defaultHousekeepingSettings, type HousekeepingSettings } from './housekeeper.js';
export { MoveLane, type LaneMove, type MoveLaneOptions } from './use-cases/move-lane.js';
export { defaultLaneSettings, type LaneSettings } from './lane-settings.js';
export { sealingKeyring } from './sealing-keyring.js';
