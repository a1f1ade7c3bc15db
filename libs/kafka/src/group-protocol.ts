import { AssignerProtocol, type Assigner, type Assignment } from 'kafkajs';
import type { ClusterInside } from './kafkajs-internals.js';
import { assignSticky } from './sticky-assigner.js';

/** Every member of a group has to know the protocol by this name. */
const protocolName = 'skald-sticky';
const version = 0;

/**
 * The group protocol of our consumers: each member tells what it holds, the leader shares out the partitions with
 * {@link assignSticky}. kafkajs brings only round robin, which moves nearly everything at every change.
 */
export function stickyAssigner(cluster: ClusterInside, held: () => Assignment): Assigner {
  return {
    name: protocolName,
    version,
    protocol: ({ topics }) => ({
      name: protocolName,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(JSON.stringify(held())),
      }),
    }),
    assign: async ({ members }) => {
      const claims = members.map(({ memberId, memberMetadata }) => {
        const claim = AssignerProtocol.MemberMetadata.decode(memberMetadata);
        return { member: memberId, topics: claim?.topics ?? [], holds: readHeld(claim?.userData) };
      });
      const topics = new Set(claims.flatMap((claim) => claim.topics));
      // Members of a newer version may read topics that this one has not asked about yet.
      await cluster.addMultipleTargetTopics([...topics]);
      const counts = new Map(
        [...topics].map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]),
      );
      return [...assignSticky(claims, counts)].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: assignment as Assignment,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  };
}

/** What a member says it holds; nothing when it cannot be read, for then it only keeps less. */
function readHeld(userData: Buffer | undefined): Readonly<Record<string, readonly number[]>> {
  try {
    const held: unknown = JSON.parse(userData?.toString('utf8') ?? '{}');
    if (typeof held !== 'object' || held === null) return {};
    return Object.fromEntries(
      Object.entries(held).filter(
        (entry): entry is [string, number[]] => Array.isArray(entry[1]) && entry[1].every(Number.isInteger),
      ),
    );
  } catch {
    return {};
  }
}
