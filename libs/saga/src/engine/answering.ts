import type { HeardInput } from '../input.js';
import type { Json } from '../json.js';
import type { CommandAsk } from '../node.js';
import type { Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { emit, type Moment } from './moment.js';
import { nodeOf, placeOf, selfOf } from './operations.js';
import { receive } from './receiving.js';
import { evaluate, type Evaluated } from './values.js';
import { waitName } from './withdrawing.js';

/** Asks for the event that answers a command whose participant sends no replies; before the command leaves. */
export function askAnswer(moment: Moment, place: Place<CommandAsk>, operation: Operation): Evaluated<Moment> {
  const { answeredBy, block } = place.site.node;
  if (answeredBy === undefined) return { ok: true, value: moment };
  const key = evaluate(moment, place, answeredBy.event.key, { self: selfOf(moment, operation) });
  if (!key.ok) return key;
  const asked = emit(moment, {
    kind: 'await',
    id: waitName(place, operation.round),
    channel: 'event',
    block,
    request: { subscriptions: [{ event: answeredBy.event.event, key: String(key.value) }] },
  });
  return { ok: true, value: asked };
}

/** Folds an event that may answer a command. It says that the command took effect, whatever the attempt, as a reply would. */
export function hearAnsweringEvent(moment: Moment, operation: Operation, heard: HeardInput): Moment {
  const { answeredBy, call, block } = nodeOf(moment, operation);
  const { event, output } = answeredBy!;
  if (heard.event !== undefined && heard.event.type !== event.event) return moment;
  const place = placeOf(moment, operation);
  const said = {
    data: heard.data,
    self: selfOf(moment, operation),
    ...(heard.event && { event: heard.event }),
  };
  const matched = event.match === undefined || evaluate(moment, place, event.match, said);
  // Events of others may look like anything: one that the condition cannot be computed for is not the one.
  if (matched !== true && !(matched.ok && matched.value)) return moment;
  const made: Evaluated<Json> =
    output === undefined ? { ok: true, value: heard.data } : evaluate(moment, place, output, said);
  if (made.ok) return receive(moment, operation, 'do', made.value);
  return emit(moment, { kind: 'noted', block, note: { what: 'drifted', call, problems: [made.message] } });
}
