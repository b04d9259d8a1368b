"""Step 5: a running film is stopped, once by an operator's pause and once by the subject's own *no*."""

import time
from collections.abc import Callable
from typing import Any

from gateway.client.signing import sign_grant_change
from gateway.demo.films import LONG_WALK, View, form, refused
from gateway.demo.people import People
from gateway.demo.stage import DemoFailed, Stage
from infra.kernel.clock import SystemClock

VIDEO = "allow.video_generation"
STOP_GOAL_MS = 2000.0
MEASURED_WITHIN_S = 10.0


def stop_twice(stage: Stage, people: People) -> None:
    """The pause, the resumption by two, the withdrawal, and the refusal of what comes after it."""
    stage.step(5, "Running films are stopped in the middle")
    _paused(stage, people)
    _resumed(stage, people)
    _withdrawn(stage, people)


def _cast(people: People) -> dict[str, Any]:
    return {**people.cast("ANA"), "ROSA": {"stock": "rosa"}}


def _paused(stage: Stage, people: People) -> None:
    def pause() -> int:
        recorded = people.pauses.change(VIDEO, "paused", "the demo stops a running film")
        stage.check(
            recorded["flag"]["state"] == "paused" and not recorded["pending"], "one operator paused it, at once"
        )
        return int(recorded["recorded"]["ledger_index"])

    view, index = _interrupt(stage, people, pause, when=_past_the_first)
    stage.fact("pause", f"{VIDEO} by Ada, ledger entry {index}")
    _stopped(stage, people, view, "pause")


def _resumed(stage: Stage, people: People) -> None:
    waiting = people.pauses.change(VIDEO, "limited", "looked into it; nothing was wrong")
    stage.check(waiting["pending"] and waiting["flag"]["state"] == "paused", "one operator alone cannot resume it")
    approved = people.resumes.approve(VIDEO, waiting["flag"]["pending"]["change_id"])
    stage.check(approved["flag"]["state"] == "limited", "a second operator approved: it runs again")
    stage.fact("resumption", f"{VIDEO} by Ada and Bob, ledger entry {approved['recorded']['ledger_index']}")


def _withdrawn(stage: Stage, people: People) -> None:
    def withdraw() -> int:
        now, signer = SystemClock().now(), people.subject_key.signer
        body = sign_grant_change(people.grant, "withdraw", "I have changed my mind", now=now, signer=signer)
        recorded = people.partner.post(f"/v1/grants/{people.grant}/changes", body)
        return int(recorded["ledger_index"])

    view, index = _interrupt(stage, people, withdraw, when=_with_the_subject)
    stage.fact("withdrawal", f"{people.grant} by the subject's own key, ledger entry {index}")
    _stopped(stage, people, view, "withdrawal")
    state = people.partner.get(f"/v1/grants/{people.grant}")["state"]
    stage.check(state == "withdrawn", "the grant is withdrawn", found=state)
    problem = refused(people, form("The Long Walk", LONG_WALK, _cast(people)))
    stage.check(
        "paused" not in problem and not problem["decision"]["allow"], "the next submit is refused", found=problem
    )
    stage.fact("refusal", f"{problem['status']} {problem['code']}: {problem['detail']}")


def _past_the_first(shot: dict[str, Any], done: int) -> bool:
    """Frames are being made, and a whole shot is already there to be thrown away."""
    return bool(shot["fraction"] > 0) and done >= 1


def _with_the_subject(shot: dict[str, Any], done: int) -> bool:
    """Frames that show the subject are being made."""
    return bool(shot["fraction"] > 0) and "ANA" in shot["characters"]


def _interrupt(
    stage: Stage, people: People, act: Callable[[], int], *, when: Callable[[dict[str, Any], int], bool]
) -> tuple[View, int]:
    """Start a production, ``act`` as soon as a running shot is one to be stopped, and wait until it is over."""
    begun = people.partner.post("/v1/productions", form("The Long Walk", LONG_WALK, _cast(people)))
    index: int | None = None
    view = begun
    for view in people.partner.follow(begun["id"]):
        done = sum(shot["state"] == "rendered" for shot in view["shots"])
        running = [shot for shot in view["shots"] if shot["state"] == "rendering" and when(shot, done)]
        if index is None and running:
            stage.note(
                f"{view['id']}: {done} of {len(view['shots'])} shots done, shot {running[0]['number']} is running"
            )
            index = act()
    if index is None:
        raise DemoFailed(f"no shot was seen running: {view['state']} {view['stop']}")
    return view, index


def _stopped(stage: Stage, people: People, view: View, cause: str) -> None:
    """The production is over, nothing of it was published, and the ledger says how fast it ended."""
    stage.check(view["state"] == "stopped" and view["output"] is None, "the running shot stopped", found=view["state"])
    stop = _measured(people, view)
    stage.check(stop["stop_ms"] is not None, "the stop was measured", found=stop)
    stage.check(stop["stop_ms"] <= STOP_GOAL_MS, f"within {STOP_GOAL_MS:.0f} ms", found=stop["stop_ms"])
    stage.fact("stopped after", f"{stop['stop_ms']:.1f} ms from the commit of the {cause} to the last running step")
    stage.fact("by", f"{stop['code']}: {stop['detail']}")
    stage.report.setdefault("stop_ms", {})[cause] = stop["stop_ms"]
    published = _published(people, view["id"])
    stage.check(not published, "nothing of it was published", found=published)


def _measured(people: People, view: View) -> dict[str, Any]:
    """The stop with its time: a job that was refused may report before the running one has measured how it ended."""
    until = time.monotonic() + MEASURED_WITHIN_S
    while view["stop"]["stop_ms"] is None and time.monotonic() < until:
        time.sleep(0.1)
        view = people.partner.get(f"/v1/productions/{view['id']}")
    found: dict[str, Any] = view["stop"]
    return found


def _published(people: People, production: str) -> list[int]:
    """Ledger entries that release anything of this production."""
    size = people.partner.get("/v1/ledger/checkpoint")["size"]
    found = people.partner.pages("/v1/ledger/entries", start=max(0, size - 512), limit=512)
    released = (entry for entry in found if entry["envelope"]["type"].startswith("consent.output-released"))
    return [entry["index"] for entry in released if entry["envelope"]["data"].get("production") == production]
