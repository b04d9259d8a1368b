from pathlib import Path
from typing import Any

import pytest

from audio_service.worker.vault import RemoteVault
from generation_service.contract.methods import ProductionKey, ProductionKeyAnswer
from identity_service.contract.methods import OpenAsset, OpenedAsset
from infra.blobs import BlobStore
from infra.kernel.crypto import b64u
from infra.kernel.errors import Denied, NotFound

KEY, ASSET_KEY = b"p" * 32, b"a" * 32


class Services:
    """Identity opens an asset for one permit only; generation has one production."""

    def call(self, method: Any, command: Any, deadline_s: float | None = None) -> Any:
        if isinstance(command, ProductionKey):
            return ProductionKeyAnswer(production=command.production, data_key=b64u(KEY))
        assert isinstance(command, OpenAsset)
        if command.permit != "permit":
            raise Denied("identity.permit_refused", "no permit opens it")
        return OpenedAsset(sha256=command.sha256, media_type="audio/wav", data_key=b64u(ASSET_KEY))


def test_takes_are_sealed_found_again_and_destroyed(tmp_path: Path) -> None:
    vault = RemoteVault(Services(), BlobStore(tmp_path))
    key = vault.production_key("prd_1", "job-1")
    address = vault.keep(b"RIFF of a line", key)
    assert vault.take(address, key) == b"RIFF of a line"
    assert not any(b"RIFF of a line" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    vault.destroy(address, key)
    with pytest.raises(NotFound):
        vault.take(address, key)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_sample_opens_with_the_permit_only(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    address = blobs.put("library", b"sample", ASSET_KEY)
    vault = RemoteVault(Services(), blobs)
    assert vault.sample(address, "permit") == b"sample"
    with pytest.raises(Denied):
        vault.sample(address, "another")
