-- The tree's hashes lie in rows of up to 32 neighbours, none of which passes a multiple of 32: a batch writes a row for what
-- it completes side by side, where each hash had a row and an index entry of its own.
ALTER TABLE nodes RENAME TO nodes_one_by_one;
ALTER TABLE nodes_one_by_one RENAME CONSTRAINT nodes_pkey TO nodes_one_by_one_pkey;
CREATE TABLE nodes (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 62),
    first  bigint   NOT NULL CHECK (first >= 0),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND (32 - first % 32) * 32),
    PRIMARY KEY (level, first)
);
INSERT INTO nodes (level, first, hashes)
SELECT level, min(n), string_agg(hash, ''::bytea ORDER BY n)
  FROM (SELECT level, n, hash, n - row_number() OVER (PARTITION BY level ORDER BY n) AS gap FROM nodes_one_by_one) AS o
 GROUP BY level, n / 32, gap;
DROP TABLE nodes_one_by_one;
SELECT append_only('nodes');
