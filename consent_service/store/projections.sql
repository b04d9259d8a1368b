-- name: parties
SELECT doc FROM parties WHERE handle = ANY (%(handles)s);

-- name: lock_parties_share
SELECT handle FROM parties WHERE handle = ANY (%(handles)s) ORDER BY handle FOR SHARE;

-- name: lock_parties_update
SELECT handle FROM parties WHERE handle = ANY (%(handles)s) ORDER BY handle FOR UPDATE;

-- name: put_party
INSERT INTO parties (handle, doc) VALUES (%(key)s, %(doc)s) ON CONFLICT (handle) DO UPDATE SET doc = excluded.doc;

-- name: lock_grants_update
-- Locked in id order, in a statement of its own: the read after it sees what was committed while we waited.
SELECT id FROM grants WHERE id = ANY (%(ids)s) OR subject = ANY (%(subjects)s) ORDER BY id FOR UPDATE;

-- name: lock_grants_share
SELECT id FROM grants WHERE id = ANY (%(ids)s) OR subject = ANY (%(subjects)s) ORDER BY id FOR SHARE;

-- name: grants
SELECT g.doc, g.uses, o.position, g.last_used
  FROM grants g LEFT JOIN event_order o ON o.event_id = g.entry
 WHERE g.id = ANY (%(ids)s) OR g.subject = ANY (%(subjects)s)
 ORDER BY g.id;

-- name: page
-- Ids are UUIDv7, so their order is that of recording.
SELECT g.doc, g.uses, o.position, g.last_used
  FROM grants g LEFT JOIN event_order o ON o.event_id = g.entry
 WHERE (%(partner)s::text IS NULL OR g.partner = %(partner)s)
   AND (%(subject)s::text IS NULL OR g.subject = %(subject)s)
   AND (%(after)s::text IS NULL OR g.id < %(after)s)
 ORDER BY g.id DESC LIMIT %(limit)s;

-- name: page_before
-- The other way: those just newer than a grant, oldest first.
SELECT g.doc, g.uses, o.position, g.last_used
  FROM grants g LEFT JOIN event_order o ON o.event_id = g.entry
 WHERE (%(partner)s::text IS NULL OR g.partner = %(partner)s)
   AND (%(subject)s::text IS NULL OR g.subject = %(subject)s) AND g.id > %(before)s
 ORDER BY g.id LIMIT %(limit)s;

-- name: put_grants
INSERT INTO grants (id, subject, partner, entry, doc, lapses_at)
SELECT n.id, n.subject, n.partner, n.entry, n.doc::jsonb, n.lapses_at
  FROM unnest(%(ids)b::text[], %(subjects)b::text[], %(partners)b::text[], %(entries)b::uuid[], %(docs)b::text[],
              %(lapses)b::timestamptz[]) AS n (id, subject, partner, entry, doc, lapses_at)
ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, entry = excluded.entry, lapses_at = excluded.lapses_at;

-- name: use_grant
UPDATE grants SET uses = uses + 1, last_used = greatest(last_used, %(at)s) WHERE id = %(key)s;

-- name: lock_flags_update
SELECT key FROM flags WHERE %(keys)s::text[] IS NULL OR key = ANY (%(keys)s) ORDER BY key FOR UPDATE;

-- name: lock_flags_share
SELECT key FROM flags WHERE %(keys)s::text[] IS NULL OR key = ANY (%(keys)s) ORDER BY key FOR SHARE;

-- name: flags
SELECT f.doc, o.position
  FROM flags f LEFT JOIN event_order o ON o.event_id = f.entry
 WHERE %(keys)s::text[] IS NULL OR f.key = ANY (%(keys)s)
 ORDER BY f.key;

-- name: put_flag
INSERT INTO flags (key, entry, doc) VALUES (%(key)s, %(entry)s, %(doc)s)
ON CONFLICT (key) DO UPDATE SET entry = excluded.entry, doc = excluded.doc;

