"""A permission ends after the film was made: what stood on it is gone, the rest stays, and it can be done again."""

from pathlib import Path
from typing import Any

import pytest

from generation_service.contract.methods import GetOutputKey
from generation_service.domain.purging import Ended, ended_by
from generation_service.store.purges import PurgeFile
from generation_service.usecases.purge import AfterRestore, Purge
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Conflict, NotFound, Unavailable
from tests.generation_service.world import FACE, PARTNER, VOICE, World, command

WITHDRAWN = Ended(cause="consent.grant_withdrawn", ref="grt_face.image", ledger_index=50)
ERASED = Ended(cause="consent.subject_erased", ref="sub_1", ledger_index=51)


def files(world: World, area: str) -> int:
    return sum(1 for path in Path(world.blobs._root, area).rglob("*") if path.is_file())


def released(world: World) -> str:
    made = world.submit(command())
    world.pump()
    assert world.view(made.id).state == "released"
    return made.id


def purging(world: World, *, keep: bool = False, path: Path | None = None) -> Purge:
    return Purge(world.desk, PurgeFile(path), lambda grant: keep)


def recalled(world: World, production: str) -> Ended:
    output = world.view(production).output
    assert output is not None
    return Ended(
        cause="consent.output_recalled", ref=output.sha256, grant="grt_1", takedown_by="2026-11-25T09:00:00.000Z"
    )


def film(world: World, production: str) -> bytes:
    output = world.view(production).output
    assert output is not None
    opened = world.ask.output_key(GetOutputKey(output=output.id, partner=PARTNER))
    return world.blobs.get("released", output.sha256, unb64u(opened.data_key))


def test_a_withdrawn_grant_takes_its_takes_and_leaves_the_film(world: World) -> None:
    production = released(world)
    before = films = film(world, production)
    assert files(world, "takes") == 6  # three pictures, two lines, one track
    assert purging(world)(WITHDRAWN) == 1
    after = world.view(production)
    assert (after.state, film(world, production)) == ("released", before)
    assert [shot.state for shot in after.shots] == ["rendered", "purged", "rendered"]
    assert after.shots[1].take is None
    assert files(world, "takes") == 4  # the face and the track of all
    world.painter.painted.clear()
    world.submit(command(command_id="cmd-2"))
    world.pump()
    assert len(world.painter.painted) == 1  # only the shot with the face is painted anew
    assert films == film(world, production)


def test_purging_twice_is_purging_once(world: World) -> None:
    production = released(world)
    purge = purging(world)
    purge(WITHDRAWN)
    types = world.types(production)
    purge(WITHDRAWN)
    assert purge.again() == 1
    assert world.types(production) == types
    assert types.count("likeness-purged") == 1


def test_an_erased_subject_takes_the_film_with_it(world: World) -> None:
    production = released(world)
    output = world.view(production).output
    assert output is not None
    assert purging(world)(ERASED) == 1
    after = world.view(production)
    assert (after.state, after.output) == ("purged", None)
    assert after.stop is not None
    assert (after.stop.code, after.stop.ledger_index) == ("consent.subject_erased", 51)
    assert {shot.state for shot in after.shots} == {"purged"}
    assert [files(world, area) for area in ("takes", "quarantine", "released")] == [0, 0, 0]
    assert world.desk.key(production) is None
    with pytest.raises(NotFound, match="erased"):
        world.ask.output_key(GetOutputKey(output=output.id, partner=PARTNER))


def test_where_every_grant_says_keep_only_the_film_stays_under_another_key(world: World) -> None:
    production = released(world)
    old, before, out = world.desk.key(production), film(world, production), files(world, "released")
    purging(world, keep=True)(ERASED)
    assert world.view(production).state == "released"
    assert film(world, production) == before
    assert world.desk.key(production) != old
    assert files(world, "takes") == 0
    assert files(world, "released") == out  # sealed anew; what the old key sealed is gone


def test_a_film_that_runs_is_stopped_by_an_erasure_and_waited_for_by_a_withdrawal(world: World) -> None:
    made = world.submit(command())
    purge = purging(world)
    with pytest.raises(Unavailable, match="still runs"):
        purge(WITHDRAWN)
    purge(ERASED)
    assert world.view(made.id).state == "stopped"
    assert world.desk.key(made.id) is None
    assert purge(WITHDRAWN) == 0


