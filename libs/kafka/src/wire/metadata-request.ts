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
  readonly isInternal: boolean;
  readonly partitionMetadata: readonly PartitionLayout[];
}

/** The answer to a metadata request. Field names are those of the client. */
export interface ClusterLayout {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number; readonly rack: string | null }[];
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly topicMetadata: readonly TopicLayout[];
}

/**
 * Metadata, version 6, of `topics` (none: brokers only); never creates a topic.
 *
 * A topic or partition in trouble is told with its error code instead of failing the whole answer, so that one topic
 * that is gone, or one partition without leader, does not blind us for the others.
 */
export function metadataRequest(topics: readonly string[]): KafkaRequest<ClusterLayout> {
  return {
    apiKey: 3,
    apiVersion: 6,
    apiName: 'Metadata',
    timeoutMs: 10_000,
    write: (writer) => writeMetadata(writer, topics),
    read: readMetadata,
  };
}

function writeMetadata(writer: ByteWriter, topics: readonly string[]): void {
  writer.int32(topics.length);
  for (const topic of topics) writer.string(topic);
  writer.int8(0);
}

function readMetadata(reader: ByteReader): ClusterLayout {
  return {
    throttleTime: 0,
    clientSideThrottleTime: reader.int32(),
    brokers: reader.array((item) => ({
      nodeId: item.int32(),
      host: item.string()!,
      port: item.int32(),
      rack: item.string(),
    })),
    clusterId: reader.string(),
    controllerId: reader.int32(),
    topicMetadata: reader.array(readTopic),
  };
}

function readTopic(reader: ByteReader): TopicLayout {
  return {
    topicErrorCode: reader.int16(),
    topic: reader.string()!,
    isInternal: reader.int8() === 1,
    partitionMetadata: reader.array(readPartition),
  };
}

function readPartition(reader: ByteReader): PartitionLayout {
  return {
    partitionErrorCode: reader.int16(),
    partitionId: reader.int32(),
    leader: reader.int32(),
    replicas: reader.array((item) => item.int32()),
    isr: reader.array((item) => item.int32()),
    offlineReplicas: reader.array((item) => item.int32()),
  };
}
