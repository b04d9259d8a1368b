-- Read models of consent's events: `doc` is the folded domain state. `rebuild` makes all of them again from the events.

CREATE TABLE parties (
    handle text  PRIMARY KEY,
    doc    jsonb NOT NULL
);

-- `uses` counts the consumed ones beside the document, so that opening a lease rewrites a counter and nothing else.
CREATE TABLE grants (
    id      text    PRIMARY KEY,
    subject text    NOT NULL,
    partner text    NOT NULL,
    entry   uuid    NOT NULL,
    uses    integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
    doc     jsonb   NOT NULL
);
CREATE INDEX grants_subject ON grants (subject, id);
CREATE INDEX grants_partner ON grants (partner, id);

CREATE TABLE flags (
    key   text  PRIMARY KEY,
    entry uuid  NOT NULL,
    doc   jsonb NOT NULL
);

-- `expires_at` alone is no event: a lease that was not renewed is over, and the sweep says so in the ledger.
CREATE TABLE leases (
    id         text        PRIMARY KEY,
    job        text        NOT NULL,
    grants     text[]      NOT NULL,
    open       boolean     NOT NULL,
    expires_at timestamptz NOT NULL,
    doc        jsonb       NOT NULL
);
CREATE INDEX leases_open_grants ON leases USING gin (grants) WHERE open;
CREATE INDEX leases_open_expiry ON leases (expires_at) WHERE open;

-- What decisions were asked, words included, and the salt that opens the ledger's commitment to them. Erasable.
CREATE TABLE decision_requests (
    decision text        PRIMARY KEY,
    allow    boolean     NOT NULL,
    salt     bytea       NOT NULL CHECK (octet_length(salt) = 32),
    request  jsonb       NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
