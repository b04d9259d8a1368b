"""Versions on the command line: revise, redo, takes, compare, watch; and a whole delivery on disk."""

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from consent_service.contract import methods as consent
from consent_service.contract.retention import OutputStanding
from gateway.cli.films import unpacked
from gateway.cli.scripts import form_of, read_script
from gateway.cli.session import Session
from gateway.cli.watching import Loop
from gateway.client import Api, ApiError, Unreachable
from gateway.client.live import clock, watch, what_changed
from gateway.parts import Parts
from gateway.zipping import zipped
from generation_service.contract import methods as generation
from generation_service.contract.methods import OutputFile, OutputKey
from infra.kernel.crypto import b64u
from infra.kernel.errors import Invalid
from tests.gateway import world
from tests.gateway.conftest import FakeRpc
from tests.gateway.test_cli import Run, assent, home
from tests.gateway.test_takes import KEY, LINE, take

__all__ = ["assent", "home"]


def version(state: str = "released", **more: Any) -> generation.ProductionView:
    shots = (world.shot(1, key="k1", changes=(LINE,)), world.shot(2, key="k2", kept="prd_0", reused=True))
    return world.production(state, **{"id": "prd_2", "revises": "prd_1", "shots": shots, "removed": ("k9",), **more})


def test_redo_names_shots_by_number_or_key(assent: Run, rpc: FakeRpc) -> None:
    rpc.on(generation.get_production, version())
    rpc.on(generation.revise, version("queued"))
    shown = assent("redo", "prd_1", "2", "k1").stdout
    assert rpc.sent(generation.revise)[0].redo == ("k2", "k1")
    assert "MIRA: b" in shown
    assert "cli.no_such_shot" in assent("redo", "prd_1", "7", code=5).stderr


def test_choose_lock_and_unlock(assent: Run, rpc: FakeRpc) -> None:
    rpc.on(generation.get_production, version())
    rpc.on(generation.revise, version("queued"))
    assent("choose", "prd_1", "1", "3")
    assent("lock", "prd_1", "1", "2")
    assent("unlock", "prd_1", "k2", "--json")
    chosen, locked, free = rpc.sent(generation.revise)
    assert (chosen.choose, locked.lock, free.unlock) == ({"k1": 3}, ("k1", "k2"), ("k2",))


