"""What a supervisor hands to its child: all it needs for one stage, as one line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from actors.jobs.job import Job, Stage
from actors.jobs.keys import Claim
from actors.jobs.spec import decode_wishes
from actors.options import Limits
from actors.settings import Settings
from explorer.egress.policy import reachable_private_hosts
from explorer.types import Wishes
from video.style import CameraChoice, Style


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage of one job. Footage and timeline lie under their keys, the film goes to `film_key`.

    `extra_keys` says where poster, sheet, captions and storyboard go.
    """

    job_id: str
    stage: Stage
    url: str
    limits: Limits
    allow_hosts: tuple[str, ...]
    #: `host:port` of our own services, which no page may reach.
    own_services: tuple[str, ...]
    footage_key: str
    timeline_key: str
    film_key: str
    folder: str
    redis_url: str
    ttl_s: int
    max_footage_bytes: int
    encode_limit_s: int
    chromium_path: str | None
    ffmpeg_path: str | None
    openai_model: str
    openai_base_url: str | None
    openai_api_key: str | None = field(repr=False)
    style: Style = field(default_factory=Style)
    camera: CameraChoice = "auto"
    wishes: Wishes = field(default_factory=Wishes)
    storyboard: bool = False
    openai_vision: bool = False
    llm_max_calls: int = 40
    llm_max_tokens: int = 60_000
    max_memory_mb: int = 2048
    lease_s: float = 10.0
    max_disk_mb: int = 1024
    extra_keys: Mapping[str, str] = field(default_factory=dict)
    #: What attempts before this one have tried again, for the timeline.
    earlier_retries: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, job: Job, claim: Claim, settings: Settings, folder: str) -> Self:
        """The order for the stage that `claim` has taken on."""
        key = settings.openai_api_key
        return cls(
            job_id=job.id,
            stage=claim.stage,
            url=job.spec.url,
            limits=job.spec.limits,
            allow_hosts=(
                *sorted(reachable_private_hosts(job.spec.url, settings.allow_private_hosts)),
                *job.spec.allow_hosts,
            ),
            footage_key=job.footage_key or claim.footage_key,
            timeline_key=job.timeline_key or claim.timeline_key,
            film_key=claim.film_key,
            folder=folder,
            redis_url=settings.redis or "",
            own_services=tuple(sorted(settings.own_services)),
            ttl_s=settings.job_ttl_s,
            max_footage_bytes=settings.max_footage_mb << 20,
            encode_limit_s=settings.encode_limit_s,
            chromium_path=settings.chromium_path,
            ffmpeg_path=settings.ffmpeg_path,
            openai_model=settings.openai_model,
            openai_base_url=settings.openai_base_url,
            openai_api_key=key.get_secret_value() if key else None,
            style=job.spec.style,
            camera=job.spec.camera,
            wishes=job.spec.wishes,
            storyboard=job.spec.storyboard,
            openai_vision=settings.openai_vision,
            llm_max_calls=settings.llm_max_calls,
            llm_max_tokens=settings.llm_max_tokens,
            max_memory_mb=settings.max_memory_mb,
            lease_s=settings.lease_s,
            max_disk_mb=settings.max_disk_mb,
            extra_keys=claim.extra_keys,
            earlier_retries=job.earlier_retries,
        )

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decode(cls, line: str) -> Self:
        row: dict[str, Any] = json.loads(line)
        row |= {
            "stage": Stage(row["stage"]),
            "limits": Limits(**row["limits"]),
            "allow_hosts": tuple(row["allow_hosts"]),
            "own_services": tuple(row["own_services"]),
            "style": Style(**row["style"]),
            "wishes": decode_wishes(row["wishes"]),
            "earlier_retries": tuple(row["earlier_retries"]),
        }
        return cls(**row)
