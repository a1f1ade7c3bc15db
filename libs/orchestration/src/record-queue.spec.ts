import { describe, expect, it } from '@jest/globals';
import type { InboundRecord } from '#libs/messaging';
import { RecordQueue } from './record-queue.js';

function record(offset: number, bytes = 1): InboundRecord {
  return { topic: 't', part: 0, offset, timestamp: 0, key: null, value: Buffer.alloc(bytes), headers: {} };
}

function queueOf(...offsets: readonly number[]): RecordQueue {
  const queue = new RecordQueue();
  const last = offsets.at(-1)!;
  queue.push({
    topic: 't',
    part: 0,
    from: offsets[0]!,
    next: last + 3,
    end: last + 3,
    records: offsets.map((offset) => record(offset)),
  });
  return queue;
}

describe('a queue of records', () => {
  it('reads without removing', () => {
    const queue = queueOf(5, 6);

    expect(queue.peek(10, 1_000)?.records.map(({ offset }) => offset)).toEqual([5, 6]);
    expect(queue.length).toBe(2);
  });

  it('stands behind the whole fetch after its last record', () => {
    expect(queueOf(5, 6).peek(10, 1_000)?.next).toBe(9);
  });

  it('stands behind the record where it was cut', () => {
    expect(queueOf(5, 7, 8).peek(2, 1_000)?.next).toBe(8);
  });

  it('gives one record however large it is', () => {
    const queue = new RecordQueue();
    queue.push({
      topic: 't',
      part: 0,
      from: 1,
      next: 3,
      end: 3,
      records: [record(1, 5_000), record(2, 5_000)],
    });

    expect(queue.peek(10, 100)?.records).toHaveLength(1);
  });

  it('drops what lies before an offset', () => {
    const queue = queueOf(5, 6, 7);
    queue.dropBefore(7);

    expect(queue.firstOffset).toBe(7);
    expect(queue.length).toBe(1);
  });

  it('has nothing to read when it is empty', () => {
    const queue = queueOf(5);
    queue.dropBefore(9);

    expect(queue.peek(1, 1)).toBeUndefined();
  });
});
