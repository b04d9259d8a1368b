"""The engine's data folder goes with its process, however that ends."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import espeakng_loader

from audio_service.backends.engine_data import EARLIER, EARLIER_S, PREFIX, EngineData, sweep

ENGINE = Path(espeakng_loader.get_data_path())
HOLDER = """
import pathlib, sys
from audio_service.backends.engine_data import EngineData
held = EngineData(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
print(held.path, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(ENGINE), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        assert sweep(tmp_path) == 0, "its process lives"
        process.send_signal(signal.SIGKILL)
    assert (left / "phontab").exists()
    mine = EngineData(ENGINE, tmp_path)
    assert [*tmp_path.iterdir()] == [mine.path]
    assert (ENGINE / "phontab").exists()  # links are removed, not what they lead to
    mine.close()
    assert not [*tmp_path.iterdir()]


def test_what_an_earlier_release_left_goes_after_a_day(tmp_path: Path) -> None:
    folder = tmp_path / f"{EARLIER}x"
    folder.mkdir()
    assert sweep(tmp_path) == 0
    past = folder.stat().st_mtime - EARLIER_S - 1
    os.utime(folder, (past, past))
    assert sweep(tmp_path) == 1


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    other, link = tmp_path / "somebody-else", tmp_path / f"{PREFIX}link"
    other.mkdir()
    link.symlink_to(other)
    assert sweep(tmp_path) == 0
    assert other.exists()


def test_a_folder_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    mine = EngineData(ENGINE, tmp_path)
    before = mine.path
    shutil.rmtree(before)
    assert (mine.path / "voices" / "!v" / "as-juno").exists()
    assert mine.path != before
    mine.close()
    assert not [*tmp_path.iterdir()]
