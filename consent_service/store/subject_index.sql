-- name: index_lock
SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.subject-index', 0));

-- name: index_head
SELECT size, root, entry::text FROM subject_commits ORDER BY size DESC LIMIT 1;

-- name: index_entries
SELECT id::text, envelope FROM events WHERE stream = %(stream)s ORDER BY version;

-- name: ledger_size
SELECT coalesce(max(size), 0) FROM checkpoints;

-- name: commits
SELECT count(*) FROM subject_commits;

-- name: refs
SELECT ref, subjects FROM subject_refs WHERE ref = ANY (%(refs)s);

-- name: lists
SELECT subject, size, edge FROM subject_lists WHERE subject = ANY (%(subjects)s);

-- name: map_nodes
SELECT place, leaf, one, two FROM subject_nodes WHERE place = ANY (%(places)s);

-- name: put_refs
INSERT INTO subject_refs (ref, subjects) VALUES (%s, %s) ON CONFLICT DO NOTHING;

-- name: put_entries
INSERT INTO subject_entries (subject, n, position)
SELECT * FROM unnest(%(subjects)b::text[], %(ns)b::bigint[], %(positions)b::bigint[]);

-- name: put_list
INSERT INTO subject_lists (subject, size, edge) VALUES (%s, %s, %s)
ON CONFLICT (subject) DO UPDATE SET size = excluded.size, edge = excluded.edge;

-- name: put_nodes
INSERT INTO subject_nodes (place, leaf, one, two)
SELECT * FROM unnest(%(places)b::text[], %(leaves)b::boolean[], %(ones)b::bytea[], %(twos)b::bytea[])
ON CONFLICT (place) DO UPDATE SET leaf = excluded.leaf, one = excluded.one, two = excluded.two;

-- name: put_commit
INSERT INTO subject_commits (size, root, entry) VALUES (%(size)s, %(root)b, %(entry)s);

-- name: subjects
SELECT count(*) FROM subject_lists;

-- name: items
SELECT s.position, substr(r.hashes, ((s.position - r.first) * 32 + 1)::int, 32)
  FROM subject_entries s
  JOIN nodes r ON r.level = 0 AND r.first BETWEEN s.position - s.position %% 32 AND s.position
              AND s.position < r.first + octet_length(r.hashes) / 32
 WHERE s.subject = %(subject)s ORDER BY s.n LIMIT %(limit)s;

-- name: subject_leaves
SELECT s.position, e.envelope, substr(r.hashes, ((s.position - r.first) * 32 + 1)::int, 32)
  FROM subject_entries s JOIN event_order o ON o.position = s.position JOIN events e ON e.id = o.event_id
  JOIN nodes r ON r.level = 0 AND r.first BETWEEN s.position - s.position %% 32 AND s.position
              AND s.position < r.first + octet_length(r.hashes) / 32
 WHERE s.subject = %(subject)s AND s.n >= %(start)s AND s.n < %(start)s + %(limit)s ORDER BY s.n;

-- name: list_size
SELECT coalesce(max(size), 0) FROM subject_lists WHERE subject = %(subject)s;
