import type { Clock, Instant } from '#libs/messaging';
import { stageOf, type SagaStatus } from '#libs/saga';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import type { StageCount } from '../stage-count.js';
import { assertPublished } from './assert-published.js';

/** Live sagas of one definition, by where they stand. */
export interface Board {
  readonly definition: string;
  readonly owner?: string;
  readonly live: number;
  /** In the order of the definition. One that stands at several stages is counted at each. */
  readonly stages: readonly BoardStage[];
}

/** Live sagas that stand at one block, or whose effect of that block is being undone. */
export interface BoardStage extends Pick<
  StageCount,
  'count' | 'withIncident' | 'oldestAt' | 'overHour' | 'overDay'
> {
  /** The block; absent for those that are at none just now. */
  readonly stage?: string;
  readonly status: SagaStatus;
}

interface Placed extends StageCount {
  readonly block?: string;
  readonly position: number;
}

/** Shows where live sagas are, and for how long. */
export class ShowBoard {
  constructor(
    private readonly store: Pick<OperatorStore, 'stages'>,
    private readonly definitions: LoadedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** Of one definition, or of all that have live sagas. @throws RequestError when there is no such definition. */
  async show(definition?: string): Promise<readonly Board[]> {
    if (definition !== undefined) await assertPublished(definition, this.definitions);
    const counts = await this.store.stages(this.clock.now(), definition);
    const names = [...new Set(counts.map((count) => count.definition))].sort();
    return names.map((name) => {
      const own = counts.filter((count) => count.definition === name);
      const owner = this.definitions.current(name)?.owner;
      return {
        definition: name,
        ...(owner === undefined ? {} : { owner }),
        live: sum(own.map(({ counted }) => counted)),
        stages: this.stages(own),
      };
    });
  }

  private stages(counts: readonly StageCount[]): readonly BoardStage[] {
    const groups = new Map<string, Placed[]>();
    for (const placed of counts.flatMap((count) => this.placed(count))) {
      const key = JSON.stringify([placed.status, placed.block]);
      groups.set(key, [...(groups.get(key) ?? []), placed]);
    }
    return [...groups.values()]
      .toSorted(
        ([one], [other]) => rank(one!.status) - rank(other!.status) || one!.position - other!.position,
      )
      .map(together);
  }

  /** A saga listens for events while it stands elsewhere, so those are no stages. */
  private placed(count: StageCount): readonly Placed[] {
    if (count.node === undefined) return [{ ...count, position: Number.MAX_SAFE_INTEGER }];
    const program = this.definitions.program(count.definition, count.version);
    if (program === undefined) return [{ ...count, block: count.node, position: Number.MAX_SAFE_INTEGER }];
    const stage = stageOf(program, count.node);
    return stage === undefined ? [] : [{ ...count, ...stage }];
  }
}

/** What goes forward comes first. */
function rank(status: SagaStatus): number {
  return status === 'running' ? 0 : 1;
}

function together(same: readonly Placed[]): BoardStage {
  const [{ block, status }] = same as readonly [Placed];
  const oldest: readonly Instant[] = same.map(({ oldestAt }) => oldestAt);
  return {
    ...(block === undefined ? {} : { stage: block }),
    status,
    count: sum(same.map(({ count }) => count)),
    withIncident: sum(same.map(({ withIncident }) => withIncident)),
    oldestAt: Math.min(...oldest),
    overHour: sum(same.map(({ overHour }) => overHour)),
    overDay: sum(same.map(({ overDay }) => overDay)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
