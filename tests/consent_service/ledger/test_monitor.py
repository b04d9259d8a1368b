"""Following a log over its static files: what is added is proven, and a fork, a freeze or another key is an alarm."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from consent_service.client.diff import difference
from consent_service.client.monitor import FORK, FREEZE, KEY, Alarm, LogSource, Monitor, Watched
from consent_service.client.verify import witness_policy
from consent_service.contract import events as kinds
from gateway.client.following import TileSource
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.cosignature import ED25519_COSIGNATURE, Cosigner, WitnessKey
from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, key_change
from infra.tlog.merkle import CompactRange, hash_leaf
from infra.tlog.note import VerifierKey, split_note
from infra.tlog.tiles import HEIGHT, WIDTH, Tile, pack_bundle, tiles_of
from tests.consent_service.ledger import story as tale
from tests.consent_service.ledger.story import Story, covered_film, export

WITNESS = Cosigner(
    WitnessKey("w.example", ED25519_COSIGNATURE, Ed25519Signer.from_seed(b"w" * 32).public),
    Ed25519Signer.from_seed(b"w" * 32),
)


def files_of(leaves: list[bytes], signer: Ed25519Signer = tale.LOG) -> dict[str, bytes]:
    """A log as a static host serves it."""
    tree, nodes = CompactRange(), {}
    for leaf in leaves:
        nodes |= {(level, n): value for level, n, value in tree.append(hash_leaf(leaf))}
    found = {"checkpoint": sign_checkpoint(SignedTree(tale.VKEY.name, tree.size, tree.root()), signer).encode()}
    for tile in tiles_of(len(leaves)):
        first = tile.n * WIDTH
        found[tile.path()] = b"".join(nodes[tile.level * HEIGHT, first + i] for i in range(tile.width))
    for first in range(0, len(leaves), WIDTH):
        part = leaves[first : first + WIDTH]
        found[Tile(-1, first // WIDTH, len(part)).path()] = pack_bundle(part)
    return found


class Host:
    """Serves files that a test may swap."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def source(self) -> LogSource:
        return TileSource("http://log/ledger", transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        data = self.files.get(request.url.path.removeprefix("/ledger/"))
        return httpx.Response(404) if data is None else httpx.Response(200, content=data)


def grown(size: int) -> list[bytes]:
    story = Story()
    for number in range(size):
        story.add(kinds.DECISION_MADE, f"decision-{number}", {"number": number})
    return [leaf.encode() for leaf in story.leaves()]


LEAVES = grown(700)
Look = Callable[..., Monitor]


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(tale.NOON)


@pytest.fixture
def look(host: Host, clock: FixedClock, tmp_path: Path) -> Look:
    def make(**more: object) -> Monitor:
        return Monitor(host.source(), Watched(tale.VKEY, **more), tmp_path / "kept", clock)  # type: ignore[arg-type]

    return make


def alarm(monitor: Monitor) -> Alarm:
    with pytest.raises(Alarm) as caught:
        monitor.step()
    return caught.value


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 256), (256, 257), (255, 700), (511, 513), (5, 6), (300, 300)])
def test_growth_is_followed_entry_by_entry(host: Host, look: Look, old: int, new: int) -> None:
    host.files = files_of(LEAVES[:old])
    assert (look().step().before, look().step().size) == (0, old)
    host.files = files_of(LEAVES[:new])
    step = look().step()
    assert (step.before, step.size, len(step.kinds)) == (old, new, new - old)
    assert look().step().kinds == ()


def test_a_fork_is_an_alarm_and_its_note_is_kept(host: Host, look: Look, tmp_path: Path) -> None:
    host.files = files_of(LEAVES[:300])
    look().step()
    other = [*LEAVES[:150], LEAVES[699], *LEAVES[151:400]]
    for leaves in (other, other[:300]):
        host.files = files_of(leaves)
        assert alarm(look()).exit_code == FORK
        assert (tmp_path / "kept.alarm").read_bytes() == host.files["checkpoint"]
    host.files = files_of(LEAVES[:299])
    assert alarm(look()).detail == "the log went back from 300 to 299 entries"
    host.files = files_of(LEAVES[:400])
    assert look().step().before == 300, "the good checkpoint was kept all the while"


