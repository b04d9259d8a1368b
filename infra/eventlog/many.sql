-- name: lock_commands
-- As `lock_command` for each: who has the same command waits for the other's commit. In order, so that two never wait
-- for one another.
SELECT count(pg_advisory_xact_lock(hashtextextended(current_schema() || '.command.' || c.id, 0)))
  FROM (SELECT DISTINCT n.id FROM unnest(%(ids)b::text[]) AS n (id) ORDER BY n.id OFFSET 0) AS c;

-- name: find_answers
SELECT id, fingerprint, answer FROM commands WHERE id = ANY (%(ids)b::text[]);

-- name: find_events
SELECT id::text FROM events WHERE id = ANY (%(ids)b::uuid[]);

-- name: write_events
-- Events of many streams. A first event of a stream here names the version it must have (0: none is needed beyond the
-- unique key): where that version is missing its own becomes NULL, which the table refuses, and with it the whole.
INSERT INTO events (id, stream, version, type, envelope)
SELECT n.id, n.stream,
       CASE WHEN n.base = 0 OR EXISTS (SELECT 1 FROM events e WHERE e.stream = n.stream AND e.version = n.base)
            THEN n.version END,
       n.type, n.envelope
  FROM unnest(%(ids)b::uuid[], %(streams)b::text[], %(versions)b::int[], %(types)b::text[], %(envelopes)b::bytea[],
              %(bases)b::int[]) AS n (id, stream, version, type, envelope, base);

-- name: write_answers
INSERT INTO commands (id, fingerprint, answer)
SELECT n.id, n.fingerprint, n.answer::jsonb
  FROM unnest(%(ids)b::text[], %(fingerprints)b::text[], %(answers)b::text[]) AS n (id, fingerprint, answer);
