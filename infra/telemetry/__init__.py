"""Logs, traces and metrics: structlog JSON, W3C trace context, Prometheus."""
