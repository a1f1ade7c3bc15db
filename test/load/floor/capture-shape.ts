import type { KafkaOptions } from '#libs/kafka';
import { header, headerText, waitFor, type Clock, type InboundRecord } from '#libs/messaging';
import { readTopics } from '../topic-reader.js';
import type { FloorMessage, FloorShape } from './floor-shape.js';

/** Where the messages of the sagas are. */
export interface SagaTopics {
  readonly home: string;
  readonly events: string;
  readonly commands: readonly string[];
}

interface Seen {
  readonly record: InboundRecord;
  readonly message: FloorMessage;
}

const patienceMs = 30_000;

/** Reads the messages of one fulfilled and one rejected order from the topics that real sagas have used. */
export async function captureShape(
  kafka: KafkaOptions,
  clock: Clock,
  topics: SagaTopics,
): Promise<FloorShape> {
  const bySaga = new Map<string, Seen[]>();
  const reader = await readTopics(
    kafka,
    'bench-shape',
    [topics.home, topics.events, ...topics.commands],
    (record) => {
      const saga = headerText(record.headers, header.correlation) ?? record.key?.toString('utf8') ?? '';
      bySaga.set(saga, [...(bySaga.get(saga) ?? []), { record, message: messageOf(record) }]);
    },
  );
  try {
    const until = clock.elapsed() + patienceMs;
    for (;;) {
      const fulfilled = find(bySaga, topics, 'shop.order.fulfilled');
      const rejected = find(bySaga, topics, 'shop.order.rejected');
      if (fulfilled !== undefined && rejected !== undefined) return { fulfilled, rejected };
      if (clock.elapsed() > until) throw new Error('no saga could be read as a whole from the topics');
      await waitFor(clock, 100);
    }
  } finally {
    await reader.stop();
  }
}

function find(
  bySaga: ReadonlyMap<string, readonly Seen[]>,
  topics: SagaTopics,
  outcome: string,
): readonly FloorMessage[] | undefined {
  for (const seen of bySaga.values()) {
    if (!seen.some(({ message }) => message.headers[header.type] === outcome)) continue;
    const ordered = inOrder(seen, topics);
    if (ordered !== undefined) return ordered;
  }
  return undefined;
}

/** Start, then commands and replies by turns, then the outcome; undefined while something is missing. */
function inOrder(seen: readonly Seen[], topics: SagaTopics): readonly FloorMessage[] | undefined {
  const of = (topic: string) =>
    seen.filter(({ record }) => record.topic === topic).sort((a, b) => a.record.offset - b.record.offset);
  const [start, ...replies] = of(topics.home);
  const commands = topics.commands.flatMap(of).sort((a, b) => revisionOf(a.message) - revisionOf(b.message));
  const [outcome] = of(topics.events);
  if (
    start === undefined ||
    outcome === undefined ||
    commands.length === 0 ||
    replies.length !== commands.length
  )
    return undefined;
  const turns = commands.flatMap((command, index) => [command.message, replies[index]!.message]);
  return [start.message, ...turns, outcome.message];
}

function revisionOf(message: FloorMessage): number {
  return Number(message.headers[header.revision]);
}

function messageOf(record: InboundRecord): FloorMessage {
  const headers = Object.entries(record.headers).map(
    ([name, value]) => [name, value.toString('utf8')] as const,
  );
  return {
    topic: record.topic,
    value: record.value?.toString('utf8') ?? null,
    headers: Object.fromEntries(headers),
  };
}
