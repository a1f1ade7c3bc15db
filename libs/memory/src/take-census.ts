import type { DeskId, Instant } from '#libs/messaging';
import {
  admitKind,
  taskDeskKind,
  taskTag,
  type Census,
  type StallTarget,
  type StoredInstance,
  type TaskDeskState,
} from '#libs/orchestration';
import { countStalled } from './count-stalled.js';
import { groups } from './groups.js';
import { limitQueues, pausedQueues, unsentLimited } from './in-memory-limits.js';
import type { InMemoryTables } from './in-memory-tables.js';

/** Counts what is live, open, parked, waiting and overdue. */
export function takeCensus(tables: InMemoryTables, now: Instant, targets: readonly StallTarget[]): Census {
  const live = [...tables.instances.values()].filter(({ finishedAt }) => finishedAt === undefined);
  const asleep = new Set(unsentLimited(tables).map(({ saga }) => saga));
  const wakes = live.flatMap(({ id, held, wakeAt }) =>
    held || wakeAt === undefined || asleep.has(id) ? [] : [wakeAt],
  );
  return {
    live: groups(live, (row) => `${row.definition}\0${row.status}`).map((rows) => {
      const { definition, status } = rows[0]!;
      return { definition, status, ...countOf(rows.map(inStatusSince), now) };
    }),
    incidents: openIncidents(tables, now),
    stalled: countStalled(tables, now, targets),
    parked: parkedRecords(tables),
    tasks: openTasks(tables, now),
    limits: limitQueues(tables).map(({ limit, waiting, since }) => ({
      limit,
      count: waiting,
      oldestMs: Math.max(0, now - since),
    })),
    paused: pausedQueues(tables).map(({ since, ...queue }) => ({ ...queue, forMs: now - since })),
    timerLatenessMs: Math.max(0, ...wakes.map((at) => now - at)),
  };
}

function openIncidents(tables: InMemoryTables, now: Instant): Census['incidents'] {
  const open = [...tables.incidents.values()]
    .filter(({ closedAt }) => closedAt === undefined)
    .map(({ saga = '', ...row }) => ({
      ...row,
      definition: tables.instances.get(saga)?.definition ?? frozenDefinition(tables, saga),
    }));
  return groups(open, ({ definition, code }) => `${definition}\0${code}`).map((same) => {
    const { definition, code } = same[0]!;
    const opened = same.map(({ openedAt }) => openedAt);
    return { definition, code, ...countOf(opened, now) };
  });
}

/** Of the key that a desk decides for. */
function frozenDefinition(tables: InMemoryTables, desk: string): string {
  const { kind, key = '' } = tables.desks.get(desk as DeskId) ?? {};
  return kind === admitKind ? key.slice(0, key.indexOf('/')) : '';
}

function parkedRecords(tables: InMemoryTables): Census['parked'] {
  const rows = [...tables.parked.values()].map(({ topic, saga }) => ({
    topic,
    definition: (saga && tables.instances.get(saga)?.definition) ?? '',
  }));
  return groups(rows, ({ topic, definition }) => `${topic}\0${definition}`).map((same) => ({
    ...same[0]!,
    count: same.length,
  }));
}

function openTasks(tables: InMemoryTables, now: Instant): Census['tasks'] {
  const tasks = [...tables.desks.values()].flatMap(({ kind, tags, state }) =>
    kind === taskDeskKind && tags.includes(taskTag.open) ? [(JSON.parse(state) as TaskDeskState).task] : [],
  );
  return groups(tasks, ({ origin }) => `${origin.definition}\0${origin.block}`).map((same) => {
    const { definition, block } = same[0]!.origin;
    const opened = same.map(({ openedAt }) => openedAt);
    return { definition, block, ...countOf(opened, now) };
  });
}

function countOf(
  begun: readonly Instant[],
  now: Instant,
): { readonly count: number; readonly oldestMs: number } {
  return { count: begun.length, oldestMs: Math.max(0, now - Math.min(...begun)) };
}

/** Since it runs, or since it was decided to undo it. */
function inStatusSince({ status, state, startedAt }: StoredInstance): Instant {
  if (status !== 'compensating') return startedAt;
  const { ending } = JSON.parse(state) as { readonly ending?: { readonly decidedAt: Instant } };
  return ending?.decidedAt ?? startedAt;
}
