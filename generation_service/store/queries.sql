-- name: create_key
-- A key that exists already stays: submitting twice must not orphan what the first one sealed.
INSERT INTO production_keys (production, wrapped) VALUES (%(production)s, %(wrapped)s) ON CONFLICT DO NOTHING

-- name: get_key
SELECT wrapped FROM production_keys WHERE production = %(production)s

-- name: hold_key
-- A lock that the end of a production waits for: what is noted while the key stands is there to be cleared with it.
SELECT true FROM production_keys WHERE production = %(production)s FOR SHARE

-- name: replace_key
UPDATE production_keys SET wrapped = %(wrapped)s WHERE production = %(production)s

-- name: destroy_key
-- Crypto-shredding: without this row every object of the production is noise.
DELETE FROM production_keys WHERE production = %(production)s

-- name: put_production
INSERT INTO productions (id, partner, state, output, submitted_at, view)
VALUES (%(id)s, %(partner)s, %(state)s, %(output)s, %(at)s, %(view)s)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, output = excluded.output, view = excluded.view

-- name: page_productions
-- Keyset order, newest first; one row more than asked tells whether there are more.
SELECT view FROM productions
WHERE partner = %(partner)s AND (%(after)s::text IS NULL OR (submitted_at, id) <
    (SELECT submitted_at, id FROM productions WHERE id = %(after)s AND partner = %(partner)s))
ORDER BY submitted_at DESC, id DESC LIMIT %(limit)s

-- name: page_productions_before
-- The other way: those just newer than a production, oldest first.
SELECT view FROM productions
WHERE partner = %(partner)s AND (submitted_at, id) >
    (SELECT submitted_at, id FROM productions WHERE id = %(before)s AND partner = %(partner)s)
ORDER BY submitted_at, id LIMIT %(limit)s

-- name: production_of_output
SELECT id FROM productions WHERE output = %(output)s

-- name: note_take
INSERT INTO take_index (partner, digest, production, sha256)
VALUES (%(partner)s, %(digest)s, %(production)s, %(sha256)s)
ON CONFLICT (partner, digest, production) DO UPDATE SET sha256 = excluded.sha256, at = now()

-- name: find_take
-- Only takes whose production still has its key can be opened.
SELECT t.production, t.sha256 FROM take_index t JOIN production_keys k USING (production)
WHERE t.partner = %(partner)s AND t.digest = %(digest)s ORDER BY t.at DESC, t.production LIMIT 1

-- name: forget_takes
DELETE FROM take_index
WHERE production = %(production)s AND (%(sha)s::text[] IS NULL OR sha256 = ANY(%(sha)s::text[]))

-- name: put_ties
INSERT INTO production_ties (kind, ref, production)
SELECT kind, ref, %(production)s FROM unnest(%(kinds)s::text[], %(refs)s::text[]) AS tie (kind, ref)
ON CONFLICT DO NOTHING

-- name: find_ties
SELECT production FROM production_ties WHERE kind = %(kind)s AND ref = %(ref)s ORDER BY production

-- name: forget_models
-- A rebuild starts from nothing. Keys, sources and how far running shots have come are no read models and stay.
WITH a AS (DELETE FROM productions), b AS (DELETE FROM production_ties), c AS (DELETE FROM line_index)
DELETE FROM take_history

-- name: trim_takes
DELETE FROM take_index WHERE (production, sha256) NOT IN (
    SELECT production, sha256 FROM unnest(%(productions)s::text[], %(shas)s::text[]) AS known (production, sha256)
)

-- name: set_progress
INSERT INTO shot_progress (production, shot, fraction) VALUES (%(production)s, %(shot)s, %(fraction)s)
ON CONFLICT (production, shot) DO UPDATE SET fraction = excluded.fraction

-- name: get_progress
SELECT shot, fraction FROM shot_progress WHERE production = %(production)s

-- name: clear_progress
DELETE FROM shot_progress WHERE production = %(production)s

-- name: count_attempt
INSERT INTO job_attempts (job, n) VALUES (%(job)s, 1)
ON CONFLICT (job) DO UPDATE SET n = job_attempts.n + 1 RETURNING n
