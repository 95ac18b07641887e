"""Options of a film and of its exploration: the operator's, and what a request names in their place."""

import pytest

from actors.options import ExplorationOptions, FilmOptions, declared
from actors.settings import Settings
from demo_api.schemas.jobs import RunRequest
from explorer.types import Wishes
from video.style import Style, StyleName

URL = "https://example.com/"


def film(settings: Settings, **asked: object) -> Style:
    return RunRequest.model_validate({"url": URL, **asked}).spec(settings).style


def test_defaults_are_those_of_the_packages_that_carry_them_out() -> None:
    assert FilmOptions().as_style == Style()
    assert ExplorationOptions().as_wishes == Wishes()


def test_a_film_is_the_operators_where_a_request_names_nothing() -> None:
    plain = Settings(film=FilmOptions(style="plain", fps=60, captions=False))

    assert film(plain) == Style("plain", "720p", 60, "mp4", captions=False, title_card=False)
    assert film(plain, fps=30, captions=True, size="square") == Style("plain", "square", title_card=False)
    assert film(Settings(), zoom=False) == Style(zoom=False)


@pytest.mark.parametrize(
    ("operator", "asked", "style", "card"),
    [
        (None, None, "studio", True),
        (None, None, "plain", False),
        (None, True, "plain", True),
        (None, False, "studio", False),
        (False, None, "studio", False),
        (True, None, "plain", True),
        (True, False, "studio", False),
    ],
)
def test_a_studio_film_opens_with_a_title_card_unless_somebody_says_otherwise(
    operator: bool | None, asked: bool | None, style: StyleName, card: bool
) -> None:
    settings = Settings(film=FilmOptions(title_card=operator))

    assert film(settings, style=style, title_card=asked).title_card is card


def test_every_option_has_a_line_of_help_and_a_name_of_its_own() -> None:
    names = [name for name, _, _ in declared()]
    settings = [option.setting for _, _, option in declared() if option.setting]

    assert len(set(names)) == len(names)
    assert len(set(settings)) == len(settings)
    assert all(field.description for _, field, _ in declared())
