"""Brings a finished film, and what goes beside it, from the folder into the vault."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from actors.stages.spec import StageSpec
from actors.stages.upload import EXTRA_FILES, read_file, store, store_extras
from video.blob_store import NoteRetry
from video.encoding.commands import FILM_FILES
from video.encoding.verify import FilmInfo
from video.errors import VideoError
from video.warnings import FilmWarning, missing

log = logging.getLogger(__name__)

#: Twice what a 256 MB footage would give: far beyond any film, but not without end.
MAX_FILM_BYTES = 512 << 20
#: What is told when the film is left to the next stage.
UNMADE: dict[str, Any] = {"film": None, "extras": []}
UNSTORED = "it was made, but could not be stored. The worker's log says why."


async def deliver(order: StageSpec, film: FilmInfo, note: NoteRetry) -> dict[str, Any]:
    """Stores the film that lies in the folder, and what goes beside it; answers what is told of them."""
    folder = Path(order.folder)
    file = folder / FILM_FILES[order.style.format]
    await store(order, order.film_key, MAX_FILM_BYTES, partial(read_file, file), note)
    extras = await store_extras(order, folder, note)
    film = replace(film, warnings=(*film.warnings, *_unstored(folder, extras)))
    return {"film": asdict(film), "extras": extras}


def _unstored(folder: Path, stored: Collection[str]) -> Iterator[FilmWarning]:
    """What lies beside the film and did not come into the vault."""
    for name, file in EXTRA_FILES.items():
        if name not in stored and (folder / file).is_file():
            yield missing(name, UNSTORED)


async def deliver_early(order: StageSpec, film: FilmInfo, note: NoteRetry) -> dict[str, Any]:
    """Stores a film that can still be made anew when that fails."""
    try:
        return await deliver(order, film, note)
    except VideoError as exc:
        log.warning("the film is made again in the next stage: %s", exc)
        return UNMADE
