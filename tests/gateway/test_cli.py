"""The command line against the app: what it sends, what it says, how it ends, and what it leaves on disk."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from audio_service.contract import methods as audio
from consent_service.contract import methods as consent
from consent_service.contract.flags import APPROVAL_CONTEXT, FLAG_CONTEXT
from consent_service.contract.ledger import WITHDRAW_CONTEXT, Entries, Entry
from consent_service.contract.private import sealed_grant
from consent_service.contract.retention import OutputStanding
from gateway.cli import app
from gateway.cli.session import Session
from gateway.client import KeyFile
from generation_service.contract import methods as generation
from identity_service.contract import methods as identity
from infra.kernel.crypto import b64u, verify_value
from infra.kernel.errors import Invalid, NotFound
from tests.consent_service.ledger import story
from tests.gateway import world
from tests.gateway.conftest import ADMIN_KEY, KEYS, AsgiTransport, FakeRpc

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("ASSENT_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("ASSENT_URL", "ASSENT_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def assent(home: Path, transport: AsgiTransport) -> Run:
    """``assent("flag", "list", key="ada-key")``."""

    def run(*words: str, key: str = "partner-key", code: int = 0, typed: str | None = None) -> Result:
        env = {"ASSENT_API_KEY": key} if key else {}
        result = CliRunner().invoke(app, list(words), env=env, obj=Session(transport=transport), input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def test_login_keeps_a_profile_only_its_owner_can_read(assent: Run, home: Path) -> None:
    result = assent("login", "--url", "http://gateway", "--key", ADMIN_KEY, "--save-as", "admin", key="")
    assert "admin" in result.stdout
    file = home / "profiles.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["current"] == "admin"
    assert json.loads(assent("whoami", "--json", key="").stdout)["role"] == "admin"
    assert ADMIN_KEY not in assent("profiles", key="").stdout


def test_login_with_a_wrong_key_keeps_nothing(assent: Run, home: Path) -> None:
    result = assent("login", "--key", "nobody", key="", code=6)
    assert "identity.unknown_key" in result.stderr
    assert not home.exists()


def test_an_unknown_profile_is_said(assent: Run) -> None:
    assert "cli.no_such_profile" in assent("--as", "nobody", "whoami", key="", code=5).stderr


def test_nobody_answers(home: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    session = Session(transport=httpx.MockTransport(refuse))
    result = CliRunner().invoke(app, ["whoami"], obj=session)
    assert result.exit_code == 7
    assert "cli.unreachable" in result.stderr
    assert "make up" in result.stderr


def test_json_may_stand_anywhere_and_problems_are_json_too(assent: Run, rpc: FakeRpc) -> None:
    rpc.on(consent.get_grant, NotFound("consent.unknown_grant", "no such grant", grant="grt_9"))
    for words in (("--json", "grant", "show", "grt_9"), ("grant", "show", "grt_9", "--json")):
        result = assent(*words, code=4)
        assert json.loads(result.stderr)["code"] == "consent.unknown_grant"
        assert result.stdout == ""


def test_an_error_is_explained(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    errors = [{"detail": "nobody is called BOB", "line": 7, "column": 3, "pointer": "/screenplay"}]
    rpc.on(generation.submit, Invalid("generation.screenplay_invalid", "one error", fix="cast BOB", errors=errors))
    (tmp_path / "a.fountain").write_text("BOB\nHi.\n")
    words = ("produce", "a.fountain", "--cast", "BOB=stock:otto", "--purpose", "news")
    text = assent(*words, code=5).stderr
    for part in ("generation.screenplay_invalid", "one error", "line 7, column 3", "nobody is called BOB", "cast BOB"):
        assert part in text


def test_the_admin_makes_a_partner_and_keeps_its_key(assent: Run, rpc: FakeRpc, home: Path) -> None:
    rpc.on(identity.create_partner, world.party("partner", world.PARTNER, tier="vetted", api_key="secret-key"))
    shown = assent("partner", "create", "N", "--tier", "vetted", key=ADMIN_KEY).stdout
    assert "secret-key" in shown
    kept = assent("partner", "create", "N", "--save-as", "north", key=ADMIN_KEY).stdout
    assert "secret-key" not in kept
    assert json.loads((home / "profiles.json").read_text())["profiles"]["north"]["key"] == "secret-key"


def test_an_operator_gets_a_key_file_of_their_own(assent: Run, rpc: FakeRpc, home: Path) -> None:
    rpc.on(identity.create_operator, world.party("operator", "opr_1", api_key="k"))
    assent("operator", "create", "Ada", "--can", "pause", key=ADMIN_KEY)
    file = home / "keys" / "opr_1.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KeyFile.load(file).public == rpc.sent(identity.create_operator)[0].public_key


def test_a_subject_is_enrolled_by_their_own_key_and_sends_files(
    assent: Run, rpc: FakeRpc, home: Path, tmp_path: Path
) -> None:
    rpc.on(identity.enrol_subject, world.subject())
    assent("subject", "enrol", "Ana")
    key = KeyFile.load(home / "keys" / f"{world.SUBJECT}.key")
    assert rpc.sent(identity.enrol_subject)[0].public_key == key.public
    rpc.on(identity.get_party, world.subject())
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(),)))
    rpc.on(identity.add_asset, lambda command: world.asset(command.kind, command.sha256))
    (tmp_path / "me.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    sent = json.loads(assent("subject", "upload", world.SUBJECT, "--face", "me.png", "--json").stdout)
    assert sent["face"]["kind"] == "face"
    assert world.FACE[:16] in assent("subject", "show", world.SUBJECT).stdout
    assert "cli.nothing_to_send" in assent("subject", "upload", world.SUBJECT, code=5).stderr
    assert "no.png" in assent("subject", "upload", world.SUBJECT, "--face", "no.png", code=5).stderr


@pytest.fixture
def granted(rpc: FakeRpc, home: Path) -> None:
    known = {world.SUBJECT: world.subject(), world.PARTNER: world.party("partner", world.PARTNER)}
    rpc.on(identity.get_party, lambda command: known[command.id])
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(), world.asset("voice", world.VOICE))))
    rpc.on(consent.record_grant, world.recorded())
    rpc.on(consent.change_grant, world.recorded(index=30))
    rpc.on(consent.get_grant, world.grant())
    KeyFile(world.SUBJECT_KEY).save(home / "keys" / f"{world.SUBJECT}.key", owner=world.SUBJECT)


@pytest.mark.usefixtures("granted")
def test_a_grant_is_drafted_read_signed_recorded_and_withdrawn(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    words = ("--modality", "face.image", "--purpose", "entertainment", "--description", "a film")
    drafted = assent("grant", "draft", world.SUBJECT, *words)
    assert "Before you sign" in drafted.stdout
    declined = assent("grant", "sign", "draft.json", typed="n\n", code=1)
    assert "Before you sign" in declined.stderr
    assert not (tmp_path / "signed.json").exists()
    assent("grant", "sign", "draft.json", typed="y\n")
    assert "ledger entry 7" in assent("grant", "record", "signed.json").stdout
    (sent,) = rpc.sent(consent.record_grant)
    sealed = sealed_grant(sent).model_dump(mode="json")
    assert "a film" not in str(sealed)
    verify_value(sent.terms.subject.public_key, "assent/grant/v1", sealed, sent.signature)
    for action in ("suspend", "resume", "withdraw"):
        assert "ledger entry 30" in assent("grant", action, "grt_1").stdout
    change = rpc.sent(consent.change_grant)[-1]
    assert change.change.action == "withdraw"
    public = b64u(world.SUBJECT_KEY.public)
    verify_value(public, WITHDRAW_CONTEXT, change.change.model_dump(mode="json"), change.signature)


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda d: d["notice"].update(text="something else"), "cli.other_notice"),
        (lambda d: d["terms"]["limits"].update(max_uses=999), "cli.other_bytes"),
        (lambda d: d["terms"]["subject"].update(public_key="A" * 43), "cli.other_bytes"),
        (lambda d: d["terms"]["scope"].update(description="another film"), "cli.other_bytes"),
        (lambda d: d["openings"]["salts"].update({"/scope/description": "A" * 43}), "cli.other_bytes"),
        (lambda d: d["openings"]["salts"].clear(), "consent.bad_openings"),
    ],
)
def test_nothing_else_than_what_was_shown_is_signed(
    assent: Run, tmp_path: Path, bend: Callable[[Any], None], code: str
) -> None:
    words = ("--modality", "face.image", "--purpose", "news", "--description", "x")
    assent("grant", "draft", world.SUBJECT, *words)
    drafted = json.loads((tmp_path / "draft.json").read_text())
    bend(drafted)
    (tmp_path / "draft.json").write_text(json.dumps(drafted))
    assert code in assent("grant", "sign", "draft.json", "--yes", code=5).stderr
    assert not (tmp_path / "signed.json").exists()


def test_a_production_is_watched_to_its_end(assent: Run, rpc: FakeRpc, tmp_path: Path) -> None:
    rpc.on(identity.get_party, world.subject())
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(), world.asset("voice", world.VOICE))))
    rpc.on(generation.submit, world.production("queued"))
    views = [world.production(), world.production("released", version=9, fraction=1.0, output=world.output())]
    rpc.on(generation.get_production, lambda _: views.pop(0) if len(views) > 1 else views[0])
    (tmp_path / "a.fountain").write_text("INT. X - DAY\n\nMIRA\nHello.\n")
    cast = ("--cast", f"MIRA={world.SUBJECT}", "--cast", "OTTO=stock:otto/silas")
    result = assent("produce", "a.fountain", *cast, "--purpose", "entertainment", "--watch")
    assert "released" in result.stdout
    sent = rpc.sent(generation.submit)[0]
    assert (sent.cast["MIRA"].face, sent.cast["MIRA"].voice) == (world.FACE, world.VOICE)
    assert (sent.cast["OTTO"].stock, sent.cast["OTTO"].stock_voice) == ("otto", "silas")
    assert sent.title == "A"


def test_a_stopped_production_ends_with_three_and_a_refusal_says_all_reasons(
    assent: Run, rpc: FakeRpc, tmp_path: Path
) -> None:
    rpc.on(generation.get_production, world.production("stopped", version=9))
    assent("production", "watch", "prd_1", code=3)
    (tmp_path / "a.fountain").write_text("x")
    rpc.on(identity.get_party, world.subject())
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(), world.asset("voice", world.VOICE))))
    rpc.on(generation.submit, world.production("refused", decision=world.decision(world.paused_reason())))
    cast = f"MIRA={world.SUBJECT}!voice-from-face"
    text = assent("produce", "a.fountain", "--cast", cast, "--purpose", "news", code=3).stderr
    for part in ("consent.flag_paused", "allow.voice_inferred_from_face", "ledger entry 4", "ask an operator"):
        assert part in text
    assert rpc.sent(generation.submit)[0].cast["MIRA"].voice is None


@pytest.mark.parametrize("cast", ["MIRA", "=stock", "MIRA=", "MIRA=somebody"])
def test_a_cast_that_cannot_be_read(assent: Run, tmp_path: Path, cast: str) -> None:
    (tmp_path / "a.fountain").write_text("x")
    assert "cli.bad_cast" in assent("produce", "a.fountain", "--cast", cast, "--purpose", "news", code=5).stderr


def test_films_are_listed_shown_cancelled_and_saved(assent: Run, rpc: FakeRpc, parts: Any, tmp_path: Path) -> None:
    rpc.on(generation.list_productions, generation.Productions(productions=(world.production(),), has_more=False))
    rpc.on(generation.get_production, world.production())
    rpc.on(generation.cancel, world.production("cancelled"))
    assert "prd_1" in assent("production", "list").stdout
    assert "The Keeper" in assent("production", "show", "prd_1").stdout
    assert "cancelled" in assent("production", "cancel", "prd_1").stdout
    key = bytes(32)
    film, sheet = parts.blobs.put("released", b"film", key), parts.blobs.put("released", b"\x89PNG", key)
    output = world.output(film, 4).model_copy(update={"contact_sheet": sheet})
    rpc.on(generation.get_output_key, generation.OutputKey(output=output, data_key=b64u(key)))
    rpc.on(consent.output_standing, OutputStanding(output_sha256=output.sha256, state="released"))
    assert film in assent("output", "show", "out_1").stdout
    assent("output", "get", "out_1", "--to", "deep/film.mp4")
    assent("sheet", "out_1", "--to", "sheet.png")
    assert (tmp_path / "deep/film.mp4").read_bytes() == b"film"
    assert (tmp_path / "sheet.png").read_bytes() == b"\x89PNG"
    assert not list(tmp_path.rglob("*.part"))


def test_flags_are_paused_by_one_and_resumed_by_two(assent: Run, rpc: FakeRpc, home: Path) -> None:
    ada, bob = KEYS["ada-key"][0], KEYS["bob-key"][0]
    keys = {who: KeyFile.generate().save(home / "keys" / f"{who}.key", owner=who) for who in (ada, bob)}
    flag = world.flag()
    rpc.on(consent.get_flags, lambda _: consent.Flags(flags=(flag,), version=1))
    rpc.on(consent.change_flag, consent.FlagRecorded(flag=flag, recorded=world.recorded(index=31), pending=False))
    rpc.on(consent.approve_flag, consent.FlagRecorded(flag=flag, recorded=world.recorded(index=33), pending=False))
    assert "allow.video_generation" in assent("flag", "list", key="ada-key").stdout
    assert "entry 31" in assent("flag", "pause", flag.key, "--reason", "a test", key="ada-key").stdout
    (paused,) = rpc.sent(consent.change_flag)
    assert (paused.change.state, paused.change.operator) == ("paused", ada)
    verify_value(keys[ada].public, FLAG_CONTEXT, paused.change.model_dump(mode="json"), paused.signature)
    nothing = assent("flag", "approve", flag.key, key="bob-key", code=5)
    assert "cli.nothing_waits" in nothing.stderr
    assent("flag", "resume", flag.key, "--reason", "all is well", key="ada-key")
    flag = world.flag(pending=rpc.sent(consent.change_flag)[-1].change)
    assert "entry 33" in assent("flag", "approve", flag.key, key="bob-key").stdout
    (approved,) = rpc.sent(consent.approve_flag)
    assert approved.approval.change_id == flag.pending.change_id
    verify_value(keys[bob].public, APPROVAL_CONTEXT, approved.approval.model_dump(mode="json"), approved.signature)


@pytest.fixture
def ledger(rpc: FakeRpc) -> list[str]:
    leaves = story.covered_film().release().leaves()
    entries = tuple(Entry(index=i, leaf=leaf, leaf_hash="00" * 32) for i, leaf in enumerate(leaves))
    rpc.on(consent.get_checkpoint, story.checkpoint(leaves))

    def page(command: consent.GetEntries) -> Entries:
        found = entries[command.start : command.start + min(command.limit, 3)]
        return Entries(entries=found, size=len(entries))

    rpc.on(consent.get_entries, page)
    rpc.on(consent.get_proof, consent.Proof(index=1, tlog_proof="c2sp.org/tlog-proof@v1\n"))
    rpc.on(consent.get_consistency, consent.Consistency(hashes=("aGk=",)))
    return leaves


def test_the_ledger_is_read(assent: Run, ledger: list[str], tmp_path: Path) -> None:
    assert "verifier key" in assent("ledger", "checkpoint").stdout
    assert (
        "consent.grant-recorded.v1"
        in assent("ledger", "entries").stdout + assent("ledger", "entries", "--start", "3").stdout
    )
    assent("ledger", "proof", "1", "--to", "1.tlog-proof")
    assert (tmp_path / "1.tlog-proof").read_text() == "c2sp.org/tlog-proof@v1\n"
    assert "aGk=" in assent("ledger", "consistency", "1", "2").stdout


def test_an_export_verifies_offline_and_a_flipped_byte_is_named(assent: Run, ledger: list[str], tmp_path: Path) -> None:
    told = json.loads(assent("audit", "export", "pack", "--key-to", "log.vkey", "--json").stdout)
    assert told["size"] == len(ledger)
    good = assent("audit", "verify", "pack", "--key", "log.vkey", key="", code=10).stdout
    assert "consistent" in good
    assert "covered by grt_1" in good
    entry = tmp_path / "pack" / "entries" / "000000003.json"
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 1
    entry.write_bytes(bytes(data))
    bad = json.loads(assent("audit", "verify", "pack", "--key", told["vkey"], "--json", key="", code=40).stdout)
    assert 3 in {fault["index"] for fault in bad["faults"]}
    assert "cli.no_export" in assent("audit", "verify", "nothing", "--key", "x", key="", code=5).stderr


def test_the_export_of_the_gateway_itself_verifies(client: Any, assent: Run, ledger: list[str], tmp_path: Path) -> None:
    answer = client().get("/v1/ledger/export")
    assert answer.headers["content-type"] == "application/zip"
    (tmp_path / "ledger.zip").write_bytes(answer.content)
    assent("audit", "verify", "ledger.zip", "--key", str(story.VKEY), key="", code=10)


def test_the_catalogue(assent: Run, rpc: FakeRpc) -> None:
    rpc.on(audio.list_voices, audio.Voices(voices=()))
    door = audio.KnownEffect(name="door", words=("door", "gate"))
    rpc.on(audio.list_beds, audio.Beds(beds=("rain", "sea"), effects=(door,)))
    assert assent("voices").stdout
    assert "rain, sea" in assent("beds").stdout
    assert "door, gate" in assent("effects").stdout


def test_a_key_is_never_overwritten_and_a_bad_key_file_is_said(assent: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    KeyFile.generate().save(path, owner="sub_1")
    with pytest.raises(Invalid, match=r"cli\.key_exists"):
        KeyFile.generate().save(path, owner="sub_1")
    (tmp_path / "bad.key").write_text("{}")
    words = ("grant", "withdraw", "grt_1", "--key-file", "bad.key")
    assert "cli.bad_key_file" in assent(*words, code=5).stderr


@pytest.mark.parametrize(
    "words",
    [[], ["partner"], ["operator"], ["subject"], ["grant"], ["grant", "draft"], ["produce"], ["production"], ["output"],
     ["sheet"], ["flag"], ["flag", "pause"], ["ledger"], ["audit", "verify"], ["login"], ["demo"]],
    ids=" ".join,
)  # fmt: skip
def test_help_is_everywhere(home: Path, words: list[str]) -> None:
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout
