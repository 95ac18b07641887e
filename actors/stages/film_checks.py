"""What a film of a story comes without for a reason of this machine: letters for which it has no font."""

from collections.abc import Iterator

from explorer.trace import Trace
from video.typography.script_coverage import font_missing, missing_scripts
from video.warnings import FilmWarning


def fonts_missing(story: Trace) -> Iterator[FilmWarning]:
    """A warning for each script that the pages of a story are written in and that no font has."""
    titles = (visit.title for visit in story.visits)
    labels = (step.label for step in story.steps)
    for name in missing_scripts(" ".join((story.letters, *titles, *labels))):
        yield FilmWarning("font_missing", font_missing(name))
