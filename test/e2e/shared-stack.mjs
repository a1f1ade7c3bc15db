import process from 'node:process';

/** The stack of this run. */
let stack;

/**
 * One broker and one database for the benches of all files; fleets have their own. Never what KAFKA_BROKERS names:
 * benches delete topics. Jest runs this once, before workers copy the environment.
 */
export async function start() {
  // Compiled: Jest loads this file as it is, before anything is transformed.
  const { startLocalStack } = await import('../../dist/deploy/local/src/index.js');
  stack = await startLocalStack({ name: 'e2e', fresh: true, ownProcesses: true });
  process.env.SKALD_BENCH_BROKERS = stack.kafkaBrokers.join(',');
  process.env.SKALD_BENCH_DATABASE = stack.databaseUrl;
}

/** Ends what was started. */
export async function stop() {
  await stack?.stop();
}
