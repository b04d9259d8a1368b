-- name: enqueue
-- Queue events for the sequencer, a row for all of them (256 at most), and wake it only where it would not look by itself:
-- for urgent entries, and when it sleeps. An awake sequencer holds the `awake` lock and looks every few milliseconds;
-- NOTIFY in every writing transaction would serialise all commits of the database.
WITH queued AS (
    INSERT INTO pending (event_ids)
    SELECT array_agg(n.id ORDER BY n.ordinal) FROM unnest(%(ids)b::uuid[]) WITH ORDINALITY AS n (id, ordinal)
     GROUP BY (n.ordinal - 1) / 256 ORDER BY (n.ordinal - 1) / 256
)
SELECT pg_notify('ledger_pending', '')
 WHERE %(urgent)s
    OR pg_try_advisory_xact_lock_shared(hashtextextended(current_schema() || '.sequencer.awake', 0));

-- name: append_and_enqueue
-- The event log's `append_group` and `enqueue` in one statement, which needs no transaction around it.
WITH written AS (
    INSERT INTO events (id, stream, version, type, envelope)
    SELECT n.id, n.stream,
           CASE WHEN n.base = 0 OR EXISTS (SELECT 1 FROM events e WHERE e.stream = n.stream AND e.version = n.base)
                THEN n.version END,
           n.type, n.envelope
      FROM unnest(%(ids)b::uuid[], %(streams)b::text[], %(versions)b::int[], %(types)b::text[],
                  %(envelopes)b::bytea[], %(bases)b::int[]) AS n (id, stream, version, type, envelope, base)
), queued AS (
    INSERT INTO pending (event_ids)
    SELECT array_agg(n.id ORDER BY n.ordinal) FROM unnest(%(ids)b::uuid[]) WITH ORDINALITY AS n (id, ordinal)
     GROUP BY (n.ordinal - 1) / 256 ORDER BY (n.ordinal - 1) / 256
)
SELECT pg_notify('ledger_pending', '')
 WHERE %(urgent)s
    OR pg_try_advisory_xact_lock_shared(hashtextextended(current_schema() || '.sequencer.awake', 0));

-- name: try_lock
SELECT pg_try_advisory_lock(hashtextextended(current_schema() || %(name)s, 0));

-- name: unlock
SELECT pg_advisory_unlock(hashtextextended(current_schema() || %(name)s, 0));

-- name: is_pending
SELECT EXISTS (SELECT 1 FROM pending);

-- name: take_pending
-- The oldest rows that wait, until they hold so many events. Only the active sequencer deletes here. Each step goes by its
-- index whatever the planner believes of tables that change this fast: an array of keys, and one look-up for each.
WITH oldest AS (
    SELECT seq, cardinality(event_ids) AS count FROM pending ORDER BY seq LIMIT %(limit)s
), wanted AS (
    SELECT seq, sum(count) OVER (ORDER BY seq) - count AS before FROM oldest
), taken AS (
    DELETE FROM pending WHERE seq = ANY (ARRAY(SELECT seq FROM wanted WHERE before < %(limit)s)) RETURNING seq, event_ids
)
SELECT n.id::text, e.envelope
  FROM taken t CROSS JOIN LATERAL unnest(t.event_ids) WITH ORDINALITY AS n (id, ordinal)
 CROSS JOIN LATERAL (SELECT envelope FROM events WHERE id = n.id OFFSET 0) AS e
 ORDER BY t.seq, n.ordinal;

-- name: take_named
-- The events of a batch that was intended and not committed, in its order. A batch is made of whole rows. Those that do not
-- wait are left out.
WITH taken AS (
    DELETE FROM pending WHERE event_ids <@ %(ids)s::uuid[] RETURNING event_ids
)
SELECT n.id::text, e.envelope
  FROM taken t CROSS JOIN LATERAL unnest(t.event_ids) AS n (id)
 CROSS JOIN LATERAL (SELECT envelope FROM events WHERE id = n.id OFFSET 0) AS e
 ORDER BY array_position(%(ids)s::uuid[], n.id);

-- name: latest_checkpoint
SELECT size, root, note FROM checkpoints ORDER BY size DESC LIMIT 1;

-- name: checkpoint_of_size
SELECT size, root, note FROM checkpoints WHERE size = %(size)s;

-- name: next_position
SELECT coalesce(max(position) + 1, 0) FROM event_order;

-- name: latest_control
SELECT seq, position FROM control_entries ORDER BY seq DESC LIMIT 1;

-- name: control_states
-- The control stream folded: the latest state of every key, with the number of the stream's last entry.
SELECT DISTINCT ON (kind, key) kind, key, state, seq, position FROM control_entries ORDER BY kind, key, seq DESC;

