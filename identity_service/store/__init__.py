"""Where identity keeps its read models and the parties' keys: Postgres for the service, memory for tests."""
