"""Events into a real nameko process: handled with their trace, again after a failure, parked at the end."""

import json

import pika

from infra.kernel.ids import uuid7
from infra.messaging.events import event_message
from infra.telemetry import bind_trace
from tests.infra.messaging.conftest import Running, until

QUEUE = "evt-source-happened--echo.on_happened"


def publish(broker, body: bytes) -> None:
    properties = pika.BasicProperties(content_type="application/json", content_encoding="utf-8", delivery_mode=2)
    broker.basic_publish("source.events", "happened", body, properties, mandatory=True)


def handled(echo: Running, event_id: str) -> list[str]:
    return [line for line in echo.journal() if line.startswith(event_id)]


def test_event_is_handled_once_with_its_trace(echo: Running, broker) -> None:
    with bind_trace(name="test") as traceparent:
        message = event_message("source", "happened", {"mode": "plain"})
    last = event_message("source", "happened", {"mode": "plain"})
    publish(broker, json.dumps(message.body).encode())
    publish(broker, json.dumps(last.body).encode())
    until(lambda: bool(handled(echo, last.id)) and bool(handled(echo, message.id)))
    assert handled(echo, message.id) == [f"{message.id} {traceparent.split('-')[1]}"]


def test_failed_handler_is_tried_again(echo: Running, broker) -> None:
    message = event_message("source", "happened", {"mode": "once"})
    publish(broker, json.dumps(message.body).encode())
    until(lambda: len(handled(echo, message.id)) == 2)


def test_hopeless_event_is_parked_not_lost(echo: Running, broker) -> None:
    broker.queue_purge(f"{QUEUE}.dead")
    message = event_message("source", "happened", {"mode": "always"})
    publish(broker, json.dumps(message.body).encode())
    until(lambda: broker.queue_declare(f"{QUEUE}.dead", passive=True).method.message_count == 1, seconds=30)
    _method, _properties, body = broker.basic_get(f"{QUEUE}.dead", auto_ack=True)
    assert json.loads(body) == message.body
    assert len(handled(echo, message.id)) == 4


def test_malformed_event_is_parked_at_once(echo: Running, broker) -> None:
    broker.queue_purge(f"{QUEUE}.dead")
    odd = uuid7()
    publish(broker, json.dumps({"id": odd}).encode())
    until(lambda: broker.queue_declare(f"{QUEUE}.dead", passive=True).method.message_count == 1)
    assert json.loads(broker.basic_get(f"{QUEUE}.dead", auto_ack=True)[2]) == {"id": odd}
