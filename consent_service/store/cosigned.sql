-- name: lock_cosignatures
-- Two submitters that each add the last missing line would otherwise both see a quorum of one less.
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.cosignatures', 0));

-- name: insert_cosignatures
INSERT INTO cosignatures (size, witness, line)
SELECT %(size)s, * FROM unnest(%(witnesses)b::text[], %(lines)b::text[]) ON CONFLICT DO NOTHING;

-- name: renew_cosignatures
-- Lines over a checkpoint that the witness has signed before, in place of what it last renewed.
INSERT INTO renewed_cosignatures AS r (witness, size, line)
SELECT c.witness, c.size, n.line
  FROM unnest(%(witnesses)b::text[], %(lines)b::text[]) AS n (witness, line)
  JOIN cosignatures c ON c.size = %(size)s AND c.witness = n.witness AND c.line <> n.line
ON CONFLICT (witness) DO UPDATE SET size = excluded.size, line = excluded.line, at = clock_timestamp()
 WHERE r.size <= excluded.size;

-- name: cosigners_of
SELECT witness FROM cosignatures WHERE size = %(size)s ORDER BY witness;

-- name: insert_quorum
INSERT INTO quorums (size, witnesses, rule) VALUES (%(size)s, %(witnesses)s, %(rule)s) ON CONFLICT DO NOTHING;

-- name: lines_of
SELECT coalesce(string_agg(coalesce(r.line, s.line), '' ORDER BY s.witness), '')
  FROM cosignatures s LEFT JOIN renewed_cosignatures r ON r.witness = s.witness AND r.size = s.size
 WHERE s.size = %(size)s;

-- name: latest_cosigned
SELECT q.size, c.note || (SELECT string_agg(coalesce(r.line, s.line), '' ORDER BY s.witness)
                            FROM cosignatures s
                            LEFT JOIN renewed_cosignatures r ON r.witness = s.witness AND r.size = s.size
                           WHERE s.size = q.size),
       (SELECT array_agg(s.witness ORDER BY s.witness) FROM cosignatures s WHERE s.size = q.size), q.rule, q.at
  FROM quorums q JOIN checkpoints c ON c.size = q.size
 ORDER BY q.size DESC LIMIT 1;

-- name: all_lines
SELECT s.size, s.witness, s.line, c.note
  FROM (SELECT size, witness, line FROM cosignatures
        UNION ALL SELECT size, witness, line FROM renewed_cosignatures) AS s
  JOIN checkpoints c ON c.size = s.size ORDER BY s.size;

-- name: quorums_without_lines
SELECT q.size, array_agg(w.name ORDER BY w.name)
  FROM quorums q CROSS JOIN unnest(q.witnesses) AS w (name)
 WHERE NOT EXISTS (SELECT 1 FROM cosignatures s WHERE s.size = q.size AND s.witness = w.name)
 GROUP BY q.size ORDER BY q.size;
