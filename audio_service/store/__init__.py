"""Where the audio service keeps its small read model: Postgres for the service, memory for tests."""
