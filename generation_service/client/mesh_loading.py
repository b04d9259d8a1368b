"""Loading the face mesh without its chatter: what its libraries print about themselves is no log line of ours.

They write to the process's standard error from C++, past every setting of theirs and of Python's. While one is loaded
and run for the first time that output is caught; the lines known to mean nothing are dropped, all others are passed on.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

_NOISE = re.compile(
    rb"XNNPACK delegate for CPU|before absl::InitializeLog\(\)|inference_feedback_manager\.cc"
    rb"|landmark_projection_calculator\.cc.*NORM_RECT"
)
"""Which delegate is used; that logging is not set up yet; a model with one signature; a region that is no square."""


class Hushed:
    """A mesh or detector of faces whose pictures, up to the first with a face, are looked at without its chatter."""

    def __init__(self, mesh: Any) -> None:
        self._mesh, self._settled = mesh, False
        self.process(np.zeros((64, 64, 3), np.uint8))  # its threads start in their own time, and speak then

    def process(self, picture: Any) -> Any:
        """As the mesh's own."""
        if self._settled:
            return self._mesh.process(picture)
        with loading():
            found = self._mesh.process(picture)
        self._settled = bool(getattr(found, "multi_face_landmarks", None) or getattr(found, "detections", None))
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mesh, name)


@contextmanager
def loading() -> Iterator[None]:
    """Inside, standard error is caught; afterwards what is no known noise is written to it. Not for long work: what the
    process writes meanwhile comes late, and is lost when it is killed.
    """
    _answer_old_name()
    sys.stderr.flush()
    kept, caught = os.dup(2), os.memfd_create("stderr")
    os.dup2(caught, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        with os.fdopen(caught, "rb") as told:
            told.seek(0)
            for line in told:
                if not _NOISE.search(line):
                    os.write(2, line)


def _answer_old_name() -> None:
    """The mesh asks protobuf for a message's class by a name that protobuf 5 dropped, and prints that it is missing."""
    message_factory: Any = import_module("google.protobuf.message_factory")
    if not hasattr(message_factory.MessageFactory, "GetPrototype"):
        message_factory.MessageFactory.GetPrototype = staticmethod(message_factory.GetMessageClass)
