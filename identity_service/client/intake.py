"""The intake of a reference photo: sniffed, decoded in a child process under limits, re-encoded, and looked at.

What comes back is a fresh PNG made from pixels alone, so metadata and polyglot tails are gone. The uploaded bytes are
never decoded in the caller's process. It decides whether the picture can serve as a face reference, never whose face.
"""

import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.kernel.errors import AssentError, Internal, Invalid, TooLarge

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 24_000_000
MAX_SIDE = 2048
"""Limits of an upload: 20 MiB, 24 megapixels; larger sides are scaled down to 2048 pixels."""

_MEMORY = 6 * 2**30
_CPU_S = 30
_WALL_S = 60.0
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


@dataclass(frozen=True)
class Intake:
    """A cleaned photo: PNG bytes, and what the check measured (pixels, face size, pose)."""

    png: bytes
    quality: dict[str, float | int | str]


def sniff_image(data: bytes) -> str:
    """``PNG``, ``JPEG`` or ``WEBP`` by signature; raises :class:`Invalid` (``identity.not_an_image``)."""
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise Invalid(
        "identity.not_an_image", "the file is not a PNG, JPEG or WebP picture", fix="upload one of these formats",
        pointer="/file",
    )  # fmt: skip


def inspect_face(data: bytes) -> Intake:
    """Check and clean a reference photo; it takes about two seconds, most of it the child's start.

    Raises :class:`Invalid` (``identity.empty_file``, ``identity.not_an_image``, ``identity.image_unreadable``,
    ``generation.face_none``, ``generation.face_many`` …) or :class:`TooLarge` (``identity.image_too_large``).
    """
    if not data:
        raise Invalid("identity.empty_file", "the file is empty", fix="upload a picture", pointer="/file")
    if len(data) > MAX_BYTES:
        raise TooLarge("identity.image_too_large", "the picture is over 20 MiB", fix="send a smaller picture")
    kind = sniff_image(data)
    with tempfile.TemporaryDirectory(prefix="assent-intake-") as folder:
        source, target = Path(folder) / "in", Path(folder) / "out.png"
        source.write_bytes(data)
        answer = _run_child(source, target, kind)
        if "error" in answer:
            raise AssentError.from_wire(answer["error"])
        return Intake(png=target.read_bytes(), quality=answer["quality"])


def _run_child(source: Path, target: Path, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "identity_service.client.intake_child", str(source), str(target), kind]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, arguments made here
            command, capture_output=True, timeout=_WALL_S, check=False, preexec_fn=_limit,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _unreadable() from error
    if done.returncode < 0:
        raise _unreadable()
    try:
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError) as error:
        raise Internal("identity.intake_failed", "the photo check did not finish") from error


def _unreadable() -> Invalid:
    return Invalid(
        "identity.image_unreadable", "the picture took too much time or memory to decode",
        fix="export it again as a plain PNG or JPEG", pointer="/file",
    )  # fmt: skip


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
