"""The child of one stage: reads its order from stdin, does the work, and reports in lines of JSON.

Run by the supervisor as `python -m actors.take`. It holds the browser or the encoder, and nobody else does.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from actors.filming import filming
from actors.job import Stage
from actors.narration import TELL, Narrator
from actors.order import Order
from actors.rough_cut import RoughCut
from actors.store import connect
from actors.storyboard import keep_storyboard
from actors.uplink import REDIS_PATIENCE_S, Uplink, read_file, store, store_extras
from explorer.browser import Stage as BrowserStage
from explorer.browser import find_chromium
from explorer.budget import Budget
from explorer.errors import ExplorerError
from explorer.executor import Explorer
from explorer.fence import Fence
from explorer.planner import choose_planner, usage_of
from explorer.proxy import EgressProxy
from explorer.scout import open_scout
from explorer.story import Story
from explorer.types import Brief, Planner
from video.encoder import FILM_FILES
from video.errors import VideoError
from video.ffmpeg_binary import find_ffmpeg
from video.film import make_film
from video.footage import read_frames
from video.probe import Film
from video.style import layout as video_layout
from video.timeline import Timeline
from video.vault import read_blob

log = logging.getLogger(__name__)

Tell = Callable[[dict[str, Any]], None]

#: Twice what a 256 MB footage would give: far beyond any film, but not without end.
MAX_FILM_BYTES = 512 << 20
MAX_TIMELINE_BYTES = 32 << 20
#: The thread that paints gives way to the one that films ten times sooner than by default.
SWITCH_S = 0.0005
#: What is told when the film is left to the next stage.
UNMADE: dict[str, Any] = {"film": None, "warnings": [], "extras": []}


async def record(order: Order, tell: Tell) -> None:
    """Explores and films; leaves footage and timeline in the vault, and the film if it is done by then."""
    layout, folder = video_layout(order.style), Path(order.folder)
    scale = layout.canvas.scale
    brief = Brief(
        url=order.url,
        max_clicks=order.limits.max_clicks,
        max_depth=order.limits.max_depth,
        max_runtime_s=order.limits.max_runtime_s,
        width_px=layout.viewport_width_px,
        height_px=layout.viewport_height_px,
        allow_private_hosts=frozenset(order.allow_hosts),
        wishes=order.wishes,
    )
    planner = choose_planner(
        order.openai_api_key,
        order.openai_model,
        order.openai_base_url,
        vision=order.openai_vision,
        budget=Budget(order.llm_max_calls, order.llm_max_tokens),
    )
    async with (
        EgressProxy(Fence(brief.allow_private_hosts), allow_writes=brief.wishes.allow_writes) as proxy,
        aclosing(Uplink(order)) as uplink,
        open_scout(brief, find_chromium(order.chromium_path), proxy.url) as scout,
        filming(order, brief, scale, proxy.url, uplink.take) as on,
    ):
        # The last word is said before the browser is closed: the supervisor ends it faster, hung or not.
        with last_words(tell):
            narrator = Narrator(brief, uplink.reel, scale)
            ffmpeg = find_ffmpeg(order.ffmpeg_path)
            async with aclosing(RoughCut(narrator, uplink.reel, order.style, ffmpeg, folder)) as rough:
                tell({"kind": "phase", "phase": "explore"})
                explorer = Explorer(brief, on.stage, on.camera, planner, proxy, scout)
                story = await watch(explorer, on.stage, uplink, rough, _counting(planner, tell))
                tell({"kind": "phase", "phase": "store"})
                await on.camera.stop()
                timeline = narrator.timeline(story)
                # First what another film could be made from, then the film.
                await uplink.finish()
                await store(order, order.timeline_key, MAX_TIMELINE_BYTES, [timeline.encode()])
                kept, lacking = await keep_storyboard(order, story, uplink.reel)
                film = await rough.finish(timeline, order.encode_limit_s)
                done = await deliver_early(order, film) if film else UNMADE
            refused = [asdict(refusal) for refusal in story.refused]
            take = {
                "stop_reason": story.stop_reason,
                "refused": refused,
                "camera": on.report(order.style.fps),
                "extras": [*kept, *done["extras"]],
                "warnings": [*lacking, *done["warnings"]],
            }
            tell({"kind": "done", **done, **take})


async def encode(order: Order, tell: Tell) -> None:
    """Cuts the film from footage and timeline and puts it into the vault."""
    folder, ffmpeg = Path(order.folder), find_ffmpeg(order.ffmpeg_path)
    redis = connect(order.redis_url)
    try:
        pieces = [piece async for piece in read_blob(redis, order.timeline_key, give_up_s=REDIS_PATIENCE_S)]
        timeline = Timeline.decode(b"".join(pieces))
        frames = read_frames(read_blob(redis, order.footage_key, give_up_s=REDIS_PATIENCE_S))
        making = make_film(frames, timeline, folder, ffmpeg, order.style, limit_s=order.encode_limit_s)
        async with aclosing(making) as parts:
            async for part in parts:
                if isinstance(part, Film):
                    tell({"kind": "done", **await deliver(order, part)})
                else:
                    tell({"kind": "progress", "part": part})
    finally:
        await redis.aclose()


async def deliver(order: Order, film: Film) -> dict[str, Any]:
    """Stores the film that lies in the folder, and what goes beside it; answers what is told of them."""
    folder = Path(order.folder)
    await store(order, order.film_key, MAX_FILM_BYTES, read_file(folder / FILM_FILES[order.style.format]))
    extras = await store_extras(order, folder)
    return {"film": asdict(film), "warnings": film.warnings, "extras": extras}


async def deliver_early(order: Order, film: Film) -> dict[str, Any]:
    """Stores a film that can still be made anew when that fails."""
    try:
        return await deliver(order, film)
    except VideoError as exc:
        log.warning("the film is made again in the next stage: %s", exc)
        return UNMADE


STAGES: dict[Stage, Callable[[Order, Tell], Coroutine[None, None, None]]] = {
    Stage.EXPLORING: record,
    Stage.ENCODING: encode,
}


#: Errors that are reported, not raised; anything else is a bug and ends the child with its traceback.
TOLD = (ExplorerError, VideoError)


@contextmanager
def last_words(tell: Tell) -> Iterator[None]:
    """Reports a failure on its way out; of several reports only the first is heard."""
    try:
        yield
    except TOLD as exc:
        log.warning("%s", exc, exc_info=exc.__cause__)
        tell({"kind": "failed", "code": exc.code, "error": str(exc)})
        raise


async def watch(
    explorer: Explorer, stage: BrowserStage, uplink: Uplink, rough: RoughCut, tell: Tell
) -> Story:
    """Passes on what happens until the story is complete, and lets the film follow.

    Raises BrowserCrashed when the browser dies, and the vault's errors when it takes no more.
    """
    events = explorer.explore()
    while True:
        upcoming = asyncio.create_task(anext(events))
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
        rough.follow(explorer.story_so_far())


def _counting(planner: Planner, tell: Tell) -> Tell:
    """Tells the same, and with the metrics what planning has cost so far."""

    def told(report: dict[str, Any]) -> None:
        if report["kind"] == "metrics":
            cost = {f"llm_{name}": count for name, count in asdict(usage_of(planner)).items()}
            report = {**report, "metrics": {**report["metrics"], **cost}}
        tell(report)

    return told


def main() -> None:
    """Obeys one order; the last line on stdout is the result, whatever happened."""
    # Reports go to the real stdout; anything else that prints is sent to stderr.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")

        def tell(report: dict[str, Any]) -> None:
            # Half a surrogate pair, which a page may well contain, cannot be written down.
            line = json.dumps(report, ensure_ascii=False).encode("utf-8", "replace")
            out.write(line + b"\n")
            out.flush()

        sys.setswitchinterval(SWITCH_S)
        order = Order.decode(sys.stdin.readline())
        with suppress(*TOLD), last_words(tell):
            asyncio.run(STAGES[order.stage](order, tell))


if __name__ == "__main__":
    main()
