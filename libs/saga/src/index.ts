export { commandOutcomes, endStatuses, incidentCodes, waitOutcomes, type IncidentCode } from './ends.js';
export type { ClassedPart } from './expression/field-classes.js';
export type { ClassedParts } from './program.js';
export { checkSuccession, type Succession, type SuccessionCheck } from './engine/succession.js';
export { advance, type Fuel } from './engine/advance.js';
export { stageOf, type Stage } from './engine/stage.js';
export { isStillUndoable } from './engine/still-undoable.js';
export { openingOf, stateText, type Opening } from './engine/state-text.js';
export { participantOf } from './participant-of.js';
export { decideAgain, type DecidedAgain, type DecisionNote } from './engine/deciding-again.js';
export { weighingText } from './decision/weighing-text.js';
export { refusedByRuleText, type BrokenRule, type Proposer } from './broken-rule.js';
export { judgedAnswer, type AskingSaga } from './engine/forbidden-answer.js';
export { commandOfBlock } from './engine/command-of-block.js';
export {
  believedCommand,
  believedCommands,
  type BelievedCommand,
  type BelievedStanding,
} from './engine/believed-commands.js';
export { commandStanding, type CommandStanding } from './engine/command-standing.js';
export { outlookOf, type OpenWait, type Outlook, type PossibleEvent, type Sleep } from './engine/outlook.js';
export { FuelSpentError } from './engine/fuel-spent-error.js';
export type {
  AdmissionEffect,
  AdmissionInput,
  AdmissionRules,
  AdmissionState,
  AdmissionTurn,
  Candidate,
} from './beside/admission.js';
export { admit } from './beside/admit.js';
export { attend, isTaskOpen } from './beside/attend.js';
export { grant, waitsOf } from './beside/grant.js';
export type {
  Claim,
  Claimant,
  Conflict,
  Holder,
  LockEffect,
  LockInput,
  LockState,
  LockTurn,
  Waiting,
} from './beside/lock.js';
export { nestingOfBlocks, type Nesting } from './blocks/nesting.js';
export { ENGINE_ERRORS as engineErrors } from './engine-errors.js';
export { findCircle, type Circle, type WaitGraph } from './beside/wait-graph.js';
export type { Calendar, Span } from './beside/calendar.js';
export type {
  Asked,
  Decision,
  Person,
  TaskAnswer,
  TaskAnswerInput,
  TaskClock,
  TaskEffect,
  TaskEvent,
  TaskInput,
  TaskItem,
  TaskOrigin,
  TaskRefusal,
  TaskRequest,
  TaskState,
  TaskTurn,
} from './beside/task.js';
export { objectionTo } from './beside/who-answers.js';
export {
  compileDefinitions,
  type CompiledDefinitions,
  type DefinitionSource,
} from './compiler/compile-definitions.js';
export type { Release } from './compiler/releases.js';
export type { CommandContract, Contracts } from './compiler/contracts.js';
export type {
  Allowed,
  AnsweringEvent,
  EventContract,
  FactContract,
  HttpCall,
  HttpServer,
  Limits,
  ParticipantContract,
} from './contract.js';
export { parseDocuments, type ParsedDocuments } from './document/parse-documents.js';
export { isBooleanWord } from './document/boolean-words.js';
export { formatProblem, type Problem } from './document/problem.js';
export { toKebab } from './shape/scalar-shapes.js';
export {
  builtDocument,
  type Path,
  type Position,
  type SourceDocument,
  type Target,
} from './document/source-document.js';
export { ExpressionError } from './expression/expression-error.js';
export { StaleFactError } from './expression/stale-fact-error.js';
export {
  blocks,
  saga,
  type BlockList,
  type Blocks,
  type SagaBuilder,
  type SagaOptions,
  type StepOptions,
} from './definition.js';
export { didYouMean } from './expression/did-you-mean.js';
export { withTheirStandards } from './compiler/standards.js';
export { explainSaga } from './explained/explain-saga.js';
export { resolveSettings, type ResolvedSaga } from './resolved/resolve-settings.js';
export { surveySagas, type OpaqueBlock, type SagaSurvey, type Touchpoint } from './survey/survey-sagas.js';
export type { Handoff } from './survey/handoffs.js';
export { mermaidOf, type Progress } from './survey/mermaid.js';
export { catalogueOf, findInCatalogue, type CatalogueEntry, type CatalogueKind } from './survey/catalogue.js';
export {
  allNodes,
  type Contact,
  type FlowEdge,
  type FlowGraph,
  type FlowKind,
  type FlowNode,
  type UndoNote,
} from './survey/flow-graph.js';
export type { ResolvedValue } from './resolved/resolved-value.js';
export { editorSchema } from './editor/editor-schema.js';
export { formatDefinition } from './editor/format-definition.js';
export { knownNames, type KnownNames } from './editor/known-names.js';
export type {
  AwaitEffect,
  CaughtEffect,
  Effect,
  FinishEffect,
  HeldLock,
  IncidentEffect,
  Note,
  NotedEffect,
  OpenEffect,
  RefusedEffect,
  ReleaseEffect,
  SagaStatus,
  SettledEffect,
  WaitedEffect,
  TellEffect,
} from './effect.js';
export type {
  ActionInput,
  AnswerInput,
  HeardInput,
  SagaInput,
  StartInput,
  StartOrigin,
  SwitchedInput,
} from './input.js';
export type { Instant, Json, JsonObject } from './json.js';
export type * from './node.js';
export type {
  EventAsk,
  FactAsk,
  FactReader,
  LockAsk,
  SagaAsk,
  Subscription,
  TaskAsk,
  WaitAsk,
  WaitChannel,
} from './wait-node.js';
export {
  operationName,
  operationParts,
  type Direction,
  type OperationName,
  type OperationParts,
} from './operation-name.js';
export type {
  AwaitedEvent,
  CommandLimit,
  EncryptedPart,
  MessageEncryption,
  NeededFact,
  NeededKey,
  Program,
  SagaTarget,
  UsedByAnswer,
} from './program.js';
export type { BlockWords, Worth } from './block-words.js';
export { standingOf, type Standing } from './engine/standing.js';
export { findingOf, type Finding } from './finding.js';
export { verdicts, type Verdict } from './verdict.js';
export type {
  BlockResult,
  Cause,
  Expression,
  Failure,
  KnownValue,
  SagaFacts,
  Values,
} from './scope-values.js';
export type { Change, Received } from './received.js';
export { DEFAULT_MAX_HOPS } from './starting/max-hops.js';
export { isOpenAddress } from './open-address.js';
export { refusalReasons, type RefusalReason } from './starting/refusal.js';
export { nextScheduled, readSchedule, type Schedule } from './starting/schedule.js';
export type {
  Admission,
  EventTrigger,
  PersonTrigger,
  SagaTrigger,
  ScheduleTrigger,
  Trigger,
  TriggerFact,
  WebhookTrigger,
} from './starting/trigger.js';
export { exampleOf } from './trial/example-value.js';
export { askedFact, heardInput } from './trial/heard-for.js';
export { declaredSource, saidOfFact, type SaidOfFact } from './trial/said-of-fact.js';
export { outsideOf, type Outside } from './trial/outside.js';
export { itemAt, namesAt, scriptReader, type ScriptReader } from './trial/script-reader.js';
export type { HeardMove, Move } from './trial/move.js';
export { runTests, type CaseReport, type Coverage, type TestReport } from './trial/run-tests.js';
export type { Mismatch } from './trial/judge.js';
export { durationText } from './trial/played-times.js';
export type { Play, PlayedEvent } from './trial/play.js';
export type { Part, SourcePlace, Start, TestCase, TestSuite } from './trial/test-suite.js';
export { nextDue, type SagaState, type Turn } from './turn.js';
