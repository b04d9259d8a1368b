"""What a subject may ask for over HTTP: the whole history with its proof, everything in one file, and to be erased."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from consent_service.contract import methods as consent
from consent_service.contract.erasure import ERASURE_CONTEXT, SubjectErased
from consent_service.contract.ledger import Entries, Entry
from consent_service.contract.privacy import SubjectOpenings
from consent_service.contract.private import Opened
from consent_service.contract.subject_index import (
    INDEX_COMMITTED,
    INDEX_STREAM,
    Concerns,
    SubjectEntries,
    SubjectItem,
    SubjectProof,
    list_item,
    list_value,
    map_key,
)
from gateway.cli import app
from gateway.client.histories import checked_history
from gateway.client.signing import sign_erasure
from identity_service.contract import methods as identity
from infra.kernel.crypto import verify_value
from infra.kernel.errors import Invalid
from infra.tlog.merkle import CompactRange, hash_leaf, inclusion_spans, root_of
from infra.tlog.proof import TlogProof
from infra.tlog.smt import build, prove, root_of_map
from tests.consent_service.ledger.story import GRANT, VKEY, Story, checkpoint, covered_film
from tests.gateway import world
from tests.gateway.conftest import PARTNER, Client, FakeRpc

WHO = "sub_1"
KEY = {"Idempotency-Key": "k"}


def proven(story: Story) -> tuple[SubjectProof, list[Entry]]:
    """The subject's history in the story, with an index committed at its end."""
    leaves, concerns, tree, items = story.leaves(), Concerns(), CompactRange(), list[Entry]()
    for index, leaf in enumerate(leaves):
        value = json.loads(leaf)
        if WHO in concerns.see(value["type"], value["data"]):
            items.append(Entry(index=index, leaf=leaf, leaf_hash=hash_leaf(leaf.encode()).hex()))
            tree.append(list_item(index, hash_leaf(leaf.encode())))
    nodes = build([(map_key(WHO), list_value(tree)), (map_key("sub_other"), bytes(32))])
    data = {"size": len(leaves), "root": root_of_map(nodes).hex(), "subjects": 2}
    leaves = story.add(INDEX_COMMITTED, INDEX_STREAM, data).leaves()
    hashes = [hash_leaf(leaf.encode()) for leaf in leaves]
    path = tuple(root_of(hashes[start:end]) for start, end in inclusion_spans(len(leaves) - 1, len(leaves)))
    shown = prove(nodes, map_key(WHO))
    assert shown.leaf is not None
    proof = SubjectProof(
        subject=WHO, commitment=leaves[-1], siblings=tuple(item.hex() for item in shown.siblings),
        tlog_proof=TlogProof(len(leaves) - 1, path, checkpoint(leaves).note).text(),
        leaf_key=shown.leaf.key.hex(), leaf_value=shown.leaf.value.hex(),
        items=tuple(SubjectItem(index=one.index, leaf_hash=one.leaf_hash) for one in items),
    )  # fmt: skip
    return proof, items


@pytest.fixture
def history(rpc: FakeRpc) -> list[Entry]:
    """A ledger that knows one subject: enrolled, one grant, one use that ended and one that runs."""
    proof, entries = proven(covered_film())
    rpc.on(identity.get_party, world.subject(id=WHO))
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(),)))
    rpc.on(consent.prove_subject, proof)

    def page(query: SubjectEntries) -> Entries:
        return Entries(entries=tuple(entries[query.start : query.start + query.limit]), size=len(entries))

    rpc.on(consent.get_subject_entries, page)
    rpc.on(consent.get_checkpoint, consent.Checkpoint(note="n", vkey=str(VKEY), size=9))
    rpc.on(consent.get_proof, lambda query: consent.Proof(index=query.index, tlog_proof=f"proof of {query.index}"))
    rpc.on(consent.list_grants, consent.Grants(grants=(world.grant(),), has_more=False))
    kept = Opened(entry=entries[1].envelope()["id"], subject=WHO, values={"/scope/description": "<b>mother</b>"})
    rpc.on(consent.get_openings, SubjectOpenings(opened=(kept,)))
    return entries


