"""Step 1: a partner, two operators, and a subject who signs a grant with their own key."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.client import Api, KeyFile
from gateway.client.signing import flag_change, sign_approval, sign_draft, sign_flag_change
from gateway.demo.house import House
from gateway.demo.stage import Stage
from infra.kernel.clock import SystemClock
from infra.kernel.ids import new_id

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FACE, VOICE = EXAMPLES / "cast" / "ana.png", EXAMPLES / "cast" / "ana_voice.flac"
MODALITIES = ["face.image", "voice.clone"]


@dataclass(frozen=True)
class Operator:
    """An operator at work: the API under their own key, and the key their changes are signed with."""

    id: str
    api: Api
    key: KeyFile

    def change(self, flag: str, state: Any, reason: str) -> dict[str, Any]:
        """Sign and send a change of a flag."""
        change = flag_change(
            flag, state, reason, operator=self.id, change_id=new_id("chg"), now=SystemClock().now(),
            like=self.api.get(f"/v1/flags/{flag}"),
        )  # fmt: skip
        found: dict[str, Any] = self.api.post(f"/v1/flags/{flag}/changes", sign_flag_change(change, self.key.signer))
        return found

    def approve(self, flag: str, change_id: str) -> dict[str, Any]:
        """Sign and send the approval of a change that waits."""
        body = sign_approval(change_id, operator=self.id, now=SystemClock().now(), signer=self.key.signer)
        found: dict[str, Any] = self.api.post(f"/v1/flags/{flag}/approvals", body)
        return found


@dataclass(frozen=True)
class People:
    """Everybody in the story."""

    partner: Api
    partner_id: str
    pauses: Operator
    resumes: Operator
    subject: str
    subject_key: KeyFile
    face: str
    voice: str
    grant: str
    grant_index: int

    def close(self) -> None:
        """Close everybody's connections."""
        for api in (self.partner, self.pauses.api, self.resumes.api):
            api.close()

    def cast(self, name: str, *, voice_from_face: bool = False) -> dict[str, Any]:
        """The subject as a cast member."""
        member = {"subject": self.subject, "face": self.face, "voice_from_face": voice_from_face}
        return {name: member if voice_from_face else {**member, "voice": self.voice}}


def meet(stage: Stage, house: House, *, keys: Path) -> People:
    """Make everybody; keys are written below ``keys``, one folder per run."""
    stage.step(1, "A partner, two operators, a subject and their grant")
    run = keys / secrets.token_hex(4)
    with Api(house.url, house.admin_key) as admin:
        partner = admin.post("/v1/partners", {"name": "Northlight Pictures", "tier": "vetted"})
        stage.fact("partner", f"{partner['id']}  (ledger entry {partner['ledger_index']})")
        pauses = _operator(stage, admin, "Ada", can="pause", keys=run)
        resumes = _operator(stage, admin, "Bob", can="resume", keys=run)
    api = Api(house.url, partner["api_key"])
    subject, key = _enrol(stage, api, run)
    face, voice = _upload(stage, api, subject)
    grant, index = _grant(stage, api, subject, key)
    return People(api, partner["id"], pauses, resumes, subject, key, face, voice, grant, index)


def _operator(stage: Stage, admin: Api, name: str, *, can: str, keys: Path) -> Operator:
    key = KeyFile.generate()
    party = admin.post("/v1/operators", {"name": name, "public_key": key.public, "can": [can]})
    key = key.save(keys / f"{name.lower()}.key", owner=party["id"])
    stage.fact(f"operator {name}", f"{party['id']}  may {can}  (ledger entry {party['ledger_index']})")
    return Operator(party["id"], Api(admin.url, party["api_key"]), key)


def _enrol(stage: Stage, api: Api, keys: Path) -> tuple[str, KeyFile]:
    key = KeyFile.generate()
    party = api.post("/v1/subjects", {"display_name": "Ana Sol", "public_key": key.public})
    stage.fact("subject", f"{party['id']}  (ledger entry {party['ledger_index']}; no name in the ledger)")
    return party["id"], key.save(keys / "ana.key", owner=party["id"])


def _upload(stage: Stage, api: Api, subject: str) -> tuple[str, str]:
    found = []
    for kind, file in (("face", FACE), ("voice", VOICE)):
        asset = api.upload(f"/v1/subjects/{subject}/{kind}", file)
        measured = ", ".join(f"{k} {v}" for k, v in list(asset["quality"].items())[:4])
        stage.fact(kind, f"{file.name} accepted, sha256 {asset['sha256'][:16]}…  ({measured})")
        found.append(asset["sha256"])
    return found[0], found[1]


def _grant(stage: Stage, api: Api, subject: str, key: KeyFile) -> tuple[str, int]:
    form = {"subject": subject, "modalities": MODALITIES, "purposes": ["entertainment"], "days": 365, "max_uses": 100,
            "description": "Two short films: First Light and The Long Walk"}  # fmt: skip
    recorded = api.post("/v1/grants", sign_draft(api.post("/v1/grants/draft", form), key.signer))
    view = api.get(f"/v1/grants/{recorded['ref']}")
    terms = view["terms"]
    granted = sorted(p["modality"] for p in terms["permissions"])
    stage.check(view["state"] == "granted" and granted == MODALITIES, "the grant stands: face.image and voice.clone")
    stage.check(terms["scope"]["purposes"] == ["entertainment"] and view["uses_left"] == 100, "one purpose, 100 uses")
    stage.check(bool(recorded["proof"] and recorded["checkpoint"]), "the answer holds its inclusion proof")
    stage.fact(
        "grant", f"{view['id']}  until {terms['limits']['not_after'][:10]}  (ledger entry {view['ledger_index']})"
    )
    return view["id"], view["ledger_index"]


def ensure_open(stage: Stage, people: People, flag: str) -> None:
    """A flag that an interrupted run left paused is opened again, by both operators, before the story begins."""
    if people.partner.get(f"/v1/flags/{flag}")["state"] in {"paused", "off"}:
        stage.note(f"{flag} was left paused by an earlier run; two operators open it")
        widen(people, flag, "open again after an earlier run")


def widen(people: People, flag: str, reason: str) -> dict[str, Any]:
    """One operator proposes, the other approves; answers the flag as recorded."""
    waiting = people.pauses.change(flag, "limited", reason)
    return people.resumes.approve(flag, waiting["flag"]["pending"]["change_id"])
