"""What is kept about a person, as a page for that person (GDPR Art. 15): plain words, no script, no network. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Any

from consent_service.contract.ledger import GrantView
from gateway.drafting import EXCLUDED_IN_WORDS, IN_WORDS
from identity_service.contract.methods import Asset, Party

HAPPENED = {
    "synthesis-started": "a use began", "synthesis-completed": "a use ended: a take was made",
    "synthesis-aborted": "a use was stopped, nothing of it was kept", "output-released": "a film was published",
    "output-recalled": "a published film was called back", "grant-recorded": "you gave a permission",
    "grant-withdrawn": "you withdrew a permission", "grant-suspended": "a permission was held",
    "grant-resumed": "a permission was let stand again", "grant-narrowed": "you made a permission narrower",
    "grant-expired": "a permission ended by its date", "grant-invalidated": "a permission lost what it stood on",
    "use-approved": "you allowed one film", "use-refused": "you refused one film",
    "decision-made": "somebody asked whether a use is permitted",
    "biometrics-deleted": "your reference files were deleted",
    "party-registered": "you were enrolled, or your entry changed", "subject-erased": "you were erased",
}  # fmt: skip
"""Types of entries, without service and version, as one says them to whom they concern."""
_STATES = {
    "granted": "stands", "resumed": "stands", "narrowed": "stands, made narrower", "suspended": "held",
    "withdrawn": "withdrawn", "expired": "over", "invalidated": "ended", "requested": "asked for",
}  # fmt: skip
_STANDING = frozenset({"granted", "resumed", "narrowed"})
_KINDS = {"face": "portrait", "voice": "voice sample"}
_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What is kept about you</title>
<style>
:root { --ink: #1b1f23; --soft: #5c6670; --line: #e3e6e8; --paper: #fbfaf7; --card: #fff; --mark: #1f6f5c; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 Georgia, "Times New Roman", serif; }
main { max-width: 52rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1 { font-size: 2.2rem; line-height: 1.15; margin: 0 0 .4rem; } h2 { font-size: 1.3rem; margin: 2.6rem 0 .8rem; }
p, li { max-width: 44rem; } p { margin: .5rem 0; } .soft { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; background: var(--line);
  border: 1px solid var(--line); border-radius: 10px; overflow: hidden; margin-top: 1.6rem; }
.figures div { background: var(--card); padding: .9rem 1rem; }
.figures b { display: block; font-size: 1.6rem; font-weight: 400; }
.figures span, th, dt { font: .8rem/1.4 system-ui, sans-serif; color: var(--soft); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--mark); border-radius: 6px;
  padding: 1rem 1.2rem; margin: 1rem 0; }
.card.over { border-left-color: #b8bec4; } .card h3 { margin: 0 0 .5rem; font-size: 1.05rem; }
dl { display: grid; grid-template-columns: 11rem 1fr; gap: .3rem 1rem; margin: 0; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line);
  font-size: .95rem; }
th, td { text-align: left; padding: .5rem .8rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child, td.at { white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: .8rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
@media (max-width: 36rem) { .figures { grid-template-columns: 1fr 1fr; } dl { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } main { padding: 0; } }
</style>
<main>
<h1>What is kept about you</h1>
<p class="soft">Everything that Assent holds about you, with the $count entries that concern you among the first $covers
of the ledger <b>$origin</b>. None of them is missing, and you can have that checked.</p>
<div class="figures">$figures</div>
<h2>You</h2>
<dl>$you</dl>
<h2>Your reference files</h2>
$files
<h2>Your permissions</h2>
$grants
<h2>Everything that happened</h2>
$entries
<h2>Why, for whom, and for how long</h2>
<dl>
<dt>Why we keep this</dt><dd>You agreed to it (GDPR Art. 6(1)(a)). The ledger's entries stay as the evidence of what
you agreed to.</dd>
<dt>Who receives it</dt><dd>$recipients. The ledger itself is public: it holds handles and numbers, no name, face or
voice.</dd>
<dt>Where it comes from</dt><dd>From you, through $enrolled.</dd>
<dt>For how long</dt><dd>$kept</dd>
<dt>Who decides</dt><dd>Fixed rules decide whether a use is permitted, over the permissions that you signed. Nothing
is decided about you.</dd>
</dl>
<h2>What you can do</h2>
<ul>
<li>Withdraw or suspend a permission, at once and with your own key: <code>assent grant withdraw</code>,
<code>assent grant suspend</code>.</li>
<li>Be erased: name, files, keys and texts go for ever: <code>assent subject erase $handle</code>.</li>
<li>Have what is wrong put right, and take this file elsewhere: subject.json, grants.json, openings.json and records/
are for programs (the records are ISO/IEC TS 27560 consent records in DPV JSON-LD).</li>
<li>Complain to the data protection authority where you live.</li>
</ul>
<h2>How to check this</h2>
<p>history.json proves that no entry is missing; this needs no network, and nobody's word but the ledger's own key. Have
that from somebody you trust:</p>
<p><code>assent subject history history.json --prove --key &lt;verifier key or file&gt;</code></p>
<p class="soft">Not proven: that a film which nobody told the ledger of does not exist. The reference files themselves
are not in here, for this file passes through other hands; they are named by their SHA-256.</p>
</main>
</html>
""")


