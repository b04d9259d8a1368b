"""Witness cosignatures: both kinds, to the byte, and what is refused."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, open_checkpoint, sign_checkpoint
from infra.tlog.cosignature import (
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    Cosigner,
    MlDsa44Signer,
    WitnessKey,
    cosigned_message,
    parse_witness_key,
    read_cosignatures,
    verify_cosignatures,
)
from infra.tlog.note import VerifierKey, parse_vkey

LOG = Ed25519Signer.from_seed(bytes(range(32)))
LOG_KEY = VerifierKey("assent.local/ledger", LOG.public)
TREE = SignedTree(LOG_KEY.name, 7, bytes(range(32)))
NOTE = sign_checkpoint(TREE, LOG)
AT = 1_679_315_147


def ed25519(name: str = "witness.example/w1", seed: bytes = bytes(32)) -> Cosigner:
    signer = Ed25519Signer.from_seed(seed)
    return Cosigner(WitnessKey(name, ED25519_COSIGNATURE, signer.public), signer)


def mldsa(name: str = "witness.example/w2", seed: bytes = bytes(32)) -> Cosigner:
    signer = MlDsa44Signer(seed)
    return Cosigner(WitnessKey(name, MLDSA44_COSIGNATURE, signer.public), signer)


BOTH = [ed25519(), mldsa()]
COSIGNED = NOTE + "".join(one.cosign(TREE.text(), AT) for one in BOTH)
KEYS = [one.key for one in BOTH]


def test_a_note_cosigned_by_both_kinds_is_verified() -> None:
    assert open_checkpoint(COSIGNED, LOG_KEY) == TREE, "for who knows the log's key alone they are unknown signatures"
    assert verify_cosignatures(COSIGNED, KEYS) == ("witness.example/w1", "witness.example/w2")
    assert [found.time for found in read_cosignatures(COSIGNED, KEYS)] == [AT, AT]
    assert verify_cosignatures(NOTE, KEYS) == ()
    assert verify_cosignatures(COSIGNED, [ed25519(seed=bytes([1]) * 32).key]) == (), "an unknown key is ignored"


def test_the_ed25519_message_is_header_time_and_text() -> None:
    """The example of the specification's signed message."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosigned_message(KEYS[0], text, AT) == f"cosignature/v1\ntime 1679315147\n{text}".encode()


def test_the_ml_dsa_message_is_a_cosigned_message() -> None:
    message = cosigned_message(KEYS[1], TREE.text(), AT)
    name, origin = b"witness.example/w2", b"assent.local/ledger"
    expected = b"subtree/v1\n\0" + bytes([18]) + name + AT.to_bytes(8, "big") + bytes([19]) + origin
    assert message == expected + bytes(8) + (7).to_bytes(8, "big") + TREE.root


def test_a_line_is_key_id_time_and_signature() -> None:
    for one, size in zip(BOTH, (64, 2420), strict=True):
        blob = base64.b64decode(one.cosign(TREE.text(), AT).split(" ")[2])
        assert blob[:12] == one.key.key_id + AT.to_bytes(8, "big")
        assert len(blob) == 12 + size


def test_verifier_keys_survive_their_text() -> None:
    for key in KEYS:
        assert parse_witness_key(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "a+b", "w+00000000+AAAA", str(LOG_KEY), str(KEYS[0]).replace("w1+", "w2+"), str(KEYS[1])[:-4], "w++"]
)
def test_other_keys_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_witness_key(text)


