"""Carrying a checkpoint to a witness: the witness's own code behind the client, bent where a test needs it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from consent_service.cosigner.submitter import Endpoint, Submitter
from consent_service.store.tree import Head
from consent_service.witness.app import Witness
from consent_service.witness.identity import load_cosigners
from consent_service.witness.logs import KnownLogs
from consent_service.witness.rules import Refused
from consent_service.witness.store import WitnessStore
from infra.kernel.errors import AssentError
from infra.tlog.cosignature import verify_cosignatures
from infra.tlog.policy import WitnessLine
from tests.consent_service.witness.logs import SmallLog

LOG = SmallLog()
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    store = WitnessStore(tmp_path / "record.sqlite")
    yield Witness(load_cosigners(tmp_path, "w.example"), store, KnownLogs([str(LOG.vkey)]))
    store.close()


def behind(witness: Witness) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url == "http://w/prefix/add-checkpoint"
        try:
            return httpx.Response(200, text=witness.add_checkpoint(request.content))
        except Refused as refused:
            return httpx.Response(refused.status, text=refused.body, headers={"Content-Type": refused.media_type})

    return answer


def submitter(witness: Witness, answer: Answer | None = None, log: SmallLog = LOG) -> Submitter:
    lines = tuple(WitnessLine(f"w{n}", one.key) for n, one in enumerate(witness.cosigners))
    client = httpx.Client(transport=httpx.MockTransport(answer or behind(witness)))
    return Submitter(Endpoint("http://w/prefix/", lines), client, log.proof)


def head(size: int, log: SmallLog = LOG) -> Head:
    return Head(size, bytes(32), log.note(size))


def code_of(submitting: Submitter, checkpoint: Head) -> str:
    with pytest.raises(AssentError) as caught:
        submitting.submit(checkpoint)
    return caught.value.code


def test_checkpoints_are_cosigned_one_after_the_other(witness: Witness) -> None:
    one = submitter(witness)
    for size in (3, 4, 90):
        lines = one.submit(head(size))
        assert list(lines) == ["w0", "w1"]
        keys = [cosigner.key for cosigner in witness.cosigners]
        assert verify_cosignatures(LOG.note(size) + "".join(lines.values()), keys) == ("w.example",)
    again = submitter(witness)  # a new process knows nothing and is told the size
    assert again.submit(head(91))
    assert again.seen == 91


def test_the_same_checkpoint_can_be_cosigned_again(witness: Witness) -> None:
    one = submitter(witness)
    one.submit(head(3))
    assert submitter(witness).submit(head(3))


def test_a_witness_that_has_seen_more_or_another_history_disagrees(witness: Witness) -> None:
    submitter(witness).submit(head(8))
    assert code_of(submitter(witness), head(5)) == "consent.witness_disagrees", "a restored backup"
    other = SmallLog(fork="other ")
    assert code_of(submitter(witness, log=other), head(8, other)) == "consent.witness_disagrees"
    assert code_of(submitter(witness, log=other), head(9, other)) == "consent.witness_disagrees"


def test_what_is_no_cosignature_by_its_keys_is_no_answer(witness: Witness, tmp_path: Path) -> None:
    stranger = Witness(
        load_cosigners(tmp_path / "other", "w.example"),
        WitnessStore(tmp_path / "other" / "record.sqlite"),
        KnownLogs([str(LOG.vkey)]),
    )
    answers: list[Answer] = [
        behind(stranger),
        lambda _: httpx.Response(200, text="fine\n"),
        lambda _: httpx.Response(200, text=witness.cosigners[0].cosign(LOG.note(4).split("\n\n")[0] + "\n", 5)),
        lambda _: httpx.Response(500),
        lambda _: httpx.Response(409, text="many\n"),
        lambda _: httpx.Response(409, text="2\n"),
        lambda _: httpx.Response(302, headers={"Location": "http://elsewhere/"}),
    ]
    for answer in answers:
        one = submitter(witness, answer)
        assert code_of(one, head(3)) == "consent.witness_away"
    stranger.store.close()


def test_a_witness_that_does_not_answer_is_away(witness: Witness) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no route", request=request)

    assert code_of(submitter(witness, down), head(3)) == "consent.witness_away"
