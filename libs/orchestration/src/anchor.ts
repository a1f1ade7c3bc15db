import { crc32 } from 'node:zlib';
import type { InboundRecord, PartitionEdges } from '#libs/messaging';
import type { Anchor, LanePosition } from './lane-store.js';

/** The anchor that remembers `record`. */
export function anchorOf(record: InboundRecord): Anchor {
  const checksum = crc32(record.value ?? '', crc32(record.key ?? ''));
  return { offset: record.offset, timestamp: record.timestamp, checksum };
}

/**
 * What is wrong between a lane's stored position and its partition, in words, or `undefined`.
 *
 * A recreated topic has other records, or fewer, at the same offsets; a topic whose retention passed the lane has lost
 * some that were never folded. Neither may be taken for "nothing to do".
 */
export function positionProblem(
  position: LanePosition,
  edges: PartitionEdges,
  found: InboundRecord | undefined,
): string | undefined {
  const { nextOffset, anchor } = position;
  if (nextOffset === undefined) return undefined;
  if (edges.end < nextOffset) {
    return `the partition ends at ${edges.end} but offset ${nextOffset} was to come next: the topic was recreated or truncated`;
  }
  if (edges.start > nextOffset) {
    return `the partition begins at ${edges.start} but offset ${nextOffset} was to come next: records were deleted before they were folded`;
  }
  if (anchor === undefined || anchor.offset < edges.start || found === undefined) return undefined;
  if (found.offset !== anchor.offset) return undefined;
  const present = anchorOf(found);
  if (present.timestamp === anchor.timestamp && present.checksum === anchor.checksum) return undefined;
  return `the record at offset ${anchor.offset} is not the one that was folded: the topic was recreated`;
}
