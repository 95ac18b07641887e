"""The child of one stage: reads its order from stdin, does the work, and reports in lines of JSON.

Run by the supervisor as `python -m actors.take`. It holds the browser or the encoder, and nobody else does.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from actors.job import Stage
from actors.order import Order
from actors.store import connect
from explorer.browser import Stage as BrowserStage
from explorer.browser import find_chromium, open_stage
from explorer.errors import ExplorerError
from explorer.executor import Event, Explorer
from explorer.fence import Fence
from explorer.planner import choose_planner
from explorer.proxy import EgressProxy
from explorer.types import Brief, Metrics, Refusal, Step, Story
from video.camera import RealtimeCamera
from video.encoder import FILM_FILE
from video.errors import VideoError
from video.ffmpeg_binary import find_ffmpeg
from video.film import make_film
from video.footage import FootageWriter, Frame, read_frames
from video.probe import probe
from video.timeline import Refused, Sample, Timeline, Visit
from video.timeline import Step as TimelineStep
from video.vault import BlobWriter, read_blob

log = logging.getLogger(__name__)

Tell = Callable[[dict[str, Any]], None]

#: Twice what a 256 MB footage would give: far beyond any film, but not without end.
MAX_FILM_BYTES = 512 << 20
MAX_TIMELINE_BYTES = 32 << 20
#: How long uploads go on trying while Redis is away.
REDIS_PATIENCE_S = 60.0
FILM_PIECE_BYTES = 256 * 1024


async def record(order: Order, tell: Tell) -> dict[str, Any]:
    """Explores and films; leaves footage and timeline in the vault."""
    brief = Brief(
        url=order.url,
        max_clicks=order.limits.max_clicks,
        max_depth=order.limits.max_depth,
        max_runtime_s=order.limits.max_runtime_s,
        allow_private_hosts=frozenset(order.allow_hosts),
    )
    planner = choose_planner(order.openai_api_key, order.openai_model, order.openai_base_url)
    async with (
        EgressProxy(Fence(brief.allow_private_hosts)) as proxy,
        open_stage(brief, find_chromium(order.chromium_path), proxy.url) as stage,
        aclosing(Uplink(order)) as uplink,
    ):
        camera = RealtimeCamera(
            stage.page,
            uplink.take,
            width_px=brief.width_px,
            height_px=brief.height_px,
            max_bytes=order.max_footage_bytes,
        )
        await camera.start()
        explorer = Explorer(brief, stage, camera, planner, proxy.refused)
        story = await watch(explorer.explore(), stage, uplink, tell)
        await camera.stop()
        await uplink.finish()
    timeline = make_timeline(brief, story)
    await store(order, order.timeline_key, MAX_TIMELINE_BYTES, [timeline.encode()])
    return {"stop_reason": story.stop_reason, "refused": [asdict(refusal) for refusal in story.refused]}


async def encode(order: Order, tell: Tell) -> dict[str, Any]:
    """Cuts the film from footage and timeline and puts it into the vault."""
    folder, ffmpeg = Path(order.folder), find_ffmpeg(order.ffmpeg_path)
    redis = connect(order.redis_url)
    try:
        pieces = [piece async for piece in read_blob(redis, order.timeline_key, give_up_s=REDIS_PATIENCE_S)]
        timeline = Timeline.decode(b"".join(pieces))
        frames = read_frames(read_blob(redis, order.footage_key, give_up_s=REDIS_PATIENCE_S))
        film = make_film(frames, timeline, folder, ffmpeg, limit_s=order.encode_limit_s)
        async with aclosing(film) as parts:
            async for part in parts:
                tell({"kind": "progress", "part": part})
    finally:
        await redis.aclose()
    path = folder / FILM_FILE
    await store(order, order.film_key, MAX_FILM_BYTES, read_file(path))
    return {"film": asdict(await probe(ffmpeg, path))}


STAGES: dict[Stage, Callable[[Order, Tell], Awaitable[dict[str, Any]]]] = {
    Stage.EXPLORING: record,
    Stage.ENCODING: encode,
}


class Uplink:
    """Sends frames to the vault while the take goes on; `sending` ends early only if that fails."""

    def __init__(self, order: Order) -> None:
        self._redis = connect(order.redis_url)
        # The cap is the camera's; framing adds 12 bytes a picture.
        self._writer = BlobWriter(
            self._redis,
            order.footage_key,
            ttl_s=order.ttl_s,
            max_bytes=2 * order.max_footage_bytes,
            give_up_s=REDIS_PATIENCE_S,
        )
        self._footage = FootageWriter()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sending = asyncio.create_task(self._send())

    def take(self, frame: Frame) -> None:
        """A camera's sink."""
        self._queue.put_nowait(self._footage.frame(frame))

    async def finish(self) -> None:
        """Returns when all is stored. Raises the vault's errors."""
        self._queue.put_nowait(None)
        await self.sending

    async def aclose(self) -> None:
        self.sending.cancel()
        await asyncio.gather(self.sending, return_exceptions=True)
        await self._redis.aclose()

    async def _send(self) -> None:
        await self._writer.write(self._footage.header())
        while (piece := await self._queue.get()) is not None:
            await self._writer.write(piece)
        await self._writer.write(self._footage.end())
        await self._writer.close()


