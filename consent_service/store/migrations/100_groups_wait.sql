-- What waits for an index waits in groups: one row for what one transaction wrote, its events in their order, 256 a row at
-- most. A row of its own for each event cost as much as the event.
ALTER TABLE pending ADD COLUMN event_ids uuid[];
UPDATE pending SET event_ids = ARRAY[event_id];
ALTER TABLE pending
    ALTER COLUMN event_ids SET NOT NULL,
    ADD CHECK (cardinality(event_ids) BETWEEN 1 AND 256),
    DROP COLUMN event_id;
