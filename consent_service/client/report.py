"""A pack in plain words: ``report.html`` for people, a few lines for a terminal. It verifies no hash and no proof.

Every text of an entry is shown escaped. The page has no script and loads nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from importlib.resources import files as resources
from pathlib import Path
from string import Template
from typing import Any

from consent_service.client import pack
from consent_service.client.audit import Audit, Film
from consent_service.client.digests import ENTRIES, read_manifest
from consent_service.client.scope import Selection
from consent_service.contract import events as kinds
from infra.eventlog.log import Event
from infra.kernel.clock import rfc3339
from infra.kernel.errors import AssentError, Invalid
from infra.tlog.checkpoint import SignedTree, parse_checkpoint
from infra.tlog.cosignature import claimed_cosignatures
from infra.tlog.leaf import LEAF_LIMIT, read_leaf
from infra.tlog.note import b64, split_note

_ROWS = 200
_GRANT, _FLAG = "consent.grant-", "consent.flag-"


@dataclass
class Told:
    """What entries tell, gathered as they pass: none of them is kept."""

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    grants: dict[str, list[str]] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    stops: list[tuple[str, ...]] = field(default_factory=list)
    flags: list[tuple[str, ...]] = field(default_factory=list)

    def see(self, event: Event) -> None:
        """Take the next entry."""
        self.count += 1
        self.first, self.last = self.first or event.at, event.at
        self.kinds[event.type] += 1
        if event.type.startswith(_GRANT):
            what = event.type.removeprefix(_GRANT).removesuffix(".v1")
            grant = str(event.data.get("grant", ""))
            self.grants.setdefault(grant, []).append(f"{what} (entry {event.position})")
            if isinstance(event.data.get("terms"), dict):
                self.terms[grant] = _allowed(event.data["terms"])
        elif event.type.startswith(_FLAG):
            self.flags.append((str(event.position), _time(event.at), str(event.data.get("flag", "")), _flag(event)))
        elif event.type == kinds.SYNTHESIS_ABORTED:
            took = event.data.get("stop_ms")
            after = f"{took:.0f} ms" if isinstance(took, int | float) else ""
            named = (str(event.data.get(name) or "") for name in ("production", "reason"))
            self.stops.append((str(event.position), _time(event.at), *named, after))


@dataclass(frozen=True)
class Facts:
    """What a report is about: the signed tree, the selected entries, what the audit found, who cosigned."""

    tree: SignedTree
    selection: Selection
    told: Told
    films: tuple[Film, ...]
    faults: tuple[str, ...]
    witnesses: tuple[str, ...]


def read_facts(path: Path) -> Facts:
    """What the pack at ``path`` says, as far as it can be read; nothing is verified, cosigners are named as they say.

    Raises :class:`AssentError` where there is no manifest or no checkpoint.
    """
    with pack.open_pack(path) as reader:
        try:
            claimed, files = read_manifest(reader.chunks(pack.MANIFEST))
            note = reader.read(claimed["checkpoint"]).decode()
            tree = parse_checkpoint(split_note(note)[0])
            names = tuple(one.name for one in claimed_cosignatures(note))
            selection = Selection(indices=files.indices(ENTRIES), **claimed["scope"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Invalid("consent.pack_malformed", "this pack's manifest cannot be read") from error
        return gather(tree, selection, lambda index: reader.read(pack.entry_path(index), LEAF_LIMIT), names)


def gather(tree: SignedTree, selection: Selection, read: Callable[[int], bytes], witnesses: tuple[str, ...]) -> Facts:
    """Read and judge the selected entries."""
    audit, told, faults = Audit(), Told(), list[str]()
    for index in selection.indices:
        try:
            event = read_leaf(read(index), index)
        except AssentError as error:
            faults.append(f"entry {index}: {error.detail}")
            continue
        told.see(event)
        faults += [f"entry {index}: {fault.detail}" for fault in audit.see(event)]
    return Facts(tree, selection, told, tuple(audit.films), tuple(faults), witnesses)


def report_html(facts: Facts) -> str:
    """The page."""
    template = Template((resources("consent_service.client.pack_files") / "report.html").read_text(encoding="utf-8"))
    chosen = facts.selection
    return template.substitute(
        origin=escape(facts.tree.origin), size=f"{facts.tree.size:,}", root=b64(facts.tree.root),
        title=_title(facts), subtitle=_subtitle(facts), figures=_figures(facts), faults=_faults(facts.faults),
        coverage=_coverage(chosen, facts.tree.size), witnesses=_witnesses(facts.witnesses),
        films=_films(facts.films), grants=_grants(facts.told), stops=_stops(facts.told), flags=_flags(facts.told),
        kinds=_kinds(facts.told),
        unseen=_unseen(chosen), question=_question(chosen),
    )  # fmt: skip


def report_lines(facts: Facts) -> list[str]:
    """The same for a terminal, without markup."""
    lines = [f"{_plain(_title(facts))}: {facts.told.count} entries", _plain(_question(facts.selection))]
    lines += [f"film {film.output_sha256[:16]}… entry {film.index}, grants {_covered(film)}" for film in facts.films]
    lines += [f"{count:>7}  {kind}" for kind, count in sorted(facts.told.kinds.items())]
    lines += [f"fault: {fault}" for fault in facts.faults]
    lines.append(_plain(_coverage(facts.selection, facts.tree.size)))
    lines.append(_plain(_witnesses(facts.witnesses)))
    lines.append("This summary proves nothing by itself: run assent audit verify with your own copy of the log's key.")
    return lines


def _title(facts: Facts) -> str:
    if facts.selection.query:
        return "The record of " + " and ".join(escape(value) for value in facts.selection.query.values())
    if facts.told.count == facts.tree.size:
        return "The whole consent ledger"
    return f"Consent ledger, entries {facts.selection.start:,} to {facts.selection.end - 1:,}"


def _subtitle(facts: Facts) -> str:
    told = facts.told
    if told.first is None or told.last is None:
        return "No entry could be read."
    return f"Entries written between {_time(told.first)} and {_time(told.last)} UTC, by their writers' clocks."


def _figures(facts: Facts) -> str:
    counts = facts.told.kinds
    shown = {
        "entries in this pack": facts.told.count, "entries in the ledger": facts.tree.size,
        "films published": len(facts.films), "permissions recorded": counts[kinds.GRANT_RECORDED],
        "withdrawals": counts[kinds.GRANT_WITHDRAWN], "runs stopped": counts[kinds.SYNTHESIS_ABORTED],
    }  # fmt: skip
    return "".join(f"<div><b>{value:,}</b><span>{name}</span></div>" for name, value in shown.items())


def _faults(faults: Sequence[str]) -> str:
    if not faults:
        return '<div class="note">No contradiction was found among the entries when this pack was made.</div>'
    items = "".join(f"<li>{escape(fault)}</li>" for fault in faults[:_ROWS])
    return f'<div class="note fault"><b>{len(faults)} contradiction(s) were found.</b><ul>{items}</ul></div>'


def _coverage(chosen: Selection, size: int) -> str:
    span = f"{chosen.start:,} to {chosen.end - 1:,}"
    if chosen.complete and (chosen.start, chosen.end) == (0, size):
        whole = "Every entry of the ledger is in this pack; none is missing."
        return whole + (f" {chosen.matched:,} of them match the question." if chosen.query else "")
    if chosen.complete:
        return (
            f"Every entry from {span} is in this pack, each proven to stand at its index, so none between is missing. "
            f"{chosen.matched:,} of them match the question; entries outside of the range are here for context."
        )
    return f"{chosen.matched:,} entries from {span} match the question; entries they refer to came with them."


def _unseen(chosen: Selection) -> str:
    if chosen.complete and chosen.start == 0:
        return f"What came after entry {chosen.end - 1:,}. A permission that stands here may have been withdrawn since."
    if chosen.complete:
        return f"Anything about entries outside of {chosen.start:,} to {chosen.end - 1:,}."
    return (
        "<b>That no other entry matches.</b> This pack holds what was found, not the whole range. Ask for a complete "
        "export (<code>--complete</code>) when that matters."
    )


def _question(chosen: Selection) -> str:
    asked = ", ".join(f"{name} {escape(value)}" for name, value in chosen.query.items()) or "everything"
    return f"{asked}, entries {chosen.start:,} to {chosen.end - 1:,}"


def _witnesses(names: Sequence[str]) -> str:
    if not names:
        return "No independent witness is named in this pack: the checkpoint rests on the operator's signature alone."
    listed = ", ".join(escape(name) for name in dict.fromkeys(names))
    return f"The checkpoint carries cosignatures of: {listed}. They count only with keys that you got from them."


def _films(films: Sequence[Film]) -> str:
    rows = ((str(film.index), film.production, film.output_sha256, _covered(film)) for film in films)
    return _table(("entry", "production", "SHA-256 of the film", "made under"), rows, "No film was published.")


def _covered(film: Film) -> str:
    return ", ".join(f"{name} (entry {index})" for name, index in film.grants.items()) or "stock cast only"


def _grants(told: Told) -> str:
    rows = ((grant, told.terms.get(grant, ""), " → ".join(steps)) for grant, steps in told.grants.items())
    heads = ("grant", "what it allows", "what happened")
    return _table(heads, rows, "No permission was recorded or changed.")


def _stops(told: Told) -> str:
    heads = ("entry", "time stated (UTC)", "production", "why", "stopped after")
    return _table(heads, told.stops, "No run was stopped.")


def _allowed(terms: dict[str, Any]) -> str:
    """A permission's scope in one line; what is not there is left out."""
    grantee, scope, limits = (_object(terms.get(name)) for name in ("grantee", "scope", "limits"))
    permissions = [_object(one) for one in terms.get("permissions") or ()]
    what = ", ".join(f"{one.get('modality')} ({one.get('operation')})" for one in permissions)
    parts = {
        "": what, "to": grantee.get("partner"), "for": ", ".join(map(str, scope.get("purposes") or ())),
        "in": ", ".join(map(str, scope.get("territories_allow") or ())), "until": str(limits.get("not_after"))[:10],
        "at most": f"{limits.get('max_uses')} uses",
    }  # fmt: skip
    return "; ".join(f"{name} {value}".strip() for name, value in parts.items() if value)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _flags(told: Told) -> str:
    return _table(("entry", "time stated (UTC)", "feature", "what happened"), told.flags, "No feature was switched.")


