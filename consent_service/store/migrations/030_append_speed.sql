-- A foreign key is checked row by row and locks the row it points to, which rewrites it: a third of an append's cost, for
-- what one statement writes (`append_group`, `enqueue`) or one transaction copies (the sequencer's batch). The checker
-- (`fsck`) finds a reference that leads nowhere as a missing entry.
ALTER TABLE pending DROP CONSTRAINT pending_event_id_fkey;
ALTER TABLE event_order DROP CONSTRAINT event_order_event_id_fkey;
