import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignSticky, type GroupAssignment, type GroupMemberClaim } from './sticky-assigner.js';

const counts = new Map([
  ['home', 12],
  ['events', 5],
]);
const topics = [...counts.keys()];

function member(name: string, holds: GroupMemberClaim['holds'] = {}): GroupMemberClaim {
  return { member: name, topics, holds };
}

function again(
  assignment: GroupAssignment,
  more: readonly string[] = [],
  without: readonly string[] = [],
): GroupAssignment {
  const stay = [...assignment]
    .filter(([name]) => !without.includes(name))
    .map(([name, holds]) => member(name, holds));
  return assignSticky([...stay, ...more.map((name) => member(name))], counts);
}

function names(assignment: GroupAssignment): readonly string[] {
  return [...assignment].flatMap(([name, byTopic]) =>
    Object.entries(byTopic).flatMap(([topic, parts]) => parts.map((part) => `${name} ${topic}/${part}`)),
  );
}

function moved(before: GroupAssignment, after: GroupAssignment): number {
  const had = new Set(names(before));
  return names(after).filter((name) => !had.has(name)).length;
}

describe('a group that shares partitions out', () => {
  it('gives every partition to one member', () => {
    const parts = names(assignSticky([member('b'), member('a'), member('c')], counts)).map(
      (name) => name.split(' ')[1]!,
    );

    expect(parts.length).toBe(17);
    expect(new Set(parts).size).toBe(17);
  });

  it('moves nothing when nothing has changed', () => {
    const before = assignSticky([member('a'), member('b'), member('c')], counts);

    expect(moved(before, again(before))).toBe(0);
  });

  it('moves only the share of a member that joins', () => {
    const before = assignSticky([member('a'), member('b')], counts);

    const after = again(before, ['c']);

    expect(moved(before, after)).toBe(4 + 1);
    expect([...after.values()].map((byTopic) => byTopic['home']?.length)).toEqual([4, 4, 4]);
  });

  it('moves only what a member that leaves had', () => {
    const before = assignSticky([member('a'), member('b'), member('c')], counts);
    const had = names(before).filter((name) => name.startsWith('b ')).length;

    expect(moved(before, again(before, [], ['b']))).toBe(had);
  });

  it('leaves a partition that two claim to one of them', () => {
    const both = { home: [0, 1, 2], events: [] };

    const parts = names(assignSticky([member('a', both), member('b', both)], counts)).map(
      (name) => name.split(' ')[1]!,
    );

    expect(new Set(parts).size).toBe(parts.length);
  });

  it('forgets claims to what does not exist', () => {
    const assignment = assignSticky([member('a', { home: [11, 12, 99, -1], gone: [0] })], counts);

    expect(names(assignment).length).toBe(17);
  });

  it('gives a topic only to those that read it', () => {
    const assignment = assignSticky([member('a'), { member: 'b', topics: ['home'], holds: {} }], counts);

    expect(assignment.get('b')?.['events']).toBeUndefined();
    expect(assignment.get('a')?.['events']?.length).toBe(5);
  });

  it('is complete, even and the same for every leader, whatever was held', () => {
    const claim = fc.record({
      member: fc.string({ minLength: 1, maxLength: 3 }),
      topics: fc.constant(topics),
      holds: fc.record({ home: fc.array(fc.integer({ min: -1, max: 14 })), events: fc.array(fc.nat(6)) }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(claim, { minLength: 1, maxLength: 6, selector: (each) => each.member }),
        (claims) => {
          const assignment = assignSticky(claims, counts);

          const parts = names(assignment).map((name) => name.slice(name.lastIndexOf(' ')));
          expect(parts.length).toBe(17);
          expect(new Set(parts).size).toBe(17);
          for (const [topic, count] of counts) {
            for (const byTopic of assignment.values()) {
              const share = byTopic[topic]?.length ?? 0;
              expect(Math.abs(share - count / claims.length)).toBeLessThan(1);
            }
          }
          expect(assignSticky([...claims].reverse(), counts)).toEqual(assignment);
        },
      ),
    );
  });
});
