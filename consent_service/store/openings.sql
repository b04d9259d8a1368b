-- name: make_keys
-- In order, so that two who make the same keys never wait for one another.
INSERT INTO subject_keys (subject, wrapped)
SELECT n.subject, n.wrapped FROM unnest(%(subjects)b::text[], %(wrapped)b::bytea[]) AS n (subject, wrapped)
 ORDER BY n.subject ON CONFLICT DO NOTHING;

-- name: keys
-- An erasure waits for us, or we for it.
SELECT subject, wrapped FROM subject_keys WHERE subject = ANY (%(subjects)b::text[]) ORDER BY subject FOR KEY SHARE;

-- name: keep
INSERT INTO openings (entry, subject, sealed)
SELECT * FROM unnest(%(entries)b::uuid[], %(subjects)b::text[], %(sealed)b::bytea[]);

-- name: find
SELECT o.entry::text, o.subject, o.sealed, k.wrapped
  FROM openings o JOIN subject_keys k USING (subject)
 WHERE o.entry = ANY (%(entries)b::uuid[]);

-- name: of_subject
SELECT o.entry::text, o.subject, o.sealed, k.wrapped
  FROM openings o JOIN subject_keys k USING (subject)
 WHERE o.subject = %(subject)s ORDER BY o.entry;

-- name: erase
-- The openings go with the key. Requests hold the words of productions that used the subject.
WITH asked AS (
    DELETE FROM decision_requests
     WHERE request -> 'uses' @> jsonb_build_array(jsonb_build_object('subject', %(subject)s::text))
)
DELETE FROM subject_keys WHERE subject = %(subject)s;
