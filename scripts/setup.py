"""``python3.11 -m scripts.setup``: make ``.venv`` with the pinned dependencies; instant when it is up to date.

It uses the standard library only. What was installed is remembered as a hash of everything it was made from, so a
changed pin is installed and nothing else costs time. On Debian, as root, missing system packages are installed with
apt; otherwise they are named.
"""

import ctypes
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from infra.stack.system import StackError, install_packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "constraints.txt"
LISTS = ("requirements.txt", "requirements-dev.txt", "requirements-nodeps.txt")
# libGL and libEGL: skia draws on the CPU but is linked to them. libgomp: numba's and scikit-learn's threads.
LIBRARIES = {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", "libgomp.so.1": "libgomp1"}


def main() -> None:
    """Bring ``.venv`` up to date."""
    started = time.monotonic()
    if sys.version_info[:2] != (3, 11):
        raise StackError(
            f"Python 3.11 is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11 dev"
        )
    did = [_step("dependencies", _dependencies_hash(), _install), _step("package", _package_hash(), _install_package)]
    if any(did):
        print(f"setup: done in {time.monotonic() - started:.0f} s", flush=True)


def _step(name: str, fingerprint: str, work: Callable[[], None]) -> bool:
    """Do ``work`` unless its stamp carries this fingerprint. The stamp is written last: a killed run is repeated."""
    stamp = VENV / f".assent-{name}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return False
    work()
    stamp.write_text(fingerprint)
    return True


def _dependencies_hash() -> str:
    parts = [
        sys.version,
        *((ROOT / name).read_text() for name in (*LISTS, "constraints.txt")),
        Path(__file__).read_text(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _package_hash() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    parts = (project["build-system"], project["project"], project["tool"]["setuptools"], str(ROOT))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _install() -> None:
    _system_packages()
    _make_venv()
    say("installing the pinned dependencies (several minutes the first time)")
    _pip("setuptools<81", "wheel")
    _pip("-r", "requirements.txt", "-r", "requirements-dev.txt")
    without = [line for line in (ROOT / "requirements-nodeps.txt").read_text().split("\n") if line and line[0] != "#"]
    _pip("--no-deps", "--no-build-isolation", *without)
    _drop_cuda_only_libraries()


def _install_package() -> None:
    _pip("--no-deps", "--no-build-isolation", "--editable", ".", constrained=False)


def _system_packages() -> None:
    """What pip cannot bring: shared libraries, a C compiler, Python's own headers and venv."""
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if not shutil.which("gcc"):
        missing += ["gcc", "g++", "libc6-dev"]
    elif not shutil.which("g++"):
        missing += ["g++"]
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        missing.append("python3.11-dev")
    if subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode:
        missing.append("python3.11-venv")
    if missing:
        install_packages(missing, say=say)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _make_venv() -> None:
    works = (
        PYTHON.exists() and not subprocess.run([PYTHON, "-m", "pip", "-V"], capture_output=True, check=False).returncode
    )
    if not works:
        say("making .venv")
        _run(sys.executable, "-m", "venv", "--clear", str(VENV))


def _drop_cuda_only_libraries() -> None:
    """Under a CPU torch the CUDA extension in torchaudio's wheel cannot load; without the file, it falls back."""
    code = "import torch; print(torch.version.cuda or '')"
    if subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip():
        return
    for library in VENV.glob("lib/python3.11/site-packages/torchaudio/lib/*.so"):
        library.unlink()


def _pip(*arguments: str, constrained: bool = True) -> None:
    pins = ["--constraint", str(CONSTRAINTS)] if constrained else []
    quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
    _run(str(PYTHON), "-m", "pip", "install", *quiet, *pins, *arguments)


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise StackError(f"failed with status {done.returncode}: {' '.join(command)}")


def say(text: str) -> None:
    """Tell the person what takes time now."""
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except StackError as error:
        sys.exit(f"setup: {error}")
