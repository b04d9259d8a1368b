-- name: lock_commands
-- As `lock_command` for each: who has the same command waits for the other's commit. In order, so that two never wait
-- for one another.
SELECT count(pg_advisory_xact_lock(hashtextextended(current_schema() || '.command.' || c.id, 0)))
  FROM (SELECT DISTINCT n.id FROM unnest(%(ids)b::text[]) AS n (id) ORDER BY n.id OFFSET 0) AS c;

-- name: find_answers
SELECT id, fingerprint, answer FROM commands WHERE id = ANY (%(ids)b::text[]);

-- name: find_events
SELECT id::text FROM events WHERE id = ANY (%(ids)b::uuid[]);
