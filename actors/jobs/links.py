"""Links to the resources of a job: status, events, film and artifacts; and to those of a batch."""

from collections.abc import Iterable

from video.artifacts import ARTIFACTS

#: Names of the resources: each is the last part but one of its path.
LINKS = ("status", "events", "export", *ARTIFACTS)
BATCH_LINKS = ("status", "items", "report", "export")
#: The query parameter that holds a job's key.
KEY = "key"


def links_of(job_id: str, key: str | None = None, *, base: str = "") -> dict[str, str]:
    """Builds the link to each resource, by name, behind `base`; with a key, the links contain it."""
    return _links(f"{base}/demo/", LINKS, job_id, key)


def batch_links_of(batch_id: str, key: str | None = None, *, base: str = "") -> dict[str, str]:
    """Builds the link to each resource of a batch, as `links_of` does for a job."""
    return _links(f"{base}/demo/batch/", BATCH_LINKS, batch_id, key)


def _links(prefix: str, names: Iterable[str], resource_id: str, key: str | None) -> dict[str, str]:
    query = f"?{KEY}={key}" if key is not None else ""
    return {name: f"{prefix}{name}/{resource_id}{query}" for name in names}
