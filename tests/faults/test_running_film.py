"""Parts of the house die while a film is made. The film comes out all the same, once, and the ledger is whole."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consent_service.client.verify import verify_export
from gateway.client import Api, ApiError, Unreachable
from gateway.client.exporting import export_to
from infra.stack.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.faults, pytest.mark.timeout(300)]

SCREENPLAY = """INT. KITCHEN - DAWN

[[shot: 3s, bed="rain"]]
Rain on the window.

MARA
You are up before the birds.

JONAS
Somebody had to be.
"""
FORM = {
    "title": "Storm", "screenplay": SCREENPLAY, "purpose": "entertainment",
    "cast": {"MARA": {"stock": "mara"}, "JONAS": {"stock": "jonas"}},
}  # fmt: skip
PATIENCE_S = 150.0


def patiently(ask: Callable[[], Any]) -> Any:
    """Ask until the house answers: while a part is away, *unavailable* is the right answer."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return ask()
        except Unreachable:
            pass
        except ApiError as error:
            if error.status != 503:
                raise
        assert time.monotonic() < until, "the house did not come back"
        time.sleep(0.2)


def until(api: Api, production: str, reached: Callable[[Any], bool]) -> Any:
    """Look at the production until ``reached`` says so."""
    limit = time.monotonic() + PATIENCE_S
    while True:
        view = patiently(lambda: api.get(f"/v1/productions/{production}"))
        if reached(view):
            return view
        assert time.monotonic() < limit, f"{view['state']}, {view['phase']}, {view['fraction']}, {view['stop']}"
        time.sleep(0.1)


def begun(api: Api, seed: int) -> str:
    """A production whose first shot is being rendered. Each test has a seed of its own, so that no take is reused."""
    made = patiently(lambda: api.post("/v1/productions", {**FORM, "seed": seed}))
    until(api, made["id"], lambda view: any(shot["state"] == "rendering" for shot in view["shots"]))
    return str(made["id"])


def released_once(api: Api, production: str, folder: Path) -> None:
    """The film is out, exactly once, it opens, and the ledger verifies offline."""
    over = ("released", "stopped", "failed", "cancelled", "refused")
    view = until(api, production, lambda view: view["state"] in over)
    assert view["state"] == "released", view["stop"]
    checkpoint = export_to(api, folder / "export")
    report = verify_export(folder / "export", checkpoint.vkey)
    assert report.ok, report.faults
    entries = [entry for entry in api.pages("/v1/ledger/entries") if production in entry["leaf"]]
    assert sum("consent.output-released" in entry["leaf"] for entry in entries) == 1
    film = folder / "film.mp4"
    assert api.download(f"/v1/outputs/{view['output']['id']}/video", film) == view["output"]["bytes"]


@pytest.mark.parametrize(
    ("seed", "victim"),
    [(1, "render-worker"), (2, "sequencer"), (3, "consent"), (4, "generation"), (5, "relay-consent")],
)
def test_a_process_is_killed_in_mid_shot(stack: Stack, partner: Api, tmp_path: Path, seed: int, victim: str) -> None:
    production = begun(partner, seed)
    stack.kill(victim)
    released_once(partner, production, tmp_path)
    assert any(incident.name == victim for incident in stack.incidents)


def test_the_speech_worker_is_killed_before_it_has_spoken(stack: Stack, partner: Api, tmp_path: Path) -> None:
    stack.kill("audio-worker")
    production = str(partner.post("/v1/productions", {**FORM, "seed": 6})["id"])
    released_once(partner, production, tmp_path)


def test_the_database_is_restarted_in_mid_shot(stack: Stack, partner: Api, tmp_path: Path) -> None:
    production = begun(partner, 7)
    stack.restart_postgres()
    released_once(partner, production, tmp_path)


def test_the_broker_is_away_in_mid_shot(stack: Stack, partner: Api, tmp_path: Path) -> None:
    """While it is away every guard denies and the gateway says *unavailable*; afterwards the film goes on."""
    production = begun(partner, 8)
    stack.stop_broker()
    with pytest.raises(ApiError) as refused:
        partner.post("/v1/productions", {**FORM, "seed": 9})
    assert refused.value.status == 503
    stack.start_broker()
    released_once(partner, production, tmp_path)
