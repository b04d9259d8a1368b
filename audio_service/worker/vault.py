"""Keys from the services that hold them, bytes from the blob store. It keeps neither longer than a call."""

from audio_service.domain.ports import Vault
from generation_service.contract.methods import ProductionKey, production_key
from identity_service.contract.methods import OpenAsset, open_asset
from infra.blobs import BlobStore
from infra.kernel.crypto import unb64u
from infra.messaging.rpc.wire import Rpc


class RemoteVault(Vault):
    """Takes are sealed with the production's key; a sample opens only with the permit of the running job."""

    def __init__(self, rpc: Rpc, blobs: BlobStore) -> None:
        self._rpc, self._blobs = rpc, blobs

    def production_key(self, production: str, job: str, source: str | None = None) -> bytes:
        answer = self._rpc.call(production_key, ProductionKey(production=production, job=job, source=source))
        return unb64u(answer.data_key)

    def sample(self, sha256: str, permit: str) -> bytes:
        opened = self._rpc.call(open_asset, OpenAsset(sha256=sha256, permit=permit))
        return self._blobs.get("library", sha256, unb64u(opened.data_key))

    def keep(self, wav: bytes, key: bytes) -> str:
        return self._blobs.put("takes", wav, key)

    def take(self, sha256: str, key: bytes) -> bytes:
        return self._blobs.get("takes", sha256, key)

    def destroy(self, sha256: str, key: bytes) -> None:
        self._blobs.delete("takes", sha256, key)
