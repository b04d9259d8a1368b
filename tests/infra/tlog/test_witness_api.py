"""``add-checkpoint`` bodies and witnesses' answers: to the letter, and what is refused."""

import pytest

from infra.kernel.errors import Invalid
from infra.tlog.note import b64
from infra.tlog.witness_api import AddCheckpoint, cosignature_lines, parse_add_checkpoint, parse_size
from tests.infra.tlog.test_cosignature import AT, BOTH, KEYS, NOTE, TREE, ed25519

HASH = b64(bytes(32))
BODY = f"old 3\n{HASH}\n{HASH}\n\n{NOTE}"


def test_a_body_is_read_and_written_to_the_letter() -> None:
    found = parse_add_checkpoint(BODY.encode())
    assert found == AddCheckpoint(3, (bytes(32), bytes(32)), NOTE)
    assert found.text() == BODY
    assert AddCheckpoint(0, (), NOTE).text() == f"old 0\n\n{NOTE}"
    assert parse_add_checkpoint(f"old 0\n\n{NOTE}".encode()).proof == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 3\n",
        BODY.replace("old 3", "old 03").encode(),
        BODY.replace("old 3", "old -3").encode(),
        BODY.replace("old 3", "old +3").encode(),
        BODY.replace("old 3", "old 9999999999999999999").encode(),
        BODY.replace("old 3", "Old 3").encode(),
        BODY.replace("old 3\n", "").encode(),
        BODY.replace(HASH, HASH[:-1], 1).encode(),
        BODY.replace(HASH, b64(bytes(31)), 1).encode(),
        f"old 3\n{(HASH + chr(10)) * 64}\n{NOTE}".encode(),
        BODY.encode() + b"\xff",
        BODY.encode() + b"x" * 200_000,
    ],
)
def test_any_other_body_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        parse_add_checkpoint(body)


def test_63_hashes_are_allowed() -> None:
    assert len(parse_add_checkpoint(f"old 3\n{(HASH + chr(10)) * 63}\n{NOTE}".encode()).proof) == 63


def test_the_known_lines_of_an_answer_are_kept() -> None:
    lines = [one.cosign(TREE.text(), AT) for one in BOTH]
    stranger = ed25519("stranger", bytes([9]) * 32).cosign(TREE.text(), AT)
    assert cosignature_lines(NOTE, (stranger + "".join(lines)).encode(), KEYS) == tuple(lines)


@pytest.mark.parametrize(
    "answer", [b"", b"no line\n", b"\xff\n", BOTH[0].cosign("other\n8\n" + b64(bytes(32)) + "\n", AT).encode()]
)
def test_an_answer_that_does_not_verify_is_refused(answer: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        cosignature_lines(NOTE, answer, KEYS)
    assert caught.value.code == "consent.witness_answer"


def test_a_conflict_names_a_size() -> None:
    assert parse_size(b"20852163\n") == 20852163
    for wrong in (b"7", b"07\n", b"-7\n", b"7\n\n", b"\xff\n", b"9999999999999999999\n"):
        with pytest.raises(Invalid):
            parse_size(wrong)
