import type { Instant, SagaId } from '#libs/messaging';
import {
  lastProgress,
  mostStalledLooked,
  type Census,
  type HistoryEntry,
  type StallTarget,
} from '#libs/orchestration';
import type { InMemoryTables } from './in-memory-tables.js';

/** Sagas that stand still, by definition. */
export function countStalled(
  tables: InMemoryTables,
  now: Instant,
  targets: readonly StallTarget[],
): Census['stalled'] {
  return targets
    .toSorted((one, other) => (one.definition < other.definition ? -1 : 1))
    .flatMap(({ definition, withinMs }) => {
      const before = now - withinMs;
      const slow = [...tables.instances.values()]
        .filter((row) => row.definition === definition && row.finishedAt === undefined)
        .filter(({ incident, startedAt }) => !incident && startedAt < before)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, mostStalledLooked);
      const count = slow.filter(({ id }) => !hasMoved(tables, id, before)).length;
      return count === 0 ? [] : [{ definition, count }];
    });
}

function hasMoved(tables: InMemoryTables, id: SagaId, since: Instant): boolean {
  return (tables.history.get(id) ?? [])
    .filter(({ at }) => at >= since)
    .some(({ entries }) => lastProgress(JSON.parse(entries) as readonly HistoryEntry[]) !== undefined);
}
