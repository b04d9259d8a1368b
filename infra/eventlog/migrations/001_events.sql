-- The event log of one service. Runs once in each service's schema, as the owner; `:role` is the service's own role.
-- Default privileges give the role SELECT, INSERT, UPDATE, DELETE on every table; append_only() takes the last two away.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: this table is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

-- Make a table append-only for everybody: no privilege for the role, and triggers that hold for the owner as well.
CREATE FUNCTION append_only(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %s FROM :role', relation);
    EXECUTE format('GRANT SELECT, INSERT ON %s TO :role', relation);
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change()', relation);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', relation);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', relation);
END $$;

-- One row per event; `envelope` is its canonical bytes (RFC 8785) and the only source of what it says.
CREATE TABLE events (
    id       uuid    PRIMARY KEY,
    stream   text    NOT NULL,
    version  integer NOT NULL CHECK (version > 0),
    type     text    NOT NULL,
    envelope bytea   NOT NULL,
    CONSTRAINT events_stream_version UNIQUE (stream, version)
);
SELECT append_only('events');

-- The gapless global order, from 0, in commit order. Kept beside the events because it is known later than they are.
CREATE TABLE event_order (
    position bigint PRIMARY KEY CHECK (position >= 0),
    event_id uuid   NOT NULL UNIQUE REFERENCES events (id)
);
SELECT append_only('event_order');

-- Messages that left with their transaction; the relay deletes a row once the broker has confirmed it.
CREATE TABLE outbox (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         text   NOT NULL,
    exchange   text   NOT NULL,
    key        text   NOT NULL,
    body       jsonb  NOT NULL,
    headers    jsonb  NOT NULL,
    expires_ms integer,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What each command was answered, so that a repeat gets the same answer.
CREATE TABLE commands (
    id          text  PRIMARY KEY,
    fingerprint text  NOT NULL,
    answer      jsonb NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Events of other services that were consumed already.
CREATE TABLE inbox (
    event_id text PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
