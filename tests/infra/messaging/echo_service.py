"""A small service that the messaging tests run as a real process."""

import os
from pathlib import Path

import eventlet

from infra.kernel.errors import Denied, Unavailable
from infra.kernel.rpc import Empty
from infra.messaging.events import CloudEvent
from infra.messaging.nameko_ext import Built, NamekoRpc, expose, subscribe
from tests.infra.messaging import echo_contract as contract


class Journal:
    """Appends a line to the file that the test reads."""

    def __init__(self) -> None:
        self._path = Path(os.environ["ASSENT_STATE_DIR"]) / "journal"

    def write(self, line: str) -> None:
        with self._path.open("a") as file:
            file.write(line + "\n")

    def count(self, line: str) -> int:
        return self._path.read_text().splitlines().count(line) if self._path.exists() else 0


class EchoService:
    name = os.environ.get("ECHO_NAME", "echo")

    journal = Built(Journal)
    rpc = NamekoRpc()

    @expose(contract.echo)
    def echo(self, command: contract.Echo) -> contract.Echoed:
        return contract.Echoed(text=command.text, number=command.number)

    @expose(contract.relayed)
    def relayed(self, command: contract.Echo) -> contract.Echoed:
        return self.rpc.call(contract.echo, command)

    @expose(contract.call_nobody)
    def call_nobody(self, _command: Empty) -> Empty:
        return self.rpc.call(contract.nobody, Empty())

    @expose(contract.refuse)
    def refuse(self, _command: Empty) -> Empty:
        raise Denied("echo.refused", "never", fix="ask somebody else", grant="grt_1", ledger_index=7, none=None)

    @expose(contract.crash)
    def crash(self, _command: Empty) -> Empty:
        raise ValueError("the secret is swordfish")

    @expose(contract.slow)
    def slow(self, command: contract.Slow) -> contract.Echoed:
        self.journal.write(f"started {command.name}")
        eventlet.sleep(command.seconds)
        self.journal.write(f"finished {command.name}")
        return contract.Echoed(text=command.name, number=0)

    @subscribe("source", "happened", max_tries=4)
    def on_happened(self, event: CloudEvent) -> None:
        self.journal.write(f"{event.id} {event.traceparent[3:35]}")
        mode = event.data.get("mode")
        if mode == "once" and self.journal.count(f"{event.id} {event.traceparent[3:35]}") == 1:
            raise Unavailable("echo.away", "the first time fails")
        if mode == "always":
            raise ValueError("never works")


def service_class() -> type:
    return EchoService
