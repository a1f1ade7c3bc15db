import type { HeardInput } from '../input.js';
import type { Json } from '../json.js';
import type { CommandAsk } from '../node.js';
import type { Values } from '../scope-values.js';
import type { EventAsk, Subscription } from '../wait-node.js';
import type { Channel, Opening, Verdict } from './channel.js';
import type { Place } from './chart.js';
import { weigh, type Weighed } from './deciding.js';
import { definedParts } from './defined-parts.js';
import { emit, type Moment } from './moment.js';
import { evaluate, type Evaluated } from './values.js';
import { waitName } from './withdrawing.js';

const defaulted: Verdict = { kind: 'settled', output: null, outcome: 'defaulted' };

/** Waits for an event. What does not match is seen and ignored; enough of it, or time, may stand in for the event. */
export const eventChannel: Channel<EventAsk> = {
  open(moment, place) {
    const { subscriptions, earlyMs, fallback } = place.site.node;
    const asked = subscriptionsOf(moment, place, subscriptions);
    if (!asked.ok) return asked;
    const opening: Opening = {
      request: { subscriptions: asked.value, ...definedParts({ earlyMs }) },
      ...(fallback?.afterMs !== undefined && { until: moment.now + fallback.afterMs }),
    };
    return { ok: true, value: opening };
  },

  hear(moment, place, heard, { seen = 0 }) {
    if (heard.what !== 'event') return { kind: 'ignored' };
    const { subscriptions, fallback } = place.site.node;
    for (const one of subscriptions) {
      const { holds, read } = matchOf(moment, place, one, heard);
      if (holds)
        return {
          kind: 'settled',
          output: heard.data,
          read,
          ...(one.case !== undefined && { case: one.case }),
        };
    }
    if (fallback?.events === undefined) return { kind: 'ignored' };
    return seen + 1 >= fallback.events ? defaulted : { kind: 'ignored', isCounted: true };
  },

  due: () => defaulted,

  releasesWhenOver: true,
};

function subscriptionsOf(
  moment: Moment,
  place: Place<EventAsk>,
  subscriptions: readonly Subscription[],
): Evaluated<Json> {
  const asked: Json[] = [];
  for (const { case: name, event, key: expression } of subscriptions) {
    const key = evaluate(moment, place, expression);
    if (!key.ok) return key;
    asked.push({ ...definedParts({ case: name }), event, key: String(key.value) });
  }
  return { ok: true, value: asked };
}

/** Asks for an event that is heard beside the replies to a command; before the command leaves, so that it is not missed. */
export function askBeside(
  moment: Moment,
  place: Place<CommandAsk>,
  round: number,
  { event, key: expression }: Subscription,
  more?: Pick<Values, 'self'>,
): Evaluated<Moment> {
  const key = evaluate(moment, place, expression, more);
  if (!key.ok) return key;
  const asked = emit(moment, {
    kind: 'await',
    id: waitName(place, round),
    channel: 'event',
    block: place.site.node.block,
    request: { subscriptions: [{ event, key: String(key.value) }] },
  });
  return { ok: true, value: asked };
}

/** Whether an event is the one that is waited for, and the facts that this was decided by. */
export interface Match {
  readonly holds: boolean;
  readonly read: Weighed<boolean>['read'];
}

/** Whether an event is the one that is waited for. Those of others may look like anything: one that the condition cannot be computed for is not the one waited for. */
export function matchOf(
  moment: Moment,
  place: Place,
  { event: type, match }: Subscription,
  { data, event }: HeardInput,
  more?: Pick<Values, 'self'>,
): Match {
  if (event !== undefined && event.type !== type) return { holds: false, read: [] };
  if (match === undefined) return { holds: true, read: [] };
  const { answer, read } = weigh(moment, place, match, { data, ...(event && { event }), ...more });
  return { holds: answer.ok && answer.value, read };
}
