"""The version of a piece of software as the digest of its own code, so that nobody has to remember to count it up."""

import hashlib
from functools import lru_cache
from pathlib import Path

_SUFFIXES = (".py", ".json", ".toml", ".ttf", ".npz")


@lru_cache(maxsize=16)
def source_version(name: str, folder: Path, *extra: str) -> str:
    """``name+<12 hex digits>`` of SHA-256 over every source and data file below ``folder``, by relative path and
    content, and over ``extra`` (versions of what it stands on). Files that are not code do not count.
    """
    found = hashlib.sha256("\x00".join(extra).encode())
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES and path.is_file():
            found.update(f"{path.relative_to(folder).as_posix()}\x00".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{name}+{found.hexdigest()[:12]}"
