"""AMQP: reconnecting connections, the outbox relay, job queues, and RPC in the wire format of nameko."""
