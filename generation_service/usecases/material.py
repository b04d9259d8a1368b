"""What the cutting room opens: sealed takes, the track and its stems, and parts of film that were made before.

A part is found by what it is made of, whichever film it was made for; it is sealed again under the key of the film that
uses it, so that what one film loses with its key or a permission no other keeps for it.
"""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from generation_service.contract.jobs import AssembleJob
from generation_service.usecases.desk import Desk
from infra.kernel.canonical import sha256_hex
from infra.kernel.errors import NotFound


@dataclass
class SealedMaterial:
    """See :class:`generation_service.usecases.parts.Material`. ``parts`` are addresses by shot id, of all that this
    film holds on its shelf.
    """

    desk: Desk
    job: AssembleJob
    key: bytes
    parts: dict[str, list[str]] = field(default_factory=dict)

    def take(self, number: int) -> bytes:
        return self.desk.blobs.get("takes", self.job.takes[number].sha256, self.key)

    def track(self, target: Path) -> None:
        self.desk.blobs.get_file("takes", self.job.track, self.key, target)

    def stem(self, name: str, target: Path) -> None:
        self.desk.blobs.get_file("takes", self.job.stems[name], self.key, target)

    def find(self, name: str, shot: int) -> bytes | None:
        """A part by its name; None where no film has it, or it does not open any more."""
        found = self.desk.log.run(lambda tx: self.desk.books.takes.find(tx, self.job.partner, name))
        if found is None:
            return None
        production, sha256 = found
        with contextlib.suppress(NotFound):
            key = self.key if production == self.job.production else self.desk.key(production)
            data = self.desk.blobs.get("takes", sha256, key) if key is not None else b""
            if sha256_hex(data) == sha256:
                self.keep(name, data, shot)
                return data
        return None

    def keep(self, name: str, data: bytes, shot: int) -> None:
        sha256 = sha256_hex(data)
        if not self.desk.blobs.exists("takes", sha256, self.key):
            self.desk.blobs.put("takes", data, self.key)
        held = self.parts.setdefault(self.job.takes[shot].shot, [])
        if sha256 not in held:
            held.append(sha256)
        job = self.job
        self.desk.log.run(
            lambda tx: self.desk.books.takes.note(tx, job.partner, name, production=job.production, sha256=sha256)
        )
