import { table } from './table.js';

/** What the coordinator says of live sagas and a version. */
export interface ShownPositions {
  readonly definition: string;
  readonly version: number;
  readonly groups: readonly {
    readonly version: number;
    readonly verdict: 'continue' | 'mapping' | 'drain';
    readonly at: readonly string[];
    readonly reasons: readonly string[];
    readonly count: number;
    readonly example: { readonly id: string; readonly businessKey: string };
  }[];
  readonly looked: number;
  readonly more: boolean;
}

const WORDS = { continue: 'could go on', mapping: 'need a mapping', drain: 'must end first' } as const;

/** Live sagas by where they stand, and what that means for a version. */
export function positionsPage({ definition, version, groups, looked, more }: ShownPositions): string {
  if (groups.length === 0) return `no saga of an earlier version of ${definition} is live`;
  const rows = groups.map((group) => [
    group.count,
    group.version,
    group.at.join(', '),
    WORDS[group.verdict],
    group.example.businessKey,
    group.reasons.join('; '),
  ]);
  const head = `live sagas of ${definition}, held against version ${version}:`;
  const tail = more ? `\n(the first ${looked} were looked at)` : '';
  return `${head}\n${table(['COUNT', 'VERSION', 'STAND AT', 'VERDICT', 'SUCH AS', 'WHY'], rows)}${tail}`;
}
