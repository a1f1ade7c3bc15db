import {
  commandHeaders,
  commandId,
  commandTopic,
  eventHeaders,
  eventTopic,
  sealOperation,
  type Instant,
  type Json,
  type Keyring,
} from '#libs/messaging';
import type { HeldLock, OpenEffect, TellEffect } from '#libs/saga';
import type { Installation } from './installation-store.js';
import type { LiveSaga } from './live-saga.js';
import type { OutgoingMessage } from './outgoing-message.js';
import type { SagaTrace } from './saga-trace.js';

/** What turning effects into messages needs to know about the installation. */
export interface Sender {
  readonly installation: Installation;
  readonly keyring: Keyring;
  readonly trace: SagaTrace;
}

/** Where and why a message is made: the revision it will be committed under, the time and the message that caused it. */
export interface SendingMoment {
  readonly revision: number;
  readonly at: Instant;
  readonly causation: string;
}

/** `ce_source` of everything an installation says. */
export function sourceOf(installation: Installation): string {
  return `/skald/${installation.name}`;
}

/** The command message of an `open` effect. */
export function commandMessage(
  sender: Sender,
  saga: LiveSaga,
  effect: OpenEffect,
  moment: SendingMoment,
): OutgoingMessage {
  const { keyring, installation, trace } = sender;
  const operation = sealOperation(keyring, saga.id, effect.operation);
  const seal = (name: string): string => sealOperation(keyring, saga.id, name);
  const headers = commandHeaders(
    {
      id: commandId(operation, effect.attempt),
      type: effect.call,
      source: sourceOf(installation),
      at: moment.at,
      saga: saga.id,
      operation,
      attempt: effect.attempt,
      sagaType: saga.program.definition,
      step: effect.block,
      revision: moment.revision,
      replyTo: installation.homeTopic,
      replyPartition: saga.home,
      hops: saga.state.facts.hops + 1,
      isRepeat: effect.isRepeat,
      deadline: effect.deadline,
      compensates: effect.compensates && seal(effect.compensates),
      locks: effect.locks && locksOf(effect.locks),
      supersedes: effect.locks && supersededBy(effect.direction, effect.locks),
      verifies: effect.verifies && seal(effect.verifies),
      trace: trace.command(saga.trace, saga.id, effect.operation, effect.attempt),
    },
    moment.causation,
  );
  return {
    saga: saga.id,
    topic: commandTopic(effect.call),
    key: saga.id,
    value: textOf(effect.data, saga),
    headers,
    command: { operation: effect.operation, attempt: effect.attempt },
  };
}

/** Many commands say what the saga was started with. */
function textOf(data: Json, { opening }: LiveSaga): string {
  return opening !== undefined && data === opening.input ? opening.inputText : JSON.stringify(data);
}

/** What was asked for under the locks before, by a saga they were taken from: what is asked for now replaces it. */
function supersededBy(
  direction: OpenEffect['direction'],
  locks: readonly HeldLock[],
): readonly string[] | undefined {
  const operations = direction === 'do' ? locks.flatMap(({ supersedes = [] }) => supersedes) : [];
  return operations.length === 0 ? undefined : [...new Set(operations)];
}

/** A saga may have taken a lock twice: the later token counts. */
function locksOf(locks: readonly HeldLock[]): Readonly<Record<string, number>> {
  return Object.fromEntries(locks.map(({ resource, token }) => [resource, token]));
}

/** The event message of a `tell` effect. */
export function eventMessage(
  sender: Sender,
  saga: LiveSaga,
  effect: TellEffect,
  moment: SendingMoment,
): OutgoingMessage {
  return {
    saga: saga.id,
    topic: eventTopic(effect.event),
    key: saga.businessKey,
    value: JSON.stringify(effect.data),
    headers: eventHeaders({
      id: `${saga.id}.${effect.id}`,
      source: sourceOf(sender.installation),
      type: effect.event,
      at: moment.at,
      correlation: saga.id,
      causation: moment.causation,
      hops: saga.state.facts.hops + 1,
      revision: moment.revision,
      trace: sender.trace.event(saga.trace, saga.id, effect.id),
    }),
  };
}
