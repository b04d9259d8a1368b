"""Notes, inclusion and consistency through the Go project's own ``sumdb/note`` and ``sumdb/tlog``, where Debian's
``golang-go`` and ``golang-golang-x-mod-dev`` are installed. Without them there is no test here: other oracles remain.
"""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.merkle import consistency_spans, inclusion_spans
from tests.infra.tlog.test_oracles import KEY, LEAVES, ROOTS, SIGNER, SIZES, hashes

SOURCES = Path("/usr/share/gocode")
PROGRAM = Path(__file__).with_name("go_oracle") / "main.go"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def record(index: int, size: int, leaf: bytes) -> dict[str, Any]:
    proof = [encoded(one) for one in hashes(inclusion_spans(index, size))]
    return {"Index": index, "Size": size, "Leaf": encoded(leaf), "Root": encoded(ROOTS[size]), "Proof": proof}


def continued(old: int, new: int, root: bytes) -> dict[str, Any]:
    proof = [encoded(one) for one in hashes(consistency_spans(old, new))]
    return {"Old": old, "New": new, "OldRoot": encoded(root), "NewRoot": encoded(ROOTS[new]), "Proof": proof}


def asked_of_go(question: dict[str, Any], folder: Path) -> list[str]:
    settings = {"GOPATH": str(SOURCES), "GO111MODULE": "off", "GOCACHE": str(folder), "GOFLAGS": "-mod="}
    command = ["go", "run", str(PROGRAM)]
    done = subprocess.run(
        command, input=json.dumps(question), env=os.environ | settings, capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:-1]


if shutil.which("go") and (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():

    def test_go_accepts_what_we_make_and_refuses_what_was_bent(tmp_path: Path) -> None:
        notes = [sign_checkpoint(SignedTree(KEY.name, size, ROOTS[size]), SIGNER) for size in SIZES]
        pairs = [(index, size) for size in SIZES for index in range(0, size, 5)]
        steps = [(old, new) for new in SIZES for old in range(1, new + 1, 7)]
        good = {
            "Vkey": str(KEY), "Notes": notes, "Records": [record(index, size, LEAVES[index]) for index, size in pairs],
            "Trees": [continued(old, new, ROOTS[old]) for old, new in steps],
        }  # fmt: skip
        said = asked_of_go(good, tmp_path)
        assert said == ["note true"] * len(notes) + ["record true"] * len(pairs) + ["tree true"] * len(steps)
        bad = {
            "Vkey": str(KEY), "Notes": [note.replace("\n1", "\n2", 1) for note in notes if "\n1" in note],
            "Records": [record(index, size, LEAVES[index] + b"x") for index, size in pairs],
            "Trees": [continued(old, new, bytes(32)) for old, new in steps],
        }  # fmt: skip
        said = asked_of_go(bad, tmp_path)
        assert {line.split()[1] for line in said} == {"false"}
        assert {line.split()[0] for line in said} == {"note", "record", "tree"}
