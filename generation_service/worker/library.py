"""Faces from the reference library: identity opens them for the permit that names them, and for nothing else."""

from typing import Any

from identity_service.contract.methods import OpenAsset, open_asset
from infra.blobs import BlobStore
from infra.kernel.crypto import unb64u


class LibraryFaces:
    """``rpc`` is a synchronous carrier. Bytes live in memory for the length of one take."""

    def __init__(self, rpc: Any, blobs: BlobStore) -> None:
        self._rpc, self._blobs = rpc, blobs

    def open(self, sha256: str, permit: str) -> bytes:
        """The image file of a face. Raises Denied when the permit does not name it."""
        opened = self._rpc.call(open_asset, OpenAsset(sha256=sha256, permit=permit))
        return self._blobs.get("library", sha256, unb64u(opened.data_key))
