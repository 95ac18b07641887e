"""Stores what only scripts have: the pictures that they take, and the page on which one has failed."""

import io
import logging
import zipfile
from collections.abc import Mapping

from actors.stages.spec import StorageSpec
from actors.stages.upload import MAX_EXTRA_BYTES, store_blob
from video.blob_store import NoteRetry
from video.errors import VideoError
from video.warnings import FilmWarning, missing

log = logging.getLogger(__name__)

PICTURES, SCREENSHOT = "pictures", "screenshot"


async def store_pictures(
    storage: StorageSpec, pictures: Mapping[str, bytes], note: NoteRetry
) -> tuple[list[str], list[FilmWarning]]:
    """Stores a script's pictures as a zip; returns the artifact's name if it is stored, and warnings."""
    if not pictures:
        return [], []
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # JPEG does not get any smaller
        for name, jpeg in pictures.items():
            archive.writestr(f"{name}.jpg", jpeg)
    try:
        await store_blob(
            storage, storage.extra_keys[PICTURES], MAX_EXTRA_BYTES, lambda: [packed.getvalue()], note
        )
    except VideoError as exc:
        log.warning("the script's pictures are lost: %s", exc)
        return [], [missing(PICTURES, exc)]
    return [PICTURES], []


async def store_screenshot(storage: StorageSpec, jpeg: bytes, note: NoteRetry) -> tuple[str, ...]:
    """Stores the picture of a failure; returns the artifact's name, or nothing where there is none."""
    if not jpeg:
        return ()
    try:
        await store_blob(storage, storage.extra_keys[SCREENSHOT], MAX_EXTRA_BYTES, lambda: [jpeg], note)
    except VideoError as exc:
        log.warning("the picture of the failure is lost: %s", exc)
        return ()
    return (SCREENSHOT,)
