"""Captions and chapters as text beside the film: WebVTT, and ffmpeg's metadata file. Pure text."""

import re

from video.editing.composition import Composition


def webvtt(composition: Composition) -> str:
    """The captions as WebVTT (w3.org/TR/webvtt1)."""
    cues = [
        f"{_timestamp(caption.start_ms)} --> {_timestamp(caption.end_ms)}\n{_escape_cue(caption.text)}\n"
        for caption in composition.captions
        if round(caption.start_ms) < round(caption.end_ms)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def chapters_metadata(composition: Composition) -> str:
    """Title and chapters as ffmpeg reads them (ffmpeg.org/ffmpeg-formats.html#Metadata)."""
    lines = [";FFMETADATA1", f"title={_escape_metadata(composition.title)}"]
    for chapter in composition.chapters:
        lines += ["[CHAPTER]", "TIMEBASE=1/1000"]
        lines += [f"START={round(chapter.start_ms)}", f"END={round(chapter.end_ms)}"]
        lines += [f"title={_escape_metadata(chapter.title)}"]
    return "\n".join([*lines, ""])


def _timestamp(at_ms: float) -> str:
    seconds, thousandths = divmod(round(at_ms), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def _escape_cue(text: str) -> str:
    return _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape_metadata(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    """Pages may have titles with NULs or halves of characters in them."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
