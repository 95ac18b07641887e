"""Models of requests, job statuses and links."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SecretStr,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from actors.jobs.job import Job
from actors.jobs.secrets import SecretInputs
from actors.jobs.spec import JobSpec, Priority, ScriptSpec
from actors.jobs.states import Status
from actors.option_checks import MAX_URL_LENGTH, check_callback_url, check_domain, check_url, each
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from actors.sites.precedence import exploration_at, film_at
from actors.submission import callback_of
from demo_api.errors import RequestInvalid
from demo_api.schemas.json_object import parse_body
from demo_api.schemas.links import Links as Links
from demo_api.schemas.options import request_fields
from demo_api.schemas.script import film_of, read_fields
from demo_api.schemas.secrets import SECRET_FIELDS, HttpCredentials, SecretFields, StorageState
from explorer.script.errors import ScriptInvalid
from explorer.script.model import Script
from explorer.script.variables import BoundScript

#: A URL as the OpenAPI document describes it; `check_url` validates it.
HttpUrl = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL_LENGTH,
        json_schema_extra={"format": "uri", "pattern": "^[hH][tT][tT][pP][sS]?://"},
    ),
]


class Site(BaseModel):
    """The site to film."""

    model_config = ConfigDict(extra="forbid")

    url: HttpUrl = Field(
        description="the page where the film begins, without a user name or password",
        examples=["https://example.com/"],
    )

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        return check_url(value)

    @field_validator("domains", check_fields=False)
    @classmethod
    def _hosts(cls, values: list[str], info: ValidationInfo) -> list[str]:
        url = info.data.get("url")  # missing when it is invalid itself, which is reported already
        return each(lambda value: check_domain(value, url), values) if url else values


if TYPE_CHECKING:
    SiteAndOptions = Site
else:
    SiteAndOptions = create_model(
        "SiteAndOptions", __base__=Site, **request_fields(ExplorationOptions), **request_fields(FilmOptions)
    )


class RunRequest(SiteAndOptions):
    """The body of `POST /demo/run`: a site to explore, or a script to play."""

    script: dict[str, Any] | str | None = Field(
        None,
        description="played instead of exploring: an object, or the text of a YAML or JSON file. Then url "
        "may be left out, or says where the script begins. Its JSON Schema is at /schemas/script.json",
    )
    variables: dict[str, str] = Field(default={}, description="values of the script's variables, by name")
    secrets: dict[str, SecretStr] = Field(
        default={}, description="values of the script's secrets, by name; they are never told again"
    )
    priority: Priority = Field("default", description="jobs of a higher priority are recorded first")
    callback_url: HttpUrl | None = Field(
        None,
        description="receives a signed POST when the job has ended; see the webhook",
        examples=["https://example.com/hooks/films"],
    )
    storage_state: StorageState | None = Field(
        None, description="signs in at first: cookies and stored items, as Playwright saves them"
    )
    http_credentials: HttpCredentials | None = Field(
        None, description="for a server that asks for a user name and password by HTTP, of the start's origin"
    )
    guardrails: Literal["author", "all"] = Field(
        "author", description="author: some yield to a script's literal words; all: none does"
    )
    _bound: BoundScript | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _with_script(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Binds the script first: it says where the film begins. Raises ScriptInvalid."""
        if not isinstance(data, Mapping) or data.get("script") is None:
            return handler(data)
        bound = read_fields(data).bound()
        request = handler({**data, "url": bound.script.start})
        request._bound = bound
        return request

    @field_validator("callback_url")
    @classmethod
    def _supported_host(cls, value: str | None) -> str | None:
        return check_callback_url(value)

    @property
    def fingerprint(self) -> str:
        """A digest that is equal for requests with equal fields, however their JSON is written."""
        canonical = json.dumps(self.model_dump(mode="json", exclude=SECRET_FIELDS), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def film(self, settings: Settings) -> FilmOptions:
        """The operator's film options, overridden by the site file's, the script's and the request's."""
        script = self._played(settings)
        return film_at(settings.sites.match(self.url), settings.film, script and film_of(script), self)

    def exploration(self, settings: Settings) -> ExplorationOptions:
        """The operator's exploration options, overridden by the site file's, and these by the request's."""
        return exploration_at(settings.sites.match(self.url), settings.exploration, self)

    def spec(self, settings: Settings, **more: Any) -> JobSpec:
        """Builds the complete specification of the job; `more` are fields of JobSpec that no request has."""
        return JobSpec.of(
            self.url,
            self.exploration(settings),
            self.film(settings),
            site=settings.sites.match(self.url),
            priority=self.priority,
            callback=callback_of(settings, self.callback_url),
            script=self._script,
            signed_in=bool(self.secret_inputs.sign_in),
            **more,
        )

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Parses and validates a body. Raises RequestInvalid with each invalid field."""
        try:
            return parse_body(cls, body)
        except ScriptInvalid as exc:
            raise RequestInvalid([asdict(one) for one in exc.problems]) from exc

    @property
    def _script(self) -> ScriptSpec | None:
        bound = self._bound and (self._bound.untrusted() if self.guardrails == "all" else self._bound)
        return ScriptSpec.of(bound) if bound else None

    @property
    def secret_inputs(self) -> SecretInputs:
        """What nobody may read again."""
        return SecretFields.model_validate(self, from_attributes=True).inputs

    def script_length(self, settings: Settings | None = None) -> int | None:
        """How many steps are played, by these settings' site files; None for an exploration."""
        script = self._played(settings)
        return len(list(script.all_steps())) if script else None

    def _played(self, settings: Settings | None) -> Script | None:
        """The request's script, or that of its site file."""
        site = settings and settings.sites.match(self.url)
        return self._bound.script if self._bound else site.script if site else None


class Accepted(BaseModel):
    """The response to `POST /demo/run`."""

    job_id: str
    status: Literal[Status.PENDING] = Status.PENDING
    links: Links
    callback_secret: str | None = Field(
        None,
        description="signs this job's webhook, and is shown once. Null where the operator's secret signs",
    )

    @classmethod
    def of(cls, job: Job, links: Links) -> Self:
        return cls(
            job_id=job.id,
            links=links,
            callback_secret=job.spec.callback.secret if job.spec.callback else None,
        )
