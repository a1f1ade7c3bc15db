import type { Attributes } from '@opentelemetry/api';
import type { Offset, SagaId, TopicPartition } from '#libs/messaging';

/** Names of our own span attributes. Ids, names and counts: never a payload. */
export const attribute = {
  saga: 'saga.id',
  key: 'saga.key',
  definition: 'saga.definition',
  version: 'saga.version',
  step: 'saga.step',
  operation: 'saga.operation',
  attempt: 'saga.step.attempt',
  direction: 'saga.direction',
  command: 'saga.command',
  channel: 'saga.channel',
  retold: 'saga.retold',
  event: 'saga.event',
  outcome: 'saga.outcome',
  error: 'saga.error',
  result: 'saga.result',
  fromMemory: 'saga.from_memory',
} as const;

/** What a record that is being processed says of itself, by the conventions for messaging spans. */
export function processing(
  record: TopicPartition & { readonly offset: Offset; readonly group: string },
  conversation: SagaId,
): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': record.topic,
    'messaging.destination.partition.id': String(record.part),
    'messaging.consumer.group.name': record.group,
    'messaging.kafka.offset': record.offset,
    'messaging.message.conversation_id': conversation,
  };
}

/** What a message that is being sent says of itself, by the same conventions. */
export function sending(topic: string, conversation: SagaId): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
    'messaging.message.conversation_id': conversation,
  };
}
