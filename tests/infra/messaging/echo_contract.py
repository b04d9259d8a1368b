"""The public face of the test service."""

from infra.kernel.rpc import Empty, Message, Method


class Echo(Message):
    text: str
    number: int = 0


class Echoed(Message):
    text: str
    number: int


class Slow(Message):
    name: str
    seconds: float


echo = Method("echo", "echo", Echo, Echoed, 5.0)
relayed = Method("echo", "relayed", Echo, Echoed, 5.0)
call_nobody = Method("echo", "call_nobody", Empty, Empty, 5.0)
refuse = Method("echo", "refuse", Empty, Empty, 5.0)
crash = Method("echo", "crash", Empty, Empty, 5.0)
slow = Method("echo", "slow", Slow, Echoed, 5.0)
missing = Method("echo", "missing", Empty, Empty, 5.0)
wrong = Method("echo", "echo", Empty, Echoed, 5.0)
misread = Method("echo", "echo", Echo, Slow, 5.0)
nobody = Method("nobody", "nothing", Empty, Empty, 5.0)
