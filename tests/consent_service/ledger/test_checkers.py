"""The checkers that travel inside a pack: ``verify.py`` and ``verify.html`` give the verdicts that Assent's own gives,
for honest packs and for every way in which these tests bend one.
"""

import ast
import base64
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from consent_service.client import pack
from consent_service.client.export import Extras, write_export
from consent_service.client.scope import Scope
from consent_service.client.subject_proof import IndexAudit
from consent_service.client.verify import verify_export, witness_policy
from consent_service.contract.methods import Checkpoint
from consent_service.contract.subject_index import INDEX_COMMITTED
from infra.kernel.canonical import canonical, sha256_hex
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.cosignature import (
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    Cosigner,
    MlDsa44Signer,
    WitnessKey,
    parse_witness_key,
)
from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, key_change
from infra.tlog.leaf import read_leaf
from infra.tlog.merkle import hash_leaf, root_of
from infra.tlog.note import VerifierKey, signature_line, split_note
from tests.consent_service.ledger import story as tale
from tests.consent_service.ledger.browser import check_in_browser, zipped
from tests.consent_service.ledger.story import Story, covered_film

CHECKER = Path("consent_service/client/pack_files/verify.py").resolve()
VKEY = str(tale.VKEY)
Files = dict[str, bytes]
Options = dict[str, Any]


def _witness(number: int, kind: int = ED25519_COSIGNATURE) -> Cosigner:
    seed = bytes([number]) * 32
    signer: Any = MlDsa44Signer(seed) if kind == MLDSA44_COSIGNATURE else Ed25519Signer.from_seed(seed)
    return Cosigner(WitnessKey(f"w{number}.example", kind, signer.public), signer)


AT = 1_795_000_000
W1, W2, W3 = _witness(1), _witness(2), _witness(3)
LATTICE = _witness(4, MLDSA44_COSIGNATURE)
KEYS = [str(one.key) for one in (W1, W2, W3)]


def cosigned(checkpoint: Checkpoint, *witnesses: Cosigner, at: int = AT) -> Checkpoint:
    text, _ = split_note(checkpoint.note)
    lines = "".join(one.cosign(text, at) for one in witnesses)
    return checkpoint.model_copy(update={"note": checkpoint.note + lines})


def export(folder: Path, story: Story, *witnesses: Cosigner, kept: tuple[str, ...] = (), **asked: Any) -> Files:
    leaves = story.leaves()
    write_export(leaves, cosigned(tale.checkpoint(leaves), *witnesses), folder, Scope(**asked), Extras(kept))
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


NEW = Ed25519Signer.from_seed(b"n" * 32)
NEW_VKEY = VerifierKey(tale.VKEY.name, NEW.public)


def change_of_keys(story: Story, kind: str, key: VerifierKey, *signers: Ed25519Signer) -> Story:
    data, signatures = key_change(key, *signers)
    return story.add(kind, "ledger", data, *signatures)


def rotated(
    folder: Path, *by: Ed25519Signer, signer: Ed25519Signer = NEW, kept: Ed25519Signer | None = None, **asked: Any
) -> Files:
    """A pack of a ledger whose new key was entered ``by`` these and whose old one was then retired; ``signer`` signed
    its checkpoint, ``kept`` one over the first five entries that goes along.
    """
    story = change_of_keys(covered_film(), KEY_ADDED, NEW_VKEY, *by).release()
    leaves = change_of_keys(story, KEY_RETIRED, tale.VKEY, NEW).leaves()
    tree = SignedTree(tale.VKEY.name, len(leaves), root_of(hash_leaf(leaf.encode()) for leaf in leaves))
    vkey = VerifierKey(tale.VKEY.name, signer.public)
    note = Checkpoint(note=sign_checkpoint(tree, signer), vkey=str(vkey), size=tree.size)
    first = SignedTree(tale.VKEY.name, 5, root_of(hash_leaf(leaf.encode()) for leaf in leaves[:5]))
    older = (sign_checkpoint(first, kept),) if kept else ()
    write_export(leaves, cosigned(note, W1), folder, Scope(**asked), Extras(older))
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def indexed(root: str | None = None) -> Story:
    """A film, the index of what came before it committed to (or another ``root``), and a withdrawal."""
    story = covered_film()
    found, audit = IndexAudit(), {"size": len(story.entries), "root": "00" * 32, "subjects": 1}
    for place, leaf in enumerate(story.leaves()):
        found.see(read_leaf(leaf.encode(), place), hash_leaf(leaf.encode()))
    try:
        found.see(read_leaf(story.add(INDEX_COMMITTED, "subject-index", audit).leaves()[-1].encode(), 7), bytes(32))
    except Invalid:
        story.entries.pop()  # by now it has made the index
    story.add(INDEX_COMMITTED, "subject-index", audit | {"root": root or found.root().hex()})
    return story.release().change("consent.grant-withdrawn.v1", "withdraw")


