"""Checks of what a film lacks because of this machine: scripts for which it has no font."""

from collections.abc import Iterator

from explorer.trace import Trace
from video.typography.script_coverage import font_missing, missing_scripts
from video.warnings import FilmWarning


def missing_fonts(trace: Trace) -> Iterator[FilmWarning]:
    """A warning for each script that the pages of a trace are written in and that no font has."""
    titles = (visit.title for visit in trace.visits)
    labels = (step.label for step in trace.steps)
    for name in missing_scripts(" ".join((trace.letters, *titles, *labels))):
        yield FilmWarning("font_missing", font_missing(name))
