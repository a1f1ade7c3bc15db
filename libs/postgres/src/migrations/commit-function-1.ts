/**
 * Applies one batch of each of several lanes, or nothing.
 *
 * One call instead of a transaction of several statements: the server ends it by itself, whatever becomes of the
 * client, so a frozen coordinator cannot hold a lane. A function instead of one statement with many parts: every
 * statement in it sees what the ones before it did and waited for, and they run in the order written.
 *
 * Rows are answers for which nothing was written: `lost` (topic, part), `duplicate` (saga, winner). No row: committed.
 * SK003: an instance is not at the revision before the one given. SK004: a lane vanished while it was locked.
 *
 * Plans are made once, without looking at parameters or at tables that were small at the time: every statement goes
 * from the arrays to the rows by their primary keys.
 */
export const commitFunction = `
create function skald_commit_1(
  _topics text[], _parts integer[], _epochs bigint[], _seqs bigint[], _next_offsets bigint[],
  _anchor_offsets bigint[], _anchor_ats timestamptz[], _anchor_checksums bigint[], _attempting boolean[], _payloads text[],
  _acked_lanes integer[], _acked_seqs bigint[],
  _new_ids uuid[], _new_definitions text[], _new_versions integer[], _new_business_keys text[], _new_key_hashes bytea[],
  _new_reusables boolean[], _new_homes integer[], _new_traces text[], _new_started_ats timestamptz[],
  _new_revisions integer[], _new_statuses text[], _new_states text[], _new_wake_ats timestamptz[],
  _new_incidents boolean[], _new_helds boolean[], _new_finished_ats timestamptz[],
  _ids uuid[], _revisions integer[], _statuses text[], _states text[], _wake_ats timestamptz[],
  _incidents boolean[], _helds boolean[], _finished_ats timestamptz[],
  _history_sagas uuid[], _history_revisions integer[], _history_ats timestamptz[], _history_entries text[],
  _aside json
) returns table (what text, subject text, other text)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  changed bigint;
begin
  return query
    with held as materialized (
      select l.topic, l.part, l.epoch, l.seq
        from unnest(_topics, _parts) x (topic, part)
        join saga_lane l on l.topic = x.topic and l.part = x.part
       order by l.topic, l.part
         for update of l
    )
    select 'lost', x.topic, x.part::text
      from unnest(_topics, _parts, _epochs, _seqs) x (topic, part, epoch, seq)
      left join held on held.topic = x.topic and held.part = x.part
     where held.epoch is distinct from x.epoch or held.seq is distinct from x.seq;
  if found then return; end if;

  if cardinality(_new_ids) > 0 then
    return query
      select 'duplicate', x.id::text, k.saga_id::text
        from unnest(_new_ids, _new_definitions, _new_key_hashes, _new_reusables) x (id, definition, key_hash, reusable)
        join saga_key k on k.definition = x.definition and k.key_hash = x.key_hash
       where not (x.reusable and k.reusable
                  and exists (select from saga_instance s where s.id = k.saga_id and s.finished_at is not null));
    if found then return; end if;

    -- A reusable key forgets its saga when that has ended; the id, made from the start event, does not.
    if true = any (_new_reusables) then
      return query
        select 'duplicate', x.id::text, x.id::text
          from unnest(_new_ids, _new_reusables, _new_started_ats) x (id, reusable, started_at)
         where x.reusable
           and (exists (select from saga_instance s where s.id = x.id)
                or exists (select from saga_archive a
                            where a.id = x.id and a.finished_at >= x.started_at - interval '1 day'
                              and a.finished_at < now() + interval '1 day'));
      if found then return; end if;
      delete from saga_key k
       using unnest(_new_definitions, _new_key_hashes, _new_reusables) x (definition, key_hash, reusable)
       where x.reusable and k.reusable and k.definition = x.definition and k.key_hash = x.key_hash;
    end if;

    -- Sorted: two lanes that race for the same keys then wait for each other in one direction only.
    insert into saga_key (definition, key_hash, saga_id, reusable)
      select * from unnest(_new_definitions, _new_key_hashes, _new_ids, _new_reusables) order by 1, 2;
    insert into saga_instance
        (id, definition, version, business_key, key_hash, home, trace, started_at,
         revision, status, state, wake_at, incident, held, finished_at)
      select * from unnest(
        _new_ids, _new_definitions, _new_versions, _new_business_keys, _new_key_hashes, _new_homes, _new_traces,
        _new_started_ats, _new_revisions, _new_statuses, _new_states, _new_wake_ats, _new_incidents, _new_helds,
        _new_finished_ats);
  end if;

  if cardinality(_ids) > 0 then
    -- Compared while writing instead of locked before: a lane is the only writer of its sagas, so this
    -- fails once in a blue moon, and locking would cost every transition.
    update saga_instance s
       set revision = x.revision, status = x.status, state = x.state, wake_at = x.wake_at,
           incident = x.incident, held = x.held, finished_at = x.finished_at
      from unnest(_ids, _revisions, _statuses, _states, _wake_ats, _incidents, _helds, _finished_ats)
           x (id, revision, status, state, wake_at, incident, held, finished_at)
     where s.id = x.id and s.revision = x.revision - 1;
    get diagnostics changed = row_count;
    if changed <> cardinality(_ids) then
      raise exception 'changed % of % instances', changed, cardinality(_ids) using errcode = 'SK003';
    end if;
  end if;

  if cardinality(_history_sagas) > 0 then
    insert into saga_history (saga_id, revision, at, entries)
      select * from unnest(_history_sagas, _history_revisions, _history_ats, _history_entries);
  end if;

  if cardinality(_acked_seqs) > 0 then
    -- Not counted: a row that is gone already is what was wanted.
    delete from saga_outbox o
     using unnest(_acked_lanes, _acked_seqs) x (lane, seq)
     where o.topic = _topics[x.lane] and o.part = _parts[x.lane] and o.seq = x.seq;
  end if;
  insert into saga_outbox (topic, part, seq, payload)
    select * from unnest(_topics, _parts, _seqs, _payloads) x (topic, part, seq, payload) where x.payload is not null;

  if _aside is not null then
    perform skald_set_aside_1(_aside);
  end if;

  update saga_lane l
     set seq = l.seq + 1,
         takeovers = case when x.next_offset is null then l.takeovers else 0 end,
         attempts = case when x.next_offset is null then l.attempts + x.attempting::integer else 0 end,
         next_offset = coalesce(x.next_offset, l.next_offset),
         anchor_offset = coalesce(x.anchor_offset, l.anchor_offset),
         anchor_at = coalesce(x.anchor_at, l.anchor_at),
         anchor_checksum = coalesce(x.anchor_checksum, l.anchor_checksum)
    from unnest(_topics, _parts, _next_offsets, _anchor_offsets, _anchor_ats, _anchor_checksums, _attempting)
         x (topic, part, next_offset, anchor_offset, anchor_at, anchor_checksum, attempting)
   where l.topic = x.topic and l.part = x.part;
  get diagnostics changed = row_count;
  if changed <> cardinality(_topics) then
    raise exception 'moved % of % lanes', changed, cardinality(_topics) using errcode = 'SK004';
  end if;
end $$`;
