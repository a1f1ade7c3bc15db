import type { NeededFact, Program } from '#libs/saga';

/** A fact that is known from events of a type, and how long it is of use. */
export interface LoadedFact extends NeededFact {
  /** How old anybody accepts it at most; absent: somebody accepts any age. */
  readonly keepMs?: number;
}

/**
 * The facts that any version of any definition asks for, by the type of the events they are known from. Where contracts
 * have changed the newest version knows best what an event says.
 */
export function factsByEvent(programs: readonly Program[]): ReadonlyMap<string, readonly LoadedFact[]> {
  const facts = new Map<string, LoadedFact>();
  for (const { facts: needed = [] } of [...programs].sort((a, b) => a.version - b.version))
    for (const fact of needed) facts.set(fact.fact, loaded(fact, facts.get(fact.fact)));
  const byEvent = new Map<string, LoadedFact[]>();
  for (const fact of facts.values()) byEvent.set(fact.from, [...(byEvent.get(fact.from) ?? []), fact]);
  return byEvent;
}

function loaded(fact: NeededFact, known: LoadedFact | undefined): LoadedFact {
  const { freshMs } = fact;
  if (freshMs === undefined || (known !== undefined && known.keepMs === undefined)) return fact;
  return { ...fact, keepMs: Math.max(freshMs, known?.keepMs ?? 0) };
}
