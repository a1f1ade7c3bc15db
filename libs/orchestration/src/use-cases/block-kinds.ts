import type { Program } from '#libs/saga';
import type { SagaView, ShownResult } from './saga-view.js';
import type { TimelineEntry } from './timeline.js';

/** Says of each block that left something behind, and of each line about one, what kind it is. */
export function withBlockKinds(view: SagaView, { kinds = {} }: Pick<Program, 'kinds'>): SagaView {
  return {
    ...view,
    steps: Object.fromEntries(
      Object.entries(view.steps).map(([block, result]) => [block, { ...kindPart(kinds[block]), ...result }]),
    ),
    timeline: view.timeline.map((entry) => ({ ...entry, ...blockKindPart(entry, kinds) })),
  };
}

function kindPart(kind: string | undefined): Pick<ShownResult, 'kind'> {
  return kind === undefined ? {} : { kind };
}

function blockKindPart(
  { block = '' }: TimelineEntry,
  kinds: Readonly<Record<string, string>>,
): Pick<TimelineEntry, 'blockKind'> {
  const blockKind = kinds[block];
  return blockKind === undefined ? {} : { blockKind };
}
