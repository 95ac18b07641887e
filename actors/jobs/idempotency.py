"""Idempotency-Keys: a request sent twice creates one job (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
from dataclasses import dataclass

from actors.errors import KeyInFlight, KeyReused
from actors.jobs.keys import IDEMPOTENCY
from actors.jobs.store import Store

#: A request that was not accepted by then has died with its process.
IN_FLIGHT_MS = 10_000


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's name for its request, and a fingerprint of the content; equal requests have equal ones."""

    key: str
    fingerprint: str

    @property
    def record(self) -> str:
        """Redis key of the record. The Idempotency-Key itself is the client's secret and is not stored."""
        return IDEMPOTENCY + hashlib.sha256(self.key.encode()).hexdigest()


async def reserve(store: Store, key: IdempotencyKey, job_id: str) -> str | None:
    """Reserves the key for a job that is about to be created, or returns the id of the job it has created.

    Raises KeyReused for a different request and KeyInFlight while the first is being accepted.
    """
    found = await store.run("reserve_idempotency_key", [key.record], [key.fingerprint, job_id, IN_FLIGHT_MS])
    match found[0]:
        case b"other":
            raise KeyReused("This Idempotency-Key came with another request before. Nothing was accepted.")
        case b"busy":
            raise KeyInFlight("The first request with this Idempotency-Key is being accepted. Ask again.")
        case b"same":
            return str(found[1].decode())
    return None


async def release(store: Store, key: IdempotencyKey, job_id: str) -> None:
    """Releases the key of a request that was not accepted."""
    await store.run("release_idempotency_key", [key.record], [job_id])
