-- What witnesses have cosigned. A checkpoint with its lines appended is the cosigned note.

-- One line by one witness of the policy (its name there) over the checkpoint of that size.
CREATE TABLE cosignatures (
    size    bigint NOT NULL REFERENCES checkpoints (size),
    witness text   NOT NULL,
    line    text   NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (size, witness)
);
SELECT append_only('cosignatures');

-- Checkpoints that a quorum has cosigned: by whom when the rule was first met, and the rule in words.
CREATE TABLE quorums (
    size      bigint PRIMARY KEY REFERENCES checkpoints (size),
    witnesses text[] NOT NULL,
    rule      text   NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT append_only('quorums');
