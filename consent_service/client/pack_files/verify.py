#!/usr/bin/env python3
"""Checks an evidence pack of an Assent ledger: Python 3.10 and the package `cryptography`; no network, no Assent.

    python verify.py [PACK] --key KEY [--witness KEY ...] [--quorum N] [--kept CHECKPOINT]

PACK is a folder or a ZIP file (default: where this file lies). KEY is a verifier key, `name+hash+base64`, or a file of
them; keys come from you, those in the pack are never used. CHECKPOINT is an older checkpoint that you kept.

Exit codes: 0 witnessed, 10 consistent but no witness, 11 fewer witnesses than the quorum, 20 no key given so nobody
answers for the root, 30 not the log of the checkpoint you kept, 40 invalid; 2 no verdict: wrong usage, or the pack has
indices of subjects and verify_index.py is not beside this file. After 0, 10, 11: the files are the manifest's; a key of
the log signed the checkpoint; every entry stands under that root, none of a complete range is missing; statements are
signed with registered keys; indices of subjects are right. Not checked: that grants cover the films (`assent audit
verify` does); that what was entered is true. RFC 6962, RFC 8785, C2SP tlog-*.
"""

# fmt: off
import argparse
import base64
import hashlib
import json
import re
import runpy
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey as MlDsa44
except ImportError:  # an older one: a witness with such a key counts as bad, never as good
    MlDsa44 = None  # type: ignore[assignment,misc]
Key = tuple[str, bytes, int, bytes]  # name, key id, type, public key
Number: Any = type("Number", (str,), {})  # a number as it is spelled, for what was signed is the spelling
LOG, COSIGNATURE, ML_DSA, SIZES = 0x01, 0x04, 0x06, {0x01: 33, 0x04: 33, 0x06: 1313}
MUST_BE_SIGNED = {
    "grant-recorded": "grant", "use-approved": "use-approval", "use-refused": "use-approval",
    **dict.fromkeys(("grant-suspended", "grant-resumed", "grant-withdrawn", "grant-narrowed"), "grant-change"),
    **dict.fromkeys(("flag-changed", "flag-change-proposed"), "flag-change"), "flag-change-approved": "flag-approval",
}

class Bad(argparse.ArgumentTypeError, ValueError):
    """Something is not what it must be."""

def need(holds: object, problem: str) -> None:
    if not holds:
        raise Bad(problem)
def unb64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "not canonical base64")
    return data
def unb64u(text: str) -> bytes:
    return unb64(text.translate({45: "+", 95: "/"}) + "=" * (-len(text) % 4))

def verify_signature(algorithm: Any, public: bytes, signature: bytes, message: bytes, whose: str) -> None:
    try:
        algorithm.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, AttributeError) as error:
        raise Bad(f"the signature of {whose} fails") from error

def canonical(value: Any) -> str:
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(item)}" for name, item in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
def parse_canonical(data: bytes) -> Any:
    value = json.loads(data.decode(), parse_int=Number, parse_float=Number, parse_constant=Number)
    need(canonical(value).encode() == data, "not canonical JSON (RFC 8785)")
    return value

def read_keys(given: str) -> list[Key]:
    """Verifier keys, given as text or as a file with one on each line."""
    text = Path(given).read_text() if "+" not in given and Path(given).is_file() else given
    return [read_key(line) for line in text.strip().split("\n") if not line.startswith("#")]
def read_key(text: str) -> Key:
    name, key_id, encoded = (*text.strip().split("+", 2), "", "")[:3]
    raw = unb64(encoded)
    need(name and not re.search(r"\s", name) and raw and SIZES.get(raw[0]) == len(raw), "no key, nor a file of keys")
    need(sha256(name.encode(), b"\n", raw).hex()[:8] == key_id, "the key does not match its own hash")
    return name, bytes.fromhex(key_id), raw[0], raw[1:]

