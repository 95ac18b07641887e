import pytest

from actors.errors import SettingsInvalid
from actors.options import Limits
from actors.settings import Settings
from explorer.types import Wishes
from video.style import Style


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REDIS_URL", "REDIS_HOST", "REDIS_PORT", "JOB_TTL", "ALLOW_PRIVATE_HOSTS", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_without_an_environment_the_defaults_hold() -> None:
    settings = Settings.read()

    assert settings.exploration.as_limits == Limits(10, 3, 300)
    assert settings.job_ttl_s == 3600
    assert settings.openai_model == "gpt-4o-mini"
    assert settings.redis is None
    assert settings.film.as_style == Style()
    assert settings.film.camera == "auto"
    assert settings.exploration.as_wishes == Wishes()
    assert (settings.openai_vision, settings.llm_max_calls, settings.llm_max_tokens) == (False, 40, 60_000)


def test_the_operator_has_habits_and_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    habits = {"INTERACT": "click", "SCOUT": "no", "OPENAI_VISION": "1"}
    for name, value in {**habits, "LLM_MAX_CALLS": "3", "LLM_MAX_TOKENS": "5000"}.items():
        monkeypatch.setenv(name, value)

    settings = Settings.read()

    assert settings.exploration.as_wishes == Wishes(interact="click", scout=False)
    assert (settings.openai_vision, settings.llm_max_calls, settings.llm_max_tokens) == (True, 3, 5000)


def test_the_operator_may_choose_another_film(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = {"STYLE": "plain", "SIZE": "square", "FPS": "60", "FORMAT": "webm", "TITLE_CARD": "yes"}
    for name, value in {**wishes, "CAPTIONS": "off", "ZOOM": "0"}.items():
        monkeypatch.setenv(f"FILM_{name}", value)
    monkeypatch.setenv("CAMERA", "realtime")

    settings = Settings.read()

    wanted = Style("plain", "square", 60, "webm", captions=False, zoom=False, title_card=True)
    assert settings.film.as_style == wanted
    assert settings.film.camera == "realtime"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"REDIS_URL": "redis://cache:1234/5"}, "redis://cache:1234/5"),
        ({"REDIS_HOST": "cache"}, "redis://cache:6379/0"),
        ({"REDIS_HOST": "cache", "REDIS_PORT": "7000"}, "redis://cache:7000/0"),
        ({"REDIS_URL": "unix:///run/redis.sock", "REDIS_HOST": "cache"}, "unix:///run/redis.sock"),
        ({"REDIS_URL": ""}, None),
    ],
)
def test_the_redis_is_found_by_url_or_host(
    environment: dict[str, str], url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert Settings.read().redis == url


def test_private_hosts_are_a_comma_separated_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_HOSTS", "localhost:3000, 10.0.0.7:80, [::1]:080, LOCALHOST.:9,")

    assert Settings.read().allow_private_hosts == {
        "localhost:3000",
        "10.0.0.7:80",
        "[::1]:80",
        "localhost:9",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_CLICKS", "many"),
        ("MAX_CLICKS", "0"),
        ("JOB_TTL", "-5"),
        ("REDIS_PORT", "70000"),
        ("POLL_INTERVAL", "0"),
        ("ALLOW_PRIVATE_HOSTS", "localhost"),
        ("ALLOW_PRIVATE_HOSTS", "localhost:http"),
        ("REDIS_URL", "http://cache"),
        ("REDIS_URL", "redis://cache:abc"),
        ("ALLOW_PRIVATE_HOSTS", "::1:3000"),
        ("FILM_STYLE", "fancy"),
        ("FILM_SIZE", "4k"),
        ("FILM_FPS", "25"),
        ("FILM_FPS", "fast"),
        ("FILM_FORMAT", "avi"),
        ("FILM_CAPTIONS", "maybe"),
        ("CAMERA", "video"),
        ("INTERACT", "none"),
        ("SCOUT", "perhaps"),
        ("OPENAI_VISION", "perhaps"),
        ("LLM_MAX_CALLS", "0"),
        ("LLM_MAX_TOKENS", "10"),
        ("OPENAI_BASE_URL", "localhost"),
        ("OPENAI_BASE_URL", "http://localhost:999999/v1"),
    ],
)
def test_a_bad_value_is_an_error_that_names_the_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid, match=name):
        Settings.read()


def test_an_api_key_never_shows_in_a_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")

    assert "very-secret" not in repr(Settings.read())
