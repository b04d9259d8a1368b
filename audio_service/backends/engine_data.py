"""The speech engine's data as a folder of our own, with the stock timbres in it: links, made once for each process.

A process that is killed cannot remove its folder. Each holds a lock in it for as long as it lives, which the system
frees with it, and whoever makes the next folder removes those that nobody holds.
"""

import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from audio_service.backends.variants import VARIANTS

PREFIX = "assent-voices-"
LOCK = "owner.lock"
UNLOCKED_S = 86_400.0
"""A folder without a lock is just being made, or belongs to an older release, or was left by a process killed
right then."""


class EngineData:
    """A folder that looks like the engine's own data with our timbres beside its own; gone with the process."""

    def __init__(self, engine_data: Path, base: Path | None = None) -> None:
        base = base or Path(gettempdir())
        sweep(base)
        self._folder = TemporaryDirectory(prefix=PREFIX, dir=base)
        self.path = Path(self._folder.name)
        self._lock = _locked(self.path / LOCK)
        _fill(self.path, engine_data)

    def close(self) -> None:
        """Remove the folder and let go of it."""
        self._folder.cleanup()
        os.close(self._lock)


def sweep(base: Path) -> int:
    """Remove our folders below ``base`` whose process is gone; how many."""
    swept = 0
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError):  # held, another account's, or removed by somebody else just now
            if _abandoned(folder):
                shutil.rmtree(folder)
                swept += 1
    return swept


def _abandoned(folder: Path) -> bool:
    """Whether nobody holds the folder. Raises OSError where it is held or not ours to open."""
    about = folder.lstat()
    if not folder.is_dir() or about.st_uid != os.geteuid():
        return False
    if not (folder / LOCK).exists():
        return time.time() - about.st_mtime > UNLOCKED_S
    os.close(_locked(folder / LOCK))
    return True


def _locked(path: Path) -> int:
    """A descriptor whose lock lasts as long as this process, or a child it was forked to. BlockingIOError: held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _fill(root: Path, engine_data: Path) -> None:
    """Links to the engine's files and the timbres as files. English accents also lie where the engine looks first: it
    would else read all voices (5 ms) before every line.
    """
    own = Path("voices") / "!v"
    (root / own).mkdir(parents=True)
    for place, skipped in ((Path(), "voices"), (Path("voices"), "!v"), (own, "")):
        for entry in (engine_data / place).iterdir():
            if entry.name != skipped:
                (root / place / entry.name).symlink_to(entry)
    for accent in (engine_data / "lang" / "gmw").glob("en*"):
        (root / "voices" / accent.name.lower()).symlink_to(accent)
    for name, timbre in VARIANTS.items():
        (root / own / name).write_text(f"language variant\nname {name}\n{timbre.text()}\n", "ascii")
