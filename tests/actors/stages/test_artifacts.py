"""A film is stored with its extras, or says which of them it lacks."""

from dataclasses import replace
from pathlib import Path

import pytest

from actors.jobs.keys import Claim
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.stages.artifacts import store_film
from actors.stages.spec import StorageSpec
from actors.stages.upload import MAX_EXTRA_BYTES
from tests.support.jobs import queued
from video.blob_store import read_blob
from video.encoding.verify import FilmInfo
from video.warnings import FilmWarning

pytestmark = pytest.mark.anyio

FILM = FilmInfo(2.0, 60, 1280, 720, 30.0, "yuv420p", "", "h264", "High", 9, faststart=True)
NO_SHEET = FilmWarning("sheet_missing", "The film has no sheet: Frame 0 cannot be read.")


async def test_what_was_made_but_could_not_be_stored_is_a_warning_of_the_film(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    claim = Claim("j1", Stage.ENCODING, "token", 1)
    storage = StorageSpec.of(await queued(store), claim, settings)
    (tmp_path / "film.mp4").write_bytes(b"as good as a film")
    (tmp_path / "captions.vtt").write_text("WEBVTT")
    with (tmp_path / "poster.png").open("wb") as file:
        file.truncate(MAX_EXTRA_BYTES + 1)
    film = replace(FILM, warnings=(NO_SHEET,))

    stored = await store_film(storage, tmp_path, film, lambda *_: None)

    assert stored.extras == ("captions",)
    sheet, poster = stored.film.warnings
    assert sheet == NO_SHEET
    assert poster.code == "poster_missing"
    assert "could not be stored" in poster.message
    assert (
        b"".join([piece async for piece in read_blob(store.redis, storage.film_key)]) == b"as good as a film"
    )
