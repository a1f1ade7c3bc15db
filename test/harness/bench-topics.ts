import { Kafka, logLevel, type Admin } from 'kafkajs';
import { eventually } from './deadline.js';

/**
 * Deletes topics and waits until their names are free. Participants and events have the names their definitions give
 * them, so what one bench leaves behind on a shared broker the next one would read.
 */
export async function deleteTopics(brokers: readonly string[], names: readonly string[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const left = await among(admin, names);
    if (left.length === 0) return;
    await admin.deleteTopics({ topics: [...left] });
    await eventually('topics to be gone', async () => (await among(admin, left)).length === 0);
  } finally {
    await admin.disconnect();
  }
}

async function among(admin: Admin, names: readonly string[]): Promise<readonly string[]> {
  const present = new Set(await admin.listTopics());
  return names.filter((name) => present.has(name));
}

/** The topics on a broker that Skald made, by their last word. */
export async function topicsOf(brokers: readonly string[]): Promise<readonly string[]> {
  const kafka = new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return (await admin.listTopics()).filter((name) => /\.(?:commands|events|home)$/.test(name));
  } finally {
    await admin.disconnect();
  }
}
