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

-- name: take_pending
-- The oldest rows that wait, until they hold so many events. Only the active sequencer deletes there (`write_batch`). Each
-- step goes by its index whatever the planner believes of tables that change this fast.
WITH oldest AS (
    SELECT seq, event_ids, cardinality(event_ids) AS count FROM pending ORDER BY seq LIMIT %(limit)s
), wanted AS (
    SELECT seq, event_ids, sum(count) OVER (ORDER BY seq) - count AS before FROM oldest
)
SELECT w.seq, n.id::text, e.envelope
  FROM wanted w CROSS JOIN LATERAL unnest(w.event_ids) WITH ORDINALITY AS n (id, ordinal)
 CROSS JOIN LATERAL (SELECT envelope FROM events WHERE id = n.id OFFSET 0) AS e
 WHERE w.before < %(limit)s
 ORDER BY w.seq, n.ordinal;

-- name: take_named
-- The events of a batch that was intended and not committed, in its order. A batch is made of whole rows. Those that do not
-- wait are left out.
SELECT p.seq, n.id::text, e.envelope
  FROM pending p CROSS JOIN LATERAL unnest(p.event_ids) AS n (id)
 CROSS JOIN LATERAL (SELECT envelope FROM events WHERE id = n.id OFFSET 0) AS e
 WHERE p.event_ids <@ %(ids)s::uuid[]
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
-- A row holds neighbours of one level and never passes a multiple of 32: it begins at most 31 before the node that is wanted.
SELECT w.level::int, w.n, substr(r.hashes, ((w.n - r.first) * 32 + 1)::int, 32)
  FROM unnest(%(levels)b::smallint[], %(ns)b::bigint[]) AS w (level, n)
  JOIN nodes r ON r.level = w.level AND r.first BETWEEN w.n - w.n %% 32 AND w.n
              AND w.n < r.first + octet_length(r.hashes) / 32;

-- name: node_runs
-- Neighbours of one level, joined. A missing one would shift the rest: then the run is left out, and its reader says so.
SELECT w.level, w.first,
       string_agg(substr(r.hashes, (greatest(w.first - r.first, 0) * 32 + 1)::int,
                         ((w."end" - greatest(w.first, r.first)) * 32)::int), ''::bytea ORDER BY r.first)
  FROM unnest(%(levels)b::smallint[], %(firsts)b::bigint[], %(ends)b::bigint[]) AS w (level, first, "end")
  JOIN nodes r ON r.level = w.level AND r.first >= w.first - w.first %% 32 AND r.first < w."end"
              AND w.first < r.first + octet_length(r.hashes) / 32
 GROUP BY w.level, w.first
HAVING min(r.first) <= w.first AND max(r.first + octet_length(r.hashes) / 32) - min(r.first) = sum(octet_length(r.hashes) / 32);

-- name: insert_event
INSERT INTO events (id, stream, version, type, envelope)
VALUES (%(id)s, %(stream)s, %(version)s, %(type)s, %(envelope)b);

-- name: write_batch
-- All that one batch changes; a statement that needs no transaction around it. The compare-and-swap is the checkpoint's
-- `previous`; the foreign key of control entries is verified at the end of the statement.
WITH taken AS (
    DELETE FROM pending WHERE seq = ANY (%(rows)b::bigint[])
), placed AS (
    INSERT INTO event_order (position, event_id)
    SELECT %(first)s::bigint + n.ordinal - 1, n.id FROM unnest(%(ids)b::uuid[]) WITH ORDINALITY AS n (id, ordinal)
), grown AS (
    INSERT INTO nodes (level, first, hashes)
    SELECT * FROM unnest(%(levels)b::smallint[], %(firsts)b::bigint[], %(hashes)b::bytea[])
), signed AS (
    INSERT INTO checkpoints (size, previous, root, note) VALUES (%(size)s, %(first)s, %(root)b, %(note)s)
), told AS (
    INSERT INTO control_entries (seq, position, kind, key, state)
    SELECT * FROM unnest(%(control_seqs)b::bigint[], %(control_positions)b::bigint[], %(control_kinds)b::text[],
                         %(control_keys)b::text[], %(control_states)b::text[])
), sent AS (
    INSERT INTO outbox (id, exchange, key, body, headers, expires_ms)
    SELECT m.id, m.exchange, m.key, m.body::jsonb, m.headers::jsonb, m.expires_ms
      FROM unnest(%(message_ids)b::text[], %(exchanges)b::text[], %(keys)b::text[], %(bodies)b::text[], %(headers)b::text[],
                  %(expires)b::int[]) WITH ORDINALITY AS m (id, exchange, key, body, headers, expires_ms, ordinal)
     ORDER BY m.ordinal
)
SELECT pg_notify('outbox_consent', '');

-- name: listen
LISTEN ledger_pending;

-- name: find_positions
SELECT event_id::text, position FROM event_order WHERE event_id = ANY (%(ids)b::uuid[]);

-- name: placed_between
SELECT event_id::text, position FROM event_order WHERE position >= %(start)s AND position < %(end)s;

-- name: entries
-- Each with its leaf's hash as the tree has it.
SELECT o.position, e.envelope, n.hash
  FROM event_order o JOIN events e ON e.id = o.event_id
  JOIN (SELECT r.first + i AS n, substr(r.hashes, i * 32 + 1, 32) AS hash
          FROM nodes r CROSS JOIN LATERAL generate_series(0, octet_length(r.hashes) / 32 - 1) AS i
         WHERE r.level = 0 AND r.first >= %(start)s::bigint - %(start)s::bigint %% 32 AND r.first < %(end)s) AS n
    ON n.n = o.position
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
SELECT (SELECT coalesce(sum(octet_length(hashes) / 32), 0)::bigint FROM nodes),
       (SELECT count(*) FROM checkpoints),
       (SELECT count(*) FROM control_entries),
       (SELECT count(*) FROM events e
         WHERE NOT EXISTS (SELECT 1 FROM event_order o WHERE o.event_id = e.id)
           AND e.id NOT IN (SELECT n.id FROM pending p CROSS JOIN unnest(p.event_ids) AS n (id) WHERE n.id IS NOT NULL)),
       (SELECT count(*)
          FROM pending p CROSS JOIN unnest(p.event_ids) AS n (id) JOIN event_order o ON o.event_id = n.id);
