-- What the control heartbeat repeats, in one row: the last control entry; (0, -1) before the first.
CREATE VIEW control_head AS
SELECT coalesce(max(seq), 0) AS seq, coalesce(max(position), -1) AS index
  FROM (SELECT seq, position FROM control_entries ORDER BY seq DESC LIMIT 1) AS last;
