import type { Instant } from '#libs/messaging';
import type { BlockWords, Effect, Worth } from '#libs/saga';
import { operationParts } from '#libs/saga';

/** What time can go to, what counts first where several things happen at once standing first. */
export const spendings = ['value-adding', 'handoff', 'waste', 'unmarked', 'waiting'] as const;

/** What time goes to: what its block is marked as, work that is not marked, or waiting. */
export type Spending = Worth | 'unmarked' | 'waiting';

/** Milliseconds by what they went to; together the time from start to end. */
export type SpentTime = Readonly<Record<Spending, number>>;

/** Something that was under way. */
export interface Stretch {
  readonly block: string;
  readonly as: Spending;
  readonly from: Instant;
  readonly to: Instant;
}

/** Everything that was under way in a saga, by its history. A mark is about doing and waiting; undoing and asking are not marked. */
export function stretchesOf(
  effects: readonly Effect[],
  words: Readonly<Record<string, BlockWords>> = {},
): readonly Stretch[] {
  return effects.flatMap((effect): readonly Stretch[] => {
    if (effect.kind !== 'settled' && effect.kind !== 'waited') return [];
    const { block, startedAt: from, endedAt: to } = effect;
    const parts = operationParts(effect.kind === 'settled' ? effect.operation : effect.id);
    const worth = ['do', 'wait'].includes(parts?.direction ?? '') ? words[block]?.worth : undefined;
    return [{ block, from, to, as: worth ?? (effect.kind === 'settled' ? 'unmarked' : 'waiting') }];
  });
}

/** Divides the time of a saga: each moment goes to the first thing of {@link spendings} that was under way, or to waiting. */
export function spentTime(from: Instant, to: Instant, stretches: readonly Stretch[]): SpentTime {
  const spent = { 'value-adding': 0, handoff: 0, waste: 0, unmarked: 0, waiting: 0 };
  const open = { ...spent };
  let last = from;
  for (const { at, as, by } of turns(from, to, stretches)) {
    spent[spendings.find((each) => open[each] > 0) ?? 'waiting'] += at - last;
    open[as] += by;
    last = at;
  }
  spent.waiting += to - last;
  return spent;
}

/** Begins and ends in the order of time, as far as they lie inside. */
function turns(from: Instant, to: Instant, stretches: readonly Stretch[]) {
  const within = (at: Instant) => Math.min(Math.max(at, from), to);
  return stretches
    .flatMap(({ as, ...stretch }) => [
      { at: within(stretch.from), as, by: 1 },
      { at: within(stretch.to), as, by: -1 },
    ])
    .sort((one, other) => one.at - other.at);
}
