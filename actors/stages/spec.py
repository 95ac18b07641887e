"""Specification of one stage, in one line of JSON from the supervisor to its child process."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Self

from pydantic import TypeAdapter

from actors.jobs.job import Job
from actors.jobs.keys import Claim
from actors.jobs.secrets import SecretInputs
from actors.jobs.spec import ScriptSpec
from actors.jobs.states import Stage
from actors.options import Limits
from actors.settings import Settings
from explorer.browser.sign_in import SignIn
from explorer.egress.policy import reachable_private_hosts
from explorer.retry_policy import Retry
from explorer.types import Wishes
from video.style import CameraChoice, Style


@dataclass(frozen=True, slots=True)
class ExplorationSpec:
    """What is explored, and how far."""

    url: str
    limits: Limits
    wishes: Wishes
    #: Private `host:port` pairs that may be visited.
    allow_hosts: tuple[str, ...]
    #: `host:port` of our own services, which no page may reach.
    own_services: tuple[str, ...]
    #: The script that is played, None for an exploration, and the values of its secrets.
    script: ScriptSpec | None = None
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)
    sign_in: SignIn = field(default_factory=SignIn)
    #: The site's consent box and masked targets, by its site file.
    consent: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()

    @classmethod
    def of(cls, job: Job, settings: Settings, secrets: SecretInputs) -> Self:
        return cls(
            script=job.spec.script,
            secrets=secrets.script,
            sign_in=secrets.sign_in,
            url=job.spec.url,
            limits=job.spec.limits,
            wishes=job.spec.wishes,
            allow_hosts=(
                *sorted(reachable_private_hosts(job.spec.url, settings.allow_private_hosts)),
                *job.spec.allow_hosts,
            ),
            own_services=tuple(sorted(settings.own_services)),
            consent=job.spec.consent,
            mask=job.spec.mask,
        )


@dataclass(frozen=True, slots=True)
class FilmSpec:
    """What kind of film is made, and with which camera."""

    style: Style
    camera: CameraChoice
    #: Whether pictures of all steps are stored beside the film.
    storyboard: bool
    #: Retries of earlier attempts, for the timeline.
    earlier_retries: tuple[Retry, ...]

    @classmethod
    def of(cls, job: Job) -> Self:
        retries = tuple(Retry(**retry) for retry in job.earlier_retries)
        return cls(job.spec.style, job.spec.camera, job.spec.storyboard, retries)


@dataclass(frozen=True, slots=True)
class StorageSpec:
    """Where in Redis the binaries of the stage are read from and written to."""

    #: May hold a password.
    redis_url: str = field(repr=False)
    ttl_s: int
    footage_key: str
    timeline_key: str
    film_key: str
    #: Keys of preview, poster, sheet, captions and storyboard, by name.
    extra_keys: Mapping[str, str]

    @classmethod
    def of(cls, job: Job, claim: Claim, settings: Settings) -> Self:
        return cls(
            redis_url=settings.redis or "",
            ttl_s=settings.job_ttl_s,
            footage_key=job.footage_key or claim.footage_key,
            timeline_key=job.timeline_key or claim.timeline_key,
            film_key=claim.film_key,
            extra_keys=claim.extra_keys,
        )


@dataclass(frozen=True, slots=True)
class LlmSpec:
    """The language model that plans, and what one take may spend on it."""

    model: str
    base_url: str | None
    #: None for keywords alone.
    api_key: str | None = field(repr=False)
    #: Whether it is shown pictures of the page.
    vision: bool
    max_calls: int
    max_tokens: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        key = settings.openai_api_key
        return cls(
            model=settings.openai_model,
            base_url=settings.openai_base_url,
            api_key=key.get_secret_value() if key else None,
            vision=settings.openai_vision,
            max_calls=settings.llm_max_calls,
            max_tokens=settings.llm_max_tokens,
        )


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """What the child may use, with all that it starts. A child that is silent for a lease is killed."""

    max_memory_bytes: int
    max_disk_bytes: int
    max_footage_bytes: int
    encode_limit_s: int
    lease_s: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            max_memory_bytes=settings.max_memory_mb << 20,
            max_disk_bytes=settings.max_disk_mb << 20,
            max_footage_bytes=settings.max_footage_mb << 20,
            encode_limit_s=settings.encode_limit_s,
            lease_s=settings.lease_s,
        )


@dataclass(frozen=True, slots=True)
class ToolPaths:
    """Programs that the operator has chosen; None for those that are found."""

    chromium: str | None
    ffmpeg: str | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.chromium_path, settings.ffmpeg_path)


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage of one job. `work_dir` is the child's temporary directory."""

    job_id: str
    stage: Stage
    work_dir: str
    exploration: ExplorationSpec
    film: FilmSpec
    storage: StorageSpec
    llm: LlmSpec
    limits: ResourceLimits
    tools: ToolPaths

    @classmethod
    def of(
        cls,
        job: Job,
        claim: Claim,
        settings: Settings,
        work_dir: str,
        secrets: SecretInputs | None = None,
    ) -> Self:
        """The specification of the stage that `claim` was made for."""
        return cls(
            job_id=job.id,
            stage=claim.stage,
            work_dir=work_dir,
            exploration=ExplorationSpec.of(job, settings, secrets or SecretInputs()),
            film=FilmSpec.of(job),
            storage=StorageSpec.of(job, claim, settings),
            llm=LlmSpec.of(settings),
            limits=ResourceLimits.of(settings),
            tools=ToolPaths.of(settings),
        )

    @property
    def secret_values(self) -> list[str]:
        """What must not get into any text."""
        exploration = self.exploration
        return [*exploration.secrets.values(), *exploration.sign_in.values()]

    @property
    def is_private(self) -> bool:
        """Whether it shows what is meant for few: to one who has signed in, or beside what is masked."""
        script = self.exploration.script
        mask = self.exploration.mask or (script and script.script.get("mask"))
        return bool(self.secret_values or mask)

    def encode(self) -> bytes:
        """One line of JSON, secrets included: it goes through a pipe to the child, and nowhere else."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "StageSpec":
        """Raises ValueError for what `encode` has not written."""
        return _adapter().validate_python(json.loads(line))


@cache
def _adapter() -> TypeAdapter[StageSpec]:
    return TypeAdapter(StageSpec)
