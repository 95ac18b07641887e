"""Brings a finished film, and what goes beside it, from the folder into the vault."""

import logging
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from actors.order import Order
from actors.uplink import read_file, store, store_extras
from video.encoder import FILM_FILES
from video.errors import VideoError
from video.probe import Film
from video.vault import NoteRetry

log = logging.getLogger(__name__)

#: Twice what a 256 MB footage would give: far beyond any film, but not without end.
MAX_FILM_BYTES = 512 << 20
#: What is told when the film is left to the next stage.
UNMADE: dict[str, Any] = {"film": None, "warnings": [], "extras": []}


async def deliver(order: Order, film: Film, note: NoteRetry) -> dict[str, Any]:
    """Stores the film that lies in the folder, and what goes beside it; answers what is told of them."""
    folder = Path(order.folder)
    file = folder / FILM_FILES[order.style.format]
    await store(order, order.film_key, MAX_FILM_BYTES, partial(read_file, file), note)
    extras = await store_extras(order, folder, note)
    return {"film": asdict(film), "warnings": film.warnings, "extras": extras}


async def deliver_early(order: Order, film: Film, note: NoteRetry) -> dict[str, Any]:
    """Stores a film that can still be made anew when that fails."""
    try:
        return await deliver(order, film, note)
    except VideoError as exc:
        log.warning("the film is made again in the next stage: %s", exc)
        return UNMADE
