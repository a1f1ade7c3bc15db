import { Kafka, logLevel } from 'kafkajs';
import { waitUntil } from './wait-until.js';

/** Which brokers to ask, and how many of them the cluster must list. */
export interface KafkaQuestion {
  readonly brokers: readonly string[];
  readonly expectedBrokers: number;
  readonly timeoutMs: number;
}

/**
 * Waits until each broker answers a metadata call that lists the expected number of brokers and the
 * group coordinator answers too. An open port is not enough: it opens seconds before the rest works.
 */
export async function kafkaAnswers(
  question: KafkaQuestion,
  stillWorth: () => void = () => undefined,
): Promise<void> {
  const what = `answer of Kafka at ${question.brokers.join(', ')}`;
  await waitUntil({ what, timeoutMs: question.timeoutMs, everyMs: 100 }, async () => {
    stillWorth();
    for (const broker of question.brokers) {
      if (!(await brokerAnswers(broker, question.expectedBrokers))) return false;
    }
    return true;
  });
}

async function brokerAnswers(broker: string, expectedBrokers: number): Promise<boolean> {
  const client = new Kafka({
    clientId: 'skald-local',
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length < expectedBrokers) return false;
    await admin.fetchOffsets({ groupId: 'skald-local-ready' });
    return true;
  } finally {
    await admin.disconnect();
  }
}
