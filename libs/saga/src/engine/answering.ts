import type { HeardInput } from '../input.js';
import type { Json } from '../json.js';
import type { CommandAsk } from '../node.js';
import type { Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { askBeside, matchOf } from './event-channel.js';
import { emit, type Moment } from './moment.js';
import { nodeOf, placeOf, selfOf } from './operations.js';
import { receive } from './receiving.js';
import { evaluate, type Evaluated } from './values.js';

/** Asks for the event that answers a command whose participant sends no replies. */
export function askAnswer(moment: Moment, place: Place<CommandAsk>, operation: Operation): Evaluated<Moment> {
  const { answeredBy } = place.site.node;
  if (answeredBy === undefined) return { ok: true, value: moment };
  return askBeside(moment, place, operation.round, answeredBy.event, { self: selfOf(moment, operation) });
}

/** Folds an event that may answer a command. It says that the command took effect, whatever the attempt, as a reply would. */
export function hearAnsweringEvent(moment: Moment, operation: Operation, heard: HeardInput): Moment {
  const { answeredBy, call, block } = nodeOf(moment, operation);
  const { event, output } = answeredBy!;
  const place = placeOf(moment, operation);
  const self = selfOf(moment, operation);
  if (!matchOf(moment, place, event, heard, { self }).holds) return moment;
  const said = { data: heard.data, self, ...(heard.event && { event: heard.event }) };
  const made: Evaluated<Json> =
    output === undefined ? { ok: true, value: heard.data } : evaluate(moment, place, output, said);
  if (made.ok) return receive(moment, operation, 'do', made.value);
  return emit(moment, { kind: 'noted', block, note: { what: 'drifted', call, problems: [made.message] } });
}
