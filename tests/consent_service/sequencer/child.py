"""A sequencer that ends its own process with SIGKILL at the n-th time it passes a step."""

import os
import signal
import sys
from pathlib import Path

import psycopg

from consent_service.sequencer.process import Sequencer
from consent_service.sequencer.watermark import Watermark
from infra.kernel.clock import FixedClock
from tests.consent_service.ledger.running import KEY, NOON


def main(url: str, path: str, step: str, nth: int) -> None:
    passed = 0

    def at_step(name: str) -> None:
        nonlocal passed
        passed += name == step
        if passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    with psycopg.connect(url, autocommit=True) as conn:
        sequencer = Sequencer(conn, KEY, Watermark(Path(path)), clock=FixedClock(NOON), at_step=at_step)
        sequencer.stand_by(lambda: False)
        sequencer.recover()
        while sequencer.drain():
            pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
