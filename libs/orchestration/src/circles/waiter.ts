import type { Instant, Json, SagaId } from '#libs/messaging';
import { outlookOf, type OpenWait, type Outlook } from '#libs/saga';
import { keyText } from '../desks/outside.js';
import { eventKeyOf } from '../desks/forwarding-events.js';
import type { Outside } from '../live-saga.js';
import type { LoadedEvent } from '../loaded-events.js';
import type { StoredInstance } from '../lane-store.js';
import type { ReadSaga } from '../read-saga.js';
import type { EventOfKey } from './circle.js';

/** What a saga stands still for. */
export interface StandsFor {
  readonly id: string;
  readonly block: string;
  readonly since: Instant;
  /** Any of these lets it go on. */
  readonly events: readonly EventOfKey[];
  /** The end of this saga does. */
  readonly child?: SagaId;
}

/** An event that a saga may yet publish. */
export interface MayPublish {
  readonly event: string;
  readonly block: string;
  /** Absent: it is not known yet. */
  readonly key?: string;
}

/** A saga as far as others wait for it and it for others. */
export interface Waiter {
  readonly saga: SagaId;
  readonly definition: string;
  readonly businessKey: string;
  readonly standsFor: readonly StandsFor[];
  /** Something else than other sagas can move it. */
  readonly isBusy: boolean;
  /** When something happens by itself, as its definition says. */
  readonly endsAt?: Instant;
  readonly mayPublish: readonly MayPublish[];
}

/** Where it is known what events are about. */
export interface EventKeys {
  awaitedEvent(event: string): LoadedEvent | undefined;
}

/** Reads off a stored saga what it stands still for, and what it may yet publish; `undefined` without its program. */
export function waiterOf({ row, state, program }: ReadSaga, keys: EventKeys): Waiter | undefined {
  if (program === undefined) return undefined;
  const { id: saga, definition, businessKey } = row;
  const outlook = outlookOf(program, state);
  const { endsAt } = outlook;
  const waits = outlook.waits.filter(({ isBeside }) => !isBeside);
  return {
    saga,
    definition,
    businessKey,
    standsFor: waits.flatMap((wait) => standsFor(wait, state.outside)),
    isBusy: outlook.isBusy || waits.some(isForOthers),
    ...(endsAt === undefined ? {} : { endsAt }),
    mayPublish: outlook.mayTell.map((told) => mayPublish(told, row, keys)),
  };
}

/** What is asked of people, of what is known or of a lock does not come from a saga, as far as can be told here. */
function isForOthers({ channel, request }: OpenWait): boolean {
  return (channel !== 'event' && channel !== 'saga') || request === undefined;
}

function standsFor(wait: OpenWait, outside: Outside | undefined): readonly StandsFor[] {
  const { id, block, since, channel, request } = wait;
  if (channel === 'saga') {
    const child = outside?.[id]?.to[0];
    return child === undefined ? [] : [{ id, block, since, events: [], child }];
  }
  if (channel !== 'event' || request === undefined) return [];
  return [{ id, block, since, events: eventsOf(request) }];
}

/** The events that a request asks for. */
export function eventsOf(request: Json): readonly EventOfKey[] {
  const { subscriptions = [] } = request as unknown as {
    readonly subscriptions?: readonly { readonly event: string; readonly key: Json }[];
  };
  return subscriptions.map(({ event, key }) => ({ event, key: keyText(key) }));
}

/** The key is what the event's owner says of its data; where nobody says anything, what sagas give their events. */
function mayPublish(
  { event, block, data }: Outlook['mayTell'][number],
  { businessKey, startedAt: at }: StoredInstance,
  keys: EventKeys,
): MayPublish {
  const expression = keys.awaitedEvent(event)?.key;
  if (expression === undefined) return { event, block, key: businessKey };
  if (data === undefined) return { event, block };
  const key = eventKeyOf(expression, { id: '', source: '', type: event, at, hops: 0, data, trace: {} });
  return key === undefined ? { event, block } : { event, block, key: keyText(key) };
}
