"""Submits jobs: checks where a request points to, creates the job, and enqueues it."""

import asyncio
import logging
import uuid

from redis.exceptions import OutOfMemoryError, RedisError

from actors.broker import SendTicket
from actors.errors import CallbackRefused, OutOfCapacity, PipelineError, SecretsGone, StoreUnavailable
from actors.jobs.callback import Callback
from actors.jobs.capacity import has_capacity
from actors.jobs.idempotency import IdempotencyKey, release, reserve
from actors.jobs.job import Job
from actors.jobs.secrets import SecretInputs, forget_secrets, keep_secrets
from actors.jobs.spec import JobSpec
from actors.jobs.states import QUEUE_OF, Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.webhook_signing import new_secret
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.errors import AddressRefused

log = logging.getLogger(__name__)

#: Longest look at a name server; a name that does not resolve in time is left to the worker. With the limit
#: below, an answer is never later than 2.5 s.
RESOLVE_TIMEOUT_S = 0.4
#: All of accepting a job. `store.ACCEPT_WITHIN_MS` is shorter, so that no job is accepted after a 503.
ACCEPT_TIMEOUT_S = 2.0
#: Room comes when a film is fetched or expires.
ROOM_RETRY_S = 60


async def submit(
    store: Store,
    spec: JobSpec,
    once: IdempotencyKey | None = None,
    secrets: SecretInputs | None = None,
) -> Job:
    """Creates and enqueues a job, or answers the one that an equal request has made before.

    `secrets` are kept apart from it. Raises SecretsUnavailable where they cannot be, StoreUnavailable when
    Redis did not answer in time, QueueFull, OutOfCapacity when it has no memory left for a take, KeyReused or
    KeyInFlight, and explorer's AddressRefused or CallbackRefused for an address that may not be reached.
    Nothing is accepted then.
    """
    await _check_addresses(spec, store.settings)
    job = Job(uuid.uuid4().hex, spec, once=once.record if once else None)
    try:
        async with asyncio.timeout(ACCEPT_TIMEOUT_S):
            if secrets:
                await keep_secrets(store, job.id, secrets)
            made = await _once(store, job, once)
            if secrets and made.id != job.id:
                await forget_secrets(store, job.id)
            return made
    except OutOfMemoryError as exc:
        raise _out_of_capacity() from exc
    except (RedisError, TimeoutError) as exc:
        raise StoreUnavailable("Redis did not answer. Nothing was accepted; try again later.") from exc


async def renew_secrets(store: Store, job: Job, secrets: SecretInputs) -> None:
    """Keeps the secret inputs of a job that is filmed again. Raises SecretsGone when one is missing."""
    if not job.spec.has_secrets or job.footage_key:
        return
    script = job.spec.script.script.get("secrets", []) if job.spec.script else []
    missing = sorted(set(script) - set(secrets.script))
    missing += ["storage_state or http_credentials"] if job.spec.signed_in and not secrets.sign_in else []
    if missing:
        raise SecretsGone(
            f"The secrets of this job were deleted when it ended: give {', '.join(missing)} again."
        )
    await keep_secrets(store, job.id, secrets)


async def check_address(url: str, allow: frozenset[str]) -> None:
    """Raises explorer's AddressRefused when `url` leads to a private address that nobody listed."""
    await _check(EgressPolicy(allow), Endpoint.of(url))


async def _check_addresses(spec: JobSpec, settings: Settings) -> None:
    """Both at a time: a slow name server is waited for once. Raises AddressRefused and CallbackRefused."""
    checks = [check_address(spec.url, settings.allow_private_hosts | set(spec.allow_hosts))]
    if spec.callback:
        checks.append(check_callback(spec.callback.url, settings))
    for found in await asyncio.gather(*checks, return_exceptions=True):
        if isinstance(found, BaseException):
            raise found


async def check_callback(url: str, settings: Settings) -> None:
    """Raises CallbackRefused when nothing may be sent to `url`: a private address, or ourselves."""
    try:
        endpoint = Endpoint.of(url)
        if settings.public_url and endpoint == Endpoint.of(settings.public_url):
            raise CallbackRefused(f"{endpoint} is this API itself: it does not call itself.")
        await _check(EgressPolicy(settings.allow_private_hosts, settings.own_services), endpoint)
    except AddressRefused as exc:
        raise CallbackRefused(str(exc)) from exc


async def _check(policy: EgressPolicy, endpoint: Endpoint) -> None:
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            await policy.resolve(endpoint)
    except (OSError, UnicodeError) as exc:
        log.info("%s was not resolved when it was asked for: %s", endpoint, exc)


async def _once(store: Store, job: Job, once: IdempotencyKey | None) -> Job:
    made = await reserve(store, once, job.id) if once else None
    if made is not None:
        return await store.find(made)
    try:
        if not await has_capacity(store):
            raise _out_of_capacity()
        if not await store.create(job):
            raise StoreUnavailable("Redis answered too late. Nothing was accepted; try again later.")
    except PipelineError:
        if once:
            await release(store, once, job.id)
        raise
    return job


def _out_of_capacity() -> OutOfCapacity:
    return OutOfCapacity(
        "Redis has no memory left for another film, so nothing was accepted. Films that are fetched make "
        "room; if none are waiting to be, raise its maxmemory or lower MAX_FOOTAGE_MB.",
        ROOM_RETRY_S,
    )


async def announce(send: SendTicket, job_id: str, stage: Stage = Stage.QUEUED) -> None:
    """Sends a ticket for a job that waits. A failure is harmless: the watchdog sends it again."""
    try:
        await asyncio.to_thread(send, QUEUE_OF[stage], job_id)
    except RedisError as exc:
        log.warning("the ticket of job %s was not sent, the watchdog will: %s", job_id, exc)


def callback_of(settings: Settings, url: str | None) -> Callback | None:
    """The webhook of a job, with a secret of its own unless WEBHOOK_SECRET signs."""
    if url is None:
        return None
    secret = None if settings.webhook_secret else new_secret()
    return Callback(url, secret, settings.public_url or "", keyed=settings.api_token is not None)
