"""A script as it lies on disk: its words, what form it has, and whom it casts."""

import codecs
import re
from pathlib import Path
from typing import Any

from gateway.client import Api
from generation_service.contract.casting import named_subjects
from infra.kernel.errors import Invalid

FORMATS = {".json": "storyboard", ".txt": "prompt"}
PRODUCE = "see assent produce --help"
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PROMPT = re.compile(r"(?i)\.prompt\.(txt|md)$")
_HEADING = re.compile(r"(?im)^(int|ext|est|i/e|int\.?/ext)[. ]")


def read_script(path: Path) -> str:
    """The text of a script: UTF-8, or UTF-16 with its mark, as Windows editors save it.

    Raises Invalid ``cli.not_text`` with the place of the first byte that is no text, ``cli.empty``, and OSError.
    """
    data = path.read_bytes()
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            "cli.not_text", f"{path.name} is not text in UTF-8: byte {error.start}, in line {line}, is none",
            fix="save it as UTF-8; a Final Draft or PDF file is exported as Fountain or plain text first",
        ) from error  # fmt: skip
    if not text:
        raise Invalid("cli.empty", f"{path.name} is empty", fix="write a scene, or name another file")
    return text.replace("\r\n", "\n")


def form_of(path: Path, text: str) -> str:
    """``storyboard`` for .json, ``prompt`` for .txt, else ``fountain``; so is a .txt file that has scene headings."""
    form = "prompt" if _PROMPT.search(path.name) else FORMATS.get(path.suffix.casefold(), "fountain")
    return "fountain" if path.suffix.casefold() == ".txt" and _HEADING.search(text) else form


def script_cast(api: Api, text: str, cast: list[str]) -> dict[str, Any]:
    """Cast members: those of ``cast``, and subjects that the script names without references, with their newest."""
    members = dict(cast_member(api, one) for one in cast)
    ordered = {name.casefold() for name in members}
    own = (f"{name}={who}" for name, who in named_subjects(text).items() if name.casefold() not in ordered)
    return {**members, **dict(cast_member(api, one) for one in own)}


def cast_member(api: Api, text: str) -> tuple[str, dict[str, Any]]:
    """``NAME=sub_…`` (newest face and voice), ``NAME=sub_…!voice-from-face``, ``NAME=stock[:who[/voice]]``."""
    name, equals, who = text.partition("=")
    if not equals or not name.strip() or not who:
        raise Invalid("cli.bad_cast", f"'{text}' is not NAME=WHO", fix=PRODUCE)
    who = who.removeprefix("subject/")
    if who.startswith("sub_"):
        return name.strip(), _subject(api, who)
    kind, _, rest = who.replace("stock/", "stock:", 1).partition(":")
    if kind != "stock":
        raise Invalid("cli.bad_cast", f"'{who}' is neither a subject nor stock", fix=PRODUCE)
    stock, _, voice = rest.replace("+voice/", "/", 1).partition("/")
    return name.strip(), {"stock": stock or None, "stock_voice": voice or None}


def _subject(api: Api, who: str) -> dict[str, Any]:
    handle, _, wish = who.partition("!")
    member: dict[str, Any] = {"subject": handle, "voice_from_face": wish == "voice-from-face"}
    for asset in api.pages(f"/v1/subjects/{handle}/assets"):
        if asset["kind"] == "face" or not member["voice_from_face"]:
            member[asset["kind"]] = asset["sha256"]
    return member
