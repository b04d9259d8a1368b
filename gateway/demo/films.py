"""Steps 2 to 4: a film is asked for, made and looked at; a voice guessed from a face is asked for and refused."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.client import ApiError
from gateway.client.live import watch
from gateway.demo.people import EXAMPLES, People
from gateway.demo.stage import DemoFailed, Stage

FIRST_LIGHT, LONG_WALK = EXAMPLES / "first_light.fountain", EXAMPLES / "long_walk.fountain"
FIRST_FRAME_GOAL_S = 60.0
INFERRED = "allow.voice_inferred_from_face"
View = dict[str, Any]


def form(title: str, screenplay: Path, cast: dict[str, Any]) -> dict[str, Any]:
    """A production to submit."""
    return {"title": title, "screenplay": screenplay.read_text(), "cast": cast, "purpose": "entertainment"}


def make_film(stage: Stage, people: People, out: Path) -> View:
    """Steps 2 and 3; answers the released production."""
    stage.step(2, "A screenplay goes in")
    cast = {**people.cast("ANA"), "TOMAS": {"stock": "jonas"}}
    begun = people.partner.post("/v1/productions", form("First Light", FIRST_LIGHT, cast))
    decision = begun["decision"]
    stage.check(decision["allow"], "one decision over the whole film: allowed", found=decision["reasons"])
    stage.fact("decision", f"{decision['id']}  (ledger entry {decision['ledger_index']})")
    stage.check(set(decision["grants"].values()) == {people.grant}, "by the subject's grant and no other")
    speakers = {name for shot in begun["shots"] for name in shot["characters"]}
    stage.check(
        len(begun["shots"]) >= 4 and len(speakers) >= 2, f"{len(begun['shots'])} shots, {len(speakers)} speakers"
    )
    timed = _timed(stage, people.partner.follow(begun["id"]))
    view = watch(timed, stage.console, plain=stage.mode != "rich")
    if view is None or view["state"] != "released":
        raise DemoFailed(f"the film was not released: {view and (view['state'], view['stop'])}")
    first = stage.report["first_frame_s"]
    stage.check(first is not None, f"first frame of the film {first} s after the command was given")
    _look(stage, people, view, out)
    return view


def _timed(stage: Stage, views: Iterator[View]) -> Iterator[View]:
    """The same views; notes when the first frame was seen."""
    stage.report["first_frame_s"] = None
    for view in views:
        if stage.report["first_frame_s"] is None and any(shot["fraction"] > 0 for shot in view["shots"]):
            stage.report["first_frame_s"] = round(stage.elapsed_s, 1)
        yield view


def _look(stage: Stage, people: People, view: View, out: Path) -> None:
    """Step 3: the file is fetched, opened and compared with what the system says about it."""
    stage.step(3, "A film comes out")
    output, film, sheet = view["output"], out / "film.mp4", out / "contact_sheet.png"
    people.partner.download(f"/v1/outputs/{output['id']}/video", film)
    people.partner.download(f"/v1/outputs/{output['id']}/contact-sheet", sheet)
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    stage.check(digest == output["sha256"], "the file is the one the ledger names", found=digest)
    seen = opened(film)
    stage.check((seen["width"], seen["height"]) == (1280, 720), "1280×720", found=seen)
    stage.check(seen["rate"] == "24", "24 frames a second, exactly", found=seen["rate"])
    stage.check((seen["video_codec"], seen["audio_codec"]) == ("h264", "aac"), "H.264 and AAC", found=seen)
    stage.check(seen["seconds"] >= 12, f"{seen['seconds']} s long ({seen['frames']} frames decoded)")
    stage.check(seen["peak"] > 0.05, f"it can be heard (peak {seen['peak']})")
    stage.check(sheet.read_bytes().startswith(b"\x89PNG"), "the contact sheet is a picture")
    stage.fact("film", film)
    stage.fact("contact sheet", sheet)
    stage.fact("made in", f"{stage.elapsed_s:.1f} s since the command was given")
    _measured(stage, output["checks"])
    _entries(stage, people, view)


def _measured(stage: Stage, checks: dict[str, Any]) -> None:
    """What was measured on the finished file, and that lips and words are where they belong."""
    for name, value in checks.items():
        if not isinstance(value, dict):
            stage.fact(name, value)
    for who, lips in checks["fusion"]["lips"].items():
        promise = f"{who}'s lips are in time with the sound ({lips.get('offset_frames', 0):+g} frames)"
        stage.check(lips["verdict"] == "in time", promise, found=lips)
    speech = checks["fusion"]["speech"]
    stage.check(speech["heard"] == speech["lines"] > 0, f"all {speech['lines']} lines can be heard, and nothing else")
    worst = checks["continuity"]["worst"]
    stage.check(
        worst is None or worst["measure"] != "face_distance" or not worst["off"], "the face is one and the same"
    )
    stage.fact("furthest out of line", worst and "{character}, {measure} {figure} in shot {shot}".format(**worst))


def _entries(stage: Stage, people: People, view: View) -> None:
    """The ledger entries that allowed the film, read from the ledger itself."""
    wanted = {people.grant_index: "grant", view["decision"]["ledger_index"]: "decision"}
    wanted |= {index: f"shot {shot['number']}" for shot in view["shots"] for index in shot["ledger_indices"]}
    wanted[view["output"]["ledger_index"]] = "release"
    for index, what in sorted(wanted.items()):
        page = people.partner.get("/v1/ledger/entries", start=index, limit=1)
        envelope = page["data"][0]["envelope"]
        stage.fact(f"entry {index}", f"{what:<9} {envelope['type']:<34} leaf {page['data'][0]['leaf_hash'][:16]}…")
    released = people.partner.get("/v1/ledger/entries", start=view["output"]["ledger_index"], limit=1)["data"][0]
    names_it = view["output"]["sha256"] in released["leaf"] and people.grant in released["leaf"]
    stage.check(names_it, "the release entry names the film's digest and the grant")


def opened(film: Path) -> dict[str, Any]:
    """What a player finds in the file; opened in a process of its own."""
    words = [sys.executable, "-m", "gateway.demo.probe", str(film)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our module
    if done.returncode != 0:
        raise DemoFailed(f"the film does not open: {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout))


def refused(people: People, body: dict[str, Any]) -> dict[str, Any]:
    """Submit what must be refused; answers the problem document. Raises when it was let through."""
    try:
        view = people.partner.post("/v1/productions", body)
    except ApiError as error:
        if error.status != 403:
            raise
        return error.problem
    raise DemoFailed(f"this should have been refused: {view['id']} is {view['state']}")


def ask_for_a_guessed_voice(stage: Stage, people: People) -> None:
    """Step 4."""
    stage.step(4, "A voice guessed from the face is asked for")
    flag = people.partner.get(f"/v1/flags/{INFERRED}")
    stage.check(flag["state"] == "paused", f"{INFERRED} is paused", found=flag["state"])
    cast = {**people.cast("ANA", voice_from_face=True), "TOMAS": {"stock": "jonas"}}
    problem = refused(people, form("First Light", FIRST_LIGHT, cast))
    paused = problem.get("paused") or {}
    stage.check(paused.get("feature") == INFERRED, "refused, and the refusal names the paused flag", found=problem)
    stage.check(paused.get("ledger_index") == flag["ledger_index"] is not None, "with the ledger index of the pause",
                found=paused)  # fmt: skip
    stage.fact("refusal", f"{problem['status']} {problem['code']}: {problem['detail']}")
    stage.fact("paused", f"{paused['feature']} since {paused['since']}, ledger entry {paused['ledger_index']}")
    for reason in problem["decision"]["reasons"]:
        stage.fact("reason", f"{reason['code']}: {reason['detail']}  → {reason['fix']}")
