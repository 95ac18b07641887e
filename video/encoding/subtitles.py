"""Captions and chapters as text beside the film: WebVTT, and ffmpeg's metadata file. Pure text."""

import re

from video.editing.composition import Composition


def webvtt(cut: Composition) -> str:
    """The captions as WebVTT (w3.org/TR/webvtt1)."""
    cues = [
        f"{_clock(caption.start_ms)} --> {_clock(caption.end_ms)}\n{_escaped(caption.text)}\n"
        for caption in cut.captions
        if round(caption.start_ms) < round(caption.end_ms)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def chapters_metadata(cut: Composition) -> str:
    """Title and chapters as ffmpeg reads them (ffmpeg.org/ffmpeg-formats.html#Metadata)."""
    lines = [";FFMETADATA1", f"title={_plain(cut.title)}"]
    for chapter in cut.chapters:
        lines += ["[CHAPTER]", "TIMEBASE=1/1000"]
        lines += [f"START={round(chapter.start_ms)}", f"END={round(chapter.end_ms)}"]
        lines += [f"title={_plain(chapter.title)}"]
    return "\n".join([*lines, ""])


def _clock(at_ms: float) -> str:
    seconds, thousandths = divmod(round(at_ms), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def _escaped(text: str) -> str:
    return _line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", _line(text))


def _line(text: str) -> str:
    """Pages may have titles with NULs or halves of characters in them."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
