import type { Instant, Json } from '../json.js';
import type { TellNode, TimeAsk } from '../node.js';
import type { OperationName } from '../operation-name.js';
import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import type { WaitAsk, WaitChannel } from '../wait-node.js';
import { channelOf } from './channels.js';
import { chartOf, placeAt, type Place, type Site } from './chart.js';
import { isFinal } from './ending.js';
import type { EngineState, SleepFrame, WaitFrame } from './engine-state.js';
import { isListener } from './listeners.js';
import { resultOf } from './iterations.js';
import { momentOf, type Moment } from './moment.js';
import { commandOf } from './operations.js';
import { stopsAt } from './timers.js';
import { evaluate } from './values.js';
import { waitName } from './withdrawing.js';

/** Something outside the participants that a saga waits for. */
export interface OpenWait {
  readonly id: OperationName;
  readonly channel: WaitChannel;
  readonly block: string;
  readonly since: Instant;
  /** When something around it stops it, or it goes on without what it waits for. */
  readonly until?: Instant;
  /** What was asked for; absent where it cannot be told any more. */
  readonly request?: Json;
  /** It is only listened for: nothing stands still until it comes. */
  readonly isBeside: boolean;
  /** After this many events that do not match it is not waited for any more. */
  readonly endsAfterEvents?: number;
}

/** An event that a saga may yet publish. */
export interface PossibleEvent {
  readonly event: string;
  readonly block: string;
  /** Absent: it depends on what has not happened yet. */
  readonly data?: Json;
}

/** A block that only lets time pass. */
export interface Sleep {
  readonly id: OperationName;
  readonly block: string;
  readonly since: Instant;
  readonly until: Instant;
}

/** What a saga waits for, and what may yet come of it. */
export interface Outlook {
  readonly waits: readonly OpenWait[];
  /** Blocks that only let time pass; absent: none. */
  readonly sleeps?: readonly Sleep[];
  /** Something else keeps it going: an answer, time, an undo, a person. */
  readonly isBusy: boolean;
  /** When something happens by itself; the time of the whole saga does not count. */
  readonly endsAt?: Instant;
  /** In every branch and handler, whether the flow will ever come there or not. */
  readonly mayTell: readonly PossibleEvent[];
}

/** Looks ahead from where a saga stands. Pure; says nothing of a saga that has ended. */
export function outlookOf(program: Program, saga: SagaState): Outlook {
  if (isFinal(saga.status)) return { waits: [], isBusy: false, mayTell: [] };
  const state = saga as EngineState;
  const moment = momentOf(chartOf(program), state.at, state);
  const endsAt = nextByItself(moment);
  const sleeps = openSleeps(moment);
  return {
    waits: openWaits(moment),
    ...(sleeps.length === 0 ? {} : { sleeps }),
    isBusy: isBusy(moment),
    ...(endsAt === undefined ? {} : { endsAt }),
    mayTell: possibleEvents(moment),
  };
}

function openWaits(moment: Moment): readonly OpenWait[] {
  return Object.entries(moment.state.frames).flatMap(([key, frame]) =>
    frame.kind === 'wait' ? [openWait(moment, placeAt(moment.chart, key) as Place<WaitAsk>, frame)] : [],
  );
}

function openSleeps({ chart, state }: Moment): readonly Sleep[] {
  return Object.entries(state.frames).flatMap(([key, frame]) =>
    frame.kind === 'sleep' ? [sleepOf(placeAt(chart, key) as Place<TimeAsk>, frame)] : [],
  );
}

function sleepOf(place: Place<TimeAsk>, { startedAt: since, until }: SleepFrame): Sleep {
  return { id: waitName(place, 1), block: place.site.node.block, since, until };
}

function openWait(moment: Moment, place: Place<WaitAsk>, frame: WaitFrame): OpenWait {
  const { node } = place.site;
  const { block, channel } = node;
  const { round, startedAt: since } = frame;
  const opening = channelOf(place).open(moment, place);
  const until = stopsAt(moment, place);
  const events = node.channel === 'event' ? node.fallback?.events : undefined;
  return {
    id: waitName(place, round),
    channel,
    block,
    since,
    isBeside: isListener(place),
    ...(until === undefined ? {} : { until }),
    ...(opening.ok ? { request: opening.value.request } : {}),
    ...(events === undefined ? {} : { endsAfterEvents: events - (frame.seen ?? 0) }),
  };
}

function isBusy(moment: Moment): boolean {
  const { status, ending, operations, frames, incidents } = moment.state;
  if (status !== 'running' || ending !== undefined || Object.keys(incidents).length > 0) return true;
  if (Object.values(frames).some(({ kind }) => kind === 'sleep')) return true;
  return operations.some(
    (operation) =>
      operation.standing === 'suspect' ||
      operation.standing === 'revoked' ||
      (operation.standing === 'asked' && commandOf(moment, operation) !== undefined),
  );
}

function nextByItself({ chart, state }: Moment): Instant | undefined {
  const own = state.timers.filter((timer) => !('frame' in timer) || timer.frame !== chart.root.key);
  return own.length === 0 ? undefined : Math.min(...own.map(({ at }) => at));
}

function possibleEvents(moment: Moment): readonly PossibleEvent[] {
  const { chart } = moment;
  const told = [...chart.sites.values()].flatMap((site) =>
    site.node.kind === 'tell' ? possibleEvent(moment, site as Site<TellNode>) : [],
  );
  const outcomes = Object.values(chart.program.outcomes).map(({ event, data }) => {
    const value = evaluate(moment, chart.root, data);
    return { event, block: 'outcome', ...(value.ok ? { data: value.value } : {}) };
  });
  return [...told, ...outcomes];
}

/** What stands in a loop may be told again, with what nobody knows yet. */
function possibleEvent(moment: Moment, { place, node }: Site<TellNode>): readonly PossibleEvent[] {
  const { event, block } = node;
  if (place === undefined) return [{ event, block }];
  if (resultOf(moment, place, block) !== undefined) return [];
  const data = evaluate(moment, place, node.data);
  return [{ event, block, ...(data.ok ? { data: data.value } : {}) }];
}
