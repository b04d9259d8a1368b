"""The indexer: one plain process that keeps the verifiable index per subject and commits its root to the ledger."""
