"""Everything that the environment decides, read once and frozen."""

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from redis.connection import parse_url

from actors.errors import SettingsInvalid
from actors.job import CameraWish
from explorer.errors import AddressRefused
from explorer.fence import Endpoint
from explorer.types import Interact
from video.style import Format, Size, StyleName


def _named(default: Any, env: str, **bounds: Any) -> Any:
    """A field read from the variable `env`, whose name in the code carries its unit."""
    return Field(default, validation_alias=AliasChoices(env), **bounds)


class Settings(BaseSettings):
    """Read with `Settings.read()`. Names in the environment are given in README's table."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, populate_by_name=True, extra="forbid", hide_input_in_errors=True
    )

    redis_url: str | None = None
    redis_host: str | None = None
    redis_port: int = Field(default=6379, ge=1, le=65535)

    job_ttl_s: int = _named(3600, "JOB_TTL", ge=60, le=7 * 86_400)
    poll_interval_s: float = _named(0.5, "POLL_INTERVAL", gt=0, le=60)
    max_clicks: int = Field(default=10, ge=1, le=100)
    max_depth: int = Field(default=3, ge=1, le=20)
    max_runtime_s: int = _named(300, "MAX_RUNTIME", ge=1, le=3600)

    #: Whether fields are filled in, and links are tried off camera, unless a request says otherwise.
    interact: Interact = "all"
    scout: bool = True

    film_style: StyleName = "studio"
    film_size: Size = "720p"
    film_fps: Literal[30, 60] = 30
    film_format: Format = "mp4"
    film_captions: bool = True
    film_zoom: bool = True
    #: Without it, studio films have one and plain ones do not.
    film_title_card: bool | None = None
    camera: CameraWish = "auto"

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-4o-mini"
    #: Shows the model a picture of the page as well.
    openai_vision: bool = False
    #: What one take may spend on a model; keywords plan the rest of it.
    llm_max_calls: int = Field(default=40, ge=1, le=1000)
    llm_max_tokens: int = Field(default=60_000, ge=1000, le=10_000_000)

    #: `host:port` pairs on private or loopback addresses that may be filmed.
    allow_private_hosts: Annotated[frozenset[str], NoDecode] = frozenset()
    chromium_path: str | None = None
    ffmpeg_path: str | None = None

    #: A worker that has not been heard of for this long has lost its job to the next one.
    lease_s: float = Field(default=10.0, ge=1, le=600)
    max_attempts: int = Field(default=3, ge=1, le=10)
    encode_limit_s: int = Field(default=120, ge=1, le=3600)
    max_footage_mb: int = Field(default=256, ge=1, le=4096)
    #: The last byte of an export waits this long for signs that the client has gone.
    export_grace_s: float = Field(default=0.2, ge=0, le=10)

    @field_validator("allow_private_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return frozenset(_host_and_port(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("film_fps", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return int(value) if isinstance(value, str) and value.isdecimal() else value

    @field_validator("redis_url")
    @classmethod
    def _known_scheme(cls, value: str | None) -> str | None:
        if value is not None:
            parse_url(value)  # type: ignore[no-untyped-call]  # redis-py's own; its ValueError says what is wrong
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                Endpoint.of(value)
        except AddressRefused as exc:
            raise ValueError(str(exc)) from exc
        return value

    @classmethod
    def read(cls, **overrides: Any) -> Self:
        """From the environment, with `overrides` on top. Raises SettingsInvalid naming each bad variable."""
        try:
            return cls(**overrides)
        except ValidationError as exc:
            raise SettingsInvalid("; ".join(_complaint(error) for error in exc.errors())) from exc

    @property
    def redis(self) -> str | None:
        """Address of the shared Redis, or None when neither REDIS_URL nor REDIS_HOST is set."""
        if self.redis_url:
            return self.redis_url
        return f"redis://{self.redis_host}:{self.redis_port}/0" if self.redis_host else None

    def on_redis(self, url: str) -> Self:
        """The same settings on another Redis."""
        return self.model_copy(update={"redis_url": url})


def _host_and_port(pair: str) -> str:
    """As the fence spells it, so that a listed host is also found. Raises ValueError."""
    host, _, port = pair.rpartition(":")
    bare = host.strip("[]")
    if not bare or not port.isdigit() or not 0 < int(port) < 65536 or (":" in bare and bare == host):
        raise ValueError(f"{pair!r} is not host:port, such as localhost:3000 or [::1]:3000")
    return str(Endpoint.parse(bare, int(port)))


def _complaint(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"]).upper() or "settings"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"
