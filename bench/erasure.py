"""From the signed request of a person to the last byte: how long an erasure takes in a whole running house.

A subject with a portrait and a voice sample is in a released film. The clock runs from the request at the gateway until
nothing of them is left: no reference file, no take, no film under any key, the party's name gone, the film's address
answering 410. It is read from outside, by looking at the blob store and asking the gateway every 20 ms.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.report import Report, quantile
from gateway.client import Api, ApiError, KeyFile
from gateway.client.signing import sign_draft, sign_erasure
from infra.kernel.clock import SystemClock
from infra.stack.stack import Stack
from infra.stack.temporary import TemporaryServers

ROOT = Path(__file__).resolve().parent.parent
CAST = ROOT / "examples" / "cast"
SCREENPLAY = "INT. KITCHEN - DAWN\n\n[[shot: MCU, 2s]]\nShe looks up.\n\nANA\nGood morning.\n"
PEOPLE, PROMISED_S, LIMIT_S = 3, 60.0, 200.0


def main() -> None:
    """Measure and write the report."""
    report = Report("erasure", conditions=f"{PEOPLE} people, one film each; every service and worker of the house")
    servers = TemporaryServers(ROOT / ".local" / "run")
    folder = Path(tempfile.mkdtemp(prefix="erasure-", dir=servers.claim()))
    given = {"database_url": os.environ.get("ASSENT_DATABASE_URL"), "amqp_url": os.environ.get("ASSENT_AMQP_URL")}
    try:
        with Stack(folder, **given) as stack:  # type: ignore[arg-type]
            with Api(stack.gateway_url, stack.secrets.admin_key()) as admin:
                partner = admin.post("/v1/partners", {"name": "Bench", "tier": "vetted"})
            with Api(stack.gateway_url, partner["api_key"]) as api:
                taken = [erased(api, stack.state_dir / "blobs") for _ in range(PEOPLE)]
    finally:
        servers.close()
    report.add("request → nothing left, median", quantile(taken, 0.5), "s")
    report.add("request → nothing left, worst", max(taken), "s", at_most=PROMISED_S)
    report.write()


def erased(api: Api, blobs: Path) -> float:
    """Make a person and a film of them, erase them; seconds until nothing is left."""
    key = KeyFile.generate()
    subject = api.post("/v1/subjects", {"display_name": "Ana", "public_key": key.public})["id"]
    face = api.upload(f"/v1/subjects/{subject}/face", CAST / "ana.png")["sha256"]
    voice = api.upload(f"/v1/subjects/{subject}/voice", CAST / "ana_voice.flac")["sha256"]
    form = {"subject": subject, "modalities": ["face.image", "voice.clone"], "purposes": ["entertainment"],
            "description": "A morning"}  # fmt: skip
    api.post("/v1/grants", sign_draft(api.post("/v1/grants/draft", form), key.signer))
    output = film(api, {"ANA": {"subject": subject, "face": face, "voice": voice}})
    if not files(blobs):
        raise RuntimeError("there is nothing that could be erased")
    asked = sign_erasure(subject, by=subject, reason="request", now=SystemClock().now(), signer=key.signer)
    began = time.monotonic()
    api.post(f"/v1/subjects/{subject}/erasure", asked)
    while files(blobs) or not gone(api, output) or api.get(f"/v1/subjects/{subject}")["state"] != "erased":
        if time.monotonic() - began > LIMIT_S:
            raise RuntimeError(f"after {LIMIT_S:g} s there is still something left: {files(blobs)} files")
        time.sleep(0.02)
    return time.monotonic() - began


def film(api: Api, cast: dict[str, Any]) -> str:
    """A released film; its output."""
    body = {"title": "Morning", "screenplay": SCREENPLAY, "cast": cast, "purpose": "entertainment",
            "width": 640, "height": 360}  # fmt: skip
    made = api.post("/v1/productions", body)
    for view in api.follow(made["id"]):
        made = view
    if made["state"] != "released":
        raise RuntimeError(f"the film was not released: {made['stop']}")
    return str(made["output"]["id"])


def files(blobs: Path) -> int:
    """Objects of any kind in the store."""
    return sum(path.is_file() for path in blobs.rglob("*"))


def gone(api: Api, output: str) -> bool:
    """Whether the film's address says that it is gone."""
    try:
        api.get(f"/v1/outputs/{output}")
    except ApiError as error:
        return error.status == 410
    return False


if __name__ == "__main__":
    main()
