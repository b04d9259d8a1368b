-- The newest line of each witness where it has signed a checkpoint again: the log was quiet, and the witness says when it
-- last saw it so. One row a witness, replaced; its first line over a checkpoint stays in cosignatures for ever.
CREATE TABLE renewed_cosignatures (
    witness text        PRIMARY KEY,
    size    bigint      NOT NULL,
    line    text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (size, witness) REFERENCES cosignatures (size, witness)
);
