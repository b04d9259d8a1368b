-- name: read_stream
-- Events of one stream above a version, in order, with their position where it is known.
SELECT e.envelope, o.position
  FROM events e LEFT JOIN event_order o ON o.event_id = e.id
 WHERE e.stream = %(stream)s AND e.version > %(after)s
 ORDER BY e.version;

-- name: append
-- Write events, but only on top of the expected version: no row comes back when the stream stands elsewhere.
INSERT INTO events (id, stream, version, type, envelope)
SELECT n.id, %(stream)s, n.version, n.type, n.envelope
  FROM unnest(%(ids)b::uuid[], %(versions)b::int[], %(types)b::text[], %(envelopes)b::bytea[])
       AS n (id, version, type, envelope)
 WHERE %(expected)s = (SELECT coalesce(max(version), 0) FROM events WHERE stream = %(stream)s)
RETURNING id;

-- name: append_group
-- Events of many streams. An append's first event names the version its stream must have (0: none is needed beyond the
-- unique key): where that version is missing its own becomes NULL, which the table refuses, and with it the whole group.
INSERT INTO events (id, stream, version, type, envelope)
SELECT n.id, n.stream,
       CASE WHEN n.base = 0 OR EXISTS (SELECT 1 FROM events e WHERE e.stream = n.stream AND e.version = n.base)
            THEN n.version END,
       n.type, n.envelope
  FROM unnest(%(ids)b::uuid[], %(streams)b::text[], %(versions)b::int[], %(types)b::text[], %(envelopes)b::bytea[],
              %(bases)b::int[]) AS n (id, stream, version, type, envelope, base);

-- name: count_stored
SELECT count(*)
  FROM unnest(%(ids)b::uuid[], %(streams)b::text[], %(versions)b::int[], %(envelopes)b::bytea[])
       AS n (id, stream, version, envelope)
  JOIN events e ON e.id = n.id AND e.stream = n.stream AND e.version = n.version AND e.envelope = n.envelope;

-- name: keep_answers
INSERT INTO commands (id, fingerprint, answer)
SELECT * FROM unnest(%(ids)s::text[], %(fingerprints)s::text[], %(answers)s::jsonb[]);

-- name: lock_order
-- From here to the commit nobody else of this service takes positions: commit order is position order.
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.event_order', 0));

-- name: take_positions
INSERT INTO event_order (position, event_id)
SELECT (SELECT coalesce(max(position) + 1, 0) FROM event_order) + n.ordinal - 1, n.id
  FROM unnest(%(ids)b::uuid[]) WITH ORDINALITY AS n (id, ordinal);

-- name: history
SELECT e.envelope, o.position
  FROM event_order o JOIN events e ON e.id = o.event_id
 WHERE o.position > %(after)s
 ORDER BY o.position LIMIT %(limit)s;

-- name: publish
INSERT INTO outbox (id, exchange, key, body, headers, expires_ms)
SELECT m.id, m.exchange, m.key, m.body::jsonb, m.headers::jsonb, m.expires_ms
  FROM unnest(%(message_ids)b::text[], %(exchanges)b::text[], %(keys)b::text[], %(bodies)b::text[], %(headers)b::text[],
              %(expires)b::int[]) WITH ORDINALITY AS m (id, exchange, key, body, headers, expires_ms, ordinal)
 ORDER BY m.ordinal;

-- name: ring
-- Wake the relay; once per publishing transaction.
SELECT pg_notify(%(channel)s, '');

-- name: lock_command
-- The same command twice at once: the second waits here for the first one's commit and then finds its answer.
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.command.' || %(id)s, 0));

-- name: find_answer
SELECT fingerprint, answer FROM commands WHERE id = %(id)s;

-- name: keep_answer
INSERT INTO commands (id, fingerprint, answer) VALUES (%(id)s, %(fingerprint)s, %(answer)s);

-- name: first_time
INSERT INTO inbox (event_id) VALUES (%(id)s) ON CONFLICT DO NOTHING;
