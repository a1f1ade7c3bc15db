import { commandOfBlock, participantOf } from '#libs/saga';
import type { IncidentCause, IncidentCount, OperatorStore } from '../operator-store.js';
import { assertPublished, type PublishedDefinitions } from './assert-published.js';

/** Open incidents of one cause, with whom it may lie with. */
export interface IncidentGroup extends IncidentCount {
  /** Who was asked. */
  readonly participant?: string;
  /** Who answers for the definition. */
  readonly owner?: string;
}

/** Shows open incidents as few causes instead of many sagas. */
export class GroupIncidents {
  constructor(
    private readonly store: Pick<OperatorStore, 'incidentCounts'>,
    private readonly definitions: PublishedDefinitions,
  ) {}

  /** The largest group first. @throws RequestError when there is no such definition: a typo must not look like peace. */
  async group(cause: IncidentCause): Promise<readonly IncidentGroup[]> {
    const { definition } = cause;
    if (definition !== undefined) await assertPublished(definition, this.definitions);
    return (await this.store.incidentCounts(cause)).map((count) => this.shown(count));
  }

  private shown(count: IncidentCount): IncidentGroup {
    const program = this.definitions.current(count.definition);
    const call =
      program === undefined || count.block === undefined ? undefined : commandOfBlock(program, count.block);
    return {
      ...count,
      ...(call === undefined ? {} : { participant: participantOf(call) }),
      ...(program?.owner === undefined ? {} : { owner: program.owner }),
    };
  }
}
