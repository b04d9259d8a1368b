-- The ledger: consent's events in one global order, with the Merkle tree over their envelopes and its checkpoints.

-- Committed events that have no ledger index yet. A row is written last in its transaction, so `seq` agrees with the
-- commit order wherever one transaction could have seen the other.
CREATE TABLE pending (
    seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid   NOT NULL REFERENCES events (id)
);

-- Roots of complete subtrees: (level, n) covers leaves n·2^level up to (n+1)·2^level, exclusive; level 0 are the leaves.
-- A C2SP tile (L, N) is the rows of level 8·L with n from 256·N.
CREATE TABLE nodes (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 62),
    n     bigint   NOT NULL CHECK (n >= 0),
    hash  bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, n)
);
SELECT append_only('nodes');

-- Signed checkpoints, one per batch. Each names the size it grew from and no two name the same: the compare-and-swap.
CREATE TABLE checkpoints (
    size     bigint PRIMARY KEY,
    previous bigint NOT NULL UNIQUE CHECK (previous >= 0 AND previous < size),
    root     bytea  NOT NULL CHECK (octet_length(root) = 32),
    note     text   NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT append_only('checkpoints');

-- What the guards were told, gapless from seq 1: the ledger's control entries.
CREATE TABLE control_entries (
    seq      bigint PRIMARY KEY CHECK (seq > 0),
    position bigint NOT NULL UNIQUE REFERENCES event_order (position),
    kind     text   NOT NULL,
    key      text   NOT NULL,
    state    text   NOT NULL
);
CREATE INDEX control_entries_latest ON control_entries (kind, key, seq DESC);
SELECT append_only('control_entries');
