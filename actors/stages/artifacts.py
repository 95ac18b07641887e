"""Stores a finished film and its extras from the work directory in the blob store."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from actors.stages.reports import FilmEncoded
from actors.stages.spec import StorageSpec
from actors.stages.upload import EXTRA_FILES, read_file, store_blob, store_extras
from video.blob_store import NoteRetry
from video.encoding.commands import FILM_FILES
from video.encoding.verify import FilmInfo
from video.warnings import FilmWarning, missing

log = logging.getLogger(__name__)

#: Twice what footage of 256 MB would give: far more than any film has, but a limit.
MAX_FILM_BYTES = 512 << 20
NOT_STORED = "it was made, but could not be stored. The worker's log says why."


async def store_film(storage: StorageSpec, work_dir: Path, film: FilmInfo, note: NoteRetry) -> FilmEncoded:
    """Stores the film and what was made beside it. Raises the errors of the blob store."""
    read = partial(read_file, work_dir / FILM_FILES[film.format])
    await store_blob(storage, storage.film_key, MAX_FILM_BYTES, read, note)
    extras = await store_extras(storage, work_dir, note)
    warnings = (*film.warnings, *_not_stored(work_dir, extras))
    return FilmEncoded(replace(film, warnings=warnings), tuple(extras))


def _not_stored(work_dir: Path, stored: Collection[str]) -> Iterator[FilmWarning]:
    """A warning for each extra that was made but is not among `stored`."""
    for name, file in EXTRA_FILES.items():
        if name not in stored and (work_dir / file).is_file():
            yield missing(name, NOT_STORED)
