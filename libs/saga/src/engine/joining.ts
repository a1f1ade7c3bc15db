import type { Json } from '../json.js';
import type { ParNode } from '../node.js';
import type { BlockResult, Failure } from '../scope-values.js';
import { beginLegs } from './beginning-again.js';
import { close } from './block-result.js';
import { causedBy } from './causes.js';
import type { Place } from './chart.js';
import type { ParFrame } from './engine-state.js';
import { hideLegs, outputOf, record } from './iterations.js';
import { legAt, legsOf, openLegs, signalsOf, type LegSignal } from './legs.js';
import { blockOf, emit, frameAt, remember, type Moment } from './moment.js';
import { outwards } from './node-kind.js';
import { failureOf, raise } from './raising.js';
import { hush, leaveLegs } from './stopping-legs.js';

/** What the legs have come to. `through`: a signal that is not about this join leaves it as it is. */
type Verdict =
  | { readonly kind: 'open' | 'complete' | 'broken' }
  | { readonly kind: 'through'; readonly origin: string };

/** A leg that raised an error. */
interface Cause {
  readonly leg: string;
  readonly origin: string;
  readonly failure: Failure;
  /** The leg's own time was up: it is late, and has raised nothing itself. */
  readonly isOverdue: boolean;
}

/** A leg has ended: the join decides, or another leg begins. */
export function joinLegs(moment: Moment, place: Place<ParNode>): Moment {
  const frame = frameAt(moment, place, 'par')!;
  const signals = signalsOf(moment, place, frame);
  const verdict = verdictOf(place, frame, signals);
  switch (verdict.kind) {
    case 'open':
      return beginLegs(moment, place);
    case 'complete':
      return complete(noteMissing(hush(moment, place), place, frame, signals), place, frame);
    case 'broken':
      return fail(hush(moment, place), place, frame, signals);
    case 'through':
      return outwards(noteMissing(hush(moment, place), place, frame, signals), place, place, verdict.origin);
  }
}

/** Nothing is decided before every leg has settled, unless enough have succeeded or the definition is in a hurry. */
function verdictOf(place: Place<ParNode>, frame: ParFrame, signals: readonly LegSignal[]): Verdict {
  const { node } = place.site;
  const count = legsOf(place, frame).length;
  const needed = neededOf(node, count);
  const lost = signals.filter(isLost).length;
  const isSettled = frame.waiting.length === 0 && openLegs(place, frame) === 0;
  const isEnough = node.join !== 'all' && node.rest !== 'finish' && frame.done.length >= needed;
  const isHopeless = node.failFast === true && count - lost < needed;
  if (!isSettled && !isEnough && !isHopeless) return { kind: 'open' };
  const undoing = signals.find(({ raised }) => raised.signal === 'undo-all');
  if (undoing !== undefined) return { kind: 'through', origin: undoing.origin };
  if (count - lost < needed) return { kind: 'broken' };
  const ending = signals.find(({ raised }) => raised.signal === 'end');
  return ending === undefined ? { kind: 'complete' } : { kind: 'through', origin: ending.origin };
}

/** How many of the legs have to succeed. */
function neededOf({ join, tolerate = 0 }: ParNode, count: number): number {
  if (join === 'any') return 1;
  if (join !== 'all') return join;
  return count - Math.floor(typeof tolerate === 'number' ? tolerate : tolerate.share * count);
}

/** Goes on with what succeeded. What the other legs did is undone, unless it is to be kept. */
function complete(moment: Moment, place: Place<ParNode>, frame: ParFrame): Moment {
  const counts = countsOf(place, frame);
  const isKept = place.site.node.rest === 'finish';
  const left = leaveLegs(moment, place, counts.missing, isKept ? 'keep' : 'undo');
  const hidden =
    frame.items === undefined
      ? hideLegs(
          left,
          counts.missing.map((leg) => legAt(place, leg)),
        )
      : left;
  return close(hidden, place, outputsOf(moment, place, frame), 'succeeded', counts);
}

/**
 * Too many legs are missing. A single one speaks for itself; several raise what they have in common, at the join,
 * so that whoever begins again begins with all of them.
 */
