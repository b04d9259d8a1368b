"""Signed notes, checkpoints, proof files and tiles: strict readers, and what they refuse."""

import pytest

from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Invalid, TooLarge
from infra.tlog.checkpoint import SignedTree, open_checkpoint, parse_checkpoint, sign_checkpoint
from infra.tlog.merkle import hash_leaf, hash_node
from infra.tlog.note import VerifierKey, b64, open_note, parse_vkey, sign_note
from infra.tlog.proof import TlogProof, parse_tlog_proof, verify_tlog_proof
from infra.tlog.tiles import Tile, pack_bundle, parse_tile_path, tiles_of, unpack_bundle

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
KEY = VerifierKey("assent.local/ledger", SIGNER.public)
OTHER = Ed25519Signer.from_seed(bytes(32))

# The example of the signed-note documentation (golang.org/x/mod/sumdb/note, BSD-licensed documentation text).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_signed_by_other_software_opens() -> None:
    assert open_note(PETER_NOTE, parse_vkey(PETER)).startswith("If you think")
    assert str(parse_vkey(PETER)) == PETER
    with pytest.raises(Invalid):
        open_note(PETER_NOTE.replace("answer", "Answer"), parse_vkey(PETER))


def test_unknown_signatures_are_ignored_and_a_failing_known_one_rejects() -> None:
    note = sign_note("text\n", KEY.name, SIGNER)
    line = note.split("\n\n")[1]
    stranger = sign_note("text\n", "stranger", OTHER).split("\n\n")[1]
    assert open_note(note + stranger, KEY) == "text\n"
    forged = f"\u2014 {KEY.name} {b64(KEY.key_id + bytes(64))}\n"
    with pytest.raises(Invalid) as caught:
        open_note(f"text\n\n{line}{forged}", KEY)
    assert caught.value.code == "consent.note_unverified"
    with pytest.raises(Invalid):
        open_note(f"text\n\n{stranger}", KEY)


def test_a_note_is_split_at_its_last_blank_line() -> None:
    assert open_note(sign_note("a\n\n\u2014 x y\n", KEY.name, SIGNER), KEY) == "a\n\n\u2014 x y\n"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda n: n[:-1],
        lambda n: n.replace("\u2014", "-"),
        lambda n: n.replace("\n\n", "\n"),
        lambda n: n + "\n",
        lambda n: "\t" + n,
        lambda n: n.replace("\u2014 ", "\u2014  "),
        lambda n: n.replace("=\n", "\n"),
        lambda n: n + f"\u2014 {KEY.name} AAAA\n",
        lambda n: n.replace("\n\n", "\r\n\n"),
        lambda n: n + "\u2014 s AAAAAAAA\n" * 100,
    ],
)
def test_a_malformed_note_is_refused(spoil: object) -> None:
    note = sign_note("text\n", KEY.name, SIGNER)
    with pytest.raises(Invalid):
        open_note(spoil(note), KEY)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b"])
def test_a_key_name_has_no_spaces_and_no_plus(name: str) -> None:
    with pytest.raises(Invalid):
        VerifierKey(name, SIGNER.public)


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", str(KEY).replace("+", "+00", 1), PETER[:-4]])
def test_a_bad_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_vkey(text)
    assert caught.value.code == "consent.bad_vkey"


def test_a_checkpoint_is_bound_to_its_origin() -> None:
    tree = SignedTree(KEY.name, 7, bytes(32))
    note = sign_checkpoint(tree, SIGNER)
    assert note.startswith("assent.local/ledger\n7\nAAAA")
    assert open_checkpoint(note, KEY) == tree
    wrong = sign_note(SignedTree("another/log", 7, bytes(32)).text(), KEY.name, SIGNER)
    with pytest.raises(Invalid) as caught:
        open_checkpoint(wrong, KEY)
    assert caught.value.code == "consent.checkpoint_origin"


ROOT = b64(bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        f"o\n07\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"o\n+1\n{ROOT}\n", f"o\n\u0661\n{ROOT}\n", f"o\n{2**63}\n{ROOT}\n",
        f"\n1\n{ROOT}\n", "o\n1\nAAAA\n", f"o\n1\n{ROOT}", "o\n1\n", f"o\n1\n{ROOT}\n\nx\n", f"o\n1\n{ROOT[:-2]}B=\n",
    ],
)  # fmt: skip
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_checkpoint(text)


def test_extension_lines_are_allowed() -> None:
    assert parse_checkpoint(f"o\n1\n{ROOT}\nmore\n").size == 1


def proof_file() -> str:
    left, right = hash_leaf(b"a"), hash_leaf(b"b")
    return TlogProof(1, (left,), sign_checkpoint(SignedTree(KEY.name, 2, hash_node(left, right)), SIGNER)).text()


def test_a_proof_file_stands_alone() -> None:
    text = proof_file()
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    index, tree = verify_tlog_proof(text, b"b", KEY)
    assert (index, tree.size) == (1, 2)
    assert parse_tlog_proof(text).text() == text
    for leaf in (b"a", b"c"):
        with pytest.raises(Invalid):
            verify_tlog_proof(text, leaf, KEY)


def test_a_proof_file_may_carry_extra_bytes() -> None:
    proof = TlogProof(0, (), "note\n", extra=b"\0x")
    assert parse_tlog_proof(proof.text()) == proof


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t.replace("@v1", "@v2"),
        lambda t: t.replace("index 1", "index 01"),
        lambda t: t.replace("index 1\n", ""),
        lambda t: t.replace("index 1\n", "index 1\nAAAA\n"),
        lambda t: t.replace("index 1\n", "index 1\nindex 1\n"),
        lambda t: t.replace("index 1\n", "index 1\n" + f"{ROOT}\n" * 64),
        lambda t: t.replace("\n\n", "\n"),
    ],
)
def test_a_malformed_proof_file_is_refused(spoil: object) -> None:
    with pytest.raises(Invalid):
        verify_tlog_proof(spoil(proof_file()), b"b", KEY)  # type: ignore[operator]


def test_the_tiles_of_seventy_thousand_entries() -> None:
    tiles = list(tiles_of(70_000))
    assert len([t for t in tiles if t.level == 0]) == 274
    assert [t.path() for t in tiles if t.level == 0][-1] == "tile/0/273.p/112"
    assert [t.path() for t in tiles if t.level == 1] == ["tile/1/000", "tile/1/001.p/17"]
    assert [t.path() for t in tiles if t.level == 2] == ["tile/2/000.p/1"]
    assert list(tiles_of(0)) == []
    assert Tile(0, 1234067).path() == "tile/0/x001/x234/067"
    assert Tile(-1, 5, 3).path() == "tile/entries/005.p/3"
    for tile in (*tiles, Tile(0, 1234067), Tile(-1, 5, 3)):
        assert parse_tile_path(tile.path()) == tile


@pytest.mark.parametrize("tile", [(6, 0, 1), (-2, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_no_such_tile(tile: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid):
        Tile(*tile)


def test_entry_bundles() -> None:
    entries = [b"", b"x", b"y" * 65_535]
    assert unpack_bundle(pack_bundle(entries)) == entries
    for cut in (b"\0", b"\0\2a"):
        with pytest.raises(Invalid):
            unpack_bundle(cut)
    with pytest.raises(TooLarge):
        pack_bundle([b"z" * 65_536])
