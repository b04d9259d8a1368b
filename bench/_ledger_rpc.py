"""The ledger through the bus: gateway's carrier, RabbitMQ, consent service, sequencer; one request each, and batches.

A request is a partner's request for a grant: signed terms are not needed, the rest is the whole way of a grant, read
models, command id and proof included. Each answer comes with its proof.
"""

import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

from bench._producers import Samples, measure
from bench.pause import servers
from bench.report import Report, quantile
from consent_service.contract import methods
from consent_service.contract.batches import BATCH_LIMIT, RecordBatch
from consent_service.contract.ledger import RequestGrant
from consent_service.contract.private import sealed_grant
from infra.messaging.rpc.sync import SyncRpc
from tests.consent_service.house import Person, command_id, signed_terms, terms
from tests.consent_service.running import running_consent

CALLERS = (1, 8)
DEADLINE_S = 30.0


def measure_rpc(report: Report) -> None:
    """Add the figures of single requests and of full batches."""
    ada = Person("sub_ada")
    asked = sealed_grant(signed_terms(terms(ada), ada))
    own = threading.local()
    with ExitStack() as stack:
        database_url, amqp_url = stack.enter_context(servers())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(running_consent(database_url, amqp_url, folder))

        def rpc() -> SyncRpc:
            if not hasattr(own, "rpc"):
                own.rpc = SyncRpc(amqp_url)
                stack.callback(own.rpc.close)
            return own.rpc  # type: ignore[no-any-return]

        def single() -> None:
            answer = rpc().call(methods.request_grant, RequestGrant(command_id=command_id(), terms=asked), DEADLINE_S)
            if answer.proof is None:
                raise SystemExit("an answer came without its proof")

        def batch() -> None:
            commands = tuple(RequestGrant(command_id=command_id(), terms=asked) for _ in range(BATCH_LIMIT))
            answers = rpc().call(methods.record_batch, RecordBatch(commands=commands), DEADLINE_S).answers
            if any(answer.recorded is None or answer.recorded.proof is None for answer in answers):
                raise SystemExit("an answer came without its proof")

        single()
        for callers in CALLERS:
            one = Samples()
            measure(one, callers, single)
            name = f"RPC, {callers} caller{'s' if callers > 1 else ''}"
            report.add(f"{name}, one a request, proof in hand", one.rate, "entries/s")
            report.add(f"{name}, one a request, p50", quantile(one.taken_s, 0.5) * 1e3, "ms")
            many = Samples()
            measure(many, callers, batch)
            report.add(f"{name}, {BATCH_LIMIT} a request, proof in hand", many.rate * BATCH_LIMIT, "entries/s")
            report.add(f"{name}, {BATCH_LIMIT} a request, p50", quantile(many.taken_s, 0.5) * 1e3, "ms")
