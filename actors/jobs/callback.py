"""Whom to call when a job has ended, as it was agreed on at the door."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from video.artifacts import ARTIFACTS

#: What can be asked about a job, by the names that its links have.
LINKS = ("status", "events", "export", *ARTIFACTS)


@dataclass(frozen=True, slots=True)
class Callback:
    """An address, and what its call must know that only the door knows: a worker may call as well."""

    url: str = field(repr=False)
    #: Signs the call. None where WEBHOOK_SECRET does, which is not written down anywhere.
    secret: str | None = field(default=None, repr=False)
    #: What links begin with: PUBLIC_URL, or nothing.
    base: str = ""
    #: Whether links carry the job's key.
    keyed: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port: path and query of such an address are often secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def links(self, job_id: str, key: str) -> dict[str, str]:
        """Where a job's answers are, by name."""
        opening = f"?key={key}" if self.keyed else ""
        return {name: f"{self.base}/demo/{name}/{job_id}{opening}" for name in LINKS}

    def encode(self) -> dict[str, str]:
        """As fields of a job; that there is one is what the scripts look for."""
        secret = {"callback_secret": self.secret} if self.secret else {}
        terms = {"base": self.base, "keyed": self.keyed}
        return {"callback_url": self.url, **secret, "callback_terms": json.dumps(terms)}

    @classmethod
    def decode(cls, row: Mapping[str, str]) -> Self | None:
        """From a job's fields; None when nobody is to be called."""
        if "callback_url" not in row:
            return None
        terms: dict[str, Any] = json.loads(row.get("callback_terms", "{}"))
        return cls(row["callback_url"], row.get("callback_secret"), **terms)
