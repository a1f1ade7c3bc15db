/** What is needed to write definitions in TypeScript: the entry `./definition` of the package. */
export { blocks, type Blocks } from './builder/blocks-builder.js';
export type {
  BlockData,
  BlockList,
  BlockOptions,
  CaseOptions,
  Catch,
  Compensate,
  DataTemplate,
  DottedName,
  DurationText,
  ForEachOptions,
  HandlerOptions,
  JoinOptions,
  RepeatOptions,
  Retry,
  Silence,
  StepOptions,
  Then,
  TimedOptions,
} from './builder/block-options.js';
export type { AnswerOptions, TaskDefaults, TaskOptions, To } from './builder/task-options.js';
export { saga, type OutcomeOptions, type SagaBuilder, type SagaOptions } from './builder/saga-builder.js';
export type {
  FlipsOptions,
  KeyOptions,
  StartOptions,
  StreamTriggerOptions,
  TriggerOptions,
} from './builder/start-options.js';
