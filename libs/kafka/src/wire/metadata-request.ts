import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { KafkaRequest } from './request.js';

/** One partition as the cluster sees it; `leader` is -1 while there is none. Field names are those of the client. */
export interface PartitionLayout {
  readonly partitionErrorCode: number;
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offlineReplicas: readonly number[];
}

/** One topic as the cluster sees it. Field names are those of the client. */
export interface TopicLayout {
  readonly topicErrorCode: number;
  readonly topic: string;
  /** 32 hexadecimal digits; zeros where there is no such topic. A topic made anew has another one. */
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitionMetadata: readonly PartitionLayout[];
}

/** The answer to a metadata request. Field names are those of the client. */
export interface ClusterLayout {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly brokers: readonly {
    readonly nodeId: number;
    readonly host: string;
    readonly port: number;
    readonly rack: string | null;
  }[];
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly topicMetadata: readonly TopicLayout[];
}

/**
 * Metadata, version 12, of `topics` (none: brokers only); never creates a topic.
 *
 * A topic or partition in trouble is told with its error code instead of failing the whole answer, so that one topic
 * that is gone, or one partition without leader, does not blind us for the others.
 */
export function metadataRequest(topics: readonly string[]): KafkaRequest<ClusterLayout> {
  return {
    apiKey: 3,
    apiVersion: 12,
    apiName: 'Metadata',
    isFlexible: true,
    timeoutMs: 5_000,
    write: (writer) => writeMetadata(writer, topics),
    read: readMetadata,
  };
}

const noId = '0'.repeat(32);

function writeMetadata(writer: ByteWriter, topics: readonly string[]): void {
  writer.compactLength(topics.length);
  for (const topic of topics) {
    writer.uuid(noId);
    writer.compactString(topic);
    writer.noTags();
  }
  writer.int8(0);
  writer.int8(0);
  writer.noTags();
}

function readMetadata(reader: ByteReader): ClusterLayout {
  return {
    throttleTime: 0,
    clientSideThrottleTime: reader.int32(),
    brokers: reader.compactArray(readBroker),
    clusterId: reader.compactString(),
    controllerId: reader.int32(),
    topicMetadata: reader.compactArray(readTopic),
  };
}

function readBroker(reader: ByteReader): ClusterLayout['brokers'][number] {
  const broker = {
    nodeId: reader.int32(),
    host: reader.compactString() ?? '',
    port: reader.int32(),
    rack: reader.compactString(),
  };
  reader.skipTags();
  return broker;
}

function readTopic(reader: ByteReader): TopicLayout {
  const topic = {
    topicErrorCode: reader.int16(),
    topic: reader.compactString() ?? '',
    topicId: reader.uuid(),
    isInternal: reader.int8() === 1,
    partitionMetadata: reader.compactArray(readPartition),
  };
  reader.int32();
  reader.skipTags();
  return topic;
}

function readPartition(reader: ByteReader): PartitionLayout {
  const partitionErrorCode = reader.int16();
  const partitionId = reader.int32();
  const leader = reader.int32();
  reader.int32();
  const partition = {
    partitionErrorCode,
    partitionId,
    leader,
    replicas: reader.compactArray((item) => item.int32()),
    isr: reader.compactArray((item) => item.int32()),
    offlineReplicas: reader.compactArray((item) => item.int32()),
  };
  reader.skipTags();
  return partition;
}
