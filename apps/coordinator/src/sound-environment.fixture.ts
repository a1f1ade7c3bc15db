/** Settings that a start needs; specs change what they are about. */
export const soundEnvironment = {
  SKALD_SECRET: 'k1:0123456789abcdef',
  DATABASE_URL: 'postgres://nowhere/none',
  KAFKA_BROKERS: 'nowhere:9092',
  SKALD_AUTO_INSTALL: 'true',
  SKALD_HOME_PARTITIONS: '2',
  SKALD_TOPIC_PARTITIONS: '1',
  SKALD_LOG_LEVEL: 'debug',
} as const;