function fail(moment: Moment, place: Place<ParNode>, frame: ParFrame, signals: readonly LegSignal[]): Moment {
  const settled = new Set([...frame.done, ...signals.map(({ leg }) => leg)]);
  const open = legsOf(place, frame).filter((leg) => !settled.has(leg));
  const causes = causesOf(place, signals);
  const told = tell(moment, place, frame, commonError(causes));
  const [first] = causes;
  if (first !== undefined && causes.length === 1 && open.length === 0 && !first.isOverdue)
    return outwards(told, place, place, first.origin);
  const stopped = leaveLegs(told, place, open, 'undo');
  const raised = Object.fromEntries(signals.map(({ leg, origin }) => [leg, origin]));
  const broken = remember(stopped, place, { ...frameAt(stopped, place, 'par')!, waiting: open, raised });
  return raise(broken, place, { signal: 'error', failure: failureAtJoin(moment, place, frame, causes) });
}

/** The longest list of names that is kept. */
const MOST_NAMES = 20;

/** It goes on, but not without a word about what is not there. What is only not needed is not missing. */
function noteMissing(
  moment: Moment,
  place: Place<ParNode>,
  frame: ParFrame,
  signals: readonly LegSignal[],
): Moment {
  const missing = [...signals.filter(isLost).map(({ leg }) => leg), ...emptyLegs(moment, place, frame)];
  if (missing.length === 0) return moment;
  const [legs, count, of] = [missing.slice(0, MOST_NAMES), missing.length, legsOf(place, frame).length];
  return emit(moment, { kind: 'noted', block: blockOf(place), note: { what: 'missing', legs, count, of } });
}

/** Items whose legs succeeded with nothing, where others gave something: the list that is made has no place for them. */
function emptyLegs(moment: Moment, place: Place<ParNode>, { items, done }: ParFrame): readonly string[] {
  if (items === undefined) return [];
  const empty = done.filter((leg) => outputOf(moment, legAt(place, leg)) === null);
  return empty.length === done.length ? [] : empty;
}

function isLost({ raised }: LegSignal): boolean {
  return raised.signal === 'error' || raised.signal === 'incident';
}

function causesOf(place: Place<ParNode>, signals: readonly LegSignal[]): readonly Cause[] {
  return signals.flatMap(({ leg, origin, raised }) => {
    if (raised.signal !== 'error' && raised.signal !== 'incident') return [];
    const { failure } = raised;
    const isOverdue = origin === legAt(place, leg).key && failure.error === 'timed-out';
    return [{ leg, origin, failure, isOverdue }];
  });
}

function commonError(causes: readonly Cause[]): string {
  const [first] = causes;
  const isCommon = causes.every(
    ({ failure, isOverdue }) => !isOverdue && failure.error === first!.failure.error,
  );
  return first !== undefined && isCommon ? first.failure.error : 'incomplete';
}

function failureAtJoin(
  moment: Moment,
  place: Place<ParNode>,
  frame: ParFrame,
  causes: readonly Cause[],
): Failure {
  const error = commonError(causes);
  if (error !== 'incomplete') return { ...causes[0]!.failure, at: moment.now, ...causedBy(causes) };
  const { missing } = countsOf(place, frame);
  const count = legsOf(place, frame).length;
  const needed = neededOf(place.site.node, count);
  const message =
    count < needed
      ? `${needed} ${needed === 1 ? 'has' : 'have'} to succeed, and there ${count === 1 ? 'is' : 'are'} only ${count}`
      : `${missing.length} of ${count} are missing`;
  const errors = Object.fromEntries(causes.map(({ leg, failure }) => [leg, failure.error]));
  const failure = failureOf(moment, place, error, message, { missing, errors });
  return { ...failure, ...causedBy(causes, failure.causes) };
}

/** What there is so far can be read by whoever handles the error. */
function tell(moment: Moment, place: Place<ParNode>, frame: ParFrame, outcome: string): Moment {
  const { block } = place.site.node;
  if (block === undefined) return moment;
  const { startedAt } = frame;
  const output = outputsOf(moment, place, frame);
  const counts = countsOf(place, frame);
  const result = { output, outcome, attempts: 1, startedAt, endedAt: moment.now, ...counts };
  return record(moment, place, block, result);
}

/** What the items' legs have made, in the order of the items: successes only. */
function outputsOf(moment: Moment, place: Place<ParNode>, { items, done }: ParFrame): Json {
  if (items === undefined) return null;
  const succeeded = new Set(done);
  return items.flatMap((leg) => {
    const output = succeeded.has(leg) ? outputOf(moment, legAt(place, leg)) : null;
    return output === null ? [] : [output];
  });
}

function countsOf(
  place: Place<ParNode>,
  frame: ParFrame,
): Required<Pick<BlockResult, 'completeness' | 'missing'>> {
  const legs = legsOf(place, frame);
  const done = new Set(frame.done);
  const completeness = legs.length === 0 ? 1 : done.size / legs.length;
  return { completeness, missing: legs.filter((leg) => !done.has(leg)) };
}
