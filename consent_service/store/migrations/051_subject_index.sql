-- The verifiable index per subject. Everything here is made from the ledger's entries alone and can be made again.

-- Which entries concern a subject, in ledger order; `n` counts from 0.
CREATE TABLE subject_entries (
    subject  text   NOT NULL,
    n        bigint NOT NULL CHECK (n >= 0),
    position bigint NOT NULL,
    PRIMARY KEY (subject, n)
);

-- The right edge of the tree over a subject's list.
CREATE TABLE subject_lists (
    subject text    PRIMARY KEY,
    size    bigint  NOT NULL CHECK (size > 0),
    edge    bytea[] NOT NULL
);

-- Whom a grant or a lease is about.
CREATE TABLE subject_refs (
    ref      text   PRIMARY KEY,
    subjects text[] NOT NULL
);

-- The sparse map's nodes; `place` is the bits from the root. A leaf has key and value, a branch its children's hashes.
CREATE TABLE subject_nodes (
    place text    PRIMARY KEY,
    leaf  boolean NOT NULL,
    one   bytea   NOT NULL CHECK (octet_length(one) = 32),
    two   bytea   NOT NULL CHECK (octet_length(two) = 32)
);

-- Roots that entered the ledger: `entry` is the index-committed entry, which covers the entries below `size`.
CREATE TABLE subject_commits (
    size  bigint PRIMARY KEY CHECK (size > 0),
    root  bytea  NOT NULL CHECK (octet_length(root) = 32),
    entry uuid   NOT NULL
);
