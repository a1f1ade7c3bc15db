/**
 * The limited commands of a commit: those that begin to wait, those the broker has now, those that no longer count.
 * What the document does not mention costs no statement.
 */
export const keepLimitedFunction = `
create function skald_keep_limited_1(_limited json) returns void language plpgsql as $$
#variable_conflict use_column
begin
  insert into saga_limited (topic, part, seq, n, saga_id, operation, attempt, limited_by, queued_at, is_granted, payload)
    select topic, part, seq, n, saga, operation, attempt, "limit", to_timestamp(at::float8 / 1000), false, payload
      from json_to_recordset(_limited->'queued')
           x (topic text, part integer, seq bigint, n integer, saga uuid, operation text, attempt integer,
              "limit" text, at bigint, payload text);

  update saga_limited l set payload = null
    from json_to_recordset(_limited->'sent') x (topic text, part integer, seq bigint, n integer)
   where l.topic = x.topic and l.part = x.part and l.seq = x.seq and l.n = x.n;

  delete from saga_limited l
   using json_to_recordset(_limited->'gone') x (topic text, part integer, seq bigint, n integer)
   where l.topic = x.topic and l.part = x.part and l.seq = x.seq and l.n = x.n;
end $$`;
