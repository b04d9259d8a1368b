"""Captions and cutting lists, read back by software that did not write them."""

import re
from itertools import pairwise

import opentimelineio as otio
import pytest

from audio_service.contract.speech import Timed
from generation_service.contract.jobs import AssembleJob, Spoken, TakeNote, TakeRef
from generation_service.film.captions import ROW, captions, sub_rip, web_vtt
from generation_service.film.timeline import edit_list, timeline

NOTES = (
    TakeNote(key="k1", digest="d1", seed=7, permit="jti-1", grants=("grt_1", "grt_2"), ledger_index=41),
    TakeNote(key="k2", digest="d2", seed=9, alternate=2, lock=True),
)
JOB = AssembleJob(
    job="j", production="prd_1", partner="p", title="The Keeper: 守り人 😀", output="out_1", decision="dec_1",
    takes=(
        TakeRef(shot="s1", sha256="a" * 64, frames=49, transition="fade", caption="WS  the sea", note=NOTES[0]),
        TakeRef(shot="s2", sha256="b" * 64, frames=30, transition="dissolve", caption="CU  MIRA: Hello", note=NOTES[1]),
    ),
    track="2" * 64, loudness_lufs=-16.0, width=320, height=180, fps=24, grants=("grt_1",), decision_index=40,
    made_with="previs+1",
)  # fmt: skip


def line(text: str, start: float, pace: float = 0.4, who: str = "MIRA", words: bool = True) -> Spoken:
    said = text.split()
    timed = tuple(
        Timed(text=word, start_s=start + n * pace, end_s=start + (n + 1) * pace - 0.05) for n, word in enumerate(said)
    )
    return Spoken(
        character=who, text=text, start_s=start, end_s=start + len(said) * pace, words=timed if words else ()
    )  # fmt: skip


LONG = "The rain had stopped by the time we reached the harbour. Nobody could say where the old boats had gone, or why."


def test_captions_follow_the_words_and_never_overlap() -> None:
    made = captions([line(LONG, 1.0), line("No.", 11.0, who="TOMAS"), line("Not even you?", 11.6)])
    assert len(made) >= 4
    assert made[0].start_s == 1.0
    assert all(one.end_s > one.start_s for one in made)
    assert all(a.end_s <= b.start_s for a, b in pairwise(made))
    assert all(len(one.rows) <= 2 and all(len(row) <= ROW for row in one.rows) for one in made)
    assert " ".join(" ".join(one.rows) for one in made) == f"{LONG} No. Not even you?"
    assert [one.speaker for one in made[-3:]] == ["MIRA", "TOMAS", "MIRA"]
    second = next(one for one in made if one.rows[0].startswith("Nobody"))
    assert second.start_s == pytest.approx(1.0 + 11 * 0.4)  # when its first word is said, not before


def test_who_speaks_at_once_shares_a_caption() -> None:
    spoken = [line("Turn it off!", 1.0), line("Turn it up!", 1.0, who="TOMAS"), line("Fine.", 3.0, who="TOMAS")]
    made = captions(spoken)
    assert [(one.start_s, one.end_s) for one in made] == [(1.0, pytest.approx(2.55)), (3.0, 4.0)]
    vtt, srt = web_vtt(made), sub_rip(made)
    assert "\n<v MIRA>- Turn it off!</v>\n<v TOMAS>- Turn it up!</v>\n" in vtt
    assert "\n<v TOMAS>Fine." in vtt
    assert "\nMIRA: Turn it off!\nTOMAS: Turn it up!\n" in srt
    assert srt.rstrip().endswith("TOMAS: Fine.")  # after a caption of two, who it is is told again


def test_who_falls_in_on_a_last_word_has_a_caption_of_their_own() -> None:
    made = captions([line("Wait for me.", 1.0), line("No.", 2.0, who="TOMAS")])
    assert [one.beside for one in made] == [None, None]
    assert made[0].end_s <= made[1].start_s


def test_a_script_without_spaces_is_cut_into_rows() -> None:
    text = "灯塔亮了，可是没有人看见那条船，直到它撞上了礁石。" * 3
    made = captions([line(text, 1.0, pace=12.0)])
    assert "".join(row for one in made for row in one.rows) == text
    assert all(len(one.rows) <= 2 and all(len(row) <= ROW // 2 for row in one.rows) for one in made)
    assert not any(row[0] in "，。" for one in made for row in one.rows)
    assert all(a.end_s <= b.start_s for a, b in pairwise(made))


def test_a_line_whose_words_were_counted_another_way_is_shared_out() -> None:
    [one] = captions([line("Forty-two, please.", 3.0, words=False)])
    assert (one.start_s, one.rows) == (3.0, ("Forty-two, please.",))
    assert captions([]) == []


def test_web_vtt_is_read_by_its_grammar() -> None:
    text = web_vtt(captions([line("Rain & <thunder> again", 1.0), line("Yes.", 3661.5)]))
    assert text.startswith("WEBVTT\n\n")
    cues = re.findall(r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})\n(.+)", text)
    assert len(cues) == 2
    assert cues[0][8] == "<v MIRA>Rain &amp; &lt;thunder&gt; again"
    assert cues[1][:4] == ("01", "01", "01", "500")


def test_sub_rip_is_numbered() -> None:
    blocks = sub_rip(captions([line("One.", 1.0), line("Two.", 4.0, who="TOMAS")])).strip().split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == ["1", "2"]
    assert blocks[1].split("\n")[1:] == ["00:00:04,000 --> 00:00:05,000", "TOMAS: Two."]


def test_the_timeline_is_read_back_with_what_made_every_take() -> None:
    found = otio.adapters.read_from_string(timeline(JOB, ("stems/dialogue.wav",)), "otio_json")
    assert found.name == "The Keeper: 守り人 😀"
    assert list(found.metadata["assent"]["grants"]) == ["grt_1"]
    clips = list(found.video_tracks()[0].find_clips())
    assert [clip.source_range.duration.value for clip in clips] == [49, 30]
    assert [clip.source_range.start_time.value for clip in clips] == [0, 49]
    first, second = (clip.metadata["assent"] for clip in clips)
    assert (first["take"], first["seed"], first["permit"]) == ("a" * 64, 7, "jti-1")
    assert list(first["grants"]) == ["grt_1", "grt_2"]
    assert (second["lock"], second["alternate"]) == (True, 2)
    assert found.duration().value == 79
    [sound] = found.audio_tracks()
    assert sound.find_clips()[0].media_reference.target_url == "stems/dialogue.wav"


def test_the_edit_list_is_read_by_another_tool() -> None:
    text = edit_list(JOB)
    assert text.isascii() or "守" in text
    found = otio.adapters.read_from_string(text, "cmx_3600", rate=24)
    clips = list(found.video_tracks()[0].find_clips())
    assert [clip.source_range.duration.value for clip in clips] == [49, 30]
    assert found.duration().value == 79
    assert clips[1].name.endswith("k2")
    comments = " ".join(clips[0].metadata["cmx_3600"]["comments"])
    for wanted in ("TAKE " + "a" * 64, "SEED 7", "LOCK no", "GRANTS grt_1,grt_2", "PERMIT jti-1", "ENTRY 41"):
        assert wanted in comments
    assert "LOCK yes" in " ".join(clips[1].metadata["cmx_3600"]["comments"])