def test_a_recalled_film_is_gone_and_says_so(world: World) -> None:
    production = released(world)
    output = world.view(production).output
    assert output is not None
    purging(world)(recalled(world, production))
    assert files(world, "released") == 0
    with pytest.raises(NotFound) as caught:
        world.ask.output_key(GetOutputKey(output=output.id, partner=PARTNER))
    assert caught.value.code == "consent.output_recalled"
    assert caught.value.info["takedown_by"] == "2026-11-25T09:00:00.000Z"
    with pytest.raises(NotFound) as foreign:
        world.ask.output_key(GetOutputKey(output=output.id, partner="ptn_2"))
    assert foreign.value.code == "generation.no_output"


def test_a_crash_between_the_bytes_and_the_fact_is_made_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    production = released(world)
    purge = purging(world)

    def crash(*_: object, **__: object) -> None:
        raise Conflict("eventlog.version", "killed here")

    with monkeypatch.context() as patched:
        patched.setattr(type(world.desk), "change", crash)
        with pytest.raises(Conflict):
            purge(ERASED)
    assert world.view(production).state == "released"  # the fact was not written
    assert purge.again() == 1
    assert world.view(production).state == "purged"


def test_a_database_from_before_the_purge_is_purged_again(tmp_path: Path, world: World) -> None:
    production = released(world)
    path = tmp_path / "purges.jsonl"
    state, key = world.log._state.copy(), world.desk.key(production)
    purging(world, path=path)(ERASED)
    assert key is not None
    world.log._state = state  # restored from a backup, with the key that lay in it
    world.books.keys.held[production] = key  # type: ignore[attr-defined]
    assert world.view(production).state == "released"
    assert purging(world, path=path).again() == 1
    assert world.view(production).state == "purged"
    assert world.desk.key(production) is None


def test_after_a_start_it_goes_on_asking_until_everybody_answers(world: World) -> None:
    production = released(world)
    answers: list[bool] = []

    def keeps(_: str) -> bool:
        if not answers:
            raise Unavailable("rpc.timeout", "consent is away")
        return answers[0]

    purge = Purge(world.desk, PurgeFile(), keeps)
    purge.noted.note(ERASED)
    again = AfterRestore(purge)
    again.tick()
    assert (again.done, world.view(production).state) == (False, "released")
    answers.append(False)
    again.tick()
    assert (again.done, world.view(production).state) == (True, "purged")


def test_deleted_references_take_what_was_made_of_them_and_nothing_else(world: World) -> None:
    production = released(world)
    gone = Ended(cause="consent.references_deleted", ref="sub_1", assets=("c" * 64,))
    purge = purging(world)
    assert purge(gone) == 0
    assert purge(gone.model_copy(update={"assets": (FACE,)})) == 1
    assert world.view(production).shots[1].state == "purged"
    assert files(world, "takes") == 4
    purge(gone.model_copy(update={"assets": (VOICE,)}))
    assert files(world, "takes") == 3
    assert world.view(production).state == "released"


@pytest.mark.parametrize(
    ("kind", "data", "cause"),
    [
        ("consent.grant-withdrawn.v1", {"grant": "g"}, "consent.grant_withdrawn"),
        ("consent.grant-invalidated.v1", {"grant": "g", "change": {}}, "consent.grant_invalidated"),
        ("consent.grant-invalidated.v1", {"grant": "g", "reason": "superseded"}, None),
        ("consent.biometrics-deleted.v1", {"subject": "g", "assets": ["a"]}, "consent.references_deleted"),
        ("consent.subject-erased.v1", {"subject": "g"}, "consent.subject_erased"),
        ("consent.output-recalled.v1", {"output_sha256": "g", "grant": "x"}, "consent.output_recalled"),
        ("consent.grant-expired.v1", {"grant": "g"}, None),
    ],
)
def test_which_entries_end_what(kind: str, data: dict[str, Any], cause: str | None) -> None:
    ended = ended_by(kind, data, 4)
    assert (ended and (ended.cause, ended.ref, ended.ledger_index)) == (cause and (cause, "g", 4))


def test_a_torn_line_of_the_list_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "purges.jsonl"
    PurgeFile(path).note(ERASED)
    path.write_text(path.read_text() + '{"cause": "consent.sub')
    PurgeFile(path).note(WITHDRAWN)
    PurgeFile(path).note(ERASED)
    assert PurgeFile(path).all() == [ERASED, WITHDRAWN]
