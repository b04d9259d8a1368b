"""Key files: an Ed25519 key in one small JSON file, mode 0600, made where its owner sits and never sent anywhere."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from infra.kernel.crypto import Ed25519Signer, b64u, unb64u
from infra.kernel.errors import AssentError, Invalid

_FORM = "assent-key-v1"


@dataclass(frozen=True)
class KeyFile:
    """A key and whom it belongs to (a handle, or empty while that is not known)."""

    signer: Ed25519Signer
    owner: str = ""

    @classmethod
    def generate(cls) -> "KeyFile":
        return cls(Ed25519Signer.generate())

    @property
    def public(self) -> str:
        """The public key, base64url."""
        return b64u(self.signer.public)

    def save(self, path: Path, *, owner: str) -> "KeyFile":
        """Write the file for ``owner``; raises ``Invalid`` (``cli.key_exists``) rather than overwrite a key."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        body = {"form": _FORM, "owner": owner, "public": self.public, "seed": b64u(self.signer.seed())}
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Invalid("cli.key_exists", f"{path} exists; a key is never overwritten") from error
        with os.fdopen(handle, "w") as file:
            file.write(json.dumps(body, indent=1) + "\n")
        return KeyFile(self.signer, owner)

    @classmethod
    def load(cls, path: Path) -> "KeyFile":
        """Read a key file; raises ``Invalid`` (``cli.bad_key_file``) for anything else."""
        try:
            body = json.loads(path.read_text())
            signer = Ed25519Signer.from_seed(unb64u(body["seed"]))
            if body["form"] != _FORM or body["public"] != b64u(signer.public):
                raise ValueError("another form")
            return cls(signer, str(body["owner"]))
        except (OSError, ValueError, KeyError, TypeError, AssentError) as error:
            raise Invalid("cli.bad_key_file", f"{path} is not a readable key file") from error