def test_a_history_verifies_on_the_callers_side(client: Client, history: list[Entry]) -> None:
    found = client().get(f"/v1/subjects/{WHO}/history").json()
    started = next(one.index for one in history if "synthesis-started" in one.leaf)
    claims = checked_history(found, key=str(VKEY), no_use=f"0:{started}", standing=f"{GRANT}:{started}")
    assert claims[0].startswith(f"complete: {len(history)} of the first 7 ledger entries concern sub_1, 1 grants and 2")
    assert len(claims) == 3
    assert "gateway's word" in checked_history(found)[1]
    for wrong in ({"no_use": f"0:{started + 1}"}, {"standing": f"{GRANT}:99"}, {"standing": "grt_9:5"}):
        with pytest.raises(Invalid):
            checked_history(found, key=str(VKEY), **wrong)
    with pytest.raises(Invalid, match="bad_claim"):
        checked_history(found, no_use="from 1 to 2")
    with pytest.raises(Invalid, match="proof_invalid"):
        checked_history({**found, "leaves": found["leaves"][:-1]})


@pytest.mark.usefixtures("history")
def test_another_partner_sees_nothing_of_it(client: Client) -> None:
    for what in ("history", "export"):
        assert client("other-key").get(f"/v1/subjects/{WHO}/{what}").status_code == 404


def test_the_file_tells_everything_to_people_and_to_machines(client: Client, history: list[Entry]) -> None:
    answer = client().get(f"/v1/subjects/{WHO}/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    parts = ("subject", "assets", "grants", "openings", "history")
    assert {"index.html", *(f"{name}.json" for name in parts)} <= files.keys()
    assert all(files[f"entries/{one.index}.json"] == one.leaf for one in history)
    assert files[f"entries/{history[0].index}.tlog-proof"] == f"proof of {history[0].index}"
    assert "you gave a permission" in files["index.html"]
    assert "&lt;b&gt;mother&lt;/b&gt;" in files["index.html"]
    assert "<b>mother" not in files["index.html"]
    for words in (
        "show your face",
        "Complain to the data protection authority",
        "Who receives it",
        f"<dd>{PARTNER}</dd>",
    ):
        assert words in files["index.html"], words
    assert "$" not in files["index.html"]
    record = json.loads(files["records/grt_1.jsonld"])
    assert record["@context"][0] == "https://w3id.org/dpv/schema/dpv-27560"
    assert record["@type"] == "dpv:ConsentRecord"
    used = {
        word.split(":")[0]
        for word in re.findall(
            r'"(?:@type": ")?([a-z-]+:[A-Z][A-Za-z0-9-]+|[a-z]+:[a-z][A-Za-z]+)"', json.dumps(record)
        )
    }
    assert used - {"urn", "https", "http"} <= record["@context"][1].keys(), "every prefix is named in the record itself"
    assert record["dpv:hasConsentStatus"][0]["@type"] == "dpv:ConsentGiven"
    assert record["dpv:hasDataController"]["@id"] == f"urn:assent:{PARTNER}"
    checked_history(json.loads(files["history.json"]), key=str(VKEY))


def test_a_subject_is_erased_with_nothing_but_a_signature(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.erase_subject, SubjectErased(subject=WHO, recorded=world.recorded(WHO, 31)))
    body = sign_erasure(WHO, by=WHO, reason="request", now=world.AT, signer=world.SUBJECT_KEY)
    answer = client(None).post(f"/v1/subjects/{WHO}/erasure", json=body, headers=KEY)
    assert (answer.status_code, answer.json()["recorded"]["ledger_index"]) == (201, 31)
    (sent,) = rpc.sent(identity.erase_subject)
    public = world.subject().public_key or ""
    verify_value(public, ERASURE_CONTEXT, sent.erasure.model_dump(mode="json"), sent.signature)
    other = client(None).post("/v1/subjects/sub_2/erasure", json=body, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "gateway.other_subject")


def test_a_saved_history_is_verified_by_the_command_line_without_a_network(
    client: Client, history: list[Entry], tmp_path: Path
) -> None:
    file = tmp_path / "history.json"
    found: dict[str, Any] = client().get(f"/v1/subjects/{WHO}/history").json()
    file.write_text(json.dumps(found))
    done = CliRunner().invoke(app, ["--json", "subject", "history", str(file), "--prove", "--key", str(VKEY)])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["claims"][0].startswith(f"complete: {len(history)} of")
    found["proof"]["items"] = found["proof"]["items"][1:]
    found["leaves"] = found["leaves"][1:]
    file.write_text(json.dumps(found))
    assert CliRunner().invoke(app, ["subject", "history", str(file), "--prove"]).exit_code == 5
