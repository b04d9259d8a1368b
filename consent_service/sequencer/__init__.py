"""The sequencer: one plain process that gives committed decisions their place in the ledger and signs the result."""
