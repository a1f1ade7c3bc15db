import { waitFor, type Clock } from '#libs/messaging';
import type { DefinitionStore } from '#libs/orchestration';

/** Whether each thing a coordinator needs is there. */
export interface ReadinessChecks {
  readonly lanes: 'up' | 'down';
  readonly database: 'up' | 'down';
}

/** The part of a coordinator's life that readiness asks about. */
export interface LanesLife {
  /** `working`: the groups are joined and every lane assigned here is taken over. */
  readonly state: 'joining' | 'working' | 'stopping';
}

const databaseWithinMs = 2_000;

/**
 * Says whether the process can do its work: its lanes were assigned and the database answers.
 *
 * Lanes count as there once they were: partitions moving between replicas are ordinary, and a probe that turned red
 * in every rebalance would make whoever watches it restart pods, which causes the next rebalance.
 */
export class Readiness {
  private hadLanes = false;

  constructor(
    private readonly life: LanesLife,
    private readonly store: DefinitionStore,
    private readonly clock: Clock,
  ) {}

  async check(): Promise<ReadinessChecks> {
    const { state } = this.life;
    this.hadLanes ||= state === 'working';
    const lanes = this.hadLanes && state !== 'stopping' ? 'up' : 'down';
    return { lanes, database: await this.database() };
  }

  private async database(): Promise<'up' | 'down'> {
    const answered = this.store.revision().then(
      () => 'up' as const,
      () => 'down' as const,
    );
    const late = waitFor(this.clock, databaseWithinMs).then(() => 'down' as const);
    return Promise.race([answered, late]);
  }
}
