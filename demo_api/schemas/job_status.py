"""The status of a job, as clients are told of it."""

from dataclasses import asdict
from typing import Self

from pydantic import BaseModel, Field

from actors.jobs.job import Job, iso
from actors.jobs.spec import Priority
from actors.jobs.states import Stage, Status
from demo_api.schemas.links import Links
from demo_api.schemas.status import (
    CallbackOut,
    CameraOut,
    ExplorationOut,
    FailedStepOut,
    FailureOut,
    FilmOut,
    LookedAtOut,
    MetricsOut,
    RefusalOut,
    RetryOut,
    ScriptStepOut,
    StepOut,
    WarningOut,
)


class JobStatus(BaseModel):
    """The response to `GET /demo/status/<id>`; `progress` is a percentage."""

    job_id: str
    url: str
    status: Status
    stage: Stage
    priority: Priority
    created_at: str
    updated_at: str
    expires_at: str | None = Field(
        description="when a job that has ended is deleted; a batch says for its own"
    )
    batch_id: str | None = Field(description="the batch that it belongs to")
    item: int | None = Field(description="its number there")
    error: str | None
    error_code: str | None
    progress: int
    wishes: ExplorationOut
    metrics: MetricsOut
    stop_reason: str | None
    steps: list[StepOut]
    script_steps: list[ScriptStepOut] = Field(description="the steps of a script, as they stand")
    failed_step: FailedStepOut | None = Field(description="the step that has ended a script")
    refused: list[RefusalOut]
    retries: list[RetryOut]
    failures: list[FailureOut]
    warnings: list[WarningOut]
    site_file: str | None = Field(description="the operator's file for its site; see the guide to sites")
    looked_at: list[LookedAtOut] = Field(
        description="off camera, at most 200; empty until the recording is complete"
    )
    storyboard: bool = Field(description="whether there is a storyboard of its steps")
    camera: CameraOut
    film: FilmOut | None
    callback: CallbackOut | None
    links: Links

    @classmethod
    def of(cls, job: Job, ttl_s: int, *, with_key: bool = False) -> Self:
        """Builds the status; `ttl_s` is how long jobs are kept after they have ended."""
        expires = job.ended_ms is not None and job.batch is None
        return cls(
            job_id=job.id,
            url=job.spec.url,
            status=job.status,
            stage=job.stage,
            priority=job.spec.priority,
            created_at=iso(job.created_ms),
            updated_at=iso(job.updated_ms),
            expires_at=iso(job.updated_ms + ttl_s * 1000) if expires else None,
            batch_id=job.batch,
            item=job.item,
            error=job.error,
            error_code=job.error_code,
            progress=job.progress,
            wishes=ExplorationOut.model_validate(asdict(job.spec.wishes)),
            metrics=MetricsOut.model_validate(job.metrics),
            stop_reason=job.stop_reason,
            steps=[StepOut.model_validate(step) for step in job.steps],
            script_steps=[ScriptStepOut.model_validate(step) for step in job.script_steps],
            failed_step=FailedStepOut.model_validate(job.failed_step) if job.failed_step else None,
            refused=[RefusalOut.model_validate(refusal) for refusal in job.refused],
            retries=[RetryOut.model_validate(retry) for retry in job.retries],
            failures=[FailureOut.model_validate(failure) for failure in job.failures],
            warnings=[WarningOut.model_validate(warning) for warning in job.all_warnings],
            site_file=job.spec.site_file,
            looked_at=[LookedAtOut.model_validate(row) for row in job.looked_at],
            storyboard="storyboard" in job.extras,
            camera=CameraOut.model_validate({**job.camera_report, "wanted": job.spec.camera}),
            film=_film(job),
            callback=_callback(job),
            links=Links.of(job, with_key=with_key),
        )


def _film(job: Job) -> FilmOut | None:
    """Returns None until the film is published."""
    return FilmOut.model_validate({**job.published, "format": job.format}) if job.published else None


def _callback(job: Job) -> CallbackOut | None:
    """Returns the delivery state of the webhook, None where none was requested."""
    if job.spec.callback is None:
        return None
    return CallbackOut.model_validate({"url": job.spec.callback.origin, **job.callback_report})
