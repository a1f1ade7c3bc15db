import type { DomainEvent, HeardHead } from '#libs/messaging';
import type { Values } from '#libs/saga';

/** The attributes of an event as expressions and sagas see them. */
export function attributesOf({ id, source, type, at }: DomainEvent): NonNullable<HeardHead['event']> {
  return { id, source, type, time: new Date(at).toISOString() };
}

/** All that expressions of an event's contract see. */
export function valuesOfEvent(event: DomainEvent): Values {
  return {
    input: null,
    steps: {},
    saga: { id: '', key: '', definition: '', version: 0, startedAt: event.at, hops: event.hops },
    toggles: {},
    now: event.at,
    data: event.data,
    event: { ...attributesOf(event) },
  };
}
