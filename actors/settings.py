"""Everything that the environment decides, read once and frozen."""

import ipaddress
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import (
    AliasChoices,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from redis.connection import parse_url

from actors.errors import SettingsInvalid
from actors.options import ExplorationOptions, FilmOptions, declared, from_text, option_of
from actors.sites.site_file import SiteFiles
from actors.webhook_signing import key_of
from explorer.egress.policy import Endpoint
from explorer.errors import AddressRefused

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
ORIGIN = r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?"


def _named(default: Any, env: str, **bounds: Any) -> Any:
    """A field read from the variable `env`, whose name in the code carries its unit."""
    return Field(default, validation_alias=AliasChoices(env), **bounds)


class Settings(BaseSettings):
    """Read with `Settings.read()`. Names in the environment are given in docs/operations/settings.md."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, populate_by_name=True, extra="forbid", hide_input_in_errors=True
    )

    redis_url: str | None = None
    redis_host: str | None = None
    redis_port: int = Field(default=6379, ge=1, le=65535)

    job_ttl_s: int = _named(3600, "JOB_TTL", ge=60, le=7 * 86_400)
    #: How long a batch and its films are kept once it has ended; JOB_TTL if nobody says.
    batch_ttl_s: int | None = _named(None, "BATCH_TTL", ge=60, le=30 * 86_400)
    poll_interval_s: float = _named(0.5, "POLL_INTERVAL", gt=0, le=60)
    #: How films are made when a request does not say.
    exploration: ExplorationOptions = ExplorationOptions()
    film: FilmOptions = FilmOptions()
    #: What is written down for sites of some hosts.
    sites: Annotated[InstanceOf[SiteFiles], NoDecode] = _named(SiteFiles(), "SITES_DIR")

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

    #: Guards every endpoint but /health when it is set.
    api_token: SecretStr | None = None
    #: How often one client may ask for work, per process of the API.
    rate_limit: str = Field(default="120/minute", pattern=r"^(off|[1-9]\d{0,5}/(second|minute|hour|day))$")
    #: Names by which the API is reached besides this machine's own; given, no others are answered.
    allowed_hosts: Annotated[frozenset[str], NoDecode] = frozenset()
    #: Networks of proxies whose X-Forwarded-For is believed.
    trusted_proxies: Annotated[frozenset[Network], NoDecode] = frozenset()
    #: Origins whose pages may use the API from a browser.
    cors_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    #: Signs every webhook; without it each job has a secret of its own.
    webhook_secret: SecretStr | None = None
    #: Encrypts the secrets of scripts while their jobs wait and run (a Fernet key).
    secrets_key: SecretStr | None = None
    #: Where this API is reached from outside: what links in a webhook begin with.
    public_url: str | None = None
    #: `auto` is text on a terminal and JSON elsewhere.
    log_format: Literal["auto", "json", "text"] = "auto"

    #: A worker that has not been heard of for this long has lost its job to the next one.
    lease_s: float = Field(default=10.0, ge=1, le=600)
    max_attempts: int = Field(default=3, ge=1, le=10)
    #: Most jobs that may wait to be filmed; more are turned away.
    max_queue: int = Field(default=100, ge=1, le=100_000)
    encode_limit_s: int = Field(default=120, ge=1, le=3600)
    max_footage_mb: int = Field(default=256, ge=1, le=4096)
    #: What one stage may take, with all that it starts: memory, and temporary files on disk.
    max_memory_mb: int = Field(default=2048, ge=256, le=1 << 20)
    max_disk_mb: int = Field(default=1024, ge=64, le=1 << 20)
    #: A worker that is told to stop lets its stages run on for this long, then hands their jobs back.
    shutdown_grace_s: float = Field(default=8.0, ge=0, le=3600)
    #: The last byte of an export waits this long for signs that the client has gone.
    export_grace_s: float = Field(default=1.0, ge=0, le=10)

    @field_validator("allow_private_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return frozenset(_host_and_port(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("allowed_hosts", "trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _listed(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        parse = LISTS[info.field_name or ""]
        return frozenset(parse(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("sites", mode="before")
    @classmethod
    def _loaded(cls, value: Any) -> Any:
        if isinstance(value, SiteFiles):
            return value
        from actors.sites.loading import load_sites  # loads scripts, which takes a third of a second

        return load_sites(Path(value))

    @field_validator("api_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[!-~]{16,}", value.get_secret_value()):
            raise ValueError("must be 16 or more visible ASCII characters: try `openssl rand -hex 16`")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _signs(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            key_of(value.get_secret_value())
        return value

    @field_validator("secrets_key")
    @classmethod
    def _is_fernet_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            try:
                Fernet(value.get_secret_value())
            except ValueError as exc:
                how = "try `openssl rand -base64 32 | tr '+/' '-_'`"
                raise ValueError(f"must be 32 bytes in URL-safe base64: {how}") from exc
        return value

    @field_validator("public_url")
    @classmethod
    def _base(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(rf"{ORIGIN}(/[A-Za-z0-9._~/-]*)?", value):
            raise ValueError(f"{value!r} is not an address to begin with, such as https://films.example.com")
        return value.rstrip("/") if value else value

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
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, OptionsSource(settings_cls)

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

    @property
    def kept_batch_s(self) -> int:
        """How long a batch is kept once it has ended."""
        return self.batch_ttl_s or self.job_ttl_s

    @property
    def own_services(self) -> frozenset[str]:
        """`host:port` of our Redis, which nobody reaches through us; none on a unix socket."""
        parts = urlsplit(self.redis or "")
        if parts.scheme not in ("redis", "rediss"):
            return frozenset()
        return frozenset({str(Endpoint.parse(parts.hostname or "localhost", parts.port or 6379))})

    @property
    def take_bytes(self) -> int:
        """The most that Redis must hold for one take."""
        return self.max_footage_mb << 20

    def on_redis(self, url: str) -> Self:
        """The same settings on another Redis; one that nobody shares gets a key for secrets of its own."""
        key = self.secrets_key or SecretStr(Fernet.generate_key().decode())
        return self.model_copy(update={"redis_url": url, "secrets_key": key})


def _host_and_port(pair: str) -> str:
    """As the fence spells it, so that a listed host is also found. Raises ValueError."""
    host, _, port = pair.rpartition(":")
    bare = host.strip("[]")
    if not bare or not port.isdigit() or not 0 < int(port) < 65536 or (":" in bare and bare == host):
        raise ValueError(f"{pair!r} is not host:port, such as localhost:3000 or [::1]:3000")
    return str(Endpoint.parse(bare, int(port)))


def _host(text: str) -> str:
    """A name or address as a Host header has it, without a port. Raises ValueError."""
    bare = text.strip("[]").lower()
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", bare) or (":" in bare and bare.count(":") < 2):
        raise ValueError(f"{text!r} is not a host name, such as films.example.com (without a port)")
    return bare


def _network(text: str) -> Network:
    """An address or network. Raises ValueError."""
    return ipaddress.ip_network(text, strict=False)


def _origin(text: str) -> str:
    """A web page's origin as browsers send it. Raises ValueError."""
    if not re.fullmatch(ORIGIN, text):
        raise ValueError(f"{text!r} is not an origin, such as https://films.example.com")
    return text


LISTS: dict[str, Callable[[str], Any]] = {
    "allowed_hosts": _host,
    "trusted_proxies": _network,
    "cors_origins": _origin,
}


class OptionsSource(PydanticBaseSettingsSource):
    """Options of films and explorations from the variables that they name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self._read(field.annotation), field_name, True

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        return {name: self._read(fields[name].annotation) for name in ("exploration", "film")}

    def _read(self, model: Any) -> dict[str, Any]:
        variables = {name.upper(): value for name, value in os.environ.items() if value}
        options = ((name, field, option_of(field).setting) for name, field in model.model_fields.items())
        return {
            name: from_text(field, variables[setting])
            for name, field, setting in options
            if setting in variables
        }


def _variable(location: tuple[int | str, ...]) -> str:
    """The environment variable that an error is about."""
    if len(location) > 1 and location[0] in ("exploration", "film"):
        return next(option.setting for name, _, option in declared() if name == location[1])
    return ".".join(map(str, location)).upper() or "settings"


def _complaint(error: Any) -> str:
    name = _variable(error["loc"])
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"
