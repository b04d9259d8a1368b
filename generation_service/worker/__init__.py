"""The render worker: a plain process that takes jobs from ``generation.jobs``, one at a time."""
