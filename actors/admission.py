"""Lets a request in: checks where it points to, writes the job, and tells the workers."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from typing import Literal

from redis.exceptions import RedisError

from actors.broker import SendTicket
from actors.errors import StoreUnavailable
from actors.job import QUEUE_OF, CameraWish, Job, Limits, Stage
from actors.settings import Settings
from actors.store import Store
from explorer.fence import Endpoint, Fence
from explorer.types import Interact, Wishes
from video.style import Format, Size, Style, StyleName

log = logging.getLogger(__name__)

#: Longest look at a name server; a name that does not resolve in time is left to the worker. With the limit
#: below, an answer is never later than 2.5 s.
RESOLVE_TIMEOUT_S = 0.4
#: All of accepting a job. `store.ACCEPT_WITHIN_MS` is shorter, so that no job is accepted after a 503.
ACCEPT_TIMEOUT_S = 2.0


async def check_address(url: str, allow: frozenset[str]) -> None:
    """Raises explorer's AddressRefused when `url` leads to a private address that nobody listed."""
    fence, endpoint = Fence(allow), Endpoint.of(url)
    fence.check_literal(endpoint)
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            await fence.resolve(endpoint)
    except (OSError, UnicodeError) as exc:
        log.info("%s was not resolved at the door: %s", endpoint, exc)


async def accept(
    store: Store,
    url: str,
    limits: Limits,
    style: Style,
    camera: CameraWish,
    allow_hosts: tuple[str, ...] = (),
    *,
    wishes: Wishes | None = None,
    storyboard: bool = False,
) -> Job:
    """Writes a new job and puts it into line. Raises StoreUnavailable when Redis did not answer in time."""
    job = Job(
        id=uuid.uuid4().hex,
        url=url,
        limits=limits,
        style=style,
        camera=camera,
        allow_hosts=allow_hosts,
        wishes=wishes or Wishes(),
        storyboard=storyboard,
    )
    try:
        async with asyncio.timeout(ACCEPT_TIMEOUT_S):
            accepted = await store.create(job)
    except (RedisError, TimeoutError) as exc:
        raise StoreUnavailable("Redis did not answer. Nothing was accepted; try again later.") from exc
    if not accepted:
        raise StoreUnavailable("Redis answered too late. Nothing was accepted; try again later.")
    return job


async def announce(send: SendTicket, job_id: str) -> None:
    """Sends the first ticket. A failure is harmless: the watchdog sends it again."""
    try:
        await asyncio.to_thread(send, QUEUE_OF[Stage.QUEUED], job_id)
    except RedisError as exc:
        log.warning("the ticket of job %s was not sent, the watchdog will: %s", job_id, exc)


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
    )
