"""ZIP files of any size: what is written here any reader reads, what others write is read, what is bent is not."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from consent_service.client.digests import ENTRIES, PROOFS, Digests, read_manifest, write_manifest
from consent_service.client.pack import entry_path, proof_path
from consent_service.client.zips import ZipReader, write_zip
from infra.kernel.canonical import canonical
from infra.kernel.errors import AssentError, Invalid

FILES = {
    "README.txt": b"read me", entry_path(0): b"{}", proof_path(0): b"x" * 70_000, entry_path(7): b"",
    "keys/\u00e9.vkey": b"k", "proofs/extra": bytes(range(256)) * 40,
}  # fmt: skip


def opened(data: bytes) -> ZipReader:
    return ZipReader(io.BytesIO(data))


def test_others_read_what_is_written(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", FILES.items())
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    pieces = [(name, iter([data[:9], data[9:]])) for name, data in FILES.items()]
    write_zip(tmp_path / "b.zip", pieces)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_what_others_write_is_read(method: int) -> None:
    """In any order, with a comment and a file before it, as the format allows."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.comment = b"PK not the end"
        for name in sorted(FILES, reverse=True):
            archive.writestr(name, FILES[name])
    reader = opened(target.getvalue())
    assert {name: reader.read(name, 1_000_000) for name in FILES} == FILES
    assert (list(reader.indices(ENTRIES)), list(reader.indices(PROOFS))) == ([0, 7], [0])
    assert reader.others() == {name for name in FILES if name not in (entry_path(0), entry_path(7), proof_path(0))}
    assert len(reader.read(proof_path(0), 1000)) == 1001, "one byte more than the limit tells that there is more"


def test_more_members_than_two_bytes_can_count(tmp_path: Path) -> None:
    count = 66_000
    write_zip(tmp_path / "many.zip", ((entry_path(index), b"%d" % index) for index in range(count)))
    with (tmp_path / "many.zip").open("rb") as file:
        reader = ZipReader(file)
        assert len(reader.indices(ENTRIES)) == count
        assert reader.read(entry_path(count - 1), 100) == b"65999"
    with zipfile.ZipFile(tmp_path / "many.zip") as archive:
        assert len(archive.infolist()) == count
        assert archive.read(entry_path(65_536)) == b"65536"


def test_one_name_twice_is_refused() -> None:
    for name in ("README.txt", entry_path(3)):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, b"one")
            archive.writestr(entry_path(1), b"between")
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr(name, b"two")
        with pytest.raises(Invalid, match=r"pack_malformed"):
            opened(target.getvalue())


def test_damage_is_an_error_of_ours_and_never_other_bytes(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", FILES.items())
    honest, dice = (tmp_path / "a.zip").read_bytes(), random.Random(11)
    cut = [honest[:at] for at in (0, 1, 21, 22, len(honest) // 2, len(honest) - 1)]
    bent = []
    for _ in range(1500):
        at = dice.randrange(len(honest))
        bent.append(honest[:at] + bytes([honest[at] ^ (1 << dice.randrange(8))]) + honest[at + 1 :])
    for data in [*cut, *bent, b"PK\5\6" + bytes(18)]:
        try:
            reader = opened(data)
            for name, content in FILES.items():
                assert reader.read(name, 1_000_000) == content
        except AssentError:
            continue


def test_a_manifest_is_read_as_it_is_written() -> None:
    rest = {"v": 2, "origin": "o", "size": 9, "root": "r", "checkpoint": "c", "scope": {"start": 0}}
    digests = Digests()
    for n, name in enumerate(["README.txt", "a", *map(entry_path, range(300)), *map(proof_path, range(5)), "z"]):
        digests.put(name, bytes([n % 256]) * 32)
    written = b"".join(write_manifest(rest, digests))
    assert written == canonical({**rest, "files": {name: value.hex() for name, value in digests.items()}})
    for size in (1, 7, 4096, 1 << 20):
        again, found = read_manifest(written[at : at + size] for at in range(0, len(written), size))
        assert (again, list(found.items())) == (rest, list(digests.items()))
    assert (found.get(entry_path(299)), found.get(entry_path(300))) == (digests.get(entry_path(299)), None)
    for old, new in (
        (b'"a":', b'"a" :'), (b'"a":', b'"README.txt":'), (b'"a":', b'"zz":'), (b'"v":2', b'"v":2,"v":2'),
        (b'"files"', b'"fileS"'), (b'"v":2}', b'"v":2} '), (b'"size":9', b'"size":9.0'), (b'"v":2}', b'"v":2'),
    ):  # fmt: skip
        assert old in written
        with pytest.raises(Invalid, match=r"pack_malformed"):
            read_manifest([written.replace(old, new, 1)])