def open_note(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a signed note, and of each signature line the name with key id and signature."""
    text, blank, lines = note.decode().rpartition("\n\n")
    need(blank and lines.endswith("\n") and len(note) <= 1_000_000, "a note is text, a blank line, signature lines")
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text + lines), "the note holds control characters")
    signatures = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in lines[:-1].split("\n")]
    found = [(one[1], unb64(one[2])) for one in signatures if one]
    need(len(signatures) == len(found) <= 100 and all(len(blob) > 4 for _, blob in found), "not a signature line")
    return text + "\n", found

def signed_at(key: Key, note: bytes) -> int | None:
    """When `key` says it signed the note (Unix seconds; 0 for the log); None where it did not. A failing one is Bad."""
    (name, key_id, kind, public), (text, signatures), at = key, open_note(note), None
    for blob in [blob[4:] for who, blob in signatures if (who, blob[:4]) == (name, key_id)]:
        stamp, signature = (b"", blob) if kind == LOG else (blob[:8], blob[8:])
        at, message = int.from_bytes(stamp, "big"), text.encode()
        if kind == COSIGNATURE:
            message = f"cosignature/v1\ntime {at}\n{text}".encode()
        elif kind == ML_DSA:
            origin, size, root = parse_checkpoint(text)
            names = [bytes([len(one.encode())]) + one.encode() for one in (name, origin)]
            message = b"subtree/v1\n\0" + names[0] + stamp + names[1] + bytes(8) + size.to_bytes(8, "big") + root
        verify_signature(MlDsa44 if kind == ML_DSA else Ed25519PublicKey, public, signature, message, name)
    return at

def parse_checkpoint(text: str) -> tuple[str, int, bytes]:
    lines = text[:-1].split("\n")
    need(len(lines) >= 3 and all(lines) and re.fullmatch("0|[1-9][0-9]{0,17}", lines[1]), "not a checkpoint")
    return lines[0], int(lines[1]), hashes(lines[2:3])[0]

def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
def hashes(lines: list[str]) -> list[bytes]:
    need(all(len(unb64(line)) == 32 for line in lines), "a hash has not 32 bytes")
    return list(map(unb64, lines))

def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 over at least one leaf hash."""
    at = 1 << (len(leaves) - 1).bit_length() >> 1 if leaves[1:] else 0
    return sha256(b"\1", root_of(leaves[:at]), root_of(leaves[at:])) if at else leaves[0]

def included(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to, walked down as RFC 6962 §2.1.1 defines it."""
    need(0 <= index < size and bool(proof) == (size > 1), "the inclusion proof has too many or too few hashes")
    at, rest = 1 << (size - 1).bit_length() >> 1, proof[:-1]  # the largest power of two below the size
    if size > 1 and index < at:
        return sha256(b"\1", included(index, at, leaf, rest), proof[-1])
    return sha256(b"\1", proof[-1], included(index - at, size - at, leaf, rest)) if size > 1 else leaf

def extended(old: int, new: int, known: bytes | None, proof: list[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to, RFC 6962 §2.1.2; `known` is the old tree's root."""
    need(len(proof) == (known is None) if old == new else proof, "the consistency proof has too many or too few hashes")
    if old == new:
        return (known or proof[0],) * 2
    at, rest, last = 1 << (new - 1).bit_length() >> 1, proof[:-1], proof[-1]
    before, after = extended(old, at, known, rest) if old <= at else extended(old - at, new - at, None, rest)
    if old <= at:
        return before, sha256(b"\1", after, last)
    return sha256(b"\1", last, before), sha256(b"\1", last, after)

def verify_statements(event: dict[str, Any], keys: dict[str, str]) -> None:
    """What people and operators signed: over exactly these bytes, with the key they have registered by then."""
    good = set()
    for one in event["signatures"]:
        context = one.get("context", "")[len("assent/") : -len("/v1")]
        if context in MUST_BE_SIGNED.values():
            field = context.rpartition("-")[2] if "-" in context else "terms"
            message = f"{one['context']}\n{canonical(event['data'].get(field))}".encode()
            verify_signature(Ed25519PublicKey, unb64u(one["key"]), unb64u(one["signature"]), message, "a statement")
            need(one["key"] in ([keys.get(one["ref"])] if "ref" in one else keys.values()), "signed by no known key")
            good.add(context)
    wanted = MUST_BE_SIGNED.get(event["type"][len("consent.") : -len(".v1")])
    need(wanted is None or wanted in good, "a statement that a person must sign is not signed")
    if event["type"] == "consent.party-registered.v1":
        keys[event["data"]["handle"]] = event["data"]["public_key"]

def read_pack(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    with zipfile.ZipFile(path) as archive:
        members = {one.filename: one for one in archive.infolist()}
        need(len(members) == len(archive.infolist()), "two files of the pack share a name")
        need(sum(one.file_size for one in members.values()) < 4_000_000_000, "the pack is too large")
        return {name: archive.read(one) for name, one in members.items() if not one.is_dir()}

class Check:
    def __init__(self, files: dict[str, bytes], key: Key | None) -> None:
        self.files, self.key, self.faults, self.unchecked = files, key, list[tuple[str, str]](), False
        self.leaves, self.tree, self.note, self.scope = dict[int, bytes](), ("", 0, b""), b"", "nothing"
        self.eras = [(0, [key] if key else [])]  # from which size on which keys are the log's

    def attempt(self, where: str, work: Any, *arguments: Any) -> Any:
        try:
            return work(*arguments)
        except Exception as error:  # whatever bad input leads to is a fault
            what = str(error) if isinstance(error, Bad) else f"malformed or missing: {error!r:.90}"
            self.faults.append((where, what))

    def run(self) -> None:
        manifest = parse_canonical(self.files["manifest.json"]) and json.loads(self.files["manifest.json"])
        for name in sorted((self.files.keys() | manifest["files"].keys()) - {"manifest.json"}):
            same = name in self.files and hashlib.sha256(self.files[name]).hexdigest() == manifest["files"].get(name)
            self.attempt(name, need, same, "not the file that the manifest names")
        self.note = self.files[manifest["checkpoint"]]
        for name in sorted(one for one in self.files if self.key and one.startswith("entries/")):
            with suppress(Exception):  # what proves nothing changes nothing, for the log as for its readers
                if b'"type":"consent.log-key-' in self.files[name]:
                    self.follow_key(int(name[len("entries/") : -len(".json")]), self.files[name])
        self.tree = self.opened(self.note)
        same = self.tree == (manifest["origin"], manifest["size"], unb64(manifest["root"]))
        need(same and manifest["v"] == 2, "manifest and checkpoint differ")
        self.verify_entries(**manifest["scope"])
        for name in sorted(one for one in self.files if one.startswith("checkpoints/")):
            self.attempt(name, self.verify_continues, self.files[name])

    def follow_key(self, index: int, leaf: bytes) -> None:
        """A key joins, signed by one of the log's and by itself; or one is retired, signed by one that is the log's."""
        event, keys = parse_canonical(leaf), self.eras[-1][1]
        key, adds = read_key(event["data"]["vkey"]), event["type"] == "consent.log-key-added.v1"
        message, signed = f"assent/log-key/v1\n{canonical(event['data'])}".encode(), set[bytes]()
        for public, signature in [(unb64u(one["key"]), unb64u(one["signature"])) for one in event["signatures"]]:
            with suppress(Bad):
                verify_signature(Ed25519PublicKey, public, signature, message, "a change of keys")
                signed.add(public)
        rest = [one for one in keys if one != key]
        counts = any(one[3] in signed for one in keys) and key[0] == keys[0][0] and (rest == keys) == adds
        if counts and (key[3] in signed if adds else rest):
            self.eras.append((index + 1, [*rest, key] if adds else rest))

    def opened(self, note: bytes) -> tuple[str, int, bytes]:
        tree = parse_checkpoint(open_note(note)[0])
        keys = [keys for start, keys in self.eras if start <= tree[1]][-1]
        need(all((one[2], one[0]) == (LOG, tree[0]) for one in keys), "the key you gave is another log's")
        signed = [one for one in keys if signed_at(one, note) is not None]
        need(self.key is None or signed, "not signed by the key you gave, nor by one that it led to")
        return tree

    def verify_entries(self, start: int, end: int, query: dict[str, str], matched: int, complete: bool) -> None:
        keys, quoted, count = dict[str, str](), [canonical(one).encode() for one in query.values()], 0
        (text, lines), beside = open_note(self.note), Path(__file__).with_name("verify_index.py")
        subjects = runpy.run_path(str(beside))["Subjects"]() if beside.is_file() else None
        own = [f"\u2014 {name} {base64.b64encode(blob).decode()}\n" for name, blob in lines if name == self.tree[0]]
        self.notes = (self.note, f"{text}\n{''.join(own)}".encode())  # proofs may leave the witnesses' lines out
        for name in sorted(one for one in self.files if one.startswith("entries/")):
            index = int(name[len("entries/") : -len(".json")])
            event = self.attempt(f"entry {index}", self.verify_entry, index, name)
            if event is not None:
                self.attempt(f"entry {index}", verify_statements, event, keys)
                if subjects and index == subjects.size:
                    self.attempt(f"entry {index}", subjects.see, event, self.leaves[index])
                self.unchecked |= subjects is None and event["type"] == "consent.index-committed.v1"
            count += start <= index < end and all(one in self.files[name] for one in quoted)
        need(count == matched, "another number of entries than the manifest says match its query")
        need(not complete or self.leaves.keys() >= set(range(start, end)), "entries of the complete range are missing")
        self.scope = f"{len(self.leaves)} entries, {'all' if complete else 'not all'} of {start} to {end - 1}"

    def verify_entry(self, index: int, name: str) -> Any:
        head, _, note = self.files[f"proofs/{index:09d}.tlog-proof"].decode().partition("\n\n")
        lines = head.split("\n")
        need(lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {index}"], "the proof is of another entry")
        need(note.encode() in self.notes, "the proof is against another checkpoint")
        self.leaves[index] = leaf = sha256(b"\0", self.files[name])
        root = included(index, self.tree[1], leaf, hashes(lines[2:]))
        need(root == self.tree[2], "the inclusion proof does not lead to the signed root")
        return parse_canonical(self.files[name])

    def verify_continues(self, note: bytes) -> None:
        (origin, size, root), (mine, new, new_root) = self.opened(note), self.tree
        need(origin == mine and 1 <= size <= new, "a checkpoint of another log, or a newer one than the pack's")
        if size == new:
            need(root == new_root, "two roots for one size: the log was forked")
        elif self.leaves.keys() >= set(range(size)):
            need(root_of([self.leaves[index] for index in range(size)]) == root, "other entries: the log was forked")
        else:
            proof = hashes(self.files.get(f"consistency/{size:09d}-{new:09d}.txt", b"").decode().splitlines())
            need(extended(size, new, root, proof) == (root, new_root), "the consistency proof does not lead there")

def judge(check: Check, witnesses: list[Key], quorum: int, kept: bytes | None) -> tuple[int, str]:
    """Exit code and words. A pack that is not shown to continue the checkpoint you kept counts as diverged."""
    check.attempt("the pack", check.run)
    cosigners = [one for one in witnesses if one[2] != LOG] if check.note else []
    signed = [check.attempt(f"witness {one[0]}", signed_at, one, check.note) for one in cosigners]
    if check.faults:
        return 40, f"INVALID: {len(check.faults)} fault(s)"
    check.attempt("the checkpoint you kept", check.verify_continues, check.note if kept is None else kept)
    if check.faults:
        return 30, "DIVERGED: the pack does not continue the checkpoint you kept"
    if check.unchecked:
        return 2, "NO VERDICT: put verify_index.py beside verify.py; without it the indices of subjects are not checked"
    if check.key is None:
        return 20, "UNANCHORED: it holds together, but without the log's key (--key) anybody could have made it"
    count = len({one[0] for one, at in zip(cosigners, signed, strict=True) if at is not None})
    if count >= max(quorum, 1):
        return 0, f"WITNESSED: consistent, and {count} witness(es) of yours signed the same root"
    return (11, f"MINORITY: {count} witness(es) of {quorum}") if count else (10, "CONSISTENT, and not witnessed")

def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--witness", type=read_keys, action="extend", default=[])
    for option, kind in (("--key", read_keys), ("--quorum", int), ("--kept", argparse.FileType("rb"))):
        parser.add_argument(option, type=kind)
    given = parser.parse_args()
    if not given.pack.exists():
        parser.error(f"there is nothing at {given.pack}")
    check, names = Check({}, given.key and given.key[0]), {one[0] for one in given.witness}
    check.files = check.attempt("the pack", read_pack, given.pack) or {}
    code, words = judge(check, given.witness, given.quorum or len(names) // 2 + 1, given.kept and given.kept.read())
    print(*(f"{where}: {what}" for where, what in check.faults), check.scope, words, sep="\n")
    return code
if __name__ == "__main__":
    sys.exit(main())
