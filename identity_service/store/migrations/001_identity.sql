-- Read models of identity, rebuilt from events by `make rebuild`, and the erasable keys, which are not.

CREATE TABLE parties (
    id          text PRIMARY KEY,
    kind        text NOT NULL,
    partner     text,
    seq         bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX parties_by_kind ON parties (kind, partner, seq);

CREATE TABLE api_keys (
    sha256      text PRIMARY KEY,
    party       text NOT NULL
);

CREATE TABLE assets (
    subject     text NOT NULL,
    sha256      text NOT NULL,
    PRIMARY KEY (subject, sha256)
);

-- Deleting a row here is what erasing a party means: nothing sealed under the key opens again.
CREATE TABLE owner_keys (
    owner       text PRIMARY KEY,
    wrapped     bytea NOT NULL
);
