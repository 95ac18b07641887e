"""Idempotency-Keys: a request sent twice makes one job (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
from dataclasses import dataclass

from actors.errors import KeyInFlight, KeyReused
from actors.jobs.keys import ONCE
from actors.jobs.store import Store

#: A request that has not been accepted by then has died with its process.
IN_FLIGHT_MS = 10_000


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a client calls its request, and a digest of what it says; equal requests have equal ones."""

    key: str
    fingerprint: str

    @property
    def record(self) -> str:
        """Where the request is remembered. The key itself is a client's secret and is not kept."""
        return ONCE + hashlib.sha256(self.key.encode()).hexdigest()


async def reserve(store: Store, once: IdempotencyKey, job_id: str) -> str | None:
    """Keeps the key for the job that is about to be created, or answers the id of the one it has made.

    Raises KeyReused for another request and KeyInFlight while the first is being accepted.
    """
    found = await store.run(
        "reserve_idempotency_key", [once.record], [once.fingerprint, job_id, IN_FLIGHT_MS]
    )
    match found[0]:
        case b"other":
            raise KeyReused("This Idempotency-Key came with another request before. Nothing was accepted.")
        case b"busy":
            raise KeyInFlight("The first request with this Idempotency-Key is being accepted. Ask again.")
        case b"same":
            return str(found[1].decode())
    return None


async def release(store: Store, once: IdempotencyKey, job_id: str) -> None:
    """Gives the key back: its request was not accepted."""
    await store.run("release_idempotency_key", [once.record], [job_id])
