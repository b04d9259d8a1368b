"""The report of a film as one page: what was measured on the finished file, in words and marks. Pure, no script.

It is drawn from ``OutputView.checks`` alone, so it says nothing that is not in the film's own event.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from generation_service.contract.methods import OutputView

_CSS = """
:root { color-scheme: light dark; --ink: #1d2129; --soft: #626a78; --line: #d9dde4; --paper: #fff; --good: #1f7a4d;
  --bad: #b3261e; --bar: #4068b2 }
@media (prefers-color-scheme: dark) { :root { --ink: #e9ebf0; --soft: #9aa2b1; --line: #333a46; --paper: #14171d;
  --good: #5cc593; --bar: #7ea2e8; --bad: #ff8a80 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2.5rem auto;
  max-width: 54rem; padding: 0 1.25rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2.2rem 0 .4rem }
p, .soft { color: var(--soft); margin: .2rem 0 .8rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .45rem .8rem .45rem 0;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums } th { color: var(--soft); font-weight: 500 }
.good { color: var(--good) } .bad { color: var(--bad); font-weight: 600 } svg { display: block }
"""
_MARKS = {
    "seconds": ("length", "s"), "frames": ("pictures", ""), "shots": ("shots", ""), "cuts": ("cuts seen", ""),
    "cuts_planned": ("cuts in the script", ""), "sync_ms": ("sound and picture differ by", "ms"),
    "loudness_lufs": ("loudness", "LUFS"), "peak_dbfs": ("highest peak", "dBFS"),
    "true_peak_dbtp": ("true peak", "dBTP"), "ducking_db": ("bed under speech", "dB"),
    "label_seconds": ("the label shows for", "s"), "aigc": ("AIGC tag", ""), "c2pa": ("content credential", ""),
    "ingredients": ("shots named in the credential", ""), "watermark": ("watermark", ""),
}  # fmt: skip
_MEASURES = {
    "face_distance": "face (distance of a recogniser, 0 is the same picture)",
    "shape_distance": "shape of the face",
    "colour_difference": "colour of hair and clothes (CIE76)",
    "voice_cosine": "voice (cosine of a speaker model, 1 is the same sound)",
}


def film_report(output: OutputView) -> str:
    """An HTML page of the film's measurements."""
    checks = output.checks
    parts = [
        f"<h1>Film {escape(output.id)}</h1>",
        f"<p>{output.width}×{output.height}, {output.fps} frames a second, {output.seconds:.1f} s · SHA-256 "
        f"<code>{escape(output.sha256[:16])}…</code> · ledger entry {output.ledger_index}</p>",
        "<p>Everything here was measured on the finished file before it was released. A film whose lips are off, whose "
        "lines cannot be heard, or whose marks are missing is not released.</p>",
        _lips(checks.get("fusion", {}).get("lips", {})),
        _speech(checks.get("fusion", {}).get("speech")),
        _continuity(checks.get("continuity")),
        _marks(checks),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Report of film {escape(output.id)}</title><style>{_CSS}</style></head><body>"
        + "".join(parts)
        + "</body></html>"
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """``rows`` hold HTML that is escaped already."""
    heads = "".join(f"<th>{escape(one)}</th>" for one in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _lips(lips: Mapping[str, Any]) -> str:
    if not lips:
        return "<h2>Lips</h2><p>Nobody speaks on screen.</p>"
    rows = []
    for name, one in lips.items():
        good = one["verdict"] in ("in time", "not measurable")
        offset = one.get("offset_frames")
        known = offset is not None and one["verdict"] in ("in time", "off")
        told = f"{offset:+g} frames" if known else ""
        rows.append(
            (
                escape(name),
                _axis(float(offset)) if known else "",
                told,
                f"{one.get('correlation', 0):.2f}",
                str(one["frames"]),
                _word(one["verdict"], good),
            )
        )
    note = "<p>Mouths as a landmark model sees them, against the loudness of the speech in the file. Left of the middle"
    note += " the picture comes first, right of it the sound; one picture either way is not seen.</p>"
    head = ("who", "offset", "", "agreement", "pictures", "")
    return f"<h2>Lips</h2>{note}{_table(head, rows)}"


def _axis(offset: float) -> str:
    """A small axis of six frames either way, with the limits of one frame and a dot at the offset."""
    x = 90 + 14 * max(-6.0, min(6.0, offset))
    return (
        '<svg width="180" height="18" role="img"><line x1="6" x2="174" y1="9" y2="9" stroke="var(--line)"/>'
        '<rect x="76" y="3" width="28" height="12" fill="var(--good)" opacity=".18"/>'
        f'<circle cx="{x:.1f}" cy="9" r="4.5" fill="var(--bar)"/></svg>'
    )


def _speech(speech: Mapping[str, Any] | None) -> str:
    if not speech:
        return ""
    missing = ", ".join(escape(one) for one in speech["missing"]) or "none"
    rows = [
        ("lines in the script", str(speech["lines"])),
        ("lines that can be heard", str(speech["heard"])),
        ("not heard", _word(missing, not speech["missing"])),
        ("speech where the script has none", f"{speech['stray_seconds']} s"),
    ]
    return f"<h2>Speech</h2>{_table(('', ''), rows)}"


def _continuity(continuity: Mapping[str, Any] | None) -> str:
    if not continuity or not continuity["characters"]:
        return ""
    rows = []
    for name, one in continuity["characters"].items():
        for measure, words in _MEASURES.items():
            if measure in one and one[measure].get("worst") is not None:
                rows.append(_compared(name, words, one[measure]))
    worst = continuity["worst"]
    told = "<p>Too few shots of anybody to compare.</p>"
    if worst:
        told = f"<p>Furthest out of line: shot {worst['shot']}, {escape(worst['character'])}, "
        told += f"{escape(_MEASURES[worst['measure']])} {worst['figure']} (limit {worst['limit']:g}).</p>"
    return f"<h2>Continuity</h2>{told}{_table(('who', 'measure', 'mean', 'worst', 'shot', 'limit', ''), rows)}"


def _compared(name: str, words: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    off = bool(one["off"])
    return (
        escape(name),
        escape(words),
        f"{one['mean']:.2f}",
        f"{one['worst']:.2f}",
        str(one["worst_shot"]),
        f"{one['limit']:g}",
        _word("off" if off else "holds", not off),
    )


def _marks(checks: Mapping[str, Any]) -> str:
    rows = [
        (escape(words), escape(f"{checks[name]} {unit}".strip()))
        for name, (words, unit) in _MARKS.items()
        if name in checks
    ]
    return f"<h2>The file</h2>{_table(('', ''), rows)}"


def _word(text: str, good: bool) -> str:
    return f'<span class="{"good" if good else "bad"}">{escape(text)}</span>'
