"""HTTP client of a server's batches, authenticated by the API token or a batch's key."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from demo_api.client.client import Client
from demo_api.client.status_events import Json

#: Most items that a server tells at once.
PAGE = 500


@dataclass(frozen=True, slots=True)
class BatchAddress:
    """A batch's id, and the key in its links where its server has a token."""

    id: str
    key: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, accepted: Json) -> Self:
        """The address in the response to a request for a batch."""
        keys = parse_qs(urlsplit(accepted["links"]["status"]).query).get("key", [])
        return cls(accepted["batch_id"], keys[0] if keys else None)


class BatchClient(Client):
    """Client of one server, for batches too. Every method raises ApiError."""

    async def run_batch(self, body: Mapping[str, Any]) -> BatchAddress:
        """Requests a film for each row."""
        return BatchAddress.of(await self._call("POST", "/demo/batch/run", json=dict(body)))

    async def batch_status(self, batch: BatchAddress) -> Json:
        return await self._call("GET", f"/demo/batch/status/{batch.id}", params=_key(batch))

    async def batch_items(
        self, batch: BatchAddress, status: str | None = None, limit: int | None = None
    ) -> AsyncIterator[Json]:
        """Yields items in order: all or those in one state, and no more than the limit."""
        after: int | None = 0
        params = {**_key(batch), **({"status": status} if status else {}), "limit": str(limit or PAGE)}
        while after is not None:
            path = f"/demo/batch/items/{batch.id}"
            page = await self._call("GET", path, params={**params, "after": str(after)})
            for item in page["items"]:
                yield item
            after = None if limit else page["next"]

    async def retry_batch(
        self, batch: BatchAddress, items: Sequence[int], secrets: Mapping[str, Any]
    ) -> Json:
        """Makes new attempts of these items, as far as they have failed, were cancelled or skipped."""
        body = {"items": list(items), **secrets}
        return await self._call("POST", f"/demo/batch/retry/{batch.id}", json=body)

    async def steer_batch(self, batch: BatchAddress, how: Literal["pause", "resume", "cancel"]) -> Json:
        return await self._call("POST", f"/demo/batch/{how}/{batch.id}")


def _key(batch: BatchAddress) -> dict[str, str]:
    return {"key": batch.key} if batch.key else {}
