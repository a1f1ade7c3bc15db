import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/** One request of Kafka's protocol with the way its answer is read. */
export interface KafkaRequest<Answer> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  /** True for versions whose headers and structures end with tagged fields. The headers' are not written or read here. */
  readonly isFlexible: boolean;
  /** Longest time to wait for the answer; the client's default when it is longer. */
  readonly timeoutMs: number;
  write(writer: ByteWriter): void;
  read(reader: ByteReader): Answer | Promise<Answer>;
}
