// A saga that is archived meanwhile moves between the two tables: one statement sees it once.
/** Sagas that are over, behind an id, and whether they keep their business keys. */
export const endedSagas = `
  select s.id, s.definition, s.version, s.business_key as "businessKey", s.status, s.revision, s.home, s.state,
         s.wake_at as "wakeAt", s.incident, s.held, s.trace, s.started_at as "startedAt", s.finished_at as "finishedAt",
         k.saga_id is not null as "holdsKey"
    from (
      (select id, definition, version, business_key, key_hash, status, revision, home, state, wake_at, incident, held,
              trace, started_at, finished_at
         from saga_instance where finished_at is not null and not incident and not held and id > $1 order by id limit $2)
      union all
      (select id, definition, version, business_key, key_hash, status, revision, home, state, wake_at, incident, held,
              trace, started_at, finished_at
         from saga_archive where id > $1 order by id limit $2)
    ) s
    left join saga_key k on k.definition = s.definition and k.key_hash = s.key_hash and k.saga_id = s.id
                        and not k.reusable
   order by s.id limit $2`;

/** How many sagas are not over. */
export const unendedSagas = `
  select count(*)::integer as count from saga_instance where finished_at is null or incident or held`;

/** Whether anything is published, or any saga is here. */
export const anythingHere = `
  select exists (select from saga_definition) or exists (select from saga_definition_file)
      or exists (select from saga_instance) or exists (select from saga_archive) as occupied`;

/** Which of some sagas are here. */
export const sagasHere = `
  select id from saga_instance where id = any($1::uuid[])
  union all
  select id from saga_archive where id = any($1::uuid[])`;
