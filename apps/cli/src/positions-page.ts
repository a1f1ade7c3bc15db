import type { Positions } from '#libs/orchestration';
import { table } from './table.js';

const WORDS = { continue: 'could go on', mapping: 'need a mapping', drain: 'must end first' } as const;

/** Live sagas by where they stand, what that means for a version, and what they keep of contracts that have changed. */
export function positionsPage(positions: Positions): string {
  const { looked, more } = positions;
  const tail = more ? [`(the first ${looked} were looked at)`] : [];
  return [...standingText(positions), ...keepingText(positions), ...tail].join('\n');
}

function standingText({ definition, version, groups, keeping }: Positions): readonly string[] {
  if (groups.length === 0)
    return keeping.length > 0 ? [] : [`no saga of an earlier version of ${definition} is live`];
  const rows = groups.map((group) => [
    group.count,
    group.version,
    group.at.join(', '),
    WORDS[group.verdict],
    group.example.businessKey,
    group.reasons.join('; '),
  ]);
  return [
    `live sagas of ${definition}, held against version ${version}:`,
    table(['COUNT', 'VERSION', 'STAND AT', 'VERDICT', 'SUCH AS', 'WHY'], rows),
  ];
}

function keepingText({ definition, keeping }: Positions): readonly string[] {
  if (keeping.length === 0) return [];
  const rows = keeping.map(({ count, version, example, kept, atOnce }) => [
    count,
    version,
    example.businessKey,
    kept.join('; '),
    atOnce.join('; '),
  ]);
  return [
    `live sagas of ${definition} that began before contracts or namespace were published anew:`,
    table(['COUNT', 'VERSION', 'SUCH AS', 'KEEP', 'FOLLOW AT ONCE'], rows),
  ];
}
