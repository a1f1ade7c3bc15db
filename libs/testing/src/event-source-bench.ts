import type { EventSource, TopicPartition } from '#libs/messaging';
import { SourceWatcher } from './source-watcher.js';

/** A topic with two empty partitions, and hands to do to it what happens to topics. */
export interface EventSourceBench {
  readonly topic: string;
  /** How long a case waits for something to be told. Default 20,000 ms. */
  readonly patienceMs?: number;
  /** A new source, not started, that reads the topic as a member of the bench's group. The bench stops it. */
  source(): EventSource;
  append(part: number, values: readonly string[]): Promise<void>;
  /** Takes up offsets that no reader sees. */
  appendHidden(part: number): Promise<void>;
  /** Throws away what lies before `offset`. */
  truncateBefore(part: number, offset: number): Promise<void>;
  /** Deletes the topic and makes it again, empty. */
  recreate(): Promise<void>;
  /** Lets the inside of the source die once. */
  die(source: EventSource): void;
  /** Lets the inside of the source die, and every one that is made after it. */
  ruin(source: EventSource): void;
}

/** A source and who listens to it. */
export interface Started {
  readonly source: EventSource;
  readonly watcher: SourceWatcher;
}

/** A source that has joined; `prepare` comes before. */
export async function started(
  bench: EventSourceBench,
  prepare: (source: EventSource, watcher: SourceWatcher) => void,
): Promise<Started> {
  const source = bench.source();
  const watcher = watcherOf(bench);
  prepare(source, watcher);
  await source.start(watcher);
  return { source, watcher };
}

/** A watcher with the bench's patience. */
export function watcherOf({ patienceMs }: EventSourceBench, listensForLost = true): SourceWatcher {
  return new SourceWatcher({ listensForLost, ...(patienceMs === undefined ? {} : { patienceMs }) });
}

/** A partition of the bench's topic. */
export function at(bench: EventSourceBench, part: number): TopicPartition {
  return { topic: bench.topic, part };
}

/** What was on its way when this began has arrived when it ends: something later has come through the other partition. */
export async function roundTrip(
  bench: EventSourceBench,
  watcher: SourceWatcher,
  value: string,
): Promise<void> {
  await bench.append(1, [value]);
  await watcher.until(`${value} has come through`, () => watcher.values(1).includes(value));
}
