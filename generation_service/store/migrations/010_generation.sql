-- Tables of the generation service beside its event log. All but production_keys can be made again from the events.

-- Data keys, wrapped by the master key (AES-256-GCM, bound to the production). A deleted row is a destroyed key.
CREATE TABLE production_keys (
    production text  PRIMARY KEY,
    wrapped    bytea NOT NULL
);

-- The read model: the latest view of each production, for lists and for finding a production by its output.
CREATE TABLE productions (
    id           text        PRIMARY KEY,
    partner      text        NOT NULL,
    state        text        NOT NULL,
    output       text        UNIQUE,
    submitted_at timestamptz NOT NULL,
    view         jsonb       NOT NULL
);
CREATE INDEX productions_newest ON productions (partner, submitted_at DESC, id DESC);

-- Takes that may be used again, by the digest of all that made them. A hint: bytes and key may be gone.
CREATE TABLE take_index (
    partner    text        NOT NULL,
    digest     text        NOT NULL,
    production text        NOT NULL,
    sha256     text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (partner, digest, production)
);

-- How far running shots have come (0..1), and how often a job was tried.
CREATE TABLE shot_progress (
    production text NOT NULL,
    shot       text NOT NULL,
    fraction   real NOT NULL,
    PRIMARY KEY (production, shot)
);
CREATE TABLE job_attempts (
    job text    PRIMARY KEY,
    n   integer NOT NULL
);
