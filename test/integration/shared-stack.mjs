import process from 'node:process';

/** The stack of this run, if it needed one. */
let stack;

/**
 * One broker and one database for all files, each of which makes databases, topics and groups of its own. Uses what is
 * given by KAFKA_BROKERS and DATABASE_URL. Jest runs this once, before workers copy the environment.
 */
export async function start() {
  // Compiled: Jest loads this file as it is, before anything is transformed.
  const { startLocalStack } = await import('../../dist/deploy/local/src/index.js');
  stack = await startLocalStack({ name: 'integration', fresh: true });
  process.env.KAFKA_BROKERS = stack.kafkaBrokers.join(',');
  process.env.DATABASE_URL = stack.databaseUrl;
}

/** Ends what was started. */
export async function stop() {
  await stack?.stop();
}
