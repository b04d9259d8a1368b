"""The demo says only what it has checked, and ends with failure when anything misbehaves."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from gateway.cli import app
from gateway.client.live import picture, summary, watch
from gateway.demo import proof, run
from gateway.demo.house import House
from gateway.demo.probe import probe
from gateway.demo.stage import DemoFailed, Stage
from tests.consent_service.ledger import story
from tests.gateway import world


def stage(mode: str = "plain") -> tuple[Stage, io.StringIO]:
    said = io.StringIO()
    return Stage(mode, Console(file=said, width=120, no_color=True)), said


def test_a_promise_that_was_not_kept_is_never_printed_as_kept() -> None:
    told, said = stage()
    told.step(1, "a step")
    told.check(True, "this holds")
    with pytest.raises(DemoFailed, match="this does not"):
        told.check(False, "this does not", found=3)
    assert "✓ this holds" in said.getvalue()
    assert "this does not" not in said.getvalue()
    assert told.report["steps"][0]["checks"] == ["this holds"]


def test_the_report_is_whole_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    told, _ = stage("json")
    told.step(1, "a step")
    told.fact("film", Path("out/film.mp4"))
    told.finish(None)
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["steps"][0]["facts"] == {"film": "out/film.mp4"}


@pytest.mark.parametrize("error", [DemoFailed("nothing came out"), OSError("disk full")])
def test_any_failure_ends_non_zero(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception) -> None:
    @contextmanager
    def house(_stage: Stage, _folder: Path) -> Iterator[House]:
        yield House("http://nowhere", "k")

    def tell(_stage: Stage, _house: House, _out: Path) -> None:
        raise error

    monkeypatch.setattr(run, "open_house", house)
    monkeypatch.setattr(run, "tell", tell)
    result = CliRunner().invoke(app, ["demo", "--json", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False


def test_a_flipped_byte_is_found_by_the_separate_process(tmp_path: Path) -> None:
    told, said = stage()
    told.step(6, "proof")
    export = story.export(story.covered_film().release(), tmp_path / "export")
    verdict, report = proof._verify(export, str(story.VKEY))
    assert (verdict, report["faults"]) == (10, [])
    proof._flip(told, export, str(story.VKEY), 3)
    assert "names entry 3" in said.getvalue()
    assert proof._verify(export, str(story.VKEY))[0] == 10, "the flip was made in a copy"


def test_the_separate_process_reports_a_wrong_key_as_a_fault(tmp_path: Path) -> None:
    export = story.export(story.covered_film().release(), tmp_path / "export")
    verdict, report = proof._verify(export, "not a key")
    assert verdict not in (proof.WITNESSED, proof.UNWITNESSED)
    assert report["faults"]


def test_a_production_is_drawn_and_told_line_by_line() -> None:
    views = [world.production().model_dump(mode="json") for _ in range(3)]
    views.append(world.production("released", version=9, output=world.output()).model_dump(mode="json"))
    drawn = io.StringIO()
    Console(file=drawn, width=160).print(picture(views[-1]))
    for part in ("The Keeper", "dec_1", "grt_1", "INT. LIGHTHOUSE", "jti-1", "10 +1", "released out_1"):
        assert part in drawn.getvalue(), part
    lines = io.StringIO()
    assert watch(iter(views), Console(file=lines, width=160)) == views[-1]
    told = lines.getvalue().splitlines()
    assert len(told) == 4, "a line says something new"
    assert (told[0].split()[0], told[-1].split()[0].rstrip(":")) == ("prd_1", "out_1"), "and the ids are there to copy"
    assert "2/2 shots" in summary(views[-1])


def test_the_probe_reads_what_a_player_would(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as film:
        picture: Any = film.add_stream("libx264", rate=24)
        picture.width, picture.height, picture.pix_fmt = 320, 240, "yuv420p"
        sound: Any = film.add_stream("aac", rate=48_000, layout="mono")
        for _ in range(12):
            film.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((240, 320, 3), np.uint8), format="rgb24")))
        tone = np.sin(np.arange(24_000, dtype=np.float32) * 0.05, dtype=np.float32).reshape(1, -1) * 0.5
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate = 48_000
        film.mux(sound.encode(frame))
        for stream in (picture, sound):
            film.mux(stream.encode(None))
    found = probe(str(path))
    assert (found["width"], found["height"], found["rate"], found["frames"]) == (320, 240, "24", 12)
    assert (found["video_codec"], found["audio_codec"]) == ("h264", "aac")
    assert found["seconds"] == 0.5
    assert 0.4 < found["peak"] < 0.65
