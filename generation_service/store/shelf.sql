-- name: note_line
INSERT INTO line_index (partner, digest, production, sha256, line)
VALUES (%(partner)s, %(digest)s, %(production)s, %(sha256)s, %(line)s)
ON CONFLICT (partner, digest, production) DO UPDATE SET sha256 = excluded.sha256, line = excluded.line, at = now()

-- name: find_line
-- Only lines whose production still has its key can be opened.
SELECT l.line FROM line_index l JOIN production_keys k USING (production)
WHERE l.partner = %(partner)s AND l.digest = %(digest)s ORDER BY l.at DESC, l.production LIMIT 1

-- name: forget_lines
DELETE FROM line_index
WHERE production = %(production)s AND (%(sha)s::text[] IS NULL OR sha256 = ANY(%(sha)s::text[]))

-- name: lock_shot
SELECT pg_advisory_xact_lock(hashtextextended(%(film)s || ' ' || %(key)s, 0))

-- name: use_take
UPDATE take_history
SET copies = array_append(array_remove(copies, %(production)s), %(production)s),
    used_by = CASE WHEN %(production)s = ANY(used_by) THEN used_by ELSE array_append(used_by, %(production)s) END,
    purged = NULL, purged_at = NULL
WHERE film = %(film)s AND key = %(key)s AND sha256 = %(sha256)s RETURNING number

-- name: add_take
INSERT INTO take_history (film, key, number, partner, sha256, take, used_by, copies)
SELECT %(film)s, %(key)s, coalesce(max(number), 0) + 1, %(partner)s, %(sha256)s, %(take)s,
       ARRAY[%(production)s::text], ARRAY[%(production)s::text]
FROM take_history WHERE film = %(film)s AND key = %(key)s
RETURNING number

-- name: list_takes
SELECT take, number, used_by, purged, purged_at FROM take_history
WHERE film = %(film)s AND (%(key)s::text IS NULL OR key = %(key)s) ORDER BY key COLLATE "C", number

-- name: purge_takes
-- A take is gone when the last version that holds a copy of it has lost its own.
UPDATE take_history
SET copies = array_remove(copies, %(production)s),
    purged = CASE WHEN cardinality(array_remove(copies, %(production)s)) = 0 THEN %(why)s ELSE purged END,
    purged_at = CASE WHEN cardinality(array_remove(copies, %(production)s)) = 0 THEN %(at)s ELSE purged_at END
WHERE copies @> ARRAY[%(production)s::text] AND (%(sha)s::text[] IS NULL OR sha256 = ANY(%(sha)s::text[]))

-- name: put_source
INSERT INTO production_sources (production, sealed) VALUES (%(production)s, %(sealed)s)
ON CONFLICT (production) DO UPDATE SET sealed = excluded.sealed

-- name: get_source
SELECT sealed FROM production_sources WHERE production = %(production)s

-- name: forget_source
DELETE FROM production_sources WHERE production = %(production)s
