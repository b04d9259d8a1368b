"""System packages: installed with apt as root on Debian, otherwise named to the person. Standard library only, because
it also runs before the virtual environment exists.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_POLICY = Path("/usr/sbin/policy-rc.d")
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=180", "install", "-y", "-q", "--no-install-recommends")


class StackError(Exception):
    """The local stack cannot do what was asked; the message is for a person and says what to do."""


def install_packages(names: Sequence[str], *, otherwise: str = "", say: Callable[[str], None] = print) -> None:
    """Install Debian packages, without starting the services they bring. Raises StackError when that is not possible:
    the message names the packages and then says ``otherwise``.
    """
    wanted = " ".join(names)
    if os.geteuid() or not shutil.which("apt-get"):
        raise StackError(f"missing on this machine: {wanted}\n  sudo apt-get install {wanted}\n{otherwise}".rstrip())
    say(f"apt-get install {wanted}")
    with _services_stay_off():
        done = _apt(*_APT, *names)
        if done.returncode:  # no package lists yet, or old ones
            _apt("apt-get", "update", "-q")
            done = _apt(*_APT, *names)
    if done.returncode:
        raise StackError(f"apt-get install {wanted} failed:\n{_last_lines(done.stdout)}\n{otherwise}".rstrip())


@contextmanager
def _services_stay_off() -> Iterator[None]:
    """While apt runs, packages may not start their services (Debian's policy-rc.d; one that exists is respected)."""
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            _POLICY.unlink(missing_ok=True)


def _apt(*command: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "a"}
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip


def _last_lines(text: str, count: int = 15) -> str:
    return "\n".join(text.splitlines()[-count:])
