"""What identity does, step by step, against ports: enter parties, answer who is asking, keep and open references.

Entering a party is three steps, each repeatable: (1) commit the party here, its key with it; (2) enter it into the
consent ledger; (3) note where. A crash after (1) leaves a party the ledger does not know, against which nothing can
be granted; the caller's retry with the same command id goes on from there.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from consent_service.contract.erasure import EraseSubject, SubjectErased
from identity_service.contract.methods import (
    AddAsset,
    Asset,
    Assets,
    Authenticate,
    CreateOperator,
    CreatePartner,
    EnrolSubject,
    GetParty,
    ListAssets,
    ListParties,
    OpenAsset,
    OpenedAsset,
    Parties,
    Party,
    Principal,
)
from identity_service.domain import (
    Directory,
    ErasedList,
    Keyring,
    Library,
    PartyState,
    PermitReader,
    Registry,
    asset_view,
    created,
    decide_asset,
    decide_erased,
    decide_registered,
    fold,
    scopes_of,
    verify_enrolling,
)
from infra.eventlog.log import Log, NewEvent, Transaction
from infra.kernel.canonical import digest, sha256_hex
from infra.kernel.clock import Clock
from infra.kernel.crypto import b64u, seal, unb64u, unseal
from infra.kernel.errors import Denied, NotFound, Unauthenticated
from infra.kernel.ids import new_id, random_handle

_PREFIX = {CreatePartner: "prt", CreateOperator: "opr", EnrolSubject: "sub"}
_NAME = b"name"


@dataclass(frozen=True)
class Identity:
    """The identity service's operations. ``master`` (32 bytes) derives API keys and nothing else here."""

    log: Log
    directory: Directory
    keyring: Keyring
    registry: Registry
    permits: PermitReader
    clock: Clock
    master: bytes
    library: Library
    erased: ErasedList

    def create(self, command: CreatePartner | CreateOperator | EnrolSubject) -> Party:
        """Create a party and enter it into the ledger; repeating the command answers the same party."""
        party = str(self.log.run(lambda tx: self._create(tx, command))["id"])
        self._register(party)
        view = self.get(GetParty(id=party))
        has_key = view.kind != "subject"
        return view.model_copy(update={"api_key": self._api_key(party)}) if has_key else view

    def _create(self, tx: Transaction, command: CreatePartner | CreateOperator | EnrolSubject) -> dict[str, str]:
        def work() -> dict[str, str]:
            if isinstance(command, EnrolSubject):
                verify_enrolling(self.state(tx, command.partner))
            prefix = _PREFIX[type(command)]
            party = random_handle(prefix) if prefix == "sub" else new_id(prefix)
            name = command.display_name if isinstance(command, EnrolSubject) else command.name
            sealed = b64u(seal(self.keyring.create(tx, party), name.encode(), _NAME))
            api_key = None if prefix == "sub" else sha256_hex(self._api_key(party).encode())
            event = created(command, name_sealed=sealed, api_key_sha256=api_key, now=self.clock.now())
            self.append(tx, self.state(tx, party), [event])
            return {"id": party}

        return dict(tx.once(command.command_id, digest(command.model_dump(mode="json")), work))

    def _register(self, party: str) -> None:
        state = self.log.run(lambda tx: self.state(tx, party))
        if state.registered:
            return
        index = self.registry.register(state)
        self.log.run(lambda tx: self._note_registered(tx, party, index))

    def _note_registered(self, tx: Transaction, party: str, index: int | None) -> None:
        state = self.state(tx, party)
        self.append(tx, state, decide_registered(state, index, self.clock.now()))

    def get(self, command: GetParty) -> Party:
        """A party by id; raises :class:`NotFound` (``identity.unknown_party``)."""
        return self.log.run(lambda tx: self._view(tx, command.id))

    def list_parties(self, command: ListParties) -> Parties:
        """Parties of one kind, newest first."""

        def work(tx: Transaction) -> Parties:
            ids = self.directory.listed(tx, command, command.limit + 1)
            wanted = ids[: command.limit] if command.before is None else ids[: command.limit][::-1]
            return Parties(parties=tuple(self._view(tx, one) for one in wanted), has_more=len(ids) > command.limit)

        return self.log.run(work)

    def authenticate(self, command: Authenticate) -> Principal:
        """Who holds this API key; raises :class:`Unauthenticated` (``identity.unknown_key``)."""

        def work(tx: Transaction) -> Principal:
            party = self.directory.by_api_key(tx, sha256_hex(command.api_key.encode()))
            if party is None:
                raise Unauthenticated("identity.unknown_key", "the API key is not known", fix="check the bearer key")
            state = self.state(tx, party)
            return Principal(id=party, role=state.kind, tier=state.tier, scopes=scopes_of(state))

        return self.log.run(work)

    def add_asset(self, command: AddAsset) -> Asset:
        """Enter a reference file; its data key is kept sealed under the subject's own key."""

        def work(tx: Transaction) -> Asset:
            state = self.state(tx, command.subject)
            sealed = ""
            if state.created_at is not None:
                owner_key = self.keyring.open(tx, command.subject)
                sealed = b64u(seal(owner_key, unb64u(command.data_key), bytes.fromhex(command.sha256)))
            events = decide_asset(state, command, key_sealed=sealed, asset=new_id("ast"), now=self.clock.now())
            self.append(tx, state, events)
            known = self.state(tx, command.subject).assets[command.sha256]
            return asset_view(command.subject, known, known["at"])

        return self.log.run(work)

    def assets(self, command: ListAssets) -> Assets:
        """The reference files of a subject, oldest first; of one who was erased none, for the files are gone."""
        state = self.log.run(lambda tx: self._known(tx, command.subject))
        if state.erased:
            return Assets(assets=())
        return Assets(assets=tuple(asset_view(state.id, data, data["at"]) for data in state.assets.values()))

    def open_asset(self, command: OpenAsset) -> OpenedAsset:
        """The key of a reference file, for the holder of a permit that names it and for nobody else."""
        subjects = [who for who, named in self.permits.assets(command.permit).items() if command.sha256 in named]
        if not subjects:
            raise Denied("identity.asset_not_permitted", "the permit does not name this asset", sha256=command.sha256)

        def work(tx: Transaction) -> OpenedAsset:
            owner = self.directory.owner_of_asset(tx, command.sha256, subjects)
            if owner is None:
                raise NotFound("identity.unknown_asset", "no such asset of this subject", sha256=command.sha256)
            data = self.state(tx, owner).assets[command.sha256]
            key = unseal(self.keyring.open(tx, owner), unb64u(data["key_sealed"]), bytes.fromhex(command.sha256))
            return OpenedAsset(sha256=command.sha256, media_type=data["media_type"], data_key=b64u(key))

        return self.log.run(work)

    def erase(self, command: EraseSubject) -> SubjectErased:
        """Erase a subject by a signed request. Three steps, each repeatable: (1) the ledger judges it and ends all that
        runs; (2) the reference files are deleted; (3) the key dies, and with it the name and every file's key, wherever
        copies lie. After (1) the ledger's fact brings the others about even if the caller never asks again.
        """
        self.log.run(lambda tx: self._known(tx, command.erasure.subject))
        answer = self.registry.erase(command)
        self.purge(command.erasure.subject)
        return answer

    def purge(self, subject: str) -> None:
        """Steps (2) and (3) of an erasure. The list outside the database is written before the key is destroyed."""
        for sha256, data_key in self.data_keys(subject):
            self.library.delete(sha256, data_key)
        self.erased.note(subject)

        def work(tx: Transaction) -> None:
            state = self.state(tx, subject)
            self.append(tx, state, decide_erased(state, self.clock.now()))
            self.keyring.destroy(tx, subject)

        self.log.run(work)

    def purge_again(self) -> int:
        """Erase again whoever is on the list: a database restored from a backup brings nobody back."""
        known = self.erased.all()
        for subject in known:
            self.purge(subject)
        return len(known)

    def data_keys(self, subject: str, among: Sequence[str] | None = None) -> list[tuple[str, bytes]]:
        """Digest and key of each file of a subject, or of those ``among`` them; none once the subject's key is gone."""

        def work(tx: Transaction) -> list[tuple[str, bytes]]:
            assets = self.state(tx, subject).assets
            try:
                key = self.keyring.open(tx, subject)
            except NotFound:  # destroyed already: no file of the subject opens, and none can be named any more
                return []
            named = [sha256 for sha256 in assets if among is None or sha256 in among]
            sealed = {sha256: unb64u(assets[sha256]["key_sealed"]) for sha256 in named}
            return [(sha256, unseal(key, sealed[sha256], bytes.fromhex(sha256))) for sha256 in named]

        return self.log.run(work)

    def state(self, tx: Transaction, party: str) -> PartyState:
        """A party as its events tell it."""
        return fold(party, tx.read(f"party-{party}"))

    def _known(self, tx: Transaction, party: str) -> PartyState:
        state = self.state(tx, party)
        if state.created_at is None:
            raise NotFound("identity.unknown_party", "no such party", id=party)
        return state

    def append(self, tx: Transaction, state: PartyState, events: list[NewEvent]) -> None:
        """Write events to a party's stream and to the directory."""
        for event in tx.append(f"party-{state.id}", expected_version=state.version, events=events) if events else ():
            self.directory.apply(tx, event)

    def _view(self, tx: Transaction, party: str) -> Party:
        state = self._known(tx, party)
        name = "(erased)"
        if not state.erased:
            name = unseal(self.keyring.open(tx, party), unb64u(state.name_sealed), _NAME).decode()
        return Party.model_validate(
            {
                "id": party, "kind": state.kind, "display_name": name, "partner": state.partner, "tier": state.tier,
                "state": "erased" if state.erased else "active", "public_key": state.public_key,
                "age_class": state.age_class,
                "created_at": state.created_at, "ledger_index": state.ledger_index,
            }
        )  # fmt: skip

    def _api_key(self, party: str) -> str:
        """Derived, so that a repeated creation answers the same key and no table holds it in clear."""
        return "assent_" + b64u(hmac.new(self.master, b"api-key/v1/" + party.encode(), hashlib.sha256).digest())
