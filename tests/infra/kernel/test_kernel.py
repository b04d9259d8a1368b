"""The kernel: canonical bytes, signatures, seals, ids, times and errors that survive a trip over the wire."""

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.canonical import canonical, digest, parse_canonical
from infra.kernel.clock import FixedClock, parse_rfc3339, rfc3339
from infra.kernel.crypto import Ed25519Signer, b64u, seal, sign_value, unb64u, unseal, verify_value
from infra.kernel.errors import KINDS, AssentError, Conflict, Denied, Internal, Invalid
from infra.kernel.ids import is_id, new_id, random_handle, uuid7

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé€😀", max_size=4), inner, max_size=4),
    max_leaves=12,
)
SIGNER = Ed25519Signer.from_seed(bytes(range(32)))


@given(JSON)
def test_canonical_bytes_are_json_and_stable(value: object) -> None:
    data = canonical(value)
    assert json.loads(data) == value
    assert canonical(parse_canonical(data)) == data


@given(
    st.recursive(
        JSON | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_every_value_has_the_bytes_of_the_general_encoder(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(Invalid, match=r"kernel\.not_canonical"):
            canonical(value)
    else:
        assert canonical(value) == expected


def test_every_character_is_written_as_the_general_way_writes_it() -> None:
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    ascii_keys = {chr(n): n for n in range(128)}
    for value in (everything, ascii_keys, [2**53 - 1, -(2**53) + 1, 0, True, None]):
        assert canonical(value) == rfc8785.dumps(value)
        assert parse_canonical(canonical(value)) == value


@given(
    st.lists(
        st.floats(1e-8, 2.0**53 - 1)
        | st.decimals(-(10**9), 10**9, places=3).map(float)
        | st.integers(-99, 99).map(float)
    )
)
def test_every_number_is_written_as_the_general_way_writes_it(numbers: list[float]) -> None:
    edges = [0.0, -0.0, 1e-4, -1e-4, 9.9e-5, 1e-7, 0.1, 30.0, 1e15, 2.0**53 - 1, -(2.0**53) + 1, 4503599627370495.5]
    for value in (numbers, {"seconds": edges + numbers}):
        assert canonical(value) == rfc8785.dumps(value)
        assert parse_canonical(canonical(value)) == value


@pytest.mark.parametrize("levels", [250, 260])
def test_depth_changes_the_way_and_not_the_bytes(levels: int) -> None:
    value: object = 1
    for _ in range(levels):
        value = [value]
    assert canonical(value) == b"[" * levels + b"1" + b"]" * levels


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b"[1.0]",
        b'{"a":1,"a":1}',
        b'"\\u0041"',
        b"{",
        b"\xff",
        b"[1e2]",
        b"[NaN]",
        b"[9007199254740993]",
        b'"\\ud800"',
        b'{"\xc3\xa9":1,"a":2}',
        b"[-0]",
        b" [1]",
        b"[1]\n",
    ],
)
def test_anything_but_the_canonical_form_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"kernel\.not_"):
        parse_canonical(data)


@pytest.mark.parametrize(
    "value", [2**53 + 1, 2**53, float("nan"), float("inf"), {1: "a"}, {None: 1}, b"bytes", "\ud800"]
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(Invalid, match=r"kernel\.not_canonical"):
        canonical(value)


def test_a_digest_depends_on_meaning_not_on_order() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_a_signature_counts_for_its_context_only() -> None:
    signature = sign_value(SIGNER, "assent/one/v1", {"a": 1})
    public = b64u(SIGNER.public)
    verify_value(public, "assent/one/v1", {"a": 1}, signature)
    for context, value in [("assent/two/v1", {"a": 1}), ("assent/one/v1", {"a": 2})]:
        with pytest.raises(Invalid, match=r"kernel\.bad_signature"):
            verify_value(public, context, value, signature)


def test_rfc8032_test_1() -> None:
    """RFC 8032 §7.1, TEST 1."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    signer = Ed25519Signer.from_seed(seed)
    assert signer.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974")


def test_a_seal_opens_with_its_key_and_its_context_only() -> None:
    sealed = seal(b"k" * 32, b"secret", b"here")
    assert unseal(b"k" * 32, sealed, b"here") == b"secret"
    for key, data, where in [
        (b"x" * 32, sealed, b"here"),
        (b"k" * 32, sealed, b"there"),
        (b"k" * 32, sealed[:-1], b"here"),
    ]:
        with pytest.raises(Invalid, match=r"kernel\.bad_seal"):
            unseal(key, data, where)


@given(st.binary(max_size=40))
def test_base64url_round_trip(data: bytes) -> None:
    assert unb64u(b64u(data)) == data


@pytest.mark.parametrize("text", ["a", "aa=", "a b", "a+b/", "AB", "é"])
def test_base64url_has_one_form(text: str) -> None:
    with pytest.raises(Invalid, match=r"kernel\.bad_base64"):
        unb64u(text)


def test_ids_sort_by_time_and_handles_do_not_repeat() -> None:
    made = [uuid7() for _ in range(100)]
    assert made == sorted(made)
    assert is_id(new_id("grt"), "grt")
    assert not is_id(new_id("grt"), "sub")
    assert random_handle("sub") != random_handle("sub")


def test_times_are_utc_with_milliseconds() -> None:
    at = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    assert rfc3339(at) == "2026-11-22T09:00:00.123Z"
    assert parse_rfc3339("2026-11-22T09:00:00.123Z") == datetime(2026, 11, 22, 9, 0, 0, 123000, tzinfo=UTC)
    for text in ("yesterday", "2026-11-22T09:00:00"):
        with pytest.raises(Invalid, match=r"kernel\.bad_time"):
            parse_rfc3339(text)
    with pytest.raises(Invalid, match=r"kernel\.naive_time"):
        rfc3339(datetime(2026, 1, 1))


def test_a_fixed_clock_moves_by_hand() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(2.5)
    assert (clock.now().second, clock.monotonic()) == (2, 2.5)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_error_survives_the_wire(kind: str) -> None:
    error = KINDS[kind]("consent.some_code", "what happened", fix="do this", grant="grt_1", pointer="/a")
    again = AssentError.from_wire(json.loads(json.dumps(error.to_wire())))
    assert type(again) is KINDS[kind]
    assert again.to_wire() == error.to_wire()
    assert "do this" in str(again)


def test_an_unknown_kind_is_our_bug_not_the_callers() -> None:
    assert isinstance(AssentError.from_wire({"kind": "novel", "code": "x.y", "detail": "?"}), Internal)


def test_a_hostile_wire_error_cannot_break_the_reader() -> None:
    wire = {"kind": "denied", "code": "a.b", "detail": "d", "info": {"code": "other", "detail": "x", "grant": "g"}}
    error = AssentError.from_wire(wire)
    assert isinstance(error, Denied)
    assert (error.code, error.info) == ("a.b", {"grant": "g"})


def test_a_copy_of_an_error_says_the_same() -> None:
    error = Conflict("eventlog.version", "the stream moved on", fix="read it again", stream="grant-1")
    again = copy.copy(error)
    assert (type(again), again.to_wire(), again is error) == (Conflict, error.to_wire(), False)
