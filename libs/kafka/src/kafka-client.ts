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
    ...(options.ssl === undefined ? {} : { ssl: options.ssl === true ? true : { ...options.ssl } }),
    ...(options.sasl === undefined ? {} : { sasl: saslOf(options.sasl) }),
  };
  return new Kafka(config);
}

function saslOf(sasl: KafkaSasl): NonNullable<KafkaConfig['sasl']> {
  switch (sasl.mechanism) {
    case 'oauthbearer':
      return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) };
    case 'plain':
      return { mechanism: 'plain', username: sasl.username, password: sasl.password };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', username: sasl.username, password: sasl.password };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', username: sasl.username, password: sasl.password };
  }
}

function plain(fields: Readonly<Record<string, unknown>>): LogFields {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}
