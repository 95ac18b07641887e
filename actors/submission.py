"""Lets a request in: checks where it points to, writes the job, and tells the workers."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from typing import Literal

from redis.exceptions import OutOfMemoryError, RedisError

from actors.broker import SendTicket
from actors.errors import OutOfCapacity, PipelineError, StoreUnavailable
from actors.jobs.callback import Callback
from actors.jobs.capacity import has_capacity
from actors.jobs.idempotency import IdempotencyKey, release, reserve
from actors.jobs.job import QUEUE_OF, Job, Limits, Priority, Stage
from actors.jobs.store import Store
from actors.settings import Settings
from actors.webhook_signing import new_secret
from explorer.egress.policy import EgressPolicy, Endpoint
from explorer.errors import AddressRefused
from explorer.types import Interact, Wishes
from video.style import CameraChoice, Format, Size, Style, StyleName

log = logging.getLogger(__name__)

#: Longest look at a name server; a name that does not resolve in time is left to the worker. With the limit
#: below, an answer is never later than 2.5 s.
RESOLVE_TIMEOUT_S = 0.4
#: All of accepting a job. `store.ACCEPT_WITHIN_MS` is shorter, so that no job is accepted after a 503.
ACCEPT_TIMEOUT_S = 2.0
#: Room comes when a film is fetched or expires.
ROOM_RETRY_S = 60


async def check_address(url: str, allow: frozenset[str]) -> None:
    """Raises explorer's AddressRefused when `url` leads to a private address that nobody listed."""
    await _check(EgressPolicy(allow), Endpoint.of(url))


async def check_callback(url: str, settings: Settings) -> None:
    """Raises explorer's AddressRefused when nothing may be sent to `url`: a private address, or ourselves."""
    endpoint = Endpoint.of(url)
    if settings.public_url and endpoint == Endpoint.of(settings.public_url):
        raise AddressRefused(f"{endpoint} is this API itself: it does not call itself.", "own_service")
    await _check(EgressPolicy(settings.allow_private_hosts, settings.own_services), endpoint)


async def _check(fence: EgressPolicy, endpoint: Endpoint) -> None:
    fence.check_literal(endpoint)
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            await fence.resolve(endpoint)
    except (OSError, UnicodeError) as exc:
        log.info("%s was not resolved at the door: %s", endpoint, exc)


async def submit(
    store: Store,
    url: str,
    limits: Limits,
    style: Style,
    camera: CameraChoice,
    allow_hosts: tuple[str, ...] = (),
    *,
    wishes: Wishes | None = None,
    storyboard: bool = False,
    priority: Priority = "default",
    callback: Callback | None = None,
    once: IdempotencyKey | None = None,
) -> Job:
    """Writes a new job and puts it into line, or answers the one that an equal request has made before.

    Raises StoreUnavailable when Redis did not answer in time, QueueFull, NoRoom when it has no memory
    left for a take, and KeyReused or KeyInFlight. Nothing is accepted then.
    """
    job = Job(
        id=uuid.uuid4().hex,
        url=url,
        limits=limits,
        style=style,
        camera=camera,
        allow_hosts=allow_hosts,
        wishes=wishes or Wishes(),
        storyboard=storyboard,
        priority=priority,
        callback=callback,
        once=once.record if once else None,
    )
    try:
        async with asyncio.timeout(ACCEPT_TIMEOUT_S):
            return await _once(store, job, once)
    except OutOfMemoryError as exc:
        raise _no_room() from exc
    except (RedisError, TimeoutError) as exc:
        raise StoreUnavailable("Redis did not answer. Nothing was accepted; try again later.") from exc


async def _once(store: Store, job: Job, once: IdempotencyKey | None) -> Job:
    made = await reserve(store, once, job.id) if once else None
    if made is not None:
        return await store.find(made)
    try:
        if not await has_capacity(store):
            raise _no_room()
        if not await store.create(job):
            raise StoreUnavailable("Redis answered too late. Nothing was accepted; try again later.")
    except PipelineError:
        if once:
            await release(store, once, job.id)
        raise
    return job


def _no_room() -> OutOfCapacity:
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
    """Who is called when the job has ended, with a secret of its own unless the operator's signs."""
    if url is None:
        return None
    secret = None if settings.webhook_secret else new_secret()
    return Callback(url, secret, settings.public_url or "", keyed=settings.api_token is not None)


def limits_of(
    settings: Settings,
    max_clicks: int | None = None,
    max_depth: int | None = None,
    max_runtime_s: int | None = None,
) -> Limits:
    """The operator's limits, with those a request names in their place."""
    return Limits(
        max_clicks=settings.max_clicks if max_clicks is None else max_clicks,
        max_depth=settings.max_depth if max_depth is None else max_depth,
        max_runtime_s=settings.max_runtime_s if max_runtime_s is None else max_runtime_s,
    )


def style_of(
    settings: Settings,
    style: StyleName | None = None,
    size: Size | None = None,
    fps: Literal[30, 60] | None = None,
    format: Format | None = None,
    captions: bool | None = None,
    zoom: bool | None = None,
    title_card: bool | None = None,
) -> Style:
    """The operator's film, with what a request names in its place; a studio film opens with a title card."""
    name = style or settings.film_style
    card = settings.film_title_card if title_card is None else title_card
    return Style(
        name=name,
        size=size or settings.film_size,
        fps=fps or settings.film_fps,
        format=format or settings.film_format,
        captions=settings.film_captions if captions is None else captions,
        zoom=settings.film_zoom if zoom is None else zoom,
        title_card=name == "studio" if card is None else card,
    )


def wishes_of(
    settings: Settings,
    goal: str = "",
    focus: Sequence[str] = (),
    avoid: Sequence[str] = (),
    domains: Sequence[str] = (),
    interact: Interact | None = None,
    scout: bool | None = None,
    allow_writes: bool = False,
    ignore_robots: bool = False,
    ignore_certificate_errors: bool = False,
) -> Wishes:
    """The operator's habits with what a request wishes on top. What is risky is no habit: it is asked for."""
    return Wishes(
        goal=goal,
        focus=tuple(focus),
        avoid=tuple(avoid),
        domains=tuple(domains),
        interact=interact or settings.interact,
        allow_writes=allow_writes,
        scout=settings.scout if scout is None else scout,
        ignore_robots=ignore_robots,
        ignore_certificate_errors=ignore_certificate_errors,
    )
