-- name: insert_signatures
-- The same key gives the same signature over the same tree: one that is there already is the one.
INSERT INTO receipt_signatures (size, kid, signature)
SELECT %(size)s, * FROM unnest(%(kids)b::bytea[], %(signatures)b::bytea[]) ON CONFLICT DO NOTHING;

-- name: signatures_of
SELECT kid, signature FROM receipt_signatures WHERE size = %(size)s AND kid = coalesce(%(kid)b::bytea, kid) ORDER BY kid;

-- name: newest_size
SELECT size FROM receipt_signatures WHERE kid = coalesce(%(kid)b::bytea, kid) ORDER BY size DESC LIMIT 1;

-- name: all_signatures
SELECT r.size, r.kid, r.signature, c.previous, c.root
  FROM receipt_signatures r LEFT JOIN checkpoints c ON c.size = r.size ORDER BY r.size, r.kid;
