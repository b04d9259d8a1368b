"""Exports verify offline; one flipped byte, a missing file or an uncovered film is noticed and named."""

import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consent_service.client import pack
from consent_service.client.export import write_export
from consent_service.client.verify import Report, verify_export
from consent_service.contract import events as kinds
from infra.kernel.errors import Invalid
from infra.tlog.note import VerifierKey
from tests.consent_service.ledger import story as tale
from tests.consent_service.ledger.story import Story, covered_film, export, terms


def verify(path: Path) -> Report:
    return verify_export(path, str(tale.VKEY))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return export(covered_film().release(), tmp_path / "export")


@pytest.mark.parametrize("name", ["export", "export.zip"])
def test_an_honest_export_verifies(tmp_path: Path, name: str) -> None:
    report = verify(export(covered_film().release(), tmp_path / name))
    assert report.faults == ()
    assert (report.verdict, report.size, report.entries) == (10, 8, 8)
    [film] = report.films
    assert (film.index, film.output_sha256, film.grants) == (7, tale.FILM, {tale.GRANT: 3})


def test_a_zip_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    story = covered_film().release()
    one, two = (export(story, tmp_path / f"{n}.zip").read_bytes() for n in (1, 2))
    assert one == two


@pytest.mark.parametrize("index", range(8))
def test_a_flipped_byte_of_an_entry_names_the_entry(folder: Path, index: int) -> None:
    path = folder / pack.entry_path(index)
    data = bytearray(path.read_bytes())
    data[random.Random(index).randrange(len(data))] ^= 1
    path.write_bytes(data)
    report = verify(folder)
    assert report.verdict == 40
    assert report.first_bad_entry() == index


def test_no_byte_of_a_folder_can_be_flipped_unnoticed(folder: Path) -> None:
    dice = random.Random(7)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        honest = path.read_bytes()
        for at in {0, len(honest) - 1, *(dice.randrange(len(honest)) for _ in range(4))}:
            path.write_bytes(honest[:at] + bytes([honest[at] ^ (1 << dice.randrange(8))]) + honest[at + 1 :])
            assert verify(folder).verdict == 40, f"{path.name} byte {at}"
        path.write_bytes(honest)
    assert verify(folder).ok


def test_a_damaged_zip_names_the_entry(tmp_path: Path) -> None:
    path = export(covered_film().release(), tmp_path / "export.zip")
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(pack.entry_path(3)).header_offset + 30 + len(pack.entry_path(3)) + 20
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    assert verify(path).first_bad_entry() == 3


def test_missing_and_unexpected_files_are_noticed(folder: Path) -> None:
    (folder / pack.entry_path(2)).unlink()
    (folder / pack.proof_path(4)).unlink()
    (folder / "entries" / "extra.json").write_text("{}")
    faults = {(fault.code, fault.index, fault.file) for fault in verify(folder).faults}
    assert ("consent.pack_incomplete", 2, pack.entry_path(2)) in faults
    assert ("consent.pack_incomplete", 4, pack.proof_path(4)) in faults
    assert ("consent.unexpected_file", None, "entries/extra.json") in faults


def test_a_proof_of_another_entry_is_noticed(folder: Path) -> None:
    (folder / pack.proof_path(2)).write_bytes((folder / pack.proof_path(3)).read_bytes())
    assert ("consent.proof_invalid", 2) in {(fault.code, fault.index) for fault in verify(folder).faults}


def test_a_proof_against_another_checkpoint_is_noticed(tmp_path: Path, folder: Path) -> None:
    older = export(covered_film(), tmp_path / "older")
    (folder / pack.proof_path(2)).write_bytes((older / pack.proof_path(2)).read_bytes())
    assert ("consent.proof_invalid", 2) in {(fault.code, fault.index) for fault in verify(folder).faults}


def test_the_key_comes_from_the_caller_only(folder: Path) -> None:
    other = str(VerifierKey("assent.local/ledger", tale.STRANGER.public))
    report = verify_export(folder, other)
    assert [fault.code for fault in report.faults] == ["consent.note_unverified"]
    assert verify_export(folder / "nothing", str(tale.VKEY)).faults[0].code == "consent.pack_malformed"
    with pytest.raises(Invalid):
        verify_export(folder, "no key")


def test_an_entry_that_is_no_canonical_envelope_is_noticed_though_it_is_signed(tmp_path: Path) -> None:
    def bend(leaves: list[str]) -> list[str]:
        return [leaf.replace('"v":1', '"v": 1') if n == 5 else leaf for n, leaf in enumerate(leaves)]

    report = verify(export(covered_film(), tmp_path / "export", bend))
    assert report.first_bad_entry() == 5
    assert report.faults[0].code == "kernel.not_canonical"


def test_an_entry_left_out_by_the_log_is_noticed(tmp_path: Path) -> None:
    story = covered_film().change(kinds.GRANT_SUSPENDED, "suspend").change(kinds.GRANT_RESUMED, "resume")
    report = verify(export(story, tmp_path / "export", lambda leaves: leaves[:7] + leaves[8:]))
    assert [fault.code for fault in report.faults] == ["consent.stream_gap"]


