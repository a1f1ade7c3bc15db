import type { DataSource, EntityManager } from 'typeorm';
import { overAt, pauseText, type Pause, type PausedQueue } from '#libs/orchestration';
import { withoutNul } from './aside.js';
import { AuditEntity } from './entities/audit-entity.js';
import { noSaga } from './entities/columns.js';
import { PauseEntity } from './entities/pause-entity.js';

/** Everything that is paused or was resumed not long ago, as the port has it. */
export async function pausesOf(manager: EntityManager): Promise<readonly Pause[]> {
  const rows = await manager.find(PauseEntity, { order: { kind: 'asc', name: 'asc' } });
  return rows.map(pauseOf);
}

/** Puts a pause in the place of the one of the same name, under a new revision, and writes who did that. */
export async function keepPause(
  manager: EntityManager,
  pause: Pause,
  revision: number,
  request: string,
): Promise<void> {
  await manager.query('delete from saga_pause where over_at < $1', [new Date(pause.resumed?.at ?? pause.at)]);
  await manager.upsert(PauseEntity, rowOf(pause, revision), ['kind', 'name']);
  await manager.insert(AuditEntity, auditOf(pause, request));
}

/** How much each pause holds. A command of a limit of its own is known by its name to belong to its participant. */
export async function pausedQueues(source: DataSource): Promise<readonly PausedQueue[]> {
  return source.query<readonly PausedQueue[]>(
    `select p.kind, p.name, count(l.seq)::integer as held, (extract(epoch from p.paused_at) * 1000)::float8 as since
       from saga_pause p
       left join saga_limited l
         on not l.is_granted
        and case p.kind
              when 'participant' then split_part(l.limited_by, '.', 1) = p.name
              when 'definition' then exists (select from saga_instance s where s.id = l.saga_id and s.definition = p.name)
              else l.saga_id::text = p.name
            end
      where p.over_at is null or p.over_at > now()
      group by p.kind, p.name order by p.kind, p.name`,
  );
}

function pauseOf({ kind, name, at, by, reason, ...row }: PauseEntity): Pause {
  const pause = { kind, name, at, by, reason };
  const { resumedAt, resumedBy, resumedReason, overAt: end } = row;
  if (resumedAt === null || end === null) return pause;
  const drainMs = end - resumedAt;
  return {
    ...pause,
    resumed: { at: resumedAt, by: resumedBy ?? '', reason: resumedReason ?? '', drainMs },
  };
}

function rowOf(pause: Pause, revision: number): PauseEntity {
  const { kind, name, at, by, reason, resumed } = pause;
  return {
    kind,
    name,
    revision,
    at,
    by: withoutNul(by),
    reason: withoutNul(reason),
    resumedAt: resumed?.at ?? null,
    resumedBy: resumed === undefined ? null : withoutNul(resumed.by),
    resumedReason: resumed === undefined ? null : withoutNul(resumed.reason),
    overAt: overAt(pause) ?? null,
  };
}

function auditOf(pause: Pause, request: string): AuditEntity {
  const { at, by, reason } = pause.resumed ?? pause;
  return {
    request,
    sagaId: pause.kind === 'saga' ? pause.name : noSaga,
    at,
    askedBy: withoutNul(by),
    reason: withoutNul(reason),
    action: pause.resumed === undefined ? 'pause' : 'resume',
    result: 'done',
    detail: pauseText(pause),
  };
}
