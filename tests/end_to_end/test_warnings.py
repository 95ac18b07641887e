"""What a film lacks is told where the film is told of, whichever stage has found it out."""

from pathlib import Path

import pytest

from actors.settings import Settings
from actors.worker import working
from tests.conftest import Serve
from tests.end_to_end.conftest import Client
from tests.site.server import SiteServer
from tests.video.encoding.test_preview import failing_ffmpeg
from video.encoding.ffmpeg_binary import find_ffmpeg


@pytest.mark.thorough
def test_warnings_of_the_take_and_of_the_film_are_told_by_its_status(
    settings: Settings, serve: Serve, site: SiteServer, tmp_path: Path
) -> None:
    broken = failing_ffmpeg(find_ffmpeg(), tmp_path, "*overlay=*")
    failing = settings.model_copy(update={"ffmpeg_path": broken.path})
    with serve(failing) as address, working(failing, slots=1):
        client = Client(address)
        # A GIF is encoded in a stage of its own
        asked = client.run(site.url + "lab/lacking.html", max_clicks=5, format="gif", goal="the roadmap")

        body = client.ended(asked)

    assert (body["status"], body["film"]["format"]) == ("completed", "gif")
    told = {warning["code"]: warning["message"] for warning in body["warnings"]}
    assert list(told) == [
        "little_to_show",
        "service_worker_blocked",
        "dialogs_answered",
        "goal_not_found",
        "preview_missing",
    ]
    assert told["little_to_show"].startswith("1 of 5 clicks was made: ")
    assert told["dialogs_answered"].startswith("1 question of the page was answered with no. ")
    assert told["preview_missing"].startswith("The film has no preview, because encoding failed with one: ")
    assert "/lab/worker.js" not in {path for _, path in site.requests}
