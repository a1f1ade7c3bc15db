/**
 * The rare part of a commit: parked records, incidents, answers to requests, counts of gates, desks,
 * limited commands. One JSON document,
 * because a batch that has none of it, as nearly all have, then passes a single null. What the document does not
 * mention costs no statement.
 */
export const setAsideFunction = `
create or replace function skald_set_aside_1(_aside json) returns void language plpgsql as $$
#variable_conflict use_column
begin
  if _aside->'unparked' is not null then
    -- Before the records parked anew: one may be parked again under its position, with another reason.
    delete from saga_parked p
     using json_to_recordset(_aside->'unparked') x (topic text, part integer, "offset" bigint)
     where p.topic = x.topic and p.part = x.part and p.record_offset = x."offset";
  end if;

  if _aside->'parked' is not null then
    insert into saga_parked (topic, part, record_offset, record_at, saga_id, reason, message, held, key, value, headers)
      select topic, part, "offset", to_timestamp(at::float8 / 1000), saga, reason, message, held,
             decode(key, 'base64'), decode(value, 'base64'), headers
        from json_to_recordset(_aside->'parked')
             x (topic text, part integer, "offset" bigint, at bigint, saga uuid, reason text, message text, held boolean,
                key text, value text, headers text)
    on conflict (topic, part, record_offset) do update
       set record_at = excluded.record_at, saga_id = excluded.saga_id, reason = excluded.reason,
           message = excluded.message, held = excluded.held, key = excluded.key, value = excluded.value,
           headers = excluded.headers;
  end if;

  if _aside->'opened' is not null then
    insert into saga_incident as i (saga_id, incident_id, block, code, message, opened_at)
      select saga, id, block, code, message, to_timestamp(at::float8 / 1000)
        from json_to_recordset(_aside->'opened')
             x (saga uuid, id text, block text, code text, message text, at bigint)
    on conflict (saga_id, incident_id) do update
       set block = excluded.block, code = excluded.code, message = excluded.message,
           opened_at = case when i.closed_at is null then i.opened_at else excluded.opened_at end, closed_at = null;
  end if;

  if _aside->'closed' is not null then
    update saga_incident i
       set closed_at = to_timestamp(x.at::float8 / 1000)
      from json_to_recordset(_aside->'closed') x (saga uuid, id text, at bigint)
     where i.saga_id = x.saga and i.incident_id = x.id and i.closed_at is null;
  end if;

  if _aside->'audits' is not null then
    -- A request may arrive twice; its first answer stands.
    insert into saga_audit (request, saga_id, at, action, asked_by, reason, result, detail)
      select request, saga, to_timestamp(at::float8 / 1000), action, by, reason, result, detail
        from json_to_recordset(_aside->'audits')
             x (request text, saga uuid, at bigint, action text, by text, reason text, result text, detail text)
    on conflict do nothing;
  end if;

  if _aside->'gated' is not null then
    -- Sorted, because lanes share these rows.
    insert into saga_trigger_state as t (definition, event, gate, gated)
      select definition, event, gate, sum(count)
        from json_to_recordset(_aside->'gated') x (definition text, event text, gate text, count bigint)
       group by definition, event, gate order by definition, event, gate
    on conflict (definition, event, gate) do update set gated = t.gated + excluded.gated;
  end if;

  if _aside->'desks' is not null then
    perform skald_keep_desks_1(_aside->'desks');
  end if;

  if _aside->'limited' is not null then
    perform skald_keep_limited_1(_aside->'limited');
  end if;
end $$`;