Bend = Callable[[], Story]
UNCOVERED: dict[str, Bend] = {
    "withdrawn": lambda: covered_film().change(kinds.GRANT_WITHDRAWN, "withdraw").release(),
    "suspended": lambda: covered_film().change(kinds.GRANT_SUSPENDED, "suspend").release(),
    "expired": lambda: covered_film(not_after=tale.NOON + timedelta(seconds=6)).release(),
    "not begun": lambda: covered_film(not_before=tale.NOON + timedelta(days=6)).release(),
    "another partner": lambda: covered_film().release(partner="prt_2"),
    "no lease": lambda: covered_film().release(lease="lse_9"),
    "unknown grant": lambda: covered_film().start(tale.RELEASE, grant="grt_9").release(grants=["grt_9"]),
    "grant not named": lambda: (
        covered_film().start(tale.RELEASE, stock=True).release(grants=[], subjects=[], modalities=[])
    ),
    "another modality": lambda: (
        covered_film().start(tale.RELEASE, modality="voice.clone").release(modalities=["voice.clone"])
    ),
    "modality not said": lambda: covered_film().start(tale.RELEASE, modality="voice.clone").release(),
    "another asset": lambda: covered_film().start(tale.RELEASE, assets=["ee" * 32]).release(),
    "another subject": lambda: covered_film().start(tale.RELEASE, subject="sub_2").release(subjects=["sub_2"]),
    "fields missing": lambda: covered_film().add(kinds.OUTPUT_RELEASED, "job-x", {"lease": tale.RELEASE}),
}


@pytest.mark.parametrize("why", UNCOVERED)
def test_an_uncovered_film_is_named(tmp_path: Path, why: str) -> None:
    story = UNCOVERED[why]()
    report = verify(export(story, tmp_path / "export"))
    assert report.verdict == 40
    assert {fault.index for fault in report.faults} == {len(story.entries) - 1}


def test_a_film_may_be_published_again_after_a_resume(tmp_path: Path) -> None:
    story = covered_film().change(kinds.GRANT_SUSPENDED, "suspend").change(kinds.GRANT_RESUMED, "resume").release()
    assert verify(export(story, tmp_path / "export")).ok


def test_a_withdrawal_that_stops_new_uses_only_lets_open_ones_finish(tmp_path: Path) -> None:
    gentle: dict[str, Any] = terms() | {
        "revocation": {"effect": "stop_new", "suspendable_by": ["subject"], "after_withdrawal": "keep"}
    }
    story = Story().party("sub_1", tale.SUBJECT.public).grant(gentle).start(tale.RELEASE)
    assert verify(export(story.change(kinds.GRANT_WITHDRAWN, "withdraw").release(), tmp_path / "open")).ok
    late = Story().party("sub_1", tale.SUBJECT.public).grant(gentle).change(kinds.GRANT_WITHDRAWN, "withdraw")
    assert not verify(export(late.start(tale.RELEASE).release(), tmp_path / "late")).ok


def _terms_changed() -> Story:
    story = Story().party("sub_1", tale.SUBJECT.public).grant(terms())
    story.entries[1][1].data["terms"]["limits"]["max_uses"] = 1000
    return story


FORGED: dict[str, tuple[Bend, int]] = {
    "another key signs": (lambda: Story().party("sub_1", tale.SUBJECT.public).grant(terms(), tale.STRANGER), 1),
    "subject unknown": (lambda: Story().grant(terms()), 0),
    "another key registered": (lambda: Story().party("sub_1", tale.STRANGER.public).grant(terms()), 1),
    "key changed before": (lambda: covered_film().party("sub_1", tale.STRANGER.public).grant(terms()), 8),
    "terms changed after": (_terms_changed, 1),
    "change by another": (lambda: covered_film().change(kinds.GRANT_WITHDRAWN, "withdraw", tale.STRANGER), 7),
    "terms are no terms": (lambda: Story().grant(terms() | {"more": 1}), 0),
}


@pytest.mark.parametrize("why", FORGED)
def test_a_forged_entry_is_named(tmp_path: Path, why: str) -> None:
    make, index = FORGED[why]
    report = verify(export(make(), tmp_path / "export"))
    assert [fault.index for fault in report.faults] == [index]


def test_an_exporter_with_other_entries_than_the_log_signed_stops(tmp_path: Path) -> None:
    leaves = covered_film().leaves()
    with pytest.raises(Invalid) as caught:
        write_export(leaves[:-1], tale.checkpoint(leaves), tmp_path / "a")
    assert caught.value.code == "consent.export_incomplete"
    with pytest.raises(Invalid) as caught:
        write_export([*leaves[:-1], leaves[0]], tale.checkpoint(leaves), tmp_path / "b")
    assert caught.value.code == "consent.export_differs"
    write_export([*leaves, "not part of it yet"], tale.checkpoint(leaves), tmp_path / "c")
    with pytest.raises(Invalid) as caught:
        write_export(leaves, tale.checkpoint(leaves), tmp_path / "c")
    assert caught.value.code == "consent.export_exists"
    assert not (tmp_path / "a").exists()


def test_the_verifier_needs_no_database_and_no_rpc_framework() -> None:
    code = (
        "import sys, consent_service.client.verify, consent_service.client.export\n"
        "print(sorted({'psycopg', 'nameko', 'eventlet', 'torch', 'fastapi'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
