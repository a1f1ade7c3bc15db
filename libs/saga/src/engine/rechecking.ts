import type { Instant } from '../json.js';
import type { CommandAsk, Recheck } from '../node.js';
import type { BlockResult, KnownValue } from '../scope-values.js';
import { pathFrom, type Place } from './chart.js';
import { resultOf } from './iterations.js';
import type { Moment } from './moment.js';
import { lastOperation } from './operations.js';

/**
 * Where to go back to before the command at `place` is sent, because what it requires was not heard right now: a new
 * attempt, a new round, or a flow that stood still. What may have been done already is asked about as it is.
 */
export function requiredBefore(moment: Moment, place: Place<CommandAsk>): Place | undefined {
  const { recheck } = place.site.node;
  if (recheck === undefined || isOut(moment, place)) return undefined;
  const last = resultOf(moment, place, recheck.facts.at(-1)!.step);
  if (last?.endedAt === moment.now && (factsAreOldAt(moment, place) ?? moment.now) >= moment.now)
    return undefined;
  return pathFrom(place).find(({ site }) => site.node.id === recheck.within);
}

/** When the first of the facts that a command requires is too old; `undefined` if none of them ever is. */
export function factsAreOldAt(moment: Moment, place: Place<CommandAsk>): Instant | undefined {
  const times = place.site.node.recheck!.facts.flatMap((fact) =>
    oldAt(fact, resultOf(moment, place, fact.step)),
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

function oldAt({ freshMs }: Recheck['facts'][number], result: BlockResult | undefined): readonly Instant[] {
  if (freshMs === undefined || result === undefined) return [];
  const { asOf, lagMs } = result.output as unknown as KnownValue;
  return [asOf + freshMs - lagMs];
}

function isOut(moment: Moment, place: Place): boolean {
  const last = lastOperation(moment, place);
  return last?.standing === 'asked' && last.do!.state !== 'ready' && last.confirm !== 'disproved';
}
