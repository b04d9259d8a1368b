"""Commands over the real broker to a real nameko process, by all three carriers."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pika
import pytest

from infra.kernel.errors import AssentError, Denied, Internal, Invalid, Unavailable
from infra.kernel.rpc import Empty
from infra.messaging.rpc.aio import AsyncRpc
from infra.messaging.rpc.sync import SyncRpc
from infra.telemetry import bind_trace
from tests.infra.messaging import echo_contract as contract
from tests.infra.messaging.conftest import Running, until
from tests.infra.messaging.proxy import proxied

EMPTY = Empty()


def failure(rpc: SyncRpc, method, command=EMPTY, deadline_s: float | None = None) -> AssentError:
    with pytest.raises(AssentError) as caught:
        rpc.call(method, command, deadline_s)
    return caught.value


def test_answer_comes_back_typed(echo: Running, rpc: SyncRpc) -> None:
    assert rpc.call(contract.echo, contract.Echo(text="ä", number=3)) == contract.Echoed(text="ä", number=3)


def test_calls_from_many_threads_do_not_mix(echo: Running, rpc: SyncRpc) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda n: rpc.call(contract.echo, contract.Echo(text="x", number=n)).number, range(64))
    assert list(answers) == list(range(64))


def test_service_calls_a_service(echo: Running, rpc: SyncRpc) -> None:
    assert rpc.call(contract.relayed, contract.Echo(text="x", number=5)).number == 5


def test_assent_error_crosses_with_its_kind_and_exact_info(echo: Running, rpc: SyncRpc) -> None:
    error = failure(rpc, contract.refuse)
    assert isinstance(error, Denied)
    assert (error.code, error.detail, error.fix) == ("echo.refused", "never", "ask somebody else")
    assert error.info == {"grant": "grt_1", "ledger_index": 7, "none": None}


def test_text_of_foreign_exceptions_never_crosses(echo: Running, amqp_url: str, broker) -> None:
    reply = raw_call(broker, "echo.crash", {"args": [{}], "kwargs": {}})
    assert "swordfish" not in reply
    assert json.loads(json.loads(reply)["error"]["exc_args"][0])["code"] == "rpc.failed"


def test_foreign_exception_is_internal(echo: Running, rpc: SyncRpc) -> None:
    error = failure(rpc, contract.crash)
    assert isinstance(error, Internal)
    assert error.code == "rpc.failed"


def test_invalid_command_is_refused_with_pointers_and_without_values(echo: Running, broker) -> None:
    reply = raw_call(broker, "echo.echo", {"args": [{"text": "t", "number": "swordfish"}], "kwargs": {}})
    error = json.loads(json.loads(reply)["error"]["exc_args"][0])
    assert (error["kind"], error["code"]) == ("invalid", "rpc.invalid_command")
    assert error["info"]["errors"][0]["pointer"] == "/number"
    assert "swordfish" not in reply


@pytest.mark.parametrize("body", [{"args": [], "kwargs": {}}, {"args": [{}, {}], "kwargs": {}}, {"text": "x"}, [1]])
def test_malformed_call_is_answered(echo: Running, broker, body) -> None:
    assert "rpc.malformed" in raw_call(broker, "echo.echo", body)


def test_no_answer_in_time_is_unavailable(echo: Running, rpc: SyncRpc) -> None:
    started = time.monotonic()
    error = failure(rpc, contract.slow, contract.Slow(name="late", seconds=0.6), 0.1)
    assert isinstance(error, Unavailable)
    assert error.code == "rpc.timeout"
    assert time.monotonic() - started < 0.5


def test_missing_service_is_unavailable_at_once(echo: Running, rpc: SyncRpc) -> None:
    started = time.monotonic()
    error = failure(rpc, contract.nobody)
    assert isinstance(error, Unavailable)
    assert error.code == "rpc.no_service"
    assert time.monotonic() - started < 2


def test_missing_service_is_seen_from_inside_a_service_and_leaves_it_healthy(echo: Running, rpc: SyncRpc) -> None:
    for number in range(5):
        assert failure(rpc, contract.call_nobody).code == "rpc.no_service"
        assert rpc.call(contract.relayed, contract.Echo(text="x", number=number)).number == number


def test_missing_method_and_broken_answer_are_internal(echo: Running, rpc: SyncRpc) -> None:
    assert failure(rpc, contract.missing).code == "rpc.no_method"
    assert failure(rpc, contract.misread, contract.Echo(text="x")).code == "rpc.bad_answer"
    assert isinstance(failure(rpc, contract.wrong), Invalid)


def test_late_command_is_dropped_not_executed(echo: Running, rpc: SyncRpc, broker) -> None:
    headers = {"x-deadline-ms": int(time.time() * 1000) - 1}
    send(broker, "echo.slow", {"args": [{"name": "too-late", "seconds": 0}], "kwargs": {}}, headers, "nowhere")
    rpc.call(contract.slow, contract.Slow(name="after", seconds=0))
    assert "started after" in echo.journal()
    assert "started too-late" not in echo.journal()
    assert 'assent_rpc_late_total{method="echo.slow"} 1.0' in echo.get("/metrics")[1]


def test_trace_and_request_id_reach_the_service(echo: Running, rpc: SyncRpc) -> None:
    with bind_trace(name="test", request_id="req-1") as traceparent, pytest.raises(Denied):
        rpc.call(contract.refuse, Empty())
    line = next(
        line for line in map(json.loads, echo.log.read_text().splitlines()[::-1]) if line["event"] == "rpc.refused"
    )
    assert line["trace_id"] == traceparent.split("-")[1]
    assert line["request_id"] == "req-1"


def test_async_carrier(echo: Running, amqp_url: str) -> None:
    async def run() -> None:
        rpc = AsyncRpc(amqp_url, "test")
        assert await rpc.start()
        answers = await asyncio.gather(*(rpc.call(contract.echo, contract.Echo(text="x", number=n)) for n in range(32)))
        assert [answer.number for answer in answers] == list(range(32))
        for method, code in (
            (contract.refuse, "echo.refused"),
            (contract.crash, "rpc.failed"),
            (contract.nobody, "rpc.no_service"),
        ):
            with pytest.raises(AssentError) as caught:
                await rpc.call(method, Empty())
            assert caught.value.code == code
        with pytest.raises(Unavailable) as late:
            await rpc.call(contract.slow, contract.Slow(name="late", seconds=0.3), 0.05)
        assert late.value.code == "rpc.timeout"
        await rpc.close()

    asyncio.run(run())


def test_async_carrier_fails_fast_without_broker_and_comes_back(echo: Running, amqp_url: str) -> None:
    async def run() -> None:
        with proxied(amqp_url) as proxy:
            rpc = AsyncRpc(proxy.url, "test")
            assert await rpc.start()
            waiting = asyncio.create_task(rpc.call(contract.slow, contract.Slow(name="cut", seconds=0.5)))
            while "started cut" not in echo.journal():
                await asyncio.sleep(0.01)
            proxy.cut()
            with pytest.raises(Unavailable):
                await waiting
            started = time.monotonic()
            with pytest.raises(Unavailable) as caught:
                await rpc.call(contract.echo, contract.Echo(text="x"))
            assert caught.value.code == "rpc.unreachable"
            assert time.monotonic() - started < 0.1
            proxy.heal()
            async with asyncio.timeout(10):
                while not rpc.connected:
                    await asyncio.sleep(0.01)
            assert (await rpc.call(contract.echo, contract.Echo(text="x", number=1))).number == 1
            await rpc.close()

    asyncio.run(run())


def test_sync_carrier_fails_fast_without_broker_and_comes_back(echo: Running, amqp_url: str) -> None:
    with proxied(amqp_url) as proxy, ThreadPoolExecutor(1) as thread:
        rpc = SyncRpc(proxy.url, "test")
        assert rpc.call(contract.echo, contract.Echo(text="x", number=1)).number == 1
        waiting = thread.submit(failure, rpc, contract.slow, contract.Slow(name="cut2", seconds=0.5))
        until(lambda: "started cut2" in echo.journal())
        proxy.cut()
        assert waiting.result(2).code == "rpc.unreachable"
        assert failure(rpc, contract.echo, contract.Echo(text="x")).code == "rpc.unreachable"
        proxy.heal()
        until(lambda: rpc.connected)
        assert rpc.call(contract.echo, contract.Echo(text="x", number=2)).number == 2
        rpc.close()


def test_sync_carrier_without_any_broker(echo: Running, amqp_url: str) -> None:
    with proxied(amqp_url) as proxy:
        proxy.cut()
        rpc = SyncRpc(proxy.url, "test")
        assert failure(rpc, contract.echo, contract.Echo(text="x"), 3.0).code == "rpc.unreachable"
        rpc.close()


def send(broker, key: str, body, headers: dict, reply_to: str) -> None:
    properties = pika.BasicProperties(
        content_type="application/json",
        content_encoding="utf-8",
        headers=headers,
        reply_to=reply_to,
        correlation_id="1",
    )
    broker.basic_publish("nameko-rpc", key, json.dumps(body).encode(), properties)


def raw_call(broker, key: str, body) -> str:
    """The bytes of the answer, as any listener on the wire would see them."""
    queue = broker.queue_declare("", exclusive=True).method.queue
    broker.queue_bind(queue, "nameko-rpc", queue)
    send(broker, key, body, {}, queue)
    for _method, _properties, answer in broker.consume(queue, auto_ack=True, inactivity_timeout=5):
        assert answer is not None, "no answer"
        broker.cancel()
        return answer.decode()
    raise AssertionError
