"""Secret inputs in requests: values of a script's secrets, and how a film is signed in."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from actors.jobs.secrets import SecretInputs
from demo_api.schemas.json_object import parse_body
from explorer.browser.sign_in import SignIn

#: Fields that no fingerprint, log or answer may hold.
SECRET_FIELDS = {"secrets", "storage_state", "http_credentials"}
MAX_COOKIES, MAX_ORIGINS, MAX_ITEMS = 300, 50, 300


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Cookie(_Part):
    """A cookie, as Playwright saves it; without `expires` it is one of the session."""

    name: str = Field(max_length=4096)
    value: str = Field(max_length=8192, repr=False)
    domain: str = Field(max_length=300)
    path: str = "/"
    expires: float = -1
    httpOnly: bool = False
    secure: bool = False
    sameSite: Literal["Strict", "Lax", "None"] = "Lax"


class StoredItem(_Part):
    """One item of an origin's local storage."""

    name: str = Field(max_length=4096)
    value: str = Field(max_length=100_000, repr=False)


class Origin(_Part):
    """The local storage of one origin."""

    origin: str = Field(max_length=300)
    localStorage: list[StoredItem] = Field(default=[], max_length=MAX_ITEMS)


class StorageState(_Part):
    """Playwright's storage state: only what belongs to the film's site is used."""

    cookies: list[Cookie] = Field(default=[], max_length=MAX_COOKIES)
    origins: list[Origin] = Field(default=[], max_length=MAX_ORIGINS)


class HttpCredentials(_Part):
    """User name and password for HTTP authentication."""

    username: str = Field(max_length=300)
    password: SecretStr = Field(min_length=1, max_length=1000)


class SecretFields(BaseModel):
    """The secret inputs of a request."""

    secrets: dict[str, SecretStr] = Field(default={}, description="values of the script's secrets, by name")
    storage_state: StorageState | None = None
    http_credentials: HttpCredentials | None = None

    @property
    def inputs(self) -> SecretInputs:
        known = self.http_credentials
        state: dict[str, Any] = self.storage_state.model_dump() if self.storage_state else {}
        sign_in = SignIn(
            storage_state=state,
            username=known.username if known else "",
            password=known.password.get_secret_value() if known else "",
        )
        return SecretInputs({name: one.get_secret_value() for name, one in self.secrets.items()}, sign_in)


class RetryRequest(SecretFields):
    """The body of `POST /demo/retry`, which may be empty: secret inputs, which are not kept."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Parses and validates a body. Raises RequestInvalid with each invalid field."""
        return parse_body(cls, body)