-- name: lock_job
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.job.' || %(job)s, 0));

-- name: lease
SELECT doc, expires_at FROM leases WHERE id = %(lease)s;

-- name: put_lease
INSERT INTO leases (id, job, grants, open, expires_at, doc)
VALUES (%(key)s, %(job)s, %(grants)s, %(open)s, %(expires_at)s, %(doc)s)
ON CONFLICT (id) DO UPDATE SET open = excluded.open, doc = excluded.doc;

-- name: extend
UPDATE leases SET expires_at = %(until)s WHERE id = %(lease)s;

-- name: running
-- Live leases of each grant; a release publishes and does not synthesise, so it takes no place.
SELECT held.id, count(*)
  FROM leases l CROSS JOIN LATERAL unnest(l.grants) AS held (id)
 WHERE l.open AND l.expires_at >= %(now)s AND l.job <> %(but)s AND l.doc ->> 'kind' = 'synthesis'
   AND l.grants && %(grants)s AND held.id = ANY (%(grants)s)
 GROUP BY held.id;

-- name: overdue
SELECT id FROM leases WHERE open AND expires_at < %(now)s ORDER BY expires_at LIMIT %(limit)s;

-- name: keep_request
INSERT INTO decision_requests (decision, allow, salt, request) VALUES (%(decision)s, %(allow)s, %(salt)s, %(request)s);

-- name: find_request
SELECT request, allow FROM decision_requests WHERE decision = %(decision)s;

-- name: forget_views
-- A rebuild starts from nothing; the requests stay, they are no read model.
WITH a AS (DELETE FROM parties), b AS (DELETE FROM grants), c AS (DELETE FROM flags), d AS (DELETE FROM outputs),
     e AS (DELETE FROM references_gone)
DELETE FROM leases;

-- name: output
SELECT doc FROM outputs WHERE sha256 = %(sha256)s;

-- name: put_output
INSERT INTO outputs (sha256, grants, recalled, doc) VALUES (%(key)s, %(grants)s, %(recalled)s, %(doc)s)
ON CONFLICT (sha256) DO UPDATE SET grants = excluded.grants, recalled = excluded.recalled, doc = excluded.doc;

-- name: to_recall
SELECT doc FROM outputs WHERE NOT recalled AND grants @> ARRAY[%(grant)s::text] ORDER BY sha256 LIMIT %(limit)s;

-- name: recalling
SELECT g.id FROM outputs o CROSS JOIN LATERAL unnest(o.grants) AS held (id) JOIN grants g ON g.id = held.id
 WHERE NOT o.recalled AND g.doc ->> 'state' = 'withdrawn'
   AND g.doc #>> '{terms,revocation,effect}' = 'recall_outputs'
 GROUP BY g.id ORDER BY g.id LIMIT %(limit)s;

-- name: lapsing
SELECT g.id FROM grants g
 WHERE g.lapses_at <= %(now)s
    OR g.lapses_at IS NOT NULL AND EXISTS (
       SELECT FROM parties p
        WHERE p.handle IN (g.subject, g.doc #>> '{terms,subject,authority_ref}') AND p.doc ->> 'state' = 'erased')
 ORDER BY g.lapses_at LIMIT %(limit)s;

-- name: subjects
SELECT DISTINCT subject FROM grants WHERE subject > %(after)s ORDER BY subject LIMIT %(limit)s;

-- name: note_gone
INSERT INTO references_gone (subject, asset, at) SELECT %(subject)s, unnest(%(assets)s::text[]), %(at)s
ON CONFLICT (subject, asset) DO UPDATE SET at = greatest(references_gone.at, excluded.at);

-- name: gone
SELECT subject, asset, at FROM references_gone WHERE subject = ANY (%(subjects)s);

-- name: find_salt
SELECT salt FROM decision_requests WHERE decision = %(decision)s;
