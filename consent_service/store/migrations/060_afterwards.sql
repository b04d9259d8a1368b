-- What follows from grants later: when time ends them, what was released under them, which references are gone.

-- `lapses_at` is when time alone ends a grant that nothing has ended yet; `last_used` when a use of it last began.
ALTER TABLE grants ADD COLUMN last_used timestamptz, ADD COLUMN lapses_at timestamptz;
UPDATE grants g
   SET lapses_at = CASE WHEN doc ->> 'state' IN ('withdrawn', 'expired', 'invalidated', 'requested') THEN NULL ELSE
                   least((doc #>> '{terms,limits,not_after}')::timestamptz,
                         (doc #>> '{terms,subject,identity,expires}')::timestamptz) END,
       last_used = (SELECT max((l.doc ->> 'opened_at')::timestamptz) FROM leases l
                     WHERE l.grants @> ARRAY[g.id] AND l.doc ->> 'kind' = 'synthesis');
CREATE INDEX grants_lapse ON grants (lapses_at) WHERE lapses_at IS NOT NULL;

CREATE TABLE outputs (
    sha256   text    PRIMARY KEY,
    grants   text[]  NOT NULL,
    recalled boolean NOT NULL,
    doc      jsonb   NOT NULL
);
CREATE INDEX outputs_standing ON outputs USING gin (grants) WHERE NOT recalled;
INSERT INTO outputs (sha256, grants, recalled, doc)
SELECT DISTINCT ON (data ->> 'output_sha256')
       data ->> 'output_sha256', ARRAY(SELECT jsonb_array_elements_text(data -> 'grants')), false,
       jsonb_build_object('sha256', data -> 'output_sha256', 'production', data -> 'production',
                          'partner', data -> 'partner', 'grants', data -> 'grants', 'released_at', at,
                          'recalled_at', NULL, 'recalled_for', NULL, 'takedown_by', NULL)
  FROM (SELECT e.entry -> 'data' AS data, e.entry -> 'at' AS at
          FROM (SELECT convert_from(envelope, 'UTF8')::jsonb AS entry FROM events
                 WHERE type = 'consent.output-released.v1') AS e) AS released
 ORDER BY data ->> 'output_sha256', at DESC;

CREATE TABLE references_gone (
    subject text        NOT NULL,
    asset   text        NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (subject, asset)
);
