"""Links of a job: paths of its endpoints."""

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, create_model

from actors.jobs.job import Job
from demo_api.middleware.auth import KEY
from video.artifacts import ARTIFACTS


class JobLinks(BaseModel):
    """Paths of a job's endpoints. Where a token is set, they contain the job's key."""

    status: str
    events: str
    export: str

    @classmethod
    def of(cls, job: Job, *, with_key: bool = False) -> Self:
        links = {name: f"/demo/{name}/{job.id}" for name in cls.model_fields}
        if with_key:
            links = {name: f"{link}?{KEY}={job.secret}" for name, link in links.items()}
        return cls(**links)


if TYPE_CHECKING:
    Links = JobLinks
else:
    Links = create_model(
        "Links", __base__=JobLinks, __doc__=JobLinks.__doc__, **dict.fromkeys(ARTIFACTS, (str, ...))
    )
