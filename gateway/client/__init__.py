"""The HTTP API from Python: what the command line and the demo use, and what a partner may copy."""

from gateway.client.api import Api, ApiError, Unreachable
from gateway.client.keys import KeyFile

__all__ = ["Api", "ApiError", "KeyFile", "Unreachable"]
