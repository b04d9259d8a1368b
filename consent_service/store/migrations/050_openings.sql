-- What opens the ledger's commitments, sealed under one key per subject. Erasing a subject deletes its rows here: the
-- ledger's entries stay, and nothing can tell any more what they committed to.

CREATE TABLE subject_keys (
    subject text  PRIMARY KEY,
    wrapped bytea NOT NULL
);

CREATE TABLE openings (
    entry   uuid  PRIMARY KEY,
    subject text  NOT NULL REFERENCES subject_keys (subject) ON DELETE CASCADE,
    sealed  bytea NOT NULL
);
CREATE INDEX openings_subject ON openings (subject, entry);
