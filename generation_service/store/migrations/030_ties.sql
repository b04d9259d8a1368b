-- Which productions depend on a subject, on a grant, or came out under an address: what an erasure, a withdrawal or a
-- recall has to find. Made again from the events like the other read models.
CREATE TABLE production_ties (
    kind       text NOT NULL CHECK (kind IN ('subject', 'grant', 'output', 'film')),
    ref        text NOT NULL,
    production text NOT NULL,
    PRIMARY KEY (kind, ref, production)
);

-- The ties of what was made before there were any: a decision names its grants by "subject/modality".
INSERT INTO production_ties (kind, ref, production)
SELECT DISTINCT 'subject', split_part(used.key, '/', 1), id
FROM productions, jsonb_each_text(view -> 'decision' -> 'grants') AS used
UNION
SELECT DISTINCT 'grant', used.value, id FROM productions, jsonb_each_text(view -> 'decision' -> 'grants') AS used
UNION
SELECT 'output', view -> 'output' ->> 'sha256', id FROM productions WHERE view -> 'output' ->> 'sha256' IS NOT NULL
UNION
SELECT 'film', output, id FROM productions WHERE output IS NOT NULL;
