-- name: lock_cosignatures
-- Two submitters that each add the last missing line would otherwise both see a quorum of one less.
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.cosignatures', 0));

-- name: insert_cosignatures
INSERT INTO cosignatures (size, witness, line)
SELECT %(size)s, * FROM unnest(%(witnesses)b::text[], %(lines)b::text[]) ON CONFLICT DO NOTHING;

-- name: cosigners_of
SELECT witness FROM cosignatures WHERE size = %(size)s ORDER BY witness;

-- name: insert_quorum
INSERT INTO quorums (size, witnesses, rule) VALUES (%(size)s, %(witnesses)s, %(rule)s) ON CONFLICT DO NOTHING;

-- name: lines_of
SELECT coalesce(string_agg(line, '' ORDER BY witness), '') FROM cosignatures WHERE size = %(size)s;

-- name: latest_cosigned
SELECT q.size, c.note || (SELECT string_agg(s.line, '' ORDER BY s.witness) FROM cosignatures s WHERE s.size = q.size),
       (SELECT array_agg(s.witness ORDER BY s.witness) FROM cosignatures s WHERE s.size = q.size), q.rule, q.at
  FROM quorums q JOIN checkpoints c ON c.size = q.size
 ORDER BY q.size DESC LIMIT 1;

-- name: all_lines
SELECT s.size, s.witness, s.line, c.note FROM cosignatures s JOIN checkpoints c ON c.size = s.size ORDER BY s.size;

-- name: quorums_without_lines
SELECT q.size, array_agg(w.name ORDER BY w.name)
  FROM quorums q CROSS JOIN unnest(q.witnesses) AS w (name)
 WHERE NOT EXISTS (SELECT 1 FROM cosignatures s WHERE s.size = q.size AND s.witness = w.name)
 GROUP BY q.size ORDER BY q.size;
