"""The film as a file: takes and track joined, labelled, signed and measured. Knows bytes, not consent or queues."""
