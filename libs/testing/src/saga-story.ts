import {
  advance,
  askedFact,
  compileDefinitions,
  declaredSource,
  formatProblem,
  heardInput,
  nextDue,
  operationParts,
  type ActionInput,
  type AnswerInput,
  type AwaitEffect,
  type DefinitionSource,
  type Effect,
  type Json,
  type OpenEffect,
  type Program,
  type SagaInput,
  type SagaState,
  type SagaStatus,
} from '#libs/saga';
import { playOf, type Happenings, type SagaPlay } from './saga-play.js';

/** A definition to tell a story about: YAML text, or what the builder made. */
export type StoryDefinition = string | { toSource(): DefinitionSource };

/** What a definition is compiled with. */
export interface StoryOptions {
  /** Contracts of participants and other documents it refers to, as YAML text. */
  readonly documents?: readonly string[];
  /** JSON Schemas it refers to, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly toggles?: Readonly<Record<string, boolean>>;
}

/**
 * A saga at one point of its story: how it stands, and what may happen next.
 *
 * Immutable: each `when…` answers the next point, so that several endings can be told from one beginning. A step is named
 * as in the definition; the command meant is the one sent last for it.
 */
export interface SagaStory {
  readonly status: SagaStatus;
  /** Commands sent by the last input, in order: `payment.charge`. */
  readonly sent: readonly string[];
  /** Events told by the last input, in order: `shop.order.fulfilled`. */
  readonly told: readonly string[];
  /** Codes of open incidents by block. */
  readonly incidents: Readonly<Record<string, string>>;
  /** Who else has spoken of facts than their source, by fact, in order: `/till`. */
  readonly hearsay: Readonly<Record<string, readonly string[]>>;
  /** Data of the command sent last for a step; with `undo`, of its compensation. @throws Error when none was sent. */
  dataOf(step: string, direction?: 'do' | 'undo'): Json;
  /** What a block left behind; `undefined` when it has not ended. */
  outputOf(block: string): Json | undefined;
  /** The participant carried the step's command out. */
  whenSucceeds(step: string, output?: Json): SagaStory;
  /** The participant says no, by the name of a business error. */
  whenRejected(step: string, error: string, data?: Json): SagaStory;
  /** The participant failed without effect. */
  whenFails(step: string, error?: string): SagaStory;
  /** The participant will answer later. */
  whenAccepted(step: string): SagaStory;
  /** Asked whether the step was done, the participant says so, with this output, or says that it was not. */
  whenVerified(step: string, output?: Json): SagaStory;
  whenDisproved(step: string): SagaStory;
  /** The participant undid the step. */
  whenUndone(step: string): SagaStory;
  /** The event that a block waits for comes. */
  whenHears(block: string, data?: Json, said?: SaidEvent): SagaStory;
  /**
   * Somebody says something of a fact that a block waits for, named as in a tests document: `path.stock`. What is too old
   * is the error `stale`; what another than its declared source says is recorded as hearsay and changes nothing.
   */
  whenTold(fact: string, value: Json, said?: SaidFact): SagaStory;
  /** A person answers a task. */
  whenAnswered(task: string, answer: string, fields?: Readonly<Record<string, Json>>): SagaStory;
  /** Somebody switches a toggle. */
  whenSwitched(toggle: string, on: boolean): SagaStory;
  /** Nothing is heard until the next timer fires. @throws Error when no timer is armed. */
  whenNothingIsHeard(): SagaStory;
  /** So much time passes; everything that is due by then happens, in order. */
  whenTimePasses(ms: number): SagaStory;
  /** An operator tries the incident again, as a new round. */
  whenRetried(step?: string): SagaStory;
  /** An operator goes on as if the step had ended with `output`. */
  whenSkipped(step?: string, output?: Json): SagaStory;
  /** An operator cancels the saga. */
  whenCancelled(): SagaStory;
}

/** Of an event: which one, where a block waits for several, and where it comes from. */
export interface SaidEvent {
  readonly type?: string;
  /** Default `test`. */
  readonly from?: string;
}

/** Of what is said of a fact: how old it is, and who says so. */
export interface SaidFact {
  /** Default 0. */
  readonly ageMs?: number;
  /** Default: its declared source. */
  readonly from?: string;
}

/** A saga that has taken its first steps; it can also be played to its end. */
export interface SagaBeginning extends SagaStory {
  /**
   * Plays the saga from its start on a virtual clock: every command succeeds with an example of its output schema, but
   * for what is said here in the words of a tests document, such as `{ chargeCard: { rejected: 'card-declined' } }`.
   */
  when(happenings: Happenings): SagaPlay;
}

const began = Date.UTC(2026, 0, 1);

/**
 * Begins a story: the saga has been started with `input` and has taken its first steps.
 *
 * @throws Error naming every mistake when the definition does not compile or does not take the input.
 */
export function givenSaga(
  definition: StoryDefinition,
  input: Json = {},
  options: StoryOptions = {},
): SagaBeginning {
  const sources = sourcesOf(definition, options);
  const program = compiled(sources, options);
  const problems = program.inputProblems(input);
  if (problems.length > 0) throw new Error(`the saga does not take this input:\n${problems.join('\n')}`);
  const { definition: name, version } = program;
  const facts = { id: 'saga-1', key: 'key-1', definition: name, version, startedAt: began, hops: 0 };
  const key = keyOf(program, input, facts);
  const start = {
    kind: 'start',
    now: began,
    facts: { ...facts, key },
    input,
    toggles: options.toggles ?? {},
  } as const;
  const { state, effects } = advance(program, undefined, start);
  const { files = {}, toggles = {} } = options;
  const played = { sources, files, definition: name, version, input, toggles };
  return {
    ...storyOf({ program, state, effects, sent: opensIn(effects), awaited: awaitsIn(effects), hearsay: {} }),
    when: (happenings) => playOf(played, happenings),
  };
}

function sourcesOf(definition: StoryDefinition, options: StoryOptions): readonly DefinitionSource[] {
  const source =
    typeof definition === 'string' ? { file: 'saga.yaml', text: definition } : definition.toSource();
  const others = (options.documents ?? []).map((text, index) => ({
    file: `document-${index + 1}.yaml`,
    text,
  }));
  return [source, ...others];
}

function compiled(sources: readonly DefinitionSource[], options: StoryOptions): Program {
  const { programs, problems } = compileDefinitions(sources, options.files);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new Error(`the definition does not compile:\n${errors.map(formatProblem).join('\n')}`);
  const [program, ...more] = programs;
  if (program === undefined || more.length > 0)
    throw new Error(`a story is about one saga; there are ${programs.length}`);
  return program;
}

function keyOf(program: Program, input: Json, saga: SagaState['facts']): string {
  return String(program.key({ input, saga, steps: {}, toggles: {}, now: began }));
}

interface Point {
  readonly program: Program;
  readonly state: SagaState;
  /** Of the last input. */
  readonly effects: readonly Effect[];
  /** Every command so far, oldest first. */
  readonly sent: readonly OpenEffect[];
  /** Everything that was waited for so far, oldest first. */
  readonly awaited: readonly AwaitEffect[];
  readonly hearsay: SagaStory['hearsay'];
}

type StoryDirection = 'do' | 'verify' | 'undo';

function storyOf(point: Point): SagaStory {
  const { state, effects, hearsay } = point;
  const act = (action: ActionInput['action']): SagaStory =>
    storyOf(next(point, { kind: 'action', now: state.at, by: 'tester', action }));
  const answer = (step: string, direction: StoryDirection, parts: Partial<AnswerInput>): SagaStory =>
    storyOf(next(point, answerTo(lastSent(point, step, direction), state.at, parts)));
  return {
    status: state.status,
    sent: opensIn(effects).map(({ call }) => call),
    told: effects.filter((effect) => effect.kind === 'tell').map(({ event }) => event),
    incidents: Object.fromEntries(Object.values(state.incidents).map(({ block, code }) => [block, code])),
    hearsay,
    dataOf: (step, direction = 'do') => lastSent(point, step, direction).data,
    outputOf: (block) => state.steps[block]?.output,
    whenSucceeds: (step, output = {}) => answer(step, 'do', { outcome: 'succeeded', data: output }),
    whenRejected: (step, error, data = null) => answer(step, 'do', { outcome: 'rejected', error, data }),
    whenFails: (step, error = 'unavailable') => answer(step, 'do', { outcome: 'failed', error }),
    whenAccepted: (step) => answer(step, 'do', { outcome: 'accepted' }),
    whenVerified: (step, output = {}) => answer(step, 'verify', { outcome: 'succeeded', data: output }),
    whenDisproved: (step) => answer(step, 'verify', { outcome: 'rejected', error: 'not-done' }),
    whenUndone: (step) => answer(step, 'undo', { outcome: 'succeeded' }),
    whenHears: (block, data = {}, said = {}) => storyOf(heard(point, block, data, said)),
    whenTold: (fact, value, said = {}) => storyOf(told(point, fact, value, said)),
    whenAnswered: (task, answer, fields = {}) => storyOf(answered(point, task, { answer, ...fields })),
    whenSwitched: (toggle, on) => storyOf(next(point, { kind: 'switched', now: state.at, toggle, on })),
    whenNothingIsHeard: () => storyOf(waited(point)),
    whenTimePasses: (ms) => storyOf(passed(point, state.at + ms)),
    whenRetried: (block) => act({ kind: 'retry', ...(block === undefined ? {} : { block }) }),
    whenSkipped: (block, output = null) =>
      act({ kind: 'skip', output, ...(block === undefined ? {} : { block }) }),
    whenCancelled: () => act({ kind: 'cancel' }),
  };
}

function next(point: Point, input: SagaInput): Point {
  const { state, effects } = advance(point.program, point.state, input);
  const refused = effects.find((effect) => effect.kind === 'refused');
  if (refused !== undefined) throw new Error(`the action is refused: ${refused.message}`);
  const awaited = [...point.awaited, ...awaitsIn(effects)];
  return { ...point, state, effects, awaited, sent: [...point.sent, ...opensIn(effects)] };
}

function heard(point: Point, block: string, data: Json, { type: event, from }: SaidEvent): Point {
  const move = { what: 'event', data, ...(event && { event }), ...(from && { from }) };
  return next(point, heardInput(lastAwaited(point, block), move, point.state.at, point.program));
}

/** The declared source is believed, and nobody else where there is one. */
function told(point: Point, name: string, data: Json, { ageMs = 0, from }: SaidFact): Point {
  const asked = lastAwaited(point, name);
  const fact = askedFact(asked);
  if (fact === undefined) throw new Error(`"${name}" waits for no fact, but for ${asked.channel}`);
  const source = declaredSource(fact, point.program);
  if (from === undefined || source === undefined || from === source)
    return next(point, heardInput(asked, { what: 'fact', data, ageMs }, point.state.at, point.program));
  const hearsay = { ...point.hearsay, [fact]: [...(point.hearsay[fact] ?? []), from] };
  return { ...point, effects: [], hearsay };
}

function answered(point: Point, task: string, fields: Readonly<Record<string, Json>>): Point {
  const { id } = lastAwaited(point, task);
  const { at: now } = point.state;
  const data = { by: 'tester', at: new Date(now).toISOString(), ...fields };
  return next(point, { kind: 'heard', now, id, what: 'answered', data, by: 'tester' });
}

function lastAwaited({ awaited }: Point, block: string): AwaitEffect {
  const found = awaited.findLast((one) => one.block === block);
  if (found !== undefined) return found;
  const known = [...new Set(awaited.map((one) => one.block))].join(', ') || 'none';
  throw new Error(`"${block}" waits for nothing so far; blocks that do: ${known}`);
}

function awaitsIn(effects: readonly Effect[]): readonly AwaitEffect[] {
  return effects.filter((effect) => effect.kind === 'await');
}

function waited(point: Point): Point {
  const due = nextDue(point.state);
  if (due === undefined) throw new Error(`the saga is ${point.state.status} and waits for no time`);
  return next(point, { kind: 'due', now: due });
}

/** Fires timers one by one, so that each sees what the one before it did; keeps all their effects. */
function passed(point: Point, until: number): Point {
  let at = { ...point, effects: [] as readonly Effect[] };
  for (let due = nextDue(at.state); due !== undefined && due <= until; due = nextDue(at.state)) {
    const after = next(at, { kind: 'due', now: due });
    at = { ...after, effects: [...at.effects, ...after.effects] };
  }
  const last = next(at, { kind: 'due', now: until });
  return { ...last, effects: [...at.effects, ...last.effects] };
}

function answerTo({ operation, attempt }: OpenEffect, now: number, parts: Partial<AnswerInput>): AnswerInput {
  return { kind: 'answer', now, operation, attempt, outcome: 'succeeded', data: null, ...parts };
}

function lastSent({ sent }: Point, step: string, direction: StoryDirection): OpenEffect {
  const found = sent.findLast(
    (open) => open.block === step && operationParts(open.operation)?.direction === direction,
  );
  if (found !== undefined) return found;
  const known = [...new Set(sent.map(({ block }) => block))].join(', ') || 'none';
  const what = { do: 'command', verify: 'question', undo: 'compensation' }[direction];
  throw new Error(`no ${what} was sent for the step "${step}" so far; steps with commands: ${known}`);
}

function opensIn(effects: readonly Effect[]): readonly OpenEffect[] {
  return effects.filter((effect) => effect.kind === 'open');
}
