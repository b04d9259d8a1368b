"""The audio worker: a plain process that takes jobs from ``audio.jobs``, one at a time."""