@dataclass(frozen=True)
class Happened:
    """One entry: its index, the exact text, and what was typed into it, as far as it can be opened."""

    index: int
    leaf: str
    typed: Mapping[str, Any]


def subject_page(
    party: Party, assets: Sequence[Asset], grants: Sequence[GrantView], entries: Sequence[Happened], *, origin: str,
    covers: int,
) -> str:  # fmt: skip
    """The page. ``covers`` is how many entries of the ledger ``origin`` were looked at. All texts are escaped."""
    told = [json.loads(one.leaf) for one in entries]
    kinds = [_short(one["type"]) for one in told]
    partners = sorted({grant.terms.grantee.partner for grant in grants})
    figures = {
        "permissions that stand": sum(grant.state in _STANDING for grant in grants),
        "uses made": kinds.count("synthesis-started"), "films published": kinds.count("output-released"),
        "reference files": len(assets),
    }  # fmt: skip
    return _PAGE.substitute(
        count=f"{len(entries):,}", covers=f"{covers:,}", origin=escape(origin), handle=escape(party.id),
        figures="".join(f"<div><b>{number:,}</b><span>{name}</span></div>" for name, number in figures.items()),
        you=_pairs(_you(party)), files=_files(assets), grants="".join(map(_grant, grants)) or _NONE,
        entries=_entries(entries, told), recipients=_listed(partners) if partners else "Nobody so far",
        enrolled=escape(party.partner or "the operator"), kept=_kept(grants),
    )  # fmt: skip


_NONE = '<p class="soft">None.</p>'


def _you(party: Party) -> dict[str, str]:
    return {
        "The name we keep": party.display_name, "Your handle here": party.id,
        "Your public key": party.public_key or "none", "State": party.state, "Age": party.age_class,
        "Enrolled": f"{party.created_at:%d %B %Y}, through {party.partner or 'the operator'}",
    }  # fmt: skip


def _files(assets: Sequence[Asset]) -> str:
    rows = []
    for asset in assets:
        measured = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in asset.quality.items())
        what = f"{_KINDS.get(asset.kind, asset.kind)}<br><span class='soft'>{escape(asset.media_type)}</span>"
        found = escape(measured) or "nothing"
        digest = f"<code>{escape(asset.sha256)}</code><br><span class='soft'>measured: {found}</span>"
        rows.append((what, f"{asset.created_at:%d %b %Y}", digest))
    return _table(("what", "since", "SHA-256"), rows)


def _grant(grant: GrantView) -> str:
    terms, limits = grant.terms, grant.terms.limits
    what = "; ".join(dict.fromkeys(IN_WORDS.get(one.modality, one.modality) for one in terms.permissions))
    never = ", ".join(EXCLUDED_IN_WORDS.get(one, one) for one in terms.exclusions)
    typed = terms.scope.description
    pairs = {
        "Who": terms.grantee.partner, "May": what,
        "For": ", ".join(terms.scope.purposes) + (f": “{typed}”" if typed else ""),
        "Where": ", ".join(terms.scope.territories_allow),
        "From, until": f"{limits.not_before:%d %B %Y}, {limits.not_after:%d %B %Y}",
        "Uses left": f"{grant.uses_left} of {limits.max_uses}", "Never": never or "nothing is excluded by name",
        "Recorded": f"{grant.recorded_at:%d %B %Y}, ledger entry {grant.ledger_index}",
    }  # fmt: skip
    over = "" if grant.state in _STANDING else " over"
    title = f"{_STATES.get(grant.state, grant.state)} · <code>{escape(grant.id)}</code>"
    return f"<div class='card{over}'><h3>{title}</h3><dl>{_pairs(pairs)}</dl></div>"


def _entries(entries: Sequence[Happened], told: Sequence[dict[str, Any]]) -> str:
    rows = []
    for one, event in zip(entries, told, strict=True):
        words = HAPPENED.get(_short(event["type"]), _short(event["type"]).replace("-", " "))
        typed = "".join(f"<br><span class='soft'>“{escape(str(text))}”</span>" for text in one.typed.values())
        rows.append((f"{one.index:,}", event["at"][:19].replace("T", " "), escape(words) + typed))
    return _table(("entry", "time stated (UTC)", "what"), rows)


def _kept(grants: Sequence[GrantView]) -> str:
    days = {grant.terms.retention.delete_biometrics_days_after_last_use for grant in grants}
    files = f"Your files: {max(days)} days after the last use, or until you ask." if days else "Until you ask."
    evidence = max((grant.terms.retention.evidence_until for grant in grants), default=None)
    return files + (f" What you signed: until {evidence:%B %Y}, as evidence." if evidence else "")


def _short(kind: str) -> str:
    return kind.partition(".")[2].rpartition(".v")[0] or kind


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(escape, names))


def _pairs(pairs: Mapping[str, str]) -> str:
    return "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in pairs.items())


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """``rows`` are HTML already."""
    if not rows:
        return _NONE
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + f"</tr>{body}</table>"
