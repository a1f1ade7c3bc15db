import {
  deriveSagaId,
  MalformedRecordError,
  type Instant,
  type Json,
  type SagaId,
  type SignedRecord,
} from '#libs/messaging';
import {
  DEFAULT_MAX_HOPS,
  type AwaitEffect,
  type Failure,
  type FinishEffect,
  type Program,
} from '#libs/saga';
import { businessKeyOf, keyText } from '../business-key.js';
import type { LiveSaga } from '../live-saga.js';
import { sourceOf, type Sender } from '../outgoing-effects.js';
import type { ToggleValues } from '../start-toggles.js';

/** What starting children needs to know. */
export interface ChildStarter extends Sender {
  readonly definitions: ToggleValues;
}

interface ChildRequest {
  readonly definition: string;
  readonly key: Json;
  readonly input: Json;
  readonly detached: boolean;
  readonly maxHops?: number;
}

/** What became of the wish to start a child. */
export type ChildStart =
  /** The start of a child with the id it will have. */
  | {
      readonly kind: 'started';
      readonly record: SignedRecord;
      readonly child: SagaId;
      readonly isWaitedFor: boolean;
    }
  /** The refusal its parent hears; absent where it does not wait. */
  | { readonly kind: 'refused'; readonly reason: string; readonly record?: SignedRecord };

/** Starts a child, or says why it cannot be. */
export function startChild(
  starter: ChildStarter,
  parent: LiveSaga,
  { id, request }: AwaitEffect,
  now: Instant,
): ChildStart {
  const asked = request as unknown as ChildRequest;
  const refused = (reason: string): ChildStart =>
    asked.detached
      ? { kind: 'refused', reason }
      : { kind: 'refused', reason, record: refusedChild({ saga: parent.id, id }, { reason }) };
  const program = starter.definitions.current(asked.definition);
  if (program === undefined) return refused(`${asked.definition} is not published`);
  const tooFar = hopsProblem(parent, asked);
  if (tooFar !== undefined) return refused(tooFar);
  const problems = program.inputProblems(asked.input);
  if (problems.length > 0) return refused(`not an input of ${asked.definition}: ${problems.join('; ')}`);
  try {
    return started(starter, parent, id, asked, program, now);
  } catch (error) {
    if (error instanceof MalformedRecordError) return refused(error.message);
    throw error;
  }
}

/** Sagas that run each other without end are stopped here: each counts a hop. */
function hopsProblem(
  { state }: LiveSaga,
  { definition, maxHops = DEFAULT_MAX_HOPS }: ChildRequest,
): string | undefined {
  const { facts } = state;
  if (facts.hops < maxHops) return undefined;
  const chain = [...(facts.runBy ?? []), facts.definition, definition].join(' → ');
  return `${facts.hops + 1} sagas would lie behind it, and no more than ${maxHops} may: ${chain}`;
}

function started(
  starter: ChildStarter,
  parent: LiveSaga,
  id: string,
  { key, input, detached }: ChildRequest,
  program: Program,
  at: Instant,
): ChildStart {
  const { definition, version } = program;
  const { facts } = parent.state;
  const businessKey = key === null ? businessKeyOf(program, input, at) : keyText(definition, key);
  const identity = {
    definition,
    businessKey,
    source: sourceOf(starter.installation),
    eventId: `${parent.id}.${id}`,
    at,
  };
  const child = deriveSagaId({ ...identity, installation: starter.installation.name });
  const head = {
    // Definition and version come first: that is how it is seen which program has to be loaded.
    ...{ definition, version },
    ...identity,
    eventType: 'saga',
    toggles: starter.definitions.togglesOf(program),
    hops: facts.hops + 1,
    runBy: [...(facts.runBy ?? []), facts.definition],
    ...(detached ? {} : { parent: { saga: parent.id, id } }),
  };
  const trace = starter.trace.child(parent.trace, parent.id, detached ? undefined : id);
  const record = { kind: 'start', saga: child, head, input, trace } as const;
  return { kind: 'started', record, child, isWaitedFor: !detached };
}

/** What a parent hears whose child cannot be started. */
export function refusedChild(
  parent: { readonly saga: SagaId; readonly id: string },
  data: { readonly reason: string; readonly saga?: SagaId },
): SignedRecord {
  return { kind: 'heard', saga: parent.saga, head: { id: parent.id, what: 'refused' }, data: { ...data } };
}

/** What a parent hears when its child has ended; `undone` if it had asked for that. */
export function endedChild(child: LiveSaga, effect: FinishEffect): SignedRecord | undefined {
  const { parent } = child.state.facts;
  if (parent === undefined) return undefined;
  const wasToBeUndone = child.isToBeUndone === true && effect.status !== 'completed';
  const { status, result, failure } = effect;
  const data = {
    saga: child.id,
    key: child.businessKey,
    status,
    ...(result === undefined ? {} : { result }),
    ...(failure === undefined ? {} : { failure: toldFailure(failure) }),
  };
  return {
    kind: 'heard',
    saga: parent.saga,
    head: { id: parent.id, what: wasToBeUndone ? 'undone' : status },
    data,
  };
}

/** The data of a failure stays in the saga it belongs to; what went wrong, and why, is its parent's as well. */
function toldFailure({ error, step, message, at, causes = [] }: Failure): Json {
  return { error, step, message, at, causes: causes.map((cause) => ({ ...cause })) };
}

/** What a saga that has ended says to those it has started and waited for: that it does not need them any more. */
export function lettingGo({ id: parent, outside = {} }: LiveSaga, at: Instant): readonly SignedRecord[] {
  const action = 'let-go';
  return Object.entries(outside).flatMap(([id, { channel, to }]) =>
    channel === 'saga'
      ? to.map((child): SignedRecord => {
          const head = { request: `${parent}.${id}.${action}`, action, by: `saga ${parent}`, at };
          return { kind: 'action', saga: child as SagaId, head, data: { parent: { saga: parent, id } } };
        })
      : [],
  );
}

/** What a parent asks of a child that it does not want any more: to stop, or to be undone. */
export function withdrawChild(
  parent: SagaId,
  child: SagaId,
  { id, reason }: { readonly id: string; readonly reason?: string },
  at: Instant,
): SignedRecord {
  const action = reason === 'undo' ? 'undo' : 'cancel';
  const head = { request: `${parent}.${id}.${action}`, action, by: `saga ${parent}`, at };
  return { kind: 'action', saga: child, head, data: { parent: { saga: parent, id } } };
}
