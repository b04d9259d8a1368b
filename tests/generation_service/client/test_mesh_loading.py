"""What the mesh's libraries say about themselves is dropped; everything else on standard error is passed on."""

import subprocess
import sys

CODE = """
import os
from pathlib import Path
from generation_service.client.face_check import decode_picture, landmarks
from generation_service.client.mesh_loading import loading
found = landmarks(decode_picture(Path("examples/cast/ana.png").read_bytes()))
print(len(found))
with loading():
    os.write(2, b"a real error\\n")
    os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\\n")
    print("another", file=__import__("sys").stderr)
try:
    with loading():
        os.write(2, b"before it broke\\n")
        raise SystemExit(3)
finally:
    os.write(2, b"after\\n")
"""


def test_the_mesh_is_silent_and_errors_are_not() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert int(done.stdout) > 0
    assert done.stderr.splitlines() == ["a real error", "another", "before it broke", "after"]
