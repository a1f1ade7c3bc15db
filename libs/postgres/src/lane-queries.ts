import { startOf, type Instant, type SagaId } from '#libs/messaging';

const DAY_MS = 86_400_000;

/**
 * No saga of these ids can have ended before: what bounds the partitions of the archive to look into. A day of
 * allowance, because the time in an id is an event's, whose clock may be ahead of the broker's.
 */
export function earliestEnd(ids: readonly SagaId[]): Instant {
  return Math.min(...ids.map(startOf)) - DAY_MS;
}

/** An instant as milliseconds: what the driver's own dates would be turned into anyway. */
const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** A new epoch for the lane, made if it is new. */
export const newEpoch = {
  name: 'skald take over',
  text: `insert into saga_lane as l (topic, part, epoch, seq, takeovers, attempts, owner, taken_at)
         values ($1, $2, 1, 0, 1, 0, $3, now())
         on conflict (topic, part) do update
            set epoch = l.epoch + 1, takeovers = l.takeovers + (l.owner <> excluded.owner)::integer, owner = excluded.owner, taken_at = excluded.taken_at
         returning topic, part, epoch::float8, seq::float8, next_offset::float8 as "nextOffset",
                   anchor_offset::float8 as "anchorOffset", ${ms('anchor_at')} as "anchorAt",
                   anchor_checksum::float8 as "anchorChecksum", takeovers, attempts`,
} as const;

/** What a lane committed and has not deleted. */
export const unsentRows = {
  name: 'skald unsent',
  text: 'select seq::float8, payload from saga_outbox where topic = $1 and part = $2 order by seq',
} as const;

/** The limited commands of a lane. */
export const limitedRows = {
  name: 'skald limited',
  text: `select seq::float8, n, saga_id as saga, operation, attempt, limited_by as "limit", ${ms('queued_at')} as at,
                is_granted as "isGranted", payload
           from saga_limited where topic = $1 and part = $2 order by seq, n`,
} as const;

/** Live instances by id. */
export const liveInstances = {
  name: 'skald instances',
  text: `select id, definition, version, business_key as "businessKey", status, revision, home, state,
                ${ms('wake_at')} as "wakeAt", incident, held, trace, ${ms('started_at')} as "startedAt",
                ${ms('finished_at')} as "finishedAt"
           from saga_instance where id = any ($1::uuid[])`,
} as const;

const deskColumns = `id, kind, key, home, state, ${ms('wake_at')} as "wakeAt", ${ms('expires_at')} as "expiresAt", held, tags`;

/** Desks by id. */
export const storedDesks = {
  name: 'skald desks',
  text: `select ${deskColumns} from saga_desk where id = any ($1::uuid[])`,
} as const;

/** Unfinished sagas, and desks, of a home by the time they have to be woken. */
export const homeWakes = {
  name: 'skald wakes',
  text: `(select id as saga, ${ms('wake_at')} as at from saga_instance
           where home = $1 and wake_at <= $2 and finished_at is null order by wake_at limit $3)
         union all
         (select id as saga, ${ms('wake_at')} as at from saga_desk
           where home = $1 and wake_at <= $2 and wake_at is not null order by wake_at limit $3)
         order by at limit $3`,
} as const;

/** Parked records of a saga in order, with the bytes. */
export const parkedOfSaga = {
  name: 'skald parked of saga',
  text: `select topic, part, record_offset::float8 as "recordOffset", ${ms('record_at')} as "recordAt",
                saga_id as "sagaId", reason, message, held, key, value, headers
           from saga_parked where saga_id = $1 order by record_offset`,
} as const;

/** Which ids are archived. The time in the ids bounds the partitions looked into. */
export const archivedIds = {
  name: 'skald archived',
  text: 'select id from saga_archive where id = any ($1::uuid[]) and finished_at >= $2',
} as const;