def test_entries_other_than_the_signed_ones_are_an_alarm(host: Host, look: Look) -> None:
    host.files = files_of(LEAVES[:300])
    look().step()
    host.files = files_of(LEAVES[:310])
    bundle = Tile(-1, 1, 54).path()
    host.files[bundle] = pack_bundle([*LEAVES[256:308], LEAVES[0], LEAVES[309]])
    assert alarm(look()).exit_code == FORK
    host.files[bundle] = pack_bundle(LEAVES[256:309])
    with pytest.raises(Invalid):
        look().step()


def test_another_key_is_an_alarm(host: Host, look: Look) -> None:
    host.files = files_of(LEAVES[:3])
    look().step()
    host.files = files_of(LEAVES[:9], tale.STRANGER)
    assert alarm(look()).exit_code == KEY
    host.files["checkpoint"] = b"nothing"
    assert alarm(look()).exit_code == KEY


def test_a_log_that_names_another_key_is_an_alarm(host: Host, look: Look) -> None:
    other = str(VerifierKey(tale.VKEY.name, tale.STRANGER.public))
    leaf = Story().add("consent.genesis.v1", "ledger", {"keys": {"log": other}}).leaves()[0].encode()
    host.files = files_of(LEAVES[:3])
    look().step()
    host.files = files_of([*LEAVES[:3], leaf])
    assert alarm(look()).exit_code == KEY


def changed(story: Story, kind: str, key: VerifierKey, *signers: Ed25519Signer) -> None:
    data, signatures = key_change(key, *signers)
    story.add(kind, "ledger", data, *signatures)


@pytest.fixture
def rotation() -> list[bytes]:
    """300 entries, a new key, 100 more, the old key's end, 100 more."""
    story = Story()
    for number in range(500):
        story.add(kinds.DECISION_MADE, f"decision-{number}", {"number": number})
        if number == 299:
            changed(story, KEY_ADDED, NEW_VKEY, tale.LOG, NEW)
        if number == 399:
            changed(story, KEY_RETIRED, tale.VKEY, NEW)
    return [leaf.encode() for leaf in story.leaves()]


NEW = Ed25519Signer.from_seed(b"n" * 32)
NEW_VKEY = VerifierKey(tale.VKEY.name, NEW.public)


def test_the_logs_own_change_of_keys_is_followed(host: Host, look: Look, rotation: list[bytes], tmp_path: Path) -> None:
    host.files = files_of(rotation[:300])
    look().step()
    host.files = files_of(rotation[:401])
    look().step()
    assert "301 " in (tmp_path / "kept.keys").read_text()
    for size in (450, 460):
        host.files = files_of(rotation[:size], NEW)
        assert look().step().size == size
    host.files = files_of(rotation[:502], tale.LOG)
    assert alarm(look()).exit_code == KEY, "a retired key signs nothing any more"


@pytest.mark.parametrize("first", [True, False])
def test_a_key_that_no_entry_leads_to_is_an_alarm(host: Host, look: Look, rotation: list[bytes], first: bool) -> None:
    """At the first look the whole log is read; later what is new. Another history under the new key is an alarm too."""
    if not first:
        host.files = files_of(rotation[:250])
        look().step()
    host.files = files_of(rotation[:450], tale.STRANGER)
    assert alarm(look()).exit_code == KEY
    host.files = files_of([*rotation[:200], rotation[449], *rotation[201:450]], NEW)
    if not first:
        assert alarm(look()).exit_code == KEY
    host.files = files_of(rotation[:450], NEW)
    bundle = Tile(-1, 1, 194).path()
    host.files[bundle] = pack_bundle([*rotation[256:449], rotation[0]])
    assert alarm(look()).exit_code == KEY, "entries other than the signed ones lead nowhere"
    del host.files[bundle]
    assert alarm(look()).exit_code == KEY, "nor do those that cannot be read"
    host.files = files_of(rotation[:450], NEW)
    assert look().step().size == 450


