import type { Program } from '#libs/saga';

/** Definitions whose sagas may come to wait for each other, and everybody who might help them. */
export interface CircularGroup {
  readonly definitions: readonly string[];
}

/**
 * Finds, by what definitions say they wait for and publish, which of them can wait for each other at all: where none
 * can, no saga has to be looked at. All versions that still may run are looked at together.
 */
export function circularGroups(programs: readonly Program[]): readonly CircularGroup[] {
  const needs = needsOf(programs);
  const reach = new Map([...needs.keys()].map((name) => [name, reachableFrom(name, needs)]));
  const seen = new Set<string>();
  return [...needs.keys()].flatMap((name) => {
    if (seen.has(name) || !reach.get(name)!.has(name)) return [];
    const group = [...reach.get(name)!].filter((other) => reach.get(other)?.has(name));
    for (const other of group) seen.add(other);
    return [{ definitions: withHelpers(group, needs) }];
  });
}

/** Which definitions each one may wait for. */
function needsOf(programs: readonly Program[]): ReadonlyMap<string, ReadonlySet<string>> {
  const publishers = new Map<string, Set<string>>();
  for (const { definition, emits } of programs)
    for (const event of emits) addTo(publishers, event, [definition]);
  const needs = new Map<string, Set<string>>();
  for (const { definition, awaits = [], sagas = [] } of programs) {
    addTo(needs, definition, sagas);
    for (const { event } of awaits) addTo(needs, definition, [...(publishers.get(event) ?? [])]);
  }
  return needs;
}

function reachableFrom(name: string, needs: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...needs.get(name)!];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return reached;
}

function withHelpers(
  group: readonly string[],
  needs: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  return [...new Set([...group, ...group.flatMap((name) => [...needs.get(name)!])])].sort();
}

function addTo(all: Map<string, Set<string>>, name: string, more: readonly string[]): void {
  const found = all.get(name) ?? new Set<string>();
  for (const one of more) found.add(one);
  all.set(name, found);
}
