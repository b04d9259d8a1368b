"""A plan over HTTP and in the terminal: what the generation service answers is passed on, and nothing is submitted."""

from pathlib import Path

from generation_service.contract import methods as generation
from generation_service.contract.methods import CastMember
from generation_service.contract.plans import PlannedLine, PlannedShot, PlanProblem, PlanView, plan_script
from identity_service.contract import methods as identity
from tests.gateway import world
from tests.gateway.conftest import Client, FakeRpc
from tests.gateway.test_cli import Run, assent, home

__all__ = ["assent", "home"]
SHOT = PlannedShot(
    key="int-room-day/ana-1", number=1, heading="INT. ROOM - DAY", size="CU", angle="low", camera="push-in",
    transition="fade", seconds=2.5, start_s=0.0, place="room, day", bed="rain", title_card="Later", lock=True,
    lines=(PlannedLine(character="ANA", text="Hi [you]."),),
)  # fmt: skip
CAST = {"ANA": CastMember(stock="mara")}
VIEW = PlanView(title="T", seconds=2.5, cast=CAST, shots=(SHOT,), notes=("a room is assumed",))


def test_a_plan_needs_no_idempotency_key_and_no_cast(client: Client, rpc: FakeRpc) -> None:
    rpc.on(plan_script, VIEW)
    answer = client("partner-key").post("/v1/plans", json={"screenplay": "INT. A", "format": "prompt"})
    assert (answer.status_code, answer.json()["shots"][0]["key"]) == (200, "int-room-day/ana-1")
    assert rpc.sent(plan_script)[0].format == "prompt"
    assert client("auditor-key").post("/v1/plans", json={"screenplay": "x"}).status_code == 403
    assert client("partner-key").post("/v1/plans", json={"screenplay": ""}).status_code == 422


def test_the_terminal_shows_shots_and_what_was_assumed(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    rpc.on(plan_script, VIEW)
    script = tmp_path / "film.txt"
    script.write_text("A room.", encoding="utf-8")
    shown = assent("plan", str(script), "--cast", "ANA=stock:mara", "--language", "fr", "--captions", "burnt")
    for part in ("1 shots, 2.5 s", "CU low push-in", "ANA: Hi [you].", "rain", "“Later”", "a room is assumed"):
        assert part in " ".join(shown.stdout.split())
    (sent,) = rpc.sent(plan_script)
    assert (sent.format, sent.cast["ANA"].stock) == ("prompt", "mara")
    assert (sent.language, sent.captions) == ("fr", "burnt")
    assert rpc.sent(generation.submit) == []


def test_the_terminal_shows_every_mistake_with_its_place(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    problem = PlanProblem(detail="nobody is cast as BEN", fix="cast it", line=7, column=3, pointer="/scenes/0")
    rpc.on(plan_script, PlanView(problems=(problem,)))
    script = tmp_path / "film.json"
    script.write_text("{}", encoding="utf-8")
    shown = assent("plan", str(script), code=5)
    assert "film.json:7:3 /scenes/0  nobody is cast as BEN" in shown.stdout
    assert "fix: cast it" in shown.stdout


def test_a_script_that_casts_itself_is_submitted_without_a_word_more(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    rpc.on(generation.submit, world.production("queued"))
    script = tmp_path / "night_train.storyboard.json"
    script.write_text('{"cast": {"OTTO": "stock/otto"}}', encoding="utf-8")
    assent("produce", str(script), "--purpose", "entertainment")
    (sent,) = rpc.sent(generation.submit)
    assert (sent.format, sent.cast, sent.title) == ("storyboard", {}, "Night Train")


def test_a_subject_that_a_script_names_is_given_its_references(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    rpc.on(generation.submit, world.production("queued"))
    rpc.on(identity.get_party, world.subject())
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(), world.asset("voice", world.VOICE))))
    script = tmp_path / "film.fountain"
    script.write_text(f"Title: T\nCast: ANA = subject/{world.SUBJECT}\n\nINT. A\n", encoding="utf-8")
    assent("produce", str(script), "--purpose", "entertainment")
    member = rpc.sent(generation.submit)[0].cast["ANA"]
    assert (member.subject, member.face, member.voice) == (world.SUBJECT, world.FACE, world.VOICE)


def test_an_empty_file_is_told_before_anything_is_asked(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    script = tmp_path / "film.fountain"
    script.write_bytes(b"")
    assert "cli.empty" in assent("plan", str(script), code=5).stderr
    assert rpc.sent(plan_script) == []
