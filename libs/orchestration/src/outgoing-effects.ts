import {
  commandHeaders,
  commandId,
  commandTopic,
  encryptParts,
  eventHeaders,
  eventTopic,
  sealOperation,
  type EncryptedPart,
  type FieldKeys,
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
  /** The keys of what leaves encrypted. */
  readonly fieldKeys: FieldKeys;
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

/** The command message of an `open` effect. @throws FieldKeyError when the key of a part of it is missing. */
export function commandMessage(
  sender: Sender,
  saga: LiveSaga,
  effect: OpenEffect,
  moment: SendingMoment,
): OutgoingMessage {
  const { keyring, installation, trace, fieldKeys } = sender;
  const parts = saga.program.encryption?.commands[`${effect.block}/${effect.direction}`];
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
      encrypted: parts && someOf(parts.sent),
      encryptAnswer: parts && someOf(parts.answer),
      trace: trace.command(saga.trace, saga.id, effect.operation, effect.attempt),
    },
    moment.causation,
  );
  return {
    saga: saga.id,
    topic: commandTopic(effect.call),
    key: saga.id,
    value:
      parts === undefined
        ? textOf(effect.data, saga)
        : JSON.stringify(encryptParts(effect.data, parts.sent, fieldKeys, operation)),
    headers,
    command: { operation: effect.operation, attempt: effect.attempt },
  };
}

function someOf(parts: readonly EncryptedPart[]): readonly EncryptedPart[] | undefined {
  return parts.length === 0 ? undefined : parts;
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

/** The event message of a `tell` effect. @throws FieldKeyError when the key of a part of it is missing. */
export function eventMessage(
  sender: Sender,
  saga: LiveSaga,
  effect: TellEffect,
  moment: SendingMoment,
): OutgoingMessage {
  const encrypted = saga.program.encryption?.events[effect.event];
  const id = `${saga.id}.${effect.id}`;
  const data =
    encrypted === undefined ? effect.data : encryptParts(effect.data, encrypted, sender.fieldKeys, id);
  return {
    saga: saga.id,
    topic: eventTopic(effect.event),
    key: saga.businessKey,
    value: JSON.stringify(data),
    headers: eventHeaders({
      id,
      encrypted,
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
