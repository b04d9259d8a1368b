"""What the sequencer and its key maintenance are told, and the log's signers by their addresses."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from consent_service.sequencer.keys import LogKey
from infra.kernel.crypto import Signer
from infra.settings import ProcessSettings
from infra.signing import open_signer


class SequencerSettings(ProcessSettings):
    """The sequencer speaks to Postgres only."""

    amqp_url: str = Field(default="", description="not used by this process")
    ledger_origin: str = Field(
        default="assent.local/ledger", pattern=r"^[^\s+]+$", description="the ledger's name in its checkpoints"
    )
    ledger_signer: str = Field(default="", description="address of the log's key; empty: secrets/ledger.seed")
    ledger_other_signers: str = Field(default="", description="addresses of further keys, separated by spaces")
    ledger_passphrase_file: Path | None = Field(default=None, description="passphrase of sealed keys")
    audit_every_s: float = Field(default=600.0, gt=0, description="seconds between audits of all entries")
    refusal_shown_s: float = Field(default=10.0, ge=0, description="seconds a refusal is shown before the process ends")

    @property
    def key_folder(self) -> Path:
        """Where keys that were made by the rotation lie, a seed each."""
        return self.state_dir / "secrets" / "ledger-keys"

    def log_key(self) -> LogKey:
        """The log's key, and the others as they are when asked."""
        first = self.ledger_signer or f"seed:{self.state_dir / 'secrets' / 'ledger.seed'}"
        return LogKey(self.ledger_origin, self.open(first), self._others)

    def open(self, address: str) -> Signer:
        return open_signer(address, passphrase_file=self.ledger_passphrase_file)

    def _others(self) -> Sequence[Signer]:
        made = [f"seed:{path}" for path in sorted(self.key_folder.glob("*.seed"))]
        return [self.open(address) for address in [*self.ledger_other_signers.split(), *made]]
