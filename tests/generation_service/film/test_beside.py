"""Work beside: in order, all of it, and its errors come out."""

import threading

import pytest

from generation_service.film.beside import Beside


def test_work_is_done_in_order_in_another_thread() -> None:
    done: list[tuple[int, int]] = []
    with Beside() as beside:
        for number in range(50):
            beside.do(lambda number=number: done.append((number, threading.get_ident())))  # type: ignore[misc]
    assert [number for number, _ in done] == list(range(50))
    assert threading.get_ident() not in {thread for _, thread in done}


def test_nobody_runs_ahead_of_the_work() -> None:
    gate, given = threading.Event(), list[int]()

    def wait() -> None:
        gate.wait(5)

    def give() -> None:
        with Beside() as beside:
            for number in range(9):
                beside.do(wait)
                given.append(number)

    giver = threading.Thread(target=give)
    giver.start()
    while len(given) < 4:
        pass
    assert len(given) == 4
    gate.set()
    giver.join()
    assert len(given) == 9


@pytest.mark.parametrize("more", [0, 10])
def test_an_error_of_the_work_is_raised(more: int) -> None:
    def broken() -> None:
        raise OSError("torn off")

    with pytest.raises(OSError, match="torn off"), Beside() as beside:  # noqa: PT012
        beside.do(broken)
        for _ in range(more):
            beside.do(lambda: None)


def test_what_has_not_begun_is_dropped_when_the_block_breaks() -> None:
    gate, done = threading.Event(), list[int]()

    def wait() -> None:
        gate.wait(5)

    with pytest.raises(KeyError), Beside() as beside:  # noqa: PT012
        beside.do(wait)
        beside.do(lambda: done.append(1))
        threading.Timer(0.05, gate.set).start()
        raise KeyError
    assert done == []
