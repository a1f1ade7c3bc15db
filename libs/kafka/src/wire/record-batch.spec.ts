import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutgoingRecord } from '#libs/messaging';
import { ByteWriter } from './byte-writer.js';
import { crc32c } from './crc32c.js';
import { writeRecordBatch } from './record-batch-encoder.js';
import { decodeRecords, type FetchedBytes } from './record-batch-decoder.js';

interface KafkajsBatch {
  readonly buffer: Buffer;
}

/** Parts of kafkajs that have no type: the yardstick of these tests. */
const load = createRequire(import.meta.url);
const kafkajsRecord = load('kafkajs/src/protocol/recordBatch/record/v0') as (record: unknown) => unknown;
const { RecordBatch: kafkajsBatch } = load('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: unknown) => Promise<KafkajsBatch>;
};
const kafkajsCrc = load('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
const kafkajsDecode = load('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: unknown) => Promise<{
  records: readonly {
    offset: string;
    timestamp: string;
    key: Buffer;
    value: Buffer;
    headers: Record<string, Buffer>;
  }[];
}>;
const KafkajsDecoder = load('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => unknown;

const at = 1_790_000_000_123;
const head = { producerId: 4_711n, producerEpoch: 3, firstSequence: 77, at };

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 200, unit: 'grapheme' }),
  fc.string({ minLength: 60, maxLength: 70 }),
  fc.constant('x'.repeat(8_200)),
  fc.constant('ä'.repeat(50)),
  fc.constant(''),
);

const outgoing: fc.Arbitrary<OutgoingRecord> = fc.record({
  topic: fc.constant('t'),
  part: fc.constant(0),
  key: text,
  value: fc.oneof(text, fc.constant(null), fc.constant('v'.repeat(70_000))),
  headers: fc.dictionary(headerName(), text, { maxKeys: 20, noNullPrototype: true }),
});

/** Without names like `toString`, which kafkajs mixes up with what every object has. */
function headerName(): fc.Arbitrary<string> {
  return fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }).filter((name) => !(name in {}));
}

async function encodedByKafkajs(records: readonly OutgoingRecord[], more: object = {}): Promise<Buffer> {
  const batch = await kafkajsBatch({
    records: records.map((record, index) =>
      kafkajsRecord({ ...record, offsetDelta: index, timestampDelta: 0 }),
    ),
    firstTimestamp: at,
    maxTimestamp: at,
    producerId: head.producerId,
    producerEpoch: head.producerEpoch,
    firstSequence: head.firstSequence,
    lastOffsetDelta: records.length - 1,
    ...more,
  });
  return Buffer.from(batch.buffer);
}

function encoded(
  records: readonly OutgoingRecord[],
  maxBytes = Number.MAX_SAFE_INTEGER,
): { bytes: Buffer; next: number } {
  const writer = new ByteWriter(16);
  const next = writeRecordBatch(writer, records, { from: 0, to: records.length, maxBytes }, head);
  return { bytes: Buffer.from(writer.written()), next };
}

function fetched(bytes: Buffer, from = 0): FetchedBytes {
  return { topic: 't', part: 0, from, bytes, aborted: [] };
}

const inflate = (codec: number, bytes: Buffer): Promise<Buffer> =>
  codec === 1 ? Promise.resolve(gunzipSync(bytes)) : Promise.reject(new Error(`codec ${codec}`));

describe('a record batch', () => {
  it('is byte for byte what kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(outgoing, { minLength: 1, maxLength: 8 }), async (records) => {
        expect(encoded(records).bytes.equals(await encodedByKafkajs(records))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is read as kafkajs reads it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(outgoing, { minLength: 1, maxLength: 8 }), async (records) => {
        const bytes = await encodedByKafkajs(records);

        const mine = await decodeRecords(fetched(bytes), inflate);
        const theirs = await kafkajsDecode(new KafkajsDecoder(bytes));

        expect(mine.next).toBe(records.length);
        expect(
          mine.records.map((record) =>
            plain({ ...record, offset: `${record.offset}`, timestamp: `${record.timestamp}` }),
          ),
        ).toEqual(theirs.records.map(plain));
      }),
      { numRuns: 200 },
    );
  });

  it('ends before the record that makes it too large', () => {
    const records = Array.from({ length: 10 }, () => record('k', 'v'.repeat(1_000)));

    const { bytes, next } = encoded(records, 3_500);

    expect(next).toBe(3);
    expect(bytes.length).toBeLessThanOrEqual(3_500);
  });

  it('holds at least one record however large', () => {
    expect(encoded([record('k', 'v'.repeat(1_000)), record('k', 'v')], 100).next).toBe(1);
  });

  it('leaves out records below the offset asked for', async () => {
    const bytes = await encodedByKafkajs([record('a', '1'), record('b', '2'), record('c', '3')], {
      firstOffset: 40,
    });

    const decoded = await decodeRecords(fetched(bytes, 41), inflate);

    expect(decoded.records.map(({ offset }) => offset)).toEqual([41, 42]);
    expect(decoded.next).toBe(43);
  });

  it('counts only when it is there as a whole', async () => {
    const bytes = await encodedByKafkajs([record('a', '1'), record('b', '2')]);
    const twice = Buffer.concat([bytes, bytes.subarray(0, bytes.length - 1)]);

    expect((await decodeRecords(fetched(twice), inflate)).records).toHaveLength(2);
    expect((await decodeRecords(fetched(bytes.subarray(0, 30)), inflate)).records).toHaveLength(0);
  });

  it('is read when a foreign producer compressed it', async () => {
    const bytes = await encodedByKafkajs([record('a', '1'), record('b', '2')], { compression: 1 });

    const decoded = await decodeRecords(fetched(bytes), inflate);

    expect(decoded.records.map(({ value }) => value?.toString())).toEqual(['1', '2']);
  });

  it('gives the last of headers with one name', async () => {
    const bytes = await encodedByKafkajs([
      { ...record('a', '1'), headers: { h: ['first', 'last'] as unknown as string } },
    ]);

    const decoded = await decodeRecords(fetched(bytes), inflate);

    expect(decoded.records[0]?.headers['h']?.toString()).toBe('last');
  });

  it('cannot reach the prototype by a header name', async () => {
    const headers = JSON.parse('{"__proto__":"x"}') as Record<string, string>;

    const decoded = await decodeRecords(
      fetched(await encodedByKafkajs([{ ...record('a', '1'), headers }])),
      inflate,
    );

    expect(Object.getPrototypeOf(decoded.records[0]?.headers)).toBe(Object.prototype);
    expect(Object.keys(decoded.records[0]?.headers ?? {})).toEqual(['__proto__']);
  });
});

describe('crc32c', () => {
  it('is what kafkajs computes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        expect(crc32c(bytes, from, bytes.length)).toBe(kafkajsCrc(Buffer.from(bytes.subarray(from))));
      }),
    );
  });
});

function record(key: string, value: string): OutgoingRecord {
  return { topic: 't', part: 0, key, value, headers: {} };
}

function plain(record: {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Readonly<Record<string, Buffer>>;
}): object {
  const headers = Object.entries(record.headers).map(([name, value]) => `${name}: ${value.toString('hex')}`);
  return {
    offset: record.offset,
    timestamp: record.timestamp,
    key: record.key?.toString('hex') ?? null,
    value: record.value?.toString('hex') ?? null,
    headers: headers.toSorted(),
  };
}
