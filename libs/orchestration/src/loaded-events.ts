import type { Instant } from '#libs/messaging';
import type { Expression, Program } from '#libs/saga';

/** What definitions that wait for an event need to know of it. */
export interface LoadedEvent {
  /** What it is about, over `data` and `event`; absent: the key of its message. */
  readonly key?: Expression;
  /** The longest time before somebody asks for it that any definition lets it come. */
  readonly earlyMs: number;
  /** Events older than this were there before anybody could have waited for them. */
  readonly since: Instant;
}

/** Older versions still have instances, so all of them count; the newest one knows best what an event is about. */
export function awaitedEvents(
  programs: readonly Program[],
  sinceOf: (definition: string) => Instant,
): ReadonlyMap<string, LoadedEvent> {
  const byEvent = new Map<string, LoadedEvent>();
  for (const { definition, awaits = [] } of [...programs].sort((a, b) => a.version - b.version)) {
    for (const { event, key, earlyMs } of awaits) {
      const known = byEvent.get(event);
      byEvent.set(event, {
        ...(key === undefined ? {} : { key }),
        earlyMs: Math.max(earlyMs, known?.earlyMs ?? 0),
        since: Math.min(sinceOf(definition) - earlyMs, known?.since ?? Number.POSITIVE_INFINITY),
      });
    }
  }
  return byEvent;
}
