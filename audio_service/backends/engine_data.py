"""The speech engine's data as a folder of our own, with the stock timbres in it: links, made once for each process.

A process that is killed cannot remove its folder. Each holds a lock on it for as long as it lives, which the system
frees with it, and whoever makes the next folder removes those that nobody holds. Programs that clear /tmp of old files
leave a locked folder alone (systemd-tmpfiles does); where one is taken away all the same, it is made again.
"""

import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from audio_service.backends.variants import VARIANTS
from infra.kernel.errors import Internal

PREFIX, EARLIER = "assent-engine-", "assent-voices-"
EARLIER_S = 86_400.0
"""Releases before locks named theirs otherwise; one of those is taken for left after a day."""
_ATTEMPTS = 10


class EngineData:
    """A folder that looks like the engine's own data with our timbres beside its own; gone with the process."""

    def __init__(self, engine_data: Path, base: Path | None = None) -> None:
        self._engine_data, self._base = engine_data, base or Path(gettempdir())
        sweep(self._base)
        self._folder, self._lock = self._made()

    @property
    def path(self) -> Path:
        """The folder, with everything in it."""
        if not (Path(self._folder.name) / "phontab").exists():
            self.close()
            self._folder, self._lock = self._made()
        return Path(self._folder.name)

    def close(self) -> None:
        """Remove the folder and let go of it."""
        self._folder.cleanup()
        os.close(self._lock)

    def _made(self) -> tuple["TemporaryDirectory[str]", int]:
        """A new folder, locked and filled. A sweep that came between the two has taken it: then another."""
        for _ in range(_ATTEMPTS):
            folder = TemporaryDirectory(prefix=PREFIX, dir=self._base)
            with suppress(OSError):
                lock = _locked(Path(folder.name))
                if Path(folder.name).exists():
                    _fill(Path(folder.name), self._engine_data)
                    return folder, lock
                os.close(lock)
            folder.cleanup()
        raise Internal("audio.engine_failed", "the speech engine's data could not be laid out")


def sweep(base: Path) -> int:
    """Remove our folders below ``base`` whose process is gone; how many."""
    return sum(_removed(folder) for prefix in (PREFIX, EARLIER) for folder in base.glob(f"{prefix}*"))


def _removed(folder: Path) -> bool:
    """Remove one that nobody holds; it is held meanwhile. False where it stays."""
    with suppress(OSError):  # held, another account's, or removed by somebody else just now
        about = folder.lstat()
        fresh = folder.name.startswith(EARLIER) and time.time() - about.st_mtime < EARLIER_S
        if folder.is_symlink() or about.st_uid != os.geteuid() or fresh:
            return False
        lock = _locked(folder)
        try:
            shutil.rmtree(folder)
        finally:
            os.close(lock)
        return True
    return False


def _locked(folder: Path) -> int:
    """A descriptor whose lock lasts as long as this process, or a child it was forked to. BlockingIOError: held."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
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
