"""``python -m consent_service.sequencer.rotate show|add|retire``: changes the log's key while the log goes on.

``add`` makes a key (or takes the one at ``--signer``) and enters it, signed by the present key and by itself; from
then on checkpoints carry both signatures. Once those who verify hold the new key, ``retire`` takes the old one out.
The key is in its place before the ledger names it: a crash in between leaves a key that nothing uses.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from consent_service.sequencer.keys import LogKey
from consent_service.sequencer.settings import SequencerSettings
from consent_service.store.ledger_log import LedgerLog
from consent_service.store.log_keys import load_keys
from infra.eventlog.db import Pool, open_pool
from infra.eventlog.log import NewEvent
from infra.kernel.clock import Clock, SystemClock
from infra.kernel.crypto import Ed25519Signer, Signer
from infra.kernel.errors import AssentError, NotFound
from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, STREAM, KeySet, key_change
from infra.tlog.note import VerifierKey

_ACTOR = {"kind": "operator", "ref": "key-maintenance"}


def active_keys(pool: Pool) -> KeySet:
    """What the ledger says; raises :class:`NotFound` (``consent.no_such_checkpoint``) before its first entry."""
    with pool.connection() as conn:
        found = load_keys(conn)
    if found is None:
        raise NotFound("consent.no_such_checkpoint", "the ledger has no entry yet", fix="start the sequencer first")
    return found


def add_key(pool: Pool, key: LogKey, new: Signer, clock: Clock) -> VerifierKey:
    """Enter a new key; it counts from the batch that the entry is in."""
    vkey = VerifierKey(key.origin, new.public)
    _enter(pool, KEY_ADDED, vkey, [_own(pool, key), new], clock)
    return vkey


def retire_key(pool: Pool, key: LogKey, name: str, clock: Clock) -> VerifierKey:
    """Retire the active key with this key id or verifier key; another must be active."""
    active = active_keys(pool).active
    found = next((one for one in active if name in (one.key_id.hex(), str(one))), None)
    if found is None or len(active) < 2:
        raise NotFound(
            "consent.no_such_key", "no such key is active beside another", fix="show the keys; add one first",
            active=[one.key_id.hex() for one in active],
        )  # fmt: skip
    _enter(pool, KEY_RETIRED, found, [_own(pool, key)], clock)
    return found


def make_key(folder: Path, origin: str) -> Ed25519Signer:
    """A new key in a file of its own, mode 0600, on disk when this returns."""
    signer = Ed25519Signer.from_seed(secrets.token_bytes(32))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{VerifierKey(origin, signer.public).key_id.hex()}.seed"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(signer.seed())
        file.flush()
        os.fsync(file.fileno())
    return signer


def _own(pool: Pool, key: LogKey) -> Signer:
    """A signer of ours whose key is active."""
    signers = key.signers()
    found = next((signers[vkey] for vkey in active_keys(pool).active if vkey in signers), None)
    if found is None:
        raise NotFound("consent.no_such_key", "none of the keys at hand is active", fix="name the log's signer")
    return found


def _enter(pool: Pool, type_: str, vkey: VerifierKey, signers: Sequence[Signer], clock: Clock) -> None:
    data, signatures = key_change(vkey, *signers)
    event = NewEvent(type_, data, clock.now(), actor=_ACTOR, signatures=signatures)
    LedgerLog(pool).run(lambda tx: tx.append(STREAM, expected_version=len(tx.read(STREAM)), events=[event]))


def main(arguments: Sequence[str]) -> int:
    """The command line: 0 done, 1 refused with a message."""
    parser = argparse.ArgumentParser(prog="python -m consent_service.sequencer.rotate", description="The log's keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("show", help="the active keys, oldest first")
    add = commands.add_parser("add", help="enter a new key; both sign from then on")
    add.add_argument("--signer", help="address of a key that is made already: sealed:… or pkcs11:…")
    commands.add_parser("retire", help="take a key out").add_argument("key", help="its key id or verifier key")
    given = parser.parse_args(arguments)
    settings = SequencerSettings()
    try:
        with open_pool(settings.database_url, max_size=1) as pool:
            for line in _run(given, settings, pool):
                sys.stdout.write(f"{line}\n")
    except AssentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(given: argparse.Namespace, settings: SequencerSettings, pool: Pool) -> list[str]:
    key, clock = settings.log_key(), SystemClock()
    if given.command == "add":
        new = settings.open(given.signer) if given.signer else make_key(settings.key_folder, key.origin)
        return [f"added {add_key(pool, key, new, clock)}"]
    if given.command == "retire":
        return [f"retired {retire_key(pool, key, given.key, clock)}"]
    return [str(vkey) for vkey in active_keys(pool).active]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
