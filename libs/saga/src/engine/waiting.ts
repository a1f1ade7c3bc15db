import type { WaitedEffect } from '../effect.js';
import type { HeardInput } from '../input.js';
import type { Json } from '../json.js';
import { operationParts, type OperationName } from '../operation-name.js';
import type { LockAsk, SagaAsk, WaitAsk } from '../wait-node.js';
import { close } from './block-result.js';
import { causedBy } from './causes.js';
import type { Verdict } from './channel.js';
import { channelOf } from './channels.js';
import { placeIn, type Place } from './chart.js';
import { tellRead } from './deciding.js';
import { hearBeside } from './hearing-beside.js';
import type { WaitFrame } from './engine-state.js';
import { isListener } from './listeners.js';
import { arrive } from './listening.js';
import { hearLost } from './lost-locks.js';
import { change, emit, forget, frameAt, remember, type Moment } from './moment.js';
import { add } from './operations.js';
import { failureOf, raise, raiseError } from './raising.js';
import { reopen, stopAt } from './stopping.js';
import { holdClocks, letClocksGo } from './standing-still.js';
import { arm, disarm } from './timers.js';
import { hearUndone } from './undone-sagas.js';
import { tellWaited, waitName, withdraw } from './withdrawing.js';

/** Asks for something outside the participants; what has been asked for is waited for still. */
export function askOutside(moment: Moment, place: Place<WaitAsk>): Moment {
  const frame = frameAt(moment, place, 'wait');
  if (frame === undefined) return open(moment, place);
  return stopAt(moment, place) === 'none' ? hearKept(moment, place, frame) : moment;
}

/** Folds what came. What nobody waits for any more changes nothing, but for sagas that are undone and locks that are lost. */
export function hearOutside(moment: Moment, heard: HeardInput): Moment {
  const found = findWait(moment, heard.id);
  if (found === undefined) return hearBeside(moment, heard);
  const { place, frame } = found;
  if (frame === undefined) return hearLate(moment, place, heard);
  switch (stopAt(moment, place)) {
    case 'none':
      return judge(moment, place, frame, heard);
    case 'around':
      return hearStopped(moment, place, frame, heard);
    case 'handled':
      return keep(moment, place, frame, heard);
    case 'here':
      return moment;
  }
}

/** Something came when nothing is waited for there any more. */
function hearLate(moment: Moment, place: Place<WaitAsk>, heard: HeardInput): Moment {
  switch (place.site.node.channel) {
    case 'saga':
      return hearUndone(moment, place as Place<SagaAsk>, heard);
    case 'lock':
      return hearLost(moment, place as Place<LockAsk>, heard);
    case 'event':
    case 'task':
    case 'fact':
      return moment;
  }
}

/** The time has come that an opening spoke of. */
export function waitDue(moment: Moment, place: Place<WaitAsk>): Moment {
  const frame = frameAt(moment, place, 'wait');
  const verdict = frame && channelOf(place).due?.(moment, place, frame);
  return verdict === undefined ? moment : follow(moment, place, frame!, verdict);
}

function open(moment: Moment, place: Place<WaitAsk>): Moment {
  const opening = channelOf(place).open(moment, place);
  if (!opening.ok) return raiseError(moment, place, opening.error, opening.message);
  const { request, until, about } = opening.value;
  const { rounds } = moment.state;
  const round = 1 + (rounds?.[place.key] ?? 0);
  const frame: WaitFrame = {
    kind: 'wait',
    startedAt: moment.now,
    round,
    ...(until !== undefined && { until }),
    ...(about !== undefined && { about }),
  };
  const counted = change(moment, { rounds: { ...rounds, [place.key]: round } });
  const { channel, block } = place.site.node;
  const remembered = remember(counted, place, frame);
  const still = channelOf(place).stopsClocks === true ? holdClocks(remembered, place) : remembered;
  const asked = emit(still, {
    kind: 'await',
    id: waitName(place, round),
    channel,
    block,
    request,
  });
  if (channelOf(place).isOnlyAsked?.(place) === true) return close(logged(asked, place, frame, null), place);
  return until === undefined ? asked : arm(asked, { frame: place.key }, until);
}

