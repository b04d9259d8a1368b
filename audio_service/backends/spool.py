"""Sound that is too long to keep in memory: a file without a name, enciphered under a key that dies with the object.

What a voice said is never on a disk in the clear: the file is AES-CTR under a random key of this process, it has no
name from the moment it is opened, and a crash leaves nothing that can be read.
"""

import secrets
import tempfile

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from audio_service.backends.chunks import Sound

_FRAME = 8
"""Bytes of a stereo frame of float32."""


class Spool:
    """Stereo sound written once, from front to end, and read in any slice. Memory does not grow with its length."""

    ndim = 2

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close(); it has no name
        self._key, self._nonce = secrets.token_bytes(32), secrets.token_bytes(8)
        self._writer = self._cipher(0).encryptor()
        self._frames = 0

    def __len__(self) -> int:
        return self._frames

    def append(self, block: Sound) -> None:
        """Add frames, shape ``(n, 2)``."""
        self._file.seek(self._frames * _FRAME)
        self._file.write(self._writer.update(np.ascontiguousarray(block, np.float32).tobytes()))
        self._frames += len(block)

    def __getitem__(self, part: slice) -> Sound:
        start, stop, _ = part.indices(self._frames)
        even = start - start % 2
        self._file.seek(even * _FRAME)
        sealed = self._file.read(max(0, stop - even) * _FRAME)
        clear = self._cipher(even * _FRAME // 16).decryptor().update(sealed)
        return np.frombuffer(clear, np.float32).reshape(-1, 2)[start - even :]

    def close(self) -> None:
        """Give the space back; what was written cannot be read any more."""
        self._file.close()

    def _cipher(self, block: int) -> Cipher[modes.CTR]:
        return Cipher(algorithms.AES(self._key), modes.CTR(self._nonce + block.to_bytes(8, "big")))
