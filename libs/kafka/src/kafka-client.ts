import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';
import { NoLog, type Log, type LogFields } from '#libs/messaging';
import { prepareKafkajs } from './kafkajs-internals.js';
import type { KafkaOptions, KafkaSasl } from './kafka-options.js';

/** Longest wait for an answer that has no limit of its own. */
const requestTimeoutMs = 5_000;

/**
 * A kafkajs client with our settings.
 *
 * Its own retries are short: our loops above it know what is worth trying again, and must hear of trouble soon.
 */
export function openKafka(options: KafkaOptions, log: Log = new NoLog()): Kafka {
  prepareKafkajs();
  const config: KafkaConfig = {
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: options.connectionTimeoutMs ?? 3_000,
    requestTimeout: requestTimeoutMs,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, groupId, broker, error } = entry.log;
      log.warn('kafkajs has trouble', plain({ part: entry.namespace, message, groupId, broker, error }));
    },
    // As it is: its fields are looked up for each connection.
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    ...(options.sasl === undefined ? {} : { sasl: saslOf(options.sasl) }),
  };
  return new Kafka(config);
}

function saslOf(sasl: KafkaSasl): NonNullable<KafkaConfig['sasl']> {
  switch (sasl.mechanism) {
    case 'oauthbearer':
      return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) };
    default:
      // The client adds to it, and reads these fields for each connection.
      return {
        mechanism: sasl.mechanism as 'plain',
        get username() {
          return sasl.username;
        },
        get password() {
          return sasl.password;
        },
      };
  }
}

function plain(fields: Readonly<Record<string, unknown>>): LogFields {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}