def unmanifested(files: Files, name: str, data: bytes | None) -> Files:
    """One file replaced or taken out, and the manifest made to agree."""
    bent = {**files, name: data} if data is not None else {one: files[one] for one in files if one != name}
    claimed = json.loads(files[pack.MANIFEST])
    claimed["files"] = {one: sha256_hex(bytes(bent[one] or b"")) for one in bent if one != pack.MANIFEST}
    return {**{one: bytes(bent[one] or b"") for one in bent}, pack.MANIFEST: canonical(claimed)}


def rehashed(proof: bytes) -> bytes:
    """A proof file whose last hash is another one."""
    head, blank, note = proof.partition(b"\n\n")
    return head.rpartition(b"\n")[0] + b"\n" + b"A" * 43 + b"=" + blank + note


def counted(manifest: bytes) -> bytes:
    """A manifest that says that one entry more matches."""
    claimed = json.loads(manifest)
    claimed["scope"]["matched"] += 1
    return canonical(claimed)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Files, Options, int]]:
    """Name, files, what the verifier's user brings, and the verdict all three must give."""
    base = tmp_path_factory.mktemp("packs")
    story = covered_film().release()
    older = tale.checkpoint(story.leaves()[:5]).note
    forked = tale.checkpoint([*story.leaves()[:4], story.leaves()[0]]).note
    plain = export(base / "plain", story)
    part = export(base / "part", story, W1, kept=(older,), production="prd_1")
    seen = export(base / "seen", story, W1, W2)
    unsigned = export(base / "unsigned", Story().party("sub_1", tale.SUBJECT.public).grant(tale.terms(), tale.STRANGER))
    key = {"key": VKEY}
    trust = key | {"witnesses": KEYS}
    entry, proof, note = pack.entry_path(3), pack.proof_path(3), pack.checkpoint_path(8)
    both, new_key = rotated(base / "rotated", tale.LOG, NEW), {"key": str(NEW_VKEY), "witnesses": KEYS[:1]}
    before = tale.checkpoint([both[pack.entry_path(index)].decode() for index in range(5)]).note
    found: dict[str, tuple[Files, Options, int]] = {
        "the log changed its key": (both, key | {"witnesses": KEYS[:1]}, 0), "the new key pinned": (both, new_key, 0),
        "changed, a part": (rotated(base / "p", tale.LOG, NEW, production="prd_1"), key, 10),
        "changed, kept from before": (both, key | {"kept": before}, 10),
        "changed by a stranger": (rotated(base / "stranger", tale.STRANGER, NEW), key, 40),
        "changed without the new key": (rotated(base / "alone", tale.LOG), key, 40),
        "the retired key signs on": (rotated(base / "on", tale.LOG, NEW, signer=tale.LOG), key, 40),
        "a right index": (export(base / "indexed", indexed()), key, 10),
        "a wrong index": (export(base / "wrong", indexed("11" * 32)), key, 40),
        "an index of what comes later": (
            export(base / "later", covered_film().add(INDEX_COMMITTED, "i", {"size": 8, "root": "00" * 32})), key, 40
        ),
        "honest": (plain, key, 10), "no key": (plain, {}, 20), "two of three": (seen, trust, 0),
        "one of three": (part, trust, 11), "none of three": (plain, trust, 10),
        "all asked for": (seen, trust | {"quorum": 3}, 11), "one is enough": (part, trust | {"quorum": 1}, 0),
        "kept": (plain, key | {"kept": older}, 10), "part, kept": (part, key | {"kept": older}, 10),
        "forked": (plain, key | {"kept": forked}, 30), "part, forked": (part, key | {"kept": forked}, 30),
        "kept is no note": (plain, key | {"kept": "x"}, 30),
        "another key": (plain, {"key": str(VerifierKey(tale.VKEY.name, tale.STRANGER.public))}, 40),
        "a witness's key as the log's": (seen, {"key": KEYS[0]}, 40),
        "unsigned grant": (unsigned, key, 40),
        "entry gone": ({name: data for name, data in plain.items() if name != entry}, key, 40),
        "entry gone, agreed": (unmanifested(unmanifested(plain, entry, None), proof, None), key, 40),
        "entry changed, agreed": (unmanifested(plain, entry, plain[entry].replace(b"one film", b"two film")), key, 40),
        "entry spaced, agreed": (unmanifested(plain, entry, plain[entry] + b" "), key, 40),
        "a proof's last hash changed, agreed": (unmanifested(plain, proof, rehashed(plain[proof])), key, 40),
        "another number matches": ({**part, pack.MANIFEST: counted(part[pack.MANIFEST])}, key, 40),
        "proof of another, agreed": (unmanifested(plain, proof, plain[pack.proof_path(2)]), key, 40),
        "note of another log, agreed": (unmanifested(plain, note, plain[note].replace(b"assent", b"essent")), key, 40),
        "extra file": ({**plain, "entries/extra.json": b"{}"}, key, 40),
        "no manifest": ({name: data for name, data in plain.items() if name != pack.MANIFEST}, key, 40),
        "no files": ({}, key, 40),
    }  # fmt: skip
    text, lines = split_note(seen[note].decode())
    (name, blob), line = lines[-1], W2.cosign(text, AT)
    found["a witness's line taken out"] = ({**seen, note: seen[note].replace(line.encode(), b"")}, trust, 40)
    forged = seen[note].decode().replace(line, signature_line(name, blob[:-1] + bytes([blob[-1] ^ 1])))
    bent = {one: data.replace(seen[note], forged.encode()) for one, data in seen.items()}
    found["a witness's signature fails"] = (unmanifested(bent, note, forged.encode()), trust, 40)
    return found


