import { headerText, type InboundRecord } from '#libs/messaging';
import { readTopics } from '../load/topic-reader.js';
import { endsOf } from '../load/topics.js';
import { eventually } from './deadline.js';

/** Hears everything that is written to a topic, from its beginning. */
export interface TopicEar {
  /** Everything heard so far; in order within a partition. */
  readonly records: readonly InboundRecord[];
  /** Resolves when everything is heard that is in the topic now. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens an ear at a topic that exists. */
export async function openEar(brokers: readonly string[], topic: string): Promise<TopicEar> {
  const records: InboundRecord[] = [];
  const next = new Map<number, number>();
  const options = { brokers, clientId: 'spec-ear' };
  const reader = await readTopics(options, `spec-ear-${topic}`, [topic], (record) => {
    records.push(record);
    next.set(record.part, record.offset + 1);
  });
  return {
    records,
    catchUp: async () => {
      const ends = await endsOf(brokers, topic);
      await eventually(`everything in ${topic} to be heard`, () =>
        ends.every(([part, end]) => (next.get(part) ?? 0) >= end),
      );
    },
    stop: () => reader.stop(),
  };
}

/** The text of a header of a record, empty where there is none. */
export function headerOf(record: InboundRecord, name: string): string {
  return headerText(record.headers, name) ?? '';
}
