import {
  deriveSagaId,
  MalformedRecordError,
  type Instant,
  type Json,
  type SagaId,
  type SignedRecord,
} from '#libs/messaging';
import type { AwaitEffect, FinishEffect, Program } from '#libs/saga';
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
}

/** The start of a child with the id it will have, or the refusal its parent hears. */
export function startChild(
  starter: ChildStarter,
  parent: LiveSaga,
  { id, request }: AwaitEffect,
  now: Instant,
): { readonly record: SignedRecord; readonly child?: SagaId } {
  const asked = request as unknown as ChildRequest;
  const program = starter.definitions.current(asked.definition);
  if (program === undefined) return refusal(parent, id, `${asked.definition} is not published`);
  const problems = program.inputProblems(asked.input);
  if (problems.length > 0)
    return refusal(parent, id, `not an input of ${asked.definition}: ${problems.join('; ')}`);
  try {
    return started(starter, parent, id, asked, program, now);
  } catch (error) {
    if (error instanceof MalformedRecordError) return refusal(parent, id, error.message);
    throw error;
  }
}

function started(
  starter: ChildStarter,
  parent: LiveSaga,
  id: string,
  { key, input, detached }: ChildRequest,
  program: Program,
  at: Instant,
): { readonly record: SignedRecord; readonly child: SagaId } {
  const { definition, version } = program;
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
    ...identity,
    version,
    eventType: 'saga',
    toggles: starter.definitions.togglesOf(program),
    hops: parent.state.facts.hops + 1,
    ...(detached ? {} : { parent: { saga: parent.id, id } }),
  };
  const trace = starter.trace.child(parent.trace, parent.id, detached ? undefined : id);
  return { record: { kind: 'start', saga: child, head, input, trace }, child };
}

function refusal(parent: LiveSaga, id: string, reason: string): { readonly record: SignedRecord } {
  return { record: refusedChild({ saga: parent.id, id }, { reason }) };
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
    ...(failure === undefined
      ? {}
      : { failure: { error: failure.error, step: failure.step, message: failure.message } }),
  };
  return {
    kind: 'heard',
    saga: parent.saga,
    head: { id: parent.id, what: wasToBeUndone ? 'undone' : status },
    data,
  };
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