def _time(at: datetime) -> str:
    return rfc3339(at)[:19].replace("T", " ")


def _flag(event: Event) -> str:
    what = event.type.removeprefix(_FLAG).removesuffix(".v1")
    change = event.data.get("change") if what == "change-proposed" else event.data
    state = change.get("state", "") if isinstance(change, dict) else ""
    return f"{what} → {state}"


def _kinds(told: Told) -> str:
    rows = ((_words(kind), kind, f"{count:,}") for kind, count in sorted(told.kinds.items()))
    return _table(("what", "kind", "entries"), rows, "None.")


def _words(kind: str) -> str:
    """A type of entry as one says it: ``consent.grant-recorded.v1`` is *grant recorded*."""
    return kind.removeprefix("consent.").rpartition(".v")[0].replace("-", " ") or kind


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> str:
    lines = list(rows)
    if not lines:
        return f'<p class="soft">{nothing}</p>'
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in lines[:_ROWS])
    more = f'<p class="soft">and {len(lines) - _ROWS:,} more</p>' if len(lines) > _ROWS else ""
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{body}</table>{more}"


def _cell(text: str) -> str:
    number = text.replace(",", "").isdigit()
    long = len(text) > 40 and " " not in text
    return f'<td class="{"n" if number else "key" if long else ""}">{escape(text)}</td>'


def _plain(text: str) -> str:
    return text.replace("<b>", "").replace("</b>", "")
