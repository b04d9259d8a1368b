"""The steps of the identity service's operations, against ports."""

from identity_service.usecases.parties import Identity
from identity_service.usecases.retention import Retention

__all__ = ["Identity", "Retention"]
