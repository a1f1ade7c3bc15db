/**
 * The desks of a commit: those that changed in the place of what was stored, and those that have nothing left to
 * remember. No revision is compared: a lane is the only writer of its desks, and its commits are fenced.
 */
export const keepDesksFunction = `
create function skald_keep_desks_1(_desks json) returns void language plpgsql as $$
#variable_conflict use_column
begin
  delete from saga_desk d using json_array_elements_text(_desks->'gone') x (id) where d.id = x.id::uuid;

  insert into saga_desk as d (id, kind, key, home, wake_at, expires_at, held, tags, state)
    select id, kind, key, home, to_timestamp("wakeAt"::float8 / 1000), to_timestamp("expiresAt"::float8 / 1000), held,
           tags, state
      from json_to_recordset(_desks->'kept')
           x (id uuid, kind text, key text, home integer, "wakeAt" bigint, "expiresAt" bigint, held boolean,
              tags text[], state text)
  on conflict (id) do update
     set wake_at = excluded.wake_at, expires_at = excluded.expires_at, held = excluded.held, tags = excluded.tags,
         state = excluded.state;
end $$`;
