"""Links to the resources of a job: status, events, film and artifacts."""

from video.artifacts import ARTIFACTS

#: Names of the resources: each is the last part but one of its path.
LINKS = ("status", "events", "export", *ARTIFACTS)
#: The query parameter that holds a job's key.
KEY = "key"


def links_of(job_id: str, key: str | None = None, *, base: str = "") -> dict[str, str]:
    """Builds the link to each resource, by name, behind `base`; with a key, the links contain it."""
    query = f"?{KEY}={key}" if key is not None else ""
    return {name: f"{base}/demo/{name}/{job_id}{query}" for name in LINKS}
