import kafkajs from 'kafkajs';

const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/**
 * Unpacks compressed records of foreign producers.
 *
 * gzip is built in; the others are taken from kafkajs' registry `CompressionCodecs`, where the application may put them.
 */
export async function inflate(codec: number, bytes: Buffer): Promise<Buffer> {
  const name = codecNames[codec] ?? `number ${codec}`;
  const registry = kafkajs.CompressionCodecs as Readonly<Record<number, (() => Codec) | undefined>>;
  try {
    return await registry[codec]!().decompress(bytes);
  } catch (error) {
    throw new Error(
      `records are compressed with ${name}, which this process cannot read: register a codec in CompressionCodecs of ` +
        `kafkajs, or set compression.type of the topic to gzip or uncompressed`,
      { cause: error },
    );
  }
}