async def watch(
    events: AsyncGenerator[Event, None], stage: BrowserStage, uplink: Uplink, tell: Tell
) -> Story:
    """Passes on what happens until the story is complete.

    Raises BrowserCrashed when the browser dies, and the vault's errors when it takes no more.
    """
    while True:
        upcoming = asyncio.create_task(events.__anext__())
        ends: set[asyncio.Future[Any]] = {upcoming, stage.lost, uplink.sending}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not upcoming.done():
            upcoming.cancel()
            stage.check()
            await uplink.sending
        event = upcoming.result()
        if isinstance(event, Story):
            return event
        tell(TELL[type(event)](event))


#: What a supervisor is told of each kind of event.
TELL: dict[type, Callable[[Any], dict[str, Any]]] = {
    Metrics: lambda event: {"kind": "metrics", "metrics": asdict(event)},
    Step: lambda event: {"kind": "step", "step": asdict(event)},
    Refusal: lambda event: {"kind": "refused", "refused": asdict(event)},
}


def make_timeline(brief: Brief, story: Story) -> Timeline:
    """The explorer's story in the words of the film."""
    first = story.visits[0] if story.visits else None
    return Timeline(
        width_px=brief.width_px,
        height_px=brief.height_px,
        start_ms=story.start_ms,
        end_ms=story.end_ms,
        title=first.title if first else brief.url,
        url=first.url if first else brief.url,
        steps=tuple(
            TimelineStep(
                start_ms=step.start_ms,
                click_ms=step.click_ms,
                end_ms=step.end_ms,
                label=step.label,
                action=step.plan.action,
                page_url=step.page_url,
                x=step.point.x,
                y=step.point.y,
            )
            for step in story.steps
        ),
        pointer=tuple(Sample(sample.at_ms, sample.x, sample.y) for sample in story.pointer),
        visits=tuple(Visit(visit.at_ms, visit.url, visit.title) for visit in story.visits),
        refused=tuple(Refused(refusal.rule, refusal.what) for refusal in story.refused),
    )


async def store(order: Order, key: str, max_bytes: int, pieces: Any) -> None:
    redis = connect(order.redis_url)
    try:
        writer = BlobWriter(redis, key, ttl_s=order.ttl_s, max_bytes=max_bytes, give_up_s=REDIS_PATIENCE_S)
        for piece in pieces:
            await writer.write(piece)
        await writer.close()
    finally:
        await redis.aclose()


def read_file(path: Path) -> Any:
    with path.open("rb") as file:
        while piece := file.read(FILM_PIECE_BYTES):
            yield piece


def main() -> None:
    """Obeys one order; the last line on stdout is the result, whatever happened."""
    # Reports go to the real stdout; anything else that prints is sent to stderr.
    with os.fdopen(os.dup(1), "w", buffering=1) as out:
        os.dup2(2, 1)
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")

        def tell(report: dict[str, Any]) -> None:
            out.write(json.dumps(report) + "\n")

        order = Order.decode(sys.stdin.readline())
        try:
            result = asyncio.run(_obey(order, tell))
        except (ExplorerError, VideoError) as exc:
            log.warning("%s", exc, exc_info=exc.__cause__)
            tell({"kind": "failed", "code": exc.code, "error": str(exc)})
        else:
            tell({"kind": "done", **result})


async def _obey(order: Order, tell: Tell) -> dict[str, Any]:
    return await STAGES[order.stage](order, tell)


if __name__ == "__main__":
    main()
