"""What other services run inside their own process: the guard, the lease, and the offline check of permits."""

from consent_service.client.errors import Stopped
from consent_service.client.guard import Guard
from consent_service.client.lease import ConsentClient, Run, open_client
from consent_service.client.permits import PermitKeys, PermitVerifier

__all__ = ["ConsentClient", "Guard", "PermitKeys", "PermitVerifier", "Run", "Stopped", "open_client"]