# Published by the transparency.dev distributor: real checkpoints, cosigned by hardware witnesses, and their keys, which
# are handed out as plain Ed25519 verifier keys.
PUBLISHED_KEYS = (
    "ArmoredWitness-autumn-wood+863571a5+AesIVCbad7gbU07JnA6YfZD0qg4B1c8xF4ISdnt9vjip",
    "ArmoredWitness-floral-sky+504ec40f+AekCmTmKTTnQMNqIigkj7PFnhogawSJD23PJ8M8qLYDm",
    "ArmoredWitness-small-breeze+7b3ada3a+AQAWYpUjfGGPQiWOgt6sLWap0P9rVOe+Ofu2uNZbO4FD",
    "ArmoredWitness-weathered-rain+ea3d386d+AWLblKp5JuiyrgRh6ev2nNJ5XAd+sc/mM2D2HW/b4d5S",
)
FIRMWARE = """transparency.dev/armored-witness/firmware_transparency/ci/3
59
kOFMkeamIdrYFLx5zbWFhflak6dlEEDOU++fxYEZMBw=

— transparency.dev-aw-ftlog-ci-3 P2iVIt3Jsaha3E2i0MHdKZ6fgYJTgXO86nUsxKPVq6uTwRSclTSh/ELnDGbNL+XDyD3EkWIdL2AGGNmbN7IN2rB/7gE=
— ArmoredWitness-weathered-rain CnjfIAAAAABnGRrHjQi7IZQqVea4YnU/ADsv844r1ezGjvubUy1MMJm4as9bRiT70xNWQ67RCA76LMy7SdX4qJNIzL3eSS1BGFWqCw==
— ArmoredWitness-floral-sky x88LbQAAAABnGRrDEq4Tfy7IIVPqkdXbcufUkCzRRbE3fABZ/jvtg5aFHVMuMR8cV6dVqECDBiH1zRxhNaCQOXSwNLSeJs+NzWt1BA==
"""  # noqa: E501 - signatures are a line each
PIXEL = """developers.google.com/android/binary_transparency/0
611
2GZ1zmS5VkfUZmn2ZyR4KZXwHLD+xnwBIWzql/cD50w=

— pixel_transparency_log csh42zBFAiAd3Y1FwqNTt5RglY0uG7heC6Yu1gEbXXPYmZ7LdOILMAIhAIt68PnR/3TADAaC7hvrSHbpziV7TmpIwOUydLmcjyTQ
— ArmoredWitness-small-breeze nRq5UQAAAABnoqrsRIofXn68vTohcAm2KG4ACGyRPNePUk02BSWD0WKV5ElejTk5Z+Tm3GmJ5j/etA+fkL9XuaQsnTyZbr437sF4AQ==
— ArmoredWitness-autumn-wood qZb5XQAAAABnoqrl57G9CblEl3lwwuqzbaJvVMqNiZCbYZseYT1YZHYmls3CmT1wxZ1fNgM4RxHuUxjAwcI2ghTx6R5aCg+L0DGPBA==
"""  # noqa: E501 - as above


def test_cosignatures_that_other_witnesses_made_verify() -> None:
    plain = [parse_vkey(text) for text in PUBLISHED_KEYS]
    keys = [WitnessKey(key.name, ED25519_COSIGNATURE, key.public) for key in plain]
    for note, expected in (
        (FIRMWARE, {"weathered-rain": "2024-10-23T15:48:23", "floral-sky": "2024-10-23T15:48:19"}),
        (PIXEL, {"small-breeze": "2025-02-05T00:03:56", "autumn-wood": "2025-02-05T00:03:49"}),
    ):
        found = {one.name: datetime.fromtimestamp(one.time, UTC) for one in read_cosignatures(note, keys)}
        assert found == {f"ArmoredWitness-{name}": datetime.fromisoformat(f"{at}Z") for name, at in expected.items()}
        with pytest.raises(Invalid):
            verify_cosignatures(note.replace("\n59\n", "\n60\n").replace("\n611\n", "\n612\n"), keys)


@settings(max_examples=60, deadline=None)
@given(which=st.integers(0, 1), data=st.data())
def test_every_flipped_bit_of_a_cosignature_by_a_known_key_rejects(which: int, data: st.DataObject) -> None:
    """A flip in the key id makes it somebody else's, which is ignored."""
    dash, name, encoded = BOTH[which].cosign(TREE.text(), AT).removesuffix("\n").split(" ")
    blob = bytearray(base64.b64decode(encoded))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    note = f"{NOTE}{dash} {name} {base64.b64encode(blob).decode()}\n"
    if bit < 32:
        assert verify_cosignatures(note, KEYS) == ()
        return
    with pytest.raises(Invalid) as caught:
        verify_cosignatures(note, KEYS)
    assert caught.value.code == "consent.cosignature_invalid"


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("change", [b"", b"\0"])
def test_lengths_off_by_one_reject(which: int, change: bytes) -> None:
    dash, name, encoded = BOTH[which].cosign(TREE.text(), AT).removesuffix("\n").split(" ")
    blob = base64.b64decode(encoded)
    wrong = blob + change if change else blob[:-1]
    with pytest.raises(Invalid):
        verify_cosignatures(f"{NOTE}{dash} {name} {base64.b64encode(wrong).decode()}\n", KEYS)


@pytest.mark.parametrize("other", [SignedTree(TREE.origin, 8, TREE.root), SignedTree("other", 7, TREE.root)])
def test_a_cosignature_is_of_one_checkpoint(other: SignedTree) -> None:
    for one in BOTH:
        with pytest.raises(Invalid):
            verify_cosignatures(sign_checkpoint(other, LOG) + one.cosign(TREE.text(), AT), KEYS)


@pytest.mark.parametrize("at", [0, -1, 2**63])
def test_a_time_outside_of_the_format_is_not_signed(at: int) -> None:
    with pytest.raises(Invalid):
        ed25519().cosign(TREE.text(), at)
