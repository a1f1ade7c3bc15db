import { partitionName, type Clock, type Offset, type TopicPartition } from '#libs/messaging';

/** What a group needs of a member. */
export interface GroupMember {
  readonly topics: readonly string[];
  /** What it holds now. */
  held(): readonly TopicPartition[];
  release(partitions: readonly TopicPartition[]): void;
  receive(partitions: readonly TopicPartition[]): void;
  joined(): void;
}

/** A consumer group: who is in it, who holds what, and the committed offsets, which outlive the members. */
export class InMemoryGroup {
  readonly committed = new Map<string, Offset>();
  private members: GroupMember[] = [];
  private isPlanned = false;

  constructor(
    private readonly clock: Clock,
    private readonly partitionsOf: (topic: string) => number,
  ) {}

  join(member: GroupMember): void {
    this.members.push(member);
    this.planRebalance();
  }

  leave(member: GroupMember): void {
    this.members = this.members.filter((other) => other !== member);
    this.planRebalance();
  }

  /** Shares out the partitions anew, once for all changes until then. */
  planRebalance(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    this.clock.after(0, () => {
      this.isPlanned = false;
      this.rebalance();
    });
  }

  /** Everybody lets go before anybody receives: a partition never has two owners. */
  private rebalance(): void {
    const shares = this.share();
    const changes = this.members.map((member) => {
      const before = new Set(member.held().map(partitionName));
      const after = new Set(shares.get(member)!.map(partitionName));
      return {
        member,
        gone: member.held().filter((at) => !after.has(partitionName(at))),
        added: shares.get(member)!.filter((at) => !before.has(partitionName(at))),
      };
    });
    for (const { member, gone } of changes) if (gone.length > 0) member.release(gone);
    for (const { member, added } of changes) {
      if (added.length > 0) member.receive(added);
      member.joined();
    }
  }

  private share(): ReadonlyMap<GroupMember, readonly TopicPartition[]> {
    const shares = new Map<GroupMember, TopicPartition[]>(this.members.map((member) => [member, []]));
    const topics = new Set(this.members.flatMap((member) => member.topics));
    for (const topic of topics) {
      const readers = this.members.filter((member) => member.topics.includes(topic));
      const parts = shareParts(
        this.partitionsOf(topic),
        readers.map((reader) => heldParts(reader, topic)),
      );
      readers.forEach((reader, index) =>
        shares.get(reader)!.push(...parts[index]!.map((part) => ({ topic, part }))),
      );
    }
    return shares;
  }
}

function heldParts(member: GroupMember, topic: string): readonly number[] {
  return member
    .held()
    .filter((at) => at.topic === topic)
    .map(({ part }) => part);
}

/** Even shares of `count` partitions in which everybody keeps what it can of what it held. */
function shareParts(count: number, held: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const odd = count % held.length;
  const shares = held.map((parts, index) =>
    parts.filter((part) => part < count).slice(0, Math.floor(count / held.length) + (index < odd ? 1 : 0)),
  );
  const taken = new Set(shares.flat());
  for (let part = 0; part < count; part += 1) {
    if (taken.has(part)) continue;
    shares.reduce((least, share) => (share.length < least.length ? share : least)).push(part);
  }
  return shares;
}