-- name: nodes
SELECT n.level::int, n.n, n.hash
  FROM nodes n JOIN unnest(%(levels)b::int[], %(ns)b::bigint[]) AS w (level, n) ON n.level = w.level AND n.n = w.n;

-- name: node_runs
-- Neighbours of one level, joined. A missing one would shift the rest: then the run is left out, and its reader says so.
SELECT w.level, w.first, string_agg(n.hash, ''::bytea ORDER BY n.n)
  FROM unnest(%(levels)b::int[], %(firsts)b::bigint[], %(ends)b::bigint[]) AS w (level, first, "end")
  JOIN nodes n ON n.level = w.level AND n.n >= w.first AND n.n < w."end"
 GROUP BY w.level, w.first
HAVING max(n.n) - min(n.n) + 1 = count(*) AND min(n.n) = w.first;

-- name: tile
SELECT hash FROM nodes WHERE level = %(level)s AND n >= %(first)s AND n < %(end)s ORDER BY n;

-- name: insert_event
INSERT INTO events (id, stream, version, type, envelope)
VALUES (%(id)s, %(stream)s, %(version)s, %(type)s, %(envelope)b);

-- name: insert_order
INSERT INTO event_order (position, event_id)
SELECT %(first)s + n.ordinal - 1, n.id FROM unnest(%(ids)b::uuid[]) WITH ORDINALITY AS n (id, ordinal);

-- name: insert_nodes
-- What a batch completes on one level lies side by side: one run of 32-byte hashes a level.
INSERT INTO nodes (level, n, hash)
SELECT r.level, r.first + i, substr(r.hashes, i * 32 + 1, 32)
  FROM unnest(%(levels)b::smallint[], %(firsts)b::bigint[], %(runs)b::bytea[]) AS r (level, first, hashes)
 CROSS JOIN LATERAL generate_series(0, octet_length(r.hashes) / 32 - 1) AS i;

-- name: insert_checkpoint
INSERT INTO checkpoints (size, previous, root, note) VALUES (%(size)s, %(previous)s, %(root)b, %(note)s);

-- name: insert_control
INSERT INTO control_entries (seq, position, kind, key, state)
SELECT * FROM unnest(%(seqs)b::bigint[], %(positions)b::bigint[], %(kinds)b::text[], %(keys)b::text[],
                     %(states)b::text[]);

-- name: ring
SELECT pg_notify('outbox_consent', '');

-- name: listen
LISTEN ledger_pending;

-- name: find_positions
SELECT event_id::text, position FROM event_order WHERE event_id = ANY (%(ids)b::uuid[]);

-- name: placed_between
SELECT event_id::text, position FROM event_order WHERE position >= %(start)s AND position < %(end)s;

-- name: entries
SELECT o.position, e.envelope, n.hash
  FROM event_order o JOIN events e ON e.id = o.event_id JOIN nodes n ON n.level = 0 AND n.n = o.position
 WHERE o.position >= %(start)s AND o.position < %(end)s
 ORDER BY o.position;

-- name: leaves
SELECT o.position, e.envelope
  FROM event_order o JOIN events e ON e.id = o.event_id
 WHERE o.position >= %(start)s ORDER BY o.position LIMIT %(limit)s;

-- name: listen_batches
-- The signal each batch gives its relay.
LISTEN outbox_consent;

-- name: fsck_page
SELECT o.position, o.event_id::text, e.stream, e.version, e.type, e.envelope
  FROM event_order o JOIN events e ON e.id = o.event_id
 WHERE o.position >= %(start)s ORDER BY o.position LIMIT %(limit)s;

-- name: fsck_control
SELECT seq, kind, key, state FROM control_entries WHERE position = %(position)s;

-- name: fsck_checkpoints
SELECT size, previous, root, note FROM checkpoints WHERE size > %(after)s AND size <= %(upto)s ORDER BY size;

-- name: fsck_totals
SELECT (SELECT count(*) FROM nodes),
       (SELECT count(*) FROM checkpoints),
       (SELECT count(*) FROM control_entries),
       (SELECT count(*) FROM events e
         WHERE NOT EXISTS (SELECT 1 FROM event_order o WHERE o.event_id = e.id)
           AND e.id NOT IN (SELECT n.id FROM pending p CROSS JOIN unnest(p.event_ids) AS n (id) WHERE n.id IS NOT NULL)),
       (SELECT count(*)
          FROM pending p CROSS JOIN unnest(p.event_ids) AS n (id) JOIN event_order o ON o.event_id = n.id);
