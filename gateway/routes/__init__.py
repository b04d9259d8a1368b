"""The routes under ``/v1``, one module per thing a partner, operator or auditor works with."""
