import type { Instant, Json, SagaId } from '#libs/messaging';
import { ExpressionError, type FinishEffect } from '#libs/saga';
import { admissionRecord } from './desks/admission-messages.js';
import { homeMessage } from './desks/desk-folding.js';
import type { LiveSaga } from './live-saga.js';
import type { Follower } from './loaded-definitions.js';
import { sourceOf, type Sender } from './outgoing-effects.js';
import type { OutgoingMessage } from './outgoing-message.js';

/** Who waits for the ends of which sagas. */
export interface Followers {
  followersOf(definition: string): readonly Follower[];
}

const none: readonly OutgoingMessage[] = [];

/** What has to be said when a saga ends, to the desk of its key and to those it starts. */
export function endingMessages(
  sender: Sender & { readonly definitions: Followers },
  saga: LiveSaga,
  finish: FinishEffect,
  at: Instant,
): readonly OutgoingMessage[] {
  const { admission } = saga.program;
  const followers = sender.definitions.followersOf(saga.program.definition);
  const isAwaited =
    admission !== undefined && (admission.conflict !== 'ignore' || admission.flips !== undefined);
  if (!isAwaited && followers.length === 0) return none;
  const messages = isAwaited ? [endReport(sender, saga, at)] : [];
  for (const follower of followers)
    if (follower.trigger.outcome === undefined || follower.trigger.outcome === finish.status)
      messages.push(triggerMessage(sender, saga, finish, follower, at));
  return messages;
}

function endReport(sender: Sender, saga: LiveSaga, at: Instant): OutgoingMessage {
  const { program, businessKey, id } = saga;
  const decided = decidedBy(saga, at);
  const report = { kind: 'ended', saga: id, ...(decided === undefined ? {} : { decided }) } as const;
  return homeMessage(sender, id, admissionRecord({ definition: program.definition, businessKey }, report));
}

/** What flips are told by; a saga that did not come to a decision has none. */
function decidedBy({ program, state }: LiveSaga, now: Instant): Json | undefined {
  const { input, steps, facts, toggles } = state;
  try {
    return program.admission?.flips?.of({ input, steps, saga: facts, toggles, now }) as Json | undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function triggerMessage(
  sender: Sender,
  saga: LiveSaga,
  finish: FinishEffect,
  { definition, trigger }: Follower,
  at: Instant,
): OutgoingMessage {
  const { id, program, businessKey: key, state } = saga;
  const head = {
    definition,
    trigger: trigger.name,
    source: sourceOf(sender.installation),
    eventId: endId(id, finish),
    eventType: 'saga',
    at,
    hops: state.facts.hops + 1,
    cause: id,
  };
  const data = {
    saga: { id, key, definition: program.definition, version: program.version },
    outcome: finish.status,
    result: finish.result ?? null,
    input: state.input as Json,
  };
  return homeMessage(sender, id, { kind: 'trigger', saga: id, head, data });
}

function endId(saga: SagaId, { status }: FinishEffect): string {
  return `${saga}.${status}`;
}
