/** What one member of a group asks for and had before. */
export interface GroupMemberClaim {
  readonly member: string;
  readonly topics: readonly string[];
  /** Partitions it holds at present, by topic. */
  readonly holds: Readonly<Record<string, readonly number[]>>;
}

/** Partitions by topic, by member. */
export type GroupAssignment = ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>;

/**
 * Shares out the partitions of each topic evenly among the members that read it, moving as few as possible.
 *
 * A lane that moves drops its cache and is taken over, so members keep what they hold up to their share; only the
 * surplus and what nobody holds changes hands. The same claims always give the same result, whichever member computes
 * it: of two members that claim one partition the first by name keeps it.
 */
export function assignSticky(
  claims: readonly GroupMemberClaim[],
  partitionCounts: ReadonlyMap<string, number>,
): GroupAssignment {
  const members = [...claims].sort((one, other) => (one.member < other.member ? -1 : 1));
  const result = new Map<string, Record<string, number[]>>(members.map(({ member }) => [member, {}]));
  const totals = new Map<string, number>(members.map(({ member }) => [member, 0]));
  for (const topic of [...partitionCounts.keys()].sort()) {
    const readers = members.filter(({ topics }) => topics.includes(topic));
    if (readers.length === 0) continue;
    for (const [member, partitions] of shareTopic(topic, partitionCounts.get(topic)!, readers, totals)) {
      if (partitions.length === 0) continue;
      result.get(member)![topic] = partitions;
      totals.set(member, totals.get(member)! + partitions.length);
    }
  }
  return result;
}

function shareTopic(
  topic: string,
  count: number,
  readers: readonly GroupMemberClaim[],
  totals: ReadonlyMap<string, number>,
): ReadonlyMap<string, number[]> {
  const kept = keepHeld(topic, count, readers);
  const shares = sharesOf(count, readers, kept, totals);
  const taken = new Set<number>();
  for (const { member } of readers) {
    const mine = kept.get(member)!;
    mine.length = Math.min(mine.length, shares.get(member)!);
    for (const partition of mine) taken.add(partition);
  }
  let next = 0;
  for (const { member } of readers) {
    const mine = kept.get(member)!;
    for (; mine.length < shares.get(member)!; next += 1) if (!taken.has(next)) mine.push(next);
    mine.sort((one, other) => one - other);
  }
  return kept;
}

/** What each reader holds of the topic, without what does not exist or another holds already. */
function keepHeld(
  topic: string,
  count: number,
  readers: readonly GroupMemberClaim[],
): ReadonlyMap<string, number[]> {
  const claimed = new Set<number>();
  const kept = new Map<string, number[]>();
  for (const { member, holds } of readers) {
    const mine = [...(holds[topic] ?? [])].sort((one, other) => one - other);
    kept.set(
      member,
      mine.filter(
        (partition) =>
          partition >= 0 && partition < count && !claimed.has(partition) && claimed.add(partition),
      ),
    );
  }
  return kept;
}

/** How many partitions each reader gets: the odd ones go to who holds most, then to who has least of other topics. */
function sharesOf(
  count: number,
  readers: readonly GroupMemberClaim[],
  kept: ReadonlyMap<string, readonly number[]>,
  totals: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const least = Math.floor(count / readers.length);
  const odd = count % readers.length;
  const order = readers
    .map(({ member }) => member)
    .sort(
      (one, other) =>
        kept.get(other)!.length - kept.get(one)!.length || totals.get(one)! - totals.get(other)!,
    );
  return new Map(order.map((member, index) => [member, index < odd ? least + 1 : least]));
}
