"""``python -m bench._film_memory SECONDS``: join a film of this length and print the peak memory of the process, MiB.

Takes are opened one at a time from sealed files, as the worker does it; all of them are encoded, none is copied.
"""

import secrets
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from audio_service.backends.coding import Coder
from generation_service.film.codec import Format, encode_piece
from generation_service.film.mux import Piece, Recipe, mux
from generation_service.film.sound import SAMPLE_RATE
from infra.blobs import BlobStore

FORM, TAKE_S = Format(320, 180, 24), 5


def main(seconds: int) -> float:
    """Peak resident memory in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), secrets.token_bytes(32)
        blobs = BlobStore(folder / "blobs")
        noise = np.random.default_rng(1).integers(60, 180, (FORM.height * 3 // 2, FORM.width), dtype=np.uint8)
        frames = TAKE_S * FORM.fps
        address = blobs.put("takes", encode_piece((noise + np.uint8(n) for n in range(frames)), FORM), key)
        track = blobs.put("takes", _track(seconds), key)
        blobs.get_file("takes", track, key, folder / "track.m4a")
        piece = Piece(partial(blobs.get, "takes", address, key), frames, "cut", address)
        recipe = Recipe(FORM.width, FORM.height, FORM.fps, "Made with AI", {})
        mux([piece] * (seconds // TAKE_S), folder / "track.m4a", recipe, folder / "film.mp4", lambda: None)
        released = blobs.put_file("released", folder / "film.mp4", key)
        blobs.get_file("released", released, key, folder / "back.mp4")
    return peak_mib()


def peak_mib() -> float:
    """Peak resident memory of this program. ``getrusage`` would tell that of whoever started it, were it higher: its
    figure outlives exec (getrusage(2)); ``VmHWM`` does not.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the peak memory of a program")


def _track(seconds: int) -> bytes:
    tone = np.sin(np.arange(SAMPLE_RATE) * 0.05).astype(np.float32)
    coder = Coder()
    for _ in range(seconds):
        coder.put(np.stack([tone, tone], axis=1))
    return coder.finish()


if __name__ == "__main__":
    print(main(int(sys.argv[1])))
