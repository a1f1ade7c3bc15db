import process from 'node:process';

/** The stacks of this run. */
let stacks = [];

/**
 * One broker and one database a worker, for the benches of all files that it runs one after the other; fleets have their
 * own. Never what KAFKA_BROKERS names: benches delete topics. Jest runs this once, before workers copy the environment.
 */
export async function start({ maxWorkers }) {
  // Compiled: Jest loads this file as it is, before anything is transformed.
  const { startLocalStack } = await import('../../dist/deploy/local/src/index.js');
  const workers = Array.from({ length: maxWorkers }, (_, index) => index + 1);
  const started = await Promise.allSettled(
    workers.map((worker) => startLocalStack({ name: `e2e-${worker}`, fresh: true, ownProcesses: true })),
  );
  stacks = started.flatMap(({ value }) => value ?? []);
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  process.env.SKALD_BENCH_STACKS = JSON.stringify(
    stacks.map(({ kafkaBrokers, databaseUrl }) => ({ kafkaBrokers, databaseUrl })),
  );
}

/** Ends what was started. */
export async function stop() {
  await Promise.all(stacks.map((stack) => stack.stop()));
}
