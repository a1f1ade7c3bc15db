export { AccessDeniedError, type Denial } from './access-denied-error.js';
/** The Kafka driver of the messaging ports, on kafkajs. */
export { KafkaCommandSink, type KafkaSinkSettings } from './kafka-command-sink.js';
/** Errors of the driver; those of kafkajs never leave it. */
export { KafkaUnavailableError, PartitionNotAssignedError, TopicMissingError } from './kafka-errors.js';
export { KafkaEventSource, type KafkaSourceSettings } from './kafka-event-source.js';
export {
  KafkaOptionsError,
  kafkaOptionsFromEnv,
  type KafkaOptions,
  type KafkaSasl,
  type KafkaTls,
} from './kafka-options.js';
export { KafkaTopicAdmin } from './kafka-topic-admin.js';
