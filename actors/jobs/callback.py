"""Webhook subscription of a job or batch, as it was accepted with the request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from actors.jobs.links import batch_links_of, links_of


@dataclass(frozen=True, slots=True)
class Callback:
    """Address of a webhook, with the settings of the API that its delivery needs: workers deliver too."""

    url: str = field(repr=False)
    #: Signs the delivery. None where WEBHOOK_SECRET does, which is not stored anywhere.
    secret: str | None = field(default=None, repr=False)
    #: Prefix of links: PUBLIC_URL, or nothing.
    base: str = ""
    #: Whether links carry the key of the job or batch.
    keyed: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port, for logs: path and query of such an address are often secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def links(self, job_id: str, key: str) -> dict[str, str]:
        """Links to a job's resources, by name."""
        return links_of(job_id, key if self.keyed else None, base=self.base)

    def batch_links(self, batch_id: str, key: str) -> dict[str, str]:
        """Links to a batch's resources, by name."""
        return batch_links_of(batch_id, key if self.keyed else None, base=self.base)

    def encode(self) -> dict[str, str]:
        """As fields of a job. The scripts look for `callback_url`."""
        secret = {"callback_secret": self.secret} if self.secret else {}
        terms = {"base": self.base, "keyed": self.keyed}
        return {"callback_url": self.url, **secret, "callback_terms": json.dumps(terms)}

    @classmethod
    def decode(cls, row: Mapping[str, str]) -> Self | None:
        """From a job's fields; None when it has no webhook."""
        if "callback_url" not in row:
            return None
        terms: dict[str, Any] = json.loads(row.get("callback_terms", "{}"))
        return cls(row["callback_url"], row.get("callback_secret"), **terms)
