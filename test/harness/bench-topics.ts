import { Kafka, logLevel, type Admin } from 'kafkajs';
import { eventually } from './deadline.js';

/**
 * Deletes the topics that Skald made on a broker and waits until their names are free. Participants and events have the
 * names their definitions give them, so what one bench leaves behind on a shared broker the next one would read.
 */
export async function clearTopics(brokers: readonly string[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = await topicsOf(admin);
    if (topics.length === 0) return;
    await admin.deleteTopics({ topics });
    await eventually('topics to be gone', async () => (await topicsOf(admin)).length === 0);
  } finally {
    await admin.disconnect();
  }
}

/** By their last word. */
async function topicsOf(admin: Admin): Promise<string[]> {
  return (await admin.listTopics()).filter((name) => /\.(?:commands|events|home)$/.test(name));
}
