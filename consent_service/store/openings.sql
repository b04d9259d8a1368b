-- name: make_key
INSERT INTO subject_keys (subject, wrapped) VALUES (%(subject)s, %(wrapped)b) ON CONFLICT DO NOTHING;

-- name: key
SELECT wrapped FROM subject_keys WHERE subject = %(subject)s;

-- name: keep
INSERT INTO openings (entry, subject, sealed) VALUES (%(entry)s, %(subject)s, %(sealed)b);

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
