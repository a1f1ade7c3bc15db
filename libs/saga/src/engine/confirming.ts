import type { Json } from '../json.js';
import type { CommandAsk } from '../node.js';
import type { Place } from './chart.js';
import { cannotTell, inquire, unconfirmedOr } from './doubting.js';
import type { Operation } from './engine-state.js';
import { askBeside } from './event-channel.js';
import { emit, type Moment } from './moment.js';
import { current, isAnswered, nameOf, nodeOf, placeOf, put, quieten } from './operations.js';
import { reopen, stopAt } from './stopping.js';
import { arm } from './timers.js';
import type { Evaluated } from './values.js';

/** Asks for the event that has to confirm a command. */
export function askConfirmation(
  moment: Moment,
  place: Place<CommandAsk>,
  operation: Operation,
): Evaluated<{ readonly asked: Moment; readonly operation: Operation }> {
  const { confirm } = place.site.node;
  if (confirm === undefined) return { ok: true, value: { asked: moment, operation } };
  const asked = askBeside(moment, place, operation.round, confirm.event);
  return asked.ok
    ? { ok: true, value: { asked: asked.value, operation: { ...operation, confirm: 'awaited' } } }
    : asked;
}

/** It was answered as done; from now on the event has its time to come. What was answered before is no news. */
export function awaitConfirmation(moment: Moment, operation: Operation, output: Json): Moment {
  if (isAnswered(operation) && operation.do!.state !== 'sent') return moment;
  const awaited: Operation = {
    ...operation,
    output,
    confirm: 'awaited',
    do: { ...operation.do!, state: 'confirming' },
  };
  const { block, call, confirm } = nodeOf(moment, operation);
  const note = { what: 'to-be-confirmed', call, event: confirm!.event.event } as const;
  const noted = emit(put(quieten(moment, operation), awaited), { kind: 'noted', block, note });
  return listenForIt(noted, awaited);
}

/** Gives the event its time, unless the flow stands still there for another reason than doubt. */
export function listenForIt(moment: Moment, operation: Operation): Moment {
  const place = placeOf(moment, operation);
  const stop = stopAt(moment, place);
  if (stop === 'around' || stop === 'handled') return moment;
  const open = stop === 'here' ? reopen(moment, place) : moment;
  const { withinMs } = nodeOf(moment, operation).confirm!;
  return arm(open, { operation: nameOf(open, operation, 'do') }, open.now + withinMs);
}

/** The event stayed out: the participant is asked whether it was done indeed. */
export function missConfirmation(moment: Moment, operation: Operation): Moment {
  const missed: Operation = { ...operation, confirm: 'missed' };
  const known = put(moment, missed);
  return inquire(known, missed) ?? cannotTell(known, missed, unconfirmedOr(known, missed, ''));
}

/** It was answered as done, and was not: what is tried next is another operation, for this one is remembered as done. */
export function disprove(moment: Moment, operation: Operation): Moment {
  const quiet = quieten(moment, operation);
  const disproved: Operation = { ...current(quiet, operation), confirm: 'disproved' };
  const { event } = nodeOf(moment, operation).confirm!.event;
  const message = `it was answered as done, ${event} did not come, and the participant says that it was not done`;
  return cannotTell(put(quiet, disproved), disproved, message);
}
