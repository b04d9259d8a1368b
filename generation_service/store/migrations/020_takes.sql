-- Versions of a film: spoken lines that may be used again, every take that was made, and what each version was made of.

-- Spoken lines by the digest of words, voice and delivery. A hint: the sound and its key may be gone.
CREATE TABLE line_index (
    partner    text        NOT NULL,
    digest     text        NOT NULL,
    production text        NOT NULL,
    sha256     text        NOT NULL,
    line       jsonb       NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (partner, digest, production)
);
CREATE INDEX line_index_production ON line_index (production);

-- All takes of a film (its first version), by the key of the shot. ``copies`` are the versions that still hold one.
CREATE TABLE take_history (
    film      text    NOT NULL,
    key       text    NOT NULL,
    number    integer NOT NULL,
    partner   text    NOT NULL,
    sha256    text    NOT NULL,
    take      jsonb   NOT NULL,
    used_by   text[]  NOT NULL,
    copies    text[]  NOT NULL,
    purged    text,
    purged_at timestamptz,
    PRIMARY KEY (film, key, number)
);
CREATE INDEX take_history_copies ON take_history USING gin (copies);

-- What a production was submitted with, sealed under its own key: unreadable from the moment that key is destroyed.
CREATE TABLE production_sources (
    production text  PRIMARY KEY,
    sealed     bytea NOT NULL
);