def ours(files: Files, options: Options, folder: Path) -> int:
    (folder / "pack.zip").write_bytes(zipped(files))
    keys = tuple(map(parse_witness_key, options.get("witnesses", [])))
    policy = witness_policy(keys, options.get("quorum"))
    try:
        return verify_export(
            folder / "pack.zip", options.get("key"), policy=policy, kept=options.get("kept")
        ).verdict  # fmt: skip
    except ValueError:
        return 40


def _load() -> Any:
    spec = spec_from_file_location("pack_verify", CHECKER)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


standalone = _load()


def theirs(files: Files, options: Options) -> int:
    """``verify.py``, called as its ``main`` does."""
    key = standalone.read_key(options["key"]) if "key" in options else None
    witnesses = [standalone.read_key(one) for one in options.get("witnesses", [])]
    quorum = options.get("quorum") or len({one[0] for one in witnesses}) // 2 + 1
    kept = options["kept"].encode() if "kept" in options else None
    return int(standalone.judge(standalone.Check(files, key), witnesses, quorum, kept)[0])


def test_all_three_give_the_same_verdicts(cases: dict[str, tuple[Files, Options, int]], tmp_path: Path) -> None:
    packs = [(zipped(files, deflated=bool(n % 2)), options) for n, (files, options, _) in enumerate(cases.values())]
    browser = check_in_browser(packs, tmp_path)
    for (name, (files, options, wanted)), shown in zip(cases.items(), browser, strict=True):
        assert theirs(files, options) == wanted, f"verify.py: {name}"
        assert shown["verdict"] == wanted, f"verify.html: {name}: {shown}"
        if name != "a witness's key as the log's":  # refused before anything is read
            assert ours(files, options, tmp_path) == wanted, f"assent: {name}"


def test_a_checkpoint_from_before_a_change_of_keys_goes_into_a_pack(tmp_path: Path) -> None:
    """The log no longer has the key that signed it; it is continued all the same, and a stranger's is refused."""
    files = rotated(tmp_path / "pack", tale.LOG, NEW, kept=tale.LOG, production="prd_1")
    kept = files[pack.checkpoint_path(5)].decode()
    assert ours(files, {"key": VKEY, "kept": kept}, tmp_path) == theirs(files, {"key": VKEY, "kept": kept}) == 10
    with pytest.raises(Invalid):
        rotated(tmp_path / "forged", tale.LOG, NEW, kept=tale.STRANGER)
    with pytest.raises(Invalid):
        rotated(tmp_path / "too early", tale.LOG, NEW, kept=NEW)


def test_a_lattice_witness_counts_where_the_library_can_check_it(tmp_path: Path) -> None:
    files = export(tmp_path / "pack", covered_film(), LATTICE)
    options = {"key": VKEY, "witnesses": [str(LATTICE.key)]}
    assert theirs(files, options) == ours(files, options, tmp_path) == 0
    note = pack.checkpoint_path(7)
    at = files[note].rindex(b"=")
    bent = {name: data.replace(files[note][at - 9 : at], b"AAAAAAAAA") for name, data in files.items()}
    assert theirs(bent, options) == 40