def test_a_witness_says_that_the_log_is_yesterdays(host: Host, look: Look, clock: FixedClock) -> None:
    """Even at the first look, and even where it grows."""
    policy = witness_policy((WITNESS.key,))
    for size in (3, 5):
        host.files = files_of(LEAVES[:size])
        text, _ = split_note(host.files["checkpoint"].decode())
        host.files["checkpoint"] += WITNESS.cosign(text, int(clock.now().timestamp()) - 86_400).encode()
        assert alarm(look(max_age_s=3600, policy=policy)).exit_code == FREEZE
    assert look(policy=policy).step().size == 5, "without an age nobody asks"


def test_silence_is_an_alarm_after_its_time(host: Host, look: Look, clock: FixedClock, tmp_path: Path) -> None:
    host.files = files_of(LEAVES[:3])
    look().step()
    clock.advance(99)
    look(max_age_s=100).step()
    clock.advance(2)
    assert alarm(look(max_age_s=100)).exit_code == FREEZE
    look().step()
    host.files = files_of(LEAVES[:4])
    assert look(max_age_s=100).step().size == 4
    assert (tmp_path / "kept").stat().st_mtime == pytest.approx((tale.NOON + timedelta(seconds=101)).timestamp())


def test_a_witness_says_that_the_log_is_awake(host: Host, look: Look, clock: FixedClock) -> None:
    policy = witness_policy((WITNESS.key,))
    host.files = files_of(LEAVES[:3])
    look().step()
    clock.advance(500)
    text, _ = split_note(host.files["checkpoint"].decode())
    host.files["checkpoint"] += WITNESS.cosign(text, int(clock.now().timestamp()) - 10).encode()
    assert look(max_age_s=100, policy=policy).step().witnesses
    assert alarm(look(max_age_s=100)).exit_code == FREEZE


def test_a_log_that_says_more_than_it_shows_is_frozen(clock: FixedClock, tmp_path: Path) -> None:
    class Behind(TileSource):
        def announced(self) -> int | None:
            return 5

    host = Host()
    host.files = files_of(LEAVES[:3])
    source = Behind("http://log/ledger", transport=httpx.MockTransport(host._answer))
    monitor = Monitor(source, Watched(tale.VKEY), tmp_path / "kept", clock)
    monitor.step()
    monitor.step()
    clock.advance(61)
    assert alarm(monitor).exit_code == FREEZE


def test_two_views_are_compared(tmp_path: Path) -> None:
    story = covered_film()
    one = export(story, tmp_path / "one.zip")
    two = export(story.release(), tmp_path / "two")
    found = difference(two, one, tale.VKEY)
    assert (found.verdict, found.older, found.newer) == (0, 7, 8)
    assert [(added.index, added.type) for added in found.added] == [(7, kinds.OUTPUT_RELEASED)]
    assert difference(one, one).verdict == 0
    other = export(covered_film(), tmp_path / "other")
    assert (difference(other, two).verdict, difference(one, other).verdict) == (30, 30)
    note = tmp_path / "note"
    os.link(two / "checkpoints" / "000000008.checkpoint", note)
    assert difference(note, two, tale.VKEY).verdict == 0
    old = tmp_path / "old"
    old.write_text(tale.checkpoint(story.leaves()[:5]).note)
    assert (difference(old, note).verdict, difference(old, two).verdict) == (20, 0)
    with pytest.raises(Invalid):
        difference(one, two, VerifierKey(tale.VKEY.name, tale.STRANGER.public))
