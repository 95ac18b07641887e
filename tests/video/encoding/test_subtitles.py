"""Captions and chapters as text files, safe whatever pages are called."""

from dataclasses import replace

from video.editing.compose import compose
from video.editing.composition import Caption, Chapter, Composition
from video.editing.timeline import Timeline
from video.encoding.subtitles import chapters_metadata, webvtt
from video.style import Style

CUT = compose(Timeline(1152, 648, 0.0, 2_000.0, "Lumen; light=2 \\ #1", "u"), [0.0], Style())


def film(**parts: object) -> Composition:
    return replace(CUT, **parts)  # type: ignore[arg-type]


def test_captions_become_cues() -> None:
    vtt = webvtt(
        film(captions=(Caption(900.4, 2_500.0, "Open Pricing"), Caption(3_600_000.0, 3_661_001.0, "Go")))
    )
    assert vtt == (
        "WEBVTT\n\n00:00:00.900 --> 00:00:02.500\nOpen Pricing\n\n01:00:00.000 --> 01:01:01.001\nGo\n"
    )


def test_a_film_without_captions_has_a_track_without_cues() -> None:
    assert webvtt(film(captions=())) == "WEBVTT\n"


def test_a_caption_cannot_pass_for_a_cue_or_a_tag() -> None:
    vtt = webvtt(film(captions=(Caption(0, 1_000, "<b>&\n\n00:00 --> 00:01\u2028x"),)))
    assert vtt.count("-->") == 1
    assert "&lt;b&gt;&amp; 00:00 --&gt; 00:01 x" in vtt


def test_a_caption_without_length_is_no_cue() -> None:
    assert "x" not in webvtt(film(captions=(Caption(1_000.0, 1_000.2, "x"),)))


def test_chapters_become_metadata_with_everything_escaped() -> None:
    text = chapters_metadata(
        film(chapters=(Chapter(0, 1_500.4, "A=B\n[CHAPTER]"), Chapter(1_500.4, 3_000, "C")))
    )
    assert text.splitlines() == [
        ";FFMETADATA1",
        "title=Lumen\\; light\\=2 \\\\ \\#1",
        "[CHAPTER]",
        "TIMEBASE=1/1000",
        "START=0",
        "END=1500",
        "title=A\\=B [CHAPTER]",
        "[CHAPTER]",
        "TIMEBASE=1/1000",
        "START=1500",
        "END=3000",
        "title=C",
    ]