def test_it_runs_by_itself_with_nothing_of_assent(tmp_path: Path) -> None:
    export(tmp_path / "pack", covered_film().release())
    imported = {
        node.module or "" for node in ast.walk(ast.parse(CHECKER.read_text())) if isinstance(node, ast.ImportFrom)
    }
    assert not {one.split(".")[0] for one in imported} - {"cryptography", *sys.stdlib_module_names}
    assert len(CHECKER.read_text().splitlines()) < 300

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", tmp_path / "pack" / "verify.py", *words],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )

    assert run("--key", VKEY).returncode == 10
    assert "UNANCHORED" in run().stdout
    (tmp_path / "pack" / pack.entry_path(3)).write_bytes(b"{}")
    said = run("--key", VKEY)
    assert (said.returncode, "entry 3: " in said.stdout) == (40, True)
    for words, said in (
        (("--key", "no key"), "no key, nor a file of keys"),
        (("--kept", "gone"), "gone"),
        ((str(tmp_path / "gone"),), "there is nothing at"),
    ):
        refused = run(*words)
        assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr


def test_it_takes_files_of_keys(tmp_path: Path) -> None:
    """What ``assent witness show`` prints, saved: a witness's two keys."""
    export(tmp_path / "pack", covered_film(), W1, LATTICE)
    (tmp_path / "w.vkey").write_text(f"{W1.key}\n{LATTICE.key}\n")
    (tmp_path / "log.vkey").write_text(f"# the log's\n{VKEY}\n")
    words = [sys.executable, tmp_path / "pack" / "verify.py", "--key", "log.vkey", "--witness", "w.vkey"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, "2 witness(es) of yours" in done.stdout) == (0, True), done.stdout + done.stderr


def test_without_the_checker_of_indices_there_is_no_verdict(tmp_path: Path) -> None:
    """A pack whose log committed to no index needs none."""
    for name, story, wanted in (("indexed", indexed(), 2), ("plain", covered_film(), 10)):
        export(tmp_path / name, story)
        alone = tmp_path / f"{name}.py"
        alone.write_bytes((tmp_path / name / "verify.py").read_bytes())
        words = [sys.executable, "-I", alone, tmp_path / name, "--key", VKEY]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, "put verify_index.py beside" in done.stdout) == (wanted, wanted == 2), done.stdout


def vectors(kind: str) -> list[dict[str, Any]]:
    folder = Path("tests/vectors/merkle/testdata") / kind
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]


def test_the_standalone_checker_knows_the_public_vectors() -> None:
    def raw(text: str | None) -> bytes:
        return base64.b64decode(text or "")

    for case in vectors("inclusion"):
        proof = [raw(one) for one in case["proof"] or []]
        try:
            found = standalone.included(case["leafIdx"], case["treeSize"], raw(case["leafHash"]), proof)
            assert (found == raw(case["root"])) is not case["wantErr"], case["desc"]
        except standalone.Bad:
            assert case["wantErr"]
    for case in vectors("consistency"):
        old, new, proof = case["size1"], case["size2"], [raw(one) for one in case["proof"] or []]
        if not 1 <= old < new:
            continue  # the checker never asks
        try:
            roots = standalone.extended(old, new, raw(case["root1"]), proof)
            assert (roots == (raw(case["root1"]), raw(case["root2"]))) is not case["wantErr"], case["desc"]
        except standalone.Bad:
            assert case["wantErr"]
    with pytest.raises(standalone.Bad):
        standalone.extended(5, 5, None, [bytes(32), bytes(32)])


MANGLED: list[Callable[[bytes], list[bytes]]] = [
    lambda data: [data[:-1], data + b"\n", data + b"x", b"\n" + data, b"", data * 2],
    lambda data: [
        data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :] for at in range(len(data)) for bit in (0, 5)
    ],
]


@pytest.mark.parametrize("name", [pack.checkpoint_path(7), pack.proof_path(3), pack.entry_path(3), pack.MANIFEST])
def test_every_byte_and_every_length_of_what_is_proven_counts(tmp_path: Path, name: str) -> None:
    """Even where the manifest was made to agree with the change."""
    files = export(tmp_path / "pack", covered_film())
    for mangle in MANGLED:
        for data in mangle(files[name])[:400]:
            bent = {**files, name: data} if name == pack.MANIFEST else unmanifested(files, name, data)
            assert theirs(bent, {"key": VKEY}) == 40, data[:80]
