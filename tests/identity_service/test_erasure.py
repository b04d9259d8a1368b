"""Erasing a subject: name, files and keys are gone, once and for ever, and a restored key is destroyed again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from consent_service.contract.erasure import EraseSubject, Erasure
from identity_service.contract.methods import AddAsset, GetParty, ListAssets, ListParties, OpenAsset
from identity_service.store.memory import MemoryKeyring
from identity_service.usecases import Identity
from infra.blobs import BlobStore
from infra.kernel.canonical import sha256_hex
from infra.kernel.crypto import b64u, seal
from infra.kernel.errors import Denied, NotFound
from tests.identity_service.conftest import Permits
from tests.identity_service.test_usecases import subject

FILE, KEY = b"the face of somebody", b"k" * 32


def erase(identity: Identity, who: str, signature: str = "good") -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    identity.erase(EraseSubject(
        command_id="e", signature=signature, erasure=Erasure(subject=who, by=who, reason="request", at=at)
    ))  # fmt: skip


def furnished(identity: Identity, blobs: BlobStore) -> tuple[str, str]:
    """A subject with a file in the library."""
    who, digest = subject(identity).id, blobs.put("library", FILE, KEY)
    identity.add_asset(AddAsset(
        command_id="a", subject=who, kind="face", sha256=digest, media_type="image/png", data_key=b64u(KEY)
    ))  # fmt: skip
    return who, digest


def test_name_and_files_are_gone_and_the_handle_stays(identity: Identity, blobs: BlobStore, permits: Permits) -> None:
    who, digest = furnished(identity, blobs)
    erase(identity, who)
    party = identity.get(GetParty(id=who))
    assert (party.state, party.display_name) == ("erased", "(erased)")
    assert [one.state for one in identity.list_parties(ListParties(kind="subject")).parties] == ["erased"]
    assert not blobs.exists("library", sha256_hex(FILE), KEY)
    permits.tokens["good"] = {who: (digest,)}
    with pytest.raises(NotFound, match=r"identity\.erased"):
        identity.open_asset(OpenAsset(sha256=digest, permit="good"))
    assert identity.assets(ListAssets(subject=who)).assets == (), "nor what was measured on them"


def test_who_may_not_ask_erases_nothing(identity: Identity, blobs: BlobStore) -> None:
    who, _ = furnished(identity, blobs)
    with pytest.raises(Denied):
        erase(identity, who, signature="bad")
    assert identity.get(GetParty(id=who)).display_name == "Ana"
    assert blobs.exists("library", sha256_hex(FILE), KEY)
    assert identity.erased.all() == []
    with pytest.raises(NotFound):
        erase(identity, "sub_nobody")


def test_an_erasure_may_be_repeated_and_takes_no_new_files(identity: Identity, blobs: BlobStore) -> None:
    who, _ = furnished(identity, blobs)
    erase(identity, who)
    erase(identity, who)
    identity.purge(who)
    assert identity.log.run(lambda tx: [e.type for e in tx.read(f"party-{who}")]).count("identity.party-erased.v1") == 1
    with pytest.raises(NotFound, match=r"identity\.erased"):
        identity.add_asset(AddAsset(
            command_id="b", subject=who, kind="face", sha256="cd" * 32, media_type="image/png", data_key=b64u(KEY)
        ))  # fmt: skip


def test_a_restored_key_and_file_are_destroyed_again(identity: Identity, blobs: BlobStore) -> None:
    who, _ = furnished(identity, blobs)
    key = identity.log.run(lambda tx: identity.keyring.open(tx, who))
    erase(identity, who)
    blobs.put("library", FILE, KEY)  # what a restored backup brings back
    identity.log.run(lambda tx: restore_key(identity, tx, who, key))
    assert identity.purge_again() == 1
    assert not blobs.exists("library", sha256_hex(FILE), KEY)
    with pytest.raises(NotFound, match=r"identity\.erased"):
        identity.log.run(lambda tx: identity.keyring.open(tx, who))


def restore_key(identity: Identity, tx: Any, who: str, key: bytes) -> None:
    if isinstance(identity.keyring, MemoryKeyring):
        identity.keyring._keys[who] = key
        return
    wrapped = seal(identity.master, key, who.encode())
    tx.conn.execute("INSERT INTO owner_keys (owner, wrapped) VALUES (%s, %s)", (who, wrapped))
