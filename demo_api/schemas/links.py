"""Links of a job: paths of its endpoints."""

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, create_model

from actors.jobs.job import Job
from actors.jobs.links import LINKS, links_of


class JobLinks(BaseModel):
    """Paths of a job's endpoints. Where a token is set, they contain the job's key."""

    @classmethod
    def of(cls, job: Job, *, with_key: bool = False) -> Self:
        return cls(**links_of(job.id, job.secret if with_key else None))


if TYPE_CHECKING:
    Links = JobLinks
else:
    Links = create_model(
        "Links", __base__=JobLinks, __doc__=JobLinks.__doc__, **dict.fromkeys(LINKS, (str, ...))
    )
