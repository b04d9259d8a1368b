"""Which logs a witness knows: verifier keys given one by one, or as a file that is read again when it changes."""

import threading
from collections.abc import Iterable
from pathlib import Path

from consent_service.witness.rules import LogKeys
from infra.kernel.errors import AssentError
from infra.telemetry import log
from infra.tlog.note import VerifierKey, parse_vkey


class KnownLogs:
    """``sources`` are verifier keys or paths of files with one a line (``#`` begins a comment).

    A file that is missing knows nothing yet; one that cannot be read keeps what it said before.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        texts = [text.strip() for text in sources if text.strip()]
        self._fixed = [parse_vkey(text) for text in texts if text.count("+") >= 2]
        self._files: dict[Path, tuple[int, list[VerifierKey]]] = {
            Path(text): (-1, []) for text in texts if text.count("+") < 2
        }
        self._lock = threading.Lock()

    def keys(self) -> LogKeys:
        """Trusted keys by origin."""
        found: dict[str, list[VerifierKey]] = {}
        with self._lock:
            self._refresh()
            for key in [*self._fixed, *(key for _, keys in self._files.values() for key in keys)]:
                if key not in found.setdefault(key.name, []):
                    found[key.name].append(key)
        return found

    def _refresh(self) -> None:
        for path, (known, _) in list(self._files.items()):
            try:
                changed = path.stat().st_mtime_ns
                if changed != known:
                    self._files[path] = (changed, read_vkeys(path.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue
            except (OSError, ValueError, AssentError) as error:
                log.error("witness.logs_unreadable", path=str(path), error=type(error).__name__)


def read_vkeys(text: str) -> list[VerifierKey]:
    """Verifier keys, one a line."""
    lines = (line.strip() for line in text.splitlines())
    return [parse_vkey(line) for line in lines if line and not line.startswith("#")]
