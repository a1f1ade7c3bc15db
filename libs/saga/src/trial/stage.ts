import type { Contracts } from '../compiler/contracts.js';
import type { Effect, OpenEffect } from '../effect.js';
import type { SagaInput } from '../input.js';
import type { Instant, Json } from '../json.js';
import type { OperationName } from '../operation-name.js';
import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import type { TaskInput } from '../beside/task.js';
import type { AnswerMove, CommandMove, SilentMove } from './move.js';
import type { PlayedEvent } from './play.js';
import type { PlayedTask } from './played-task.js';
import { playedParticipants, type PlayedParticipants } from './played-participants.js';
import { scriptReader, type ScriptReader } from './script-reader.js';
import type { Part } from './test-suite.js';

/** What is played, and where it crashes. */
export interface PlayOptions {
  readonly program: Program;
  readonly contracts: Contracts;
  readonly part: Part;
  /** Before this input, counted from 0, the state is read back from JSON; the input, unless it is an event, comes twice, and so does what it sent. */
  readonly crashAt?: number;
}

/** Something that is going to happen. */
export type Happening =
  | { readonly kind: 'input'; readonly input: SagaInput }
  | { readonly kind: 'message'; readonly message: OpenEffect; readonly isEcho: boolean }
  | { readonly kind: 'work'; readonly message: OpenEffect; readonly end: CommandMove | SilentMove }
  | { readonly kind: 'person'; readonly id: OperationName; readonly move: AnswerMove }
  | Hearsay
  | { readonly kind: 'outage'; readonly outage: Extract<TaskInput, { kind: 'outage' }> };

/** What somebody else than its source says of a fact. */
export interface Hearsay {
  readonly kind: 'hearsay';
  readonly fact: string;
  readonly from: string;
  readonly value: Json;
}

/** A play under way: the one thing here that changes. */
export interface Stage {
  readonly options: PlayOptions;
  readonly reader: ScriptReader;
  readonly participants: PlayedParticipants;
  readonly queue: { readonly at: Instant; readonly happening: Happening }[];
  readonly effects: { readonly at: Instant; readonly effect: Effect }[];
  readonly timeline: PlayedEvent[];
  readonly awaited: Map<OperationName, string>;
  readonly tasks: Map<OperationName, PlayedTask>;
  readonly hearsay: Hearsay[];
  state: SagaState | undefined;
  now: Instant;
  lastChange: Instant;
  /** When it reached a final status. */
  endedAt: Instant | undefined;
  inputs: number;
}

/** A stage before anything has happened. */
export function stageOf(options: PlayOptions): Stage {
  return {
    options,
    reader: scriptReader(options.part.scripts),
    participants: playedParticipants(),
    queue: [],
    effects: [],
    timeline: [],
    awaited: new Map(),
    tasks: new Map(),
    hearsay: [],
    state: undefined,
    now: options.part.at,
    lastChange: options.part.at,
    endedAt: undefined,
    inputs: 0,
  };
}

/** Lets something happen later. What is planned first for an instant happens first. */
export function plan({ queue }: Stage, at: Instant, happening: Happening): void {
  let index = queue.length;
  while (index > 0 && queue[index - 1]!.at > at) index -= 1;
  queue.splice(index, 0, { at, happening });
}

/** Writes a line of the story. */
export function note({ timeline, now }: Stage, kind: PlayedEvent['kind'], text: string, data?: Json): void {
  timeline.push({ at: now, kind, text, ...(data === undefined ? {} : { data }) });
}
