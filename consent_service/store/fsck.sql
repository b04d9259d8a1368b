-- name: waiting
-- What waits for an index, in the order it will get one, with the last version of its stream that has one.
SELECT n.id::text, e.id::text, e.stream, e.version, e.type, e.envelope,
       (SELECT coalesce(max(s.version), 0)
          FROM events s JOIN event_order o ON o.event_id = s.id WHERE s.stream = e.stream)
  FROM pending p CROSS JOIN LATERAL unnest(p.event_ids) WITH ORDINALITY AS n (id, ordinal)
  LEFT JOIN events e ON e.id = n.id ORDER BY p.seq, n.ordinal;

-- name: messages
-- Messages that the relay has not handed over yet, each with the entry it is about. A ledger's message never expires and
-- carries no header but those of tracing.
SELECT b.seq, b.id, b.exchange, b.key, b.body,
       b.expires_ms IS NULL AND b.headers - 'traceparent' - 'x-request-id' = '{}', e.envelope, o.position
  FROM outbox b
  LEFT JOIN events e ON e.id::text = b.id
  LEFT JOIN event_order o ON o.event_id = e.id
 WHERE b.seq > %(after)s ORDER BY b.seq LIMIT %(limit)s;

-- name: batch
SELECT 1 FROM checkpoints WHERE size = %(size)s AND previous = %(previous)s;

-- name: control
SELECT c.kind, c.key, c.state, c.position, e.envelope
  FROM control_entries c JOIN event_order o ON o.position = c.position JOIN events e ON e.id = o.event_id
 WHERE c.seq = %(seq)s;

-- name: moving
-- In ledger order, what waits last: some rows are moved by events of two streams.
SELECT e.envelope
  FROM events e LEFT JOIN event_order o ON o.event_id = e.id
  LEFT JOIN (SELECT p.seq, n.id, n.ordinal
               FROM pending p CROSS JOIN LATERAL unnest(p.event_ids) WITH ORDINALITY AS n (id, ordinal)) AS w ON w.id = e.id
 WHERE e.type = ANY (%(types)s) ORDER BY o.position NULLS LAST, w.seq, w.ordinal;

-- name: party
SELECT handle, doc FROM parties;

-- name: grant
SELECT id, doc, uses, last_used, subject, partner, entry::text, lapses_at FROM grants;

-- name: flag
SELECT key, doc, entry::text FROM flags;

-- name: lease
SELECT id, doc, job, grants, open, expires_at FROM leases;

-- name: output
SELECT sha256, doc, grants, recalled FROM outputs;

-- name: reference
SELECT subject, array_agg(asset ORDER BY asset), array_agg(at ORDER BY asset)
  FROM references_gone GROUP BY subject;