/** From now on it is something that was done, and may have to be undone. */
function logged(moment: Moment, place: Place<WaitAsk>, { round, about }: WaitFrame, output: Json): Moment {
  if (channelOf(place).isLogged !== true) return moment;
  const sent = about === undefined ? {} : { sent: about };
  return add(moment, { at: place.key, round, standing: 'done', ...sent, output });
}

/** What came settles it even where time was up, as long as nobody has decided what follows from that. */
function hearStopped(moment: Moment, place: Place<WaitAsk>, frame: WaitFrame, heard: HeardInput): Moment {
  if (moment.state.ending !== undefined || isListener(place)) return keep(moment, place, frame, heard);
  const verdict = channelOf(place).hear(moment, place, heard, frame);
  return verdict.kind === 'settled'
    ? follow(reopen(moment, place), place, frame, verdict)
    : keep(moment, place, frame, heard);
}

function keep(moment: Moment, place: Place<WaitAsk>, frame: WaitFrame, heard: HeardInput): Moment {
  return remember(moment, place, { ...frame, kept: [...(frame.kept ?? []), heard] });
}

/** The flow goes on: what came meanwhile is looked at, in order, until something settles it. */
function hearKept(moment: Moment, place: Place<WaitAsk>, { kept = [], ...frame }: WaitFrame): Moment {
  let heard = remember(moment, place, frame);
  for (const input of kept) {
    const now = frameAt(heard, place, 'wait');
    if (now === undefined) return heard;
    heard = judge(heard, place, now, input);
  }
  return heard;
}

function judge(moment: Moment, place: Place<WaitAsk>, frame: WaitFrame, heard: HeardInput): Moment {
  const verdict = channelOf(place).hear(moment, place, heard, frame);
  if (verdict.kind !== 'settled' || !isListener(place)) return follow(moment, place, frame, verdict);
  const { data, event } = heard;
  const told = tellRead(moment, place, verdict.read ?? []);
  return arrive(told, place, frame, { data, ...(event && { event }) });
}

function follow(moment: Moment, place: Place<WaitAsk>, frame: WaitFrame, verdict: Verdict): Moment {
  switch (verdict.kind) {
    case 'ignored':
      return verdict.isCounted === true
        ? remember(moment, place, { ...frame, seen: (frame.seen ?? 0) + 1 })
        : moment;
    case 'settled':
      return close(
        logged(
          over(
            tellRead(moment, place, verdict.read ?? []),
            place,
            frame,
            verdict.outcome === 'defaulted' ? 'defaulted' : 'came',
          ),
          place,
          frame,
          verdict.output,
        ),
        place,
        verdict.output,
        verdict.outcome,
        verdict.case === undefined ? undefined : { case: verdict.case },
      );
    case 'raised':
      return raiseVerdict(moment, place, frame, verdict);
  }
}

function raiseVerdict(
  moment: Moment,
  place: Place<WaitAsk>,
  frame: WaitFrame,
  { error, message, data, cause }: Extract<Verdict, { kind: 'raised' }>,
): Moment {
  const failure = failureOf(moment, place, error, message, data);
  const causes = cause === undefined ? {} : causedBy([{ failure: cause }], failure.causes);
  const told = forget(over(moment, place, frame, 'failed', error), place);
  return raise(told, place, { signal: 'error', failure: { ...failure, ...causes } });
}

function over(
  moment: Moment,
  place: Place<WaitAsk>,
  frame: WaitFrame,
  ...how: readonly [outcome: WaitedEffect['outcome'], error?: string]
): Moment {
  const going = frame.held === undefined ? moment : letClocksGo(moment, place, frame);
  const quiet = tellWaited(disarm(going, { frame: place.key }), place, frame, ...how);
  return channelOf(place).releasesWhenOver ? withdraw(quiet, place, frame) : quiet;
}

/** Where `name` was asked for, and what is remembered there if it still is. */
function findWait(
  moment: Moment,
  name: OperationName,
): { readonly place: Place<WaitAsk>; readonly frame?: WaitFrame } | undefined {
  const parts = operationParts(name);
  const site = parts?.direction === 'wait' ? moment.chart.waits.get(parts.block) : undefined;
  if (parts === undefined || site === undefined) return undefined;
  const place = placeIn(site, parts.iteration);
  const frame = frameAt(moment, place, 'wait');
  return frame?.round === parts.round ? { place, frame } : { place };
}