def test_revise_sends_the_edited_file(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    (tmp_path / "film.fountain").write_text("INT. X - DAY\n\nRain.\n")
    rpc.on(generation.revise, version("queued"))
    assent("revise", "prd_1", "film.fountain", "--cast", "MIRA=stock:mara")
    [sent] = rpc.sent(generation.revise)
    assert sent.screenplay == "INT. X - DAY\n\nRain.\n"
    assert sent.cast["MIRA"].stock == "mara"


def test_takes_and_diff(assent: Run, rpc: FakeRpc) -> None:
    rpc.on(generation.get_production, version())
    gone = take(2, purged="consent.grant_withdrawn", purged_at=world.AT)
    rpc.on(generation.list_takes, generation.TakeHistory(film="prd_1", takes=(take(says="MIRA: b"), gone)))
    shown = assent("takes", "prd_1", "1").stdout
    assert "purged: consent.grant_withdrawn" in shown
    assert "line" in shown
    assert len(json.loads(assent("takes", "prd_1", "--json").stdout)) == 2
    rpc.on(generation.list_takes, generation.TakeHistory(film="prd_1", takes=(take(1, purged="failed"),)))
    assert "its version failed" in " ".join(assent("takes", "prd_1").stdout.split())
    told = json.loads(assent("diff", "prd_2", "--json").stdout)
    assert told["shots"]["k1"][0]["after"] == "MIRA: b"
    assert (told["kept"], told["removed"]) == ({"k2": "prd_0"}, ["k9"])
    rpc.on(generation.get_production, world.production())
    assert "first version" in assent("diff", "prd_1").stdout


def test_a_comparison_that_is_refused_leaves_no_file(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    rpc.on(generation.get_production, version())
    assert "generation.nothing" in assent("compare", "prd_2", "1", "1", "2", "--to", "two.png", code=4).stderr
    assert not (tmp_path / "two.png").exists()
    assert "cli.bad_file" in assent("compare", "prd_2", "1", "1", "2", "--to", "two.gif", code=5).stderr


@pytest.fixture
def delivery(rpc: FakeRpc, parts: Parts) -> None:
    film, captions = (parts.blobs.put("released", data, KEY) for data in (b"film", b"WEBVTT"))
    beside = (OutputFile(name="captions/en.vtt", media_type="text/vtt", sha256=captions, bytes=6),)
    output = world.output(film, 4).model_copy(update={"files": beside})
    rpc.on(generation.get_output_key, OutputKey(output=output, data_key=b64u(KEY)))
    rpc.on(consent.output_standing, OutputStanding(output_sha256=film, state="released"))


@pytest.mark.usefixtures("delivery")
def test_everything_of_a_film_is_saved_and_compared(assent: Run, tmp_path: Path) -> None:
    assent("output", "get", "out_1", "--all", "--to", "out")
    assert (tmp_path / "out" / "film.mp4").read_bytes() == b"film"
    assert (tmp_path / "out" / "captions" / "en.vtt").read_bytes() == b"WEBVTT"
    assent("output", "get", "out_1", "--file", "captions/en.vtt")
    assert (tmp_path / "en.vtt").read_bytes() == b"WEBVTT"
    assent("output", "get", "out_1")
    assert (tmp_path / "film.mp4").read_bytes() == b"film"
    assert "captions/en.vtt" in assent("output", "files", "out_1").stdout


@pytest.mark.parametrize("name", ["film.mp4", "../evil", "/evil"])
def test_a_zip_with_other_bytes_or_names_is_not_unpacked(tmp_path: Path, name: str) -> None:
    (tmp_path / "all.zip").write_bytes(b"".join(zipped([(name, iter([b"other"]))])))
    with pytest.raises(Invalid, match=r"cli\.damaged"):
        unpacked(tmp_path / "all.zip", tmp_path / "to", {"film.mp4": hashlib.sha256(b"film").hexdigest()})
    assert not (tmp_path / "to").exists()


def test_options_of_the_picture(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    (tmp_path / "idea.txt").write_text("shot one: a lighthouse")
    rpc.on(generation.submit, world.production("queued"))
    assent(
        "produce", "idea.txt", "--cast", "A=stock", "--purpose", "education", "--aspect", "9:16", "--resolution",
        "480p", "--captions", "burnt", "--title-card", "--loudness", "-23",
    )  # fmt: skip
    [sent] = rpc.sent(generation.submit)
    assert (sent.width, sent.height, sent.captions, sent.title_card) == (480, 852, "burnt", True)
    assert (sent.format, sent.loudness_lufs) == ("prompt", -23.0)


class Ended(Exception):
    """The test has seen enough."""


class FakeApi(Api):
    """Answers what it is told, and remembers what was sent."""

    def __init__(self, answers: list[Any]) -> None:
        super().__init__("http://nowhere")
        self.answers, self.sent = answers, []  # type: tuple[list[Any], list[tuple[str, Any]]]

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        self.sent.append((path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def follow(self, production: str) -> Any:
        yield self.answers.pop(0)


def told(state: str, ident: str, **more: Any) -> dict[str, Any]:
    return version(state, id=ident, **more).model_dump(mode="json")


def test_a_script_is_made_again_on_every_save(tmp_path: Path) -> None:
    script = tmp_path / "film.fountain"
    script.write_text("one")
    problem = {"code": "generation.screenplay_invalid", "detail": "no cue", "errors": [{"line": 3, "detail": "no cue"}]}
    api = FakeApi(
        [
            told("queued", "prd_1", revises=None), told("released", "prd_1", revises=None, output=None),
            ApiError(422, problem),
            told("queued", "prd_2"), told("stopped", "prd_2"),
            told("queued", "prd_3"), told("released", "prd_3"),
        ]
    )  # fmt: skip
    saves = iter(["bad", "two", "three"])

    def pause(_seconds: float) -> None:
        text = next(saves, None)
        if text is None:
            raise Ended
        script.write_text(text)
        os.utime(script, ns=(len(api.sent), len(api.sent) + 1))

    out, err = (Console(record=True, width=160, file=io.StringIO()) for _ in range(2))
    loop = Loop(
        Session(out=out, err=err), api, script, lambda _: {"screenplay": read_script(script), "cast": {}}, pause=pause
    )
    with pytest.raises(Ended):
        loop.run()
    assert [path for path, _ in api.sent] == [
        "/v1/productions", *["/v1/productions/prd_1/revisions"] * 3,
    ]  # fmt: skip
    assert [body["screenplay"] for _, body in api.sent] == ["one", "bad", "two", "three"]
    assert loop.base == "prd_3"
    shown = out.export_text()
    assert "MIRA: b" in shown
    assert "released: 1 of 2 takes used again" in shown
    assert "line 3" in err.export_text()


def test_watching_goes_on_without_the_house_and_with_what_is_no_text(tmp_path: Path) -> None:
    script = tmp_path / "film.fountain"
    script.write_text("Cast:\n    ANA = subject/sub_1\n")
    away = Unreachable("no gateway answers")
    queued, done = told("queued", "prd_1", revises=None), told("released", "prd_1", revises=None, output=None)
    api = FakeApi([away, away, queued, done, told("queued", "prd_2"), told("released", "prd_2")])
    saves = iter([None, None, b"\x89PNG", "two".encode("utf-16")])

    def pause(_seconds: float) -> None:
        data = next(saves, b"")
        if data == b"":
            raise Ended
        if data is not None:
            script.write_bytes(data)
            os.utime(script, ns=(len(data), len(data)))

    out, err = (Console(record=True, width=160, file=io.StringIO()) for _ in range(2))
    form = {"cast": {"ANA": {"subject": "sub_1"}}}
    loop = Loop(Session(out=out, err=err), api, script, lambda _: form, pause=pause)
    with pytest.raises(Ended):
        loop.run()
    said = err.export_text()
    assert (said.count("cli.unreachable"), said.count("cli.not_text")) == (1, 1)
    assert api.sent[-1] == ("/v1/productions/prd_1/revisions", {"screenplay": "two", "cast": {"ANA": None}})
    assert (loop.base, loop.running) == ("prd_2", None)


@pytest.mark.parametrize(
    ("data", "text"),
    [("é\r\nx".encode(), "é\nx"), (b"\xef\xbb\xbfTitle: x", "Title: x"), ("Ä🎬 שלום".encode("utf-16"), "Ä🎬 שלום")],
)
def test_scripts_are_read_as_editors_save_them(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "a.fountain").write_bytes(data)
    assert read_script(tmp_path / "a.fountain") == text


@pytest.mark.parametrize("words", ["plan a.fountain", "produce a.fountain --purpose news", "revise prd_1 a.fountain"])
def test_a_file_that_is_no_text_is_said_with_its_place(assent: Run, tmp_path: Path, words: str) -> None:
    (tmp_path / "a.fountain").write_bytes(b"INT. CAF\n\nCaf\xe9.\n")
    said = assent(*words.split(), code=5).stderr
    assert "cli.not_text" in said
    assert "line 3" in said
    assert "save it as UTF-8" in said


def test_a_file_of_any_form_is_known_by_its_name_and_words() -> None:
    forms = {"a.fountain": "fountain", "A.JSON": "storyboard", "a.txt": "prompt", "a.prompt.md": "prompt"}
    assert {name: form_of(Path(name), "a lighthouse") for name in forms} == forms
    assert form_of(Path("a.txt"), "Title: x\n\nINT. ROOM - DAY\n\nRain.\n") == "fountain"


@pytest.mark.parametrize("who", ["stock/mara+voice/odile", "stock:mara/odile"])
def test_a_member_is_cast_as_a_script_says_it_or_in_short(assent: Run, rpc: FakeRpc, tmp_path: Path, who: str) -> None:
    (tmp_path / "a.fountain").write_text("INT. X - DAY\n\nMIRA\nHello.\n")
    rpc.on(generation.submit, world.production("queued"))
    shown = assent("produce", "a.fountain", "--cast", f"MIRA={who}", "--purpose", "news").stdout
    member = rpc.sent(generation.submit)[0].cast["MIRA"]
    assert (member.stock, member.stock_voice) == ("mara", "odile")
    assert "prd_1" in shown


def test_lines_for_terminals_that_cannot_redraw(rpc: FakeRpc) -> None:
    shot = world.shot(1, state="rendering", fraction=0.4, take=None)
    views = [
        world.production(shots=(shot,), eta_s=65),
        world.production("released", fraction=1.0, output=world.output()),
    ]
    console = Console(record=True, width=160, file=io.StringIO())
    watch([view.model_dump(mode="json") for view in views], console)
    first, second, third, last = console.export_text().splitlines()
    assert first.startswith("prd_1  ")
    assert "shot 1 40%  1:05 left" in second
    assert third.startswith("released")
    assert "assent output get out_1" in last


def test_what_changed_is_told() -> None:
    assert what_changed(world.production().model_dump(mode="json")) is None
    same = version(shots=(world.shot(1, key="k1"),), removed=())
    console = Console(record=True, width=120, file=io.StringIO())
    console.print(what_changed(same.model_dump(mode="json")))
    console.print(what_changed(version().model_dump(mode="json")))
    shown = console.export_text()
    assert "nothing has changed since prd_1" in shown
    assert "locked to prd_0" in shown
    assert "removed" in shown


def test_what_a_lock_keeps_out_is_told() -> None:
    shot = world.shot(2, key="k2", kept="prd_0", reused=True, held=(LINE,))
    console = Console(record=True, width=120, file=io.StringIO())
    console.print(what_changed(version(shots=(shot,)).model_dump(mode="json")))
    [told] = [row for row in console.export_text().splitlines() if "held back" in row]
    assert "MIRA: b" in told
    assert "unlock" in told


def test_a_clock() -> None:
    assert [clock(seconds) for seconds in (0, 65.4, 3600, -3)] == ["0:00", "1:05", "60:00", "0:00"]
