"""The stage that films: explores on camera, once more with a new browser if the first one dies."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError

from actors.stages.artifacts import UNMADE, deliver_early
from actors.stages.camera_session import CameraSession, camera_session
from actors.stages.film_checks import fonts_missing
from actors.stages.live_cut import LiveCut
from actors.stages.live_preview import live_preview
from actors.stages.reports import Reporter, RetryLog, report_failure
from actors.stages.spec import StageSpec
from actors.stages.storyboard import keep_storyboard
from actors.stages.timeline_builder import TELL, TimelineBuilder
from actors.stages.upload import FootageUpload, store
from explorer.browser.chromium import find_chromium
from explorer.browser.session import BrowserSession
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.engine.executor import Event, Explorer
from explorer.errors import BrowserCrashed
from explorer.languages import detection, vocabulary
from explorer.lookahead.scout import Scout
from explorer.lookahead.scout_browser import open_scout
from explorer.planning.llm_budget import Budget
from explorer.planning.planner import choose_planner, usage_of
from explorer.protocols import Planner
from explorer.retry_policy import LIMITS, Retry, RetryPolicy
from explorer.state.refusals import Refusals
from explorer.trace import MAX_LOOKED_AT, LookedAt, Trace
from explorer.types import Brief, Refusal, TakeWarning
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.style import layout as video_layout
from video.warnings import FilmWarning

log = logging.getLogger(__name__)

MAX_TIMELINE_BYTES = 32 << 20
#: An error of the browser comes before the news of its death, by up to what its pulse takes to be missed.
VERDICT_S = 4.0
UNWIND_S = 5.0

#: Looks for what a film of this story comes without; runs in a thread, when nothing is filmed any more.
Check = Callable[[Trace], Iterable[TakeWarning | FilmWarning]]
CHECKS: tuple[Check, ...] = (fonts_missing,)


async def record(order: StageSpec, tell: Reporter) -> None:
    """Explores and films; leaves footage and timeline in the vault, and the film if it is done by then."""
    recording = RecordStage(order, tell)
    async with (
        _loading_words(),
        EgressProxy(
            EgressPolicy(frozenset(order.allow_hosts), frozenset(order.own_services)),
            allow_writes=order.wishes.allow_writes,
        ) as proxy,
        open_scout(recording.brief, find_chromium(order.chromium_path), proxy.url) as scout,
    ):
        await recording.run(proxy, scout)


@asynccontextmanager
async def _loading_words() -> AsyncIterator[None]:
    """Word lists and language model become ready while the browsers start."""
    loading = [asyncio.create_task(asyncio.to_thread(load)) for load in (vocabulary.load, detection.load)]
    try:
        yield
    finally:
        await asyncio.gather(*loading)


class RecordStage:
    """One order to film. A browser that dies costs the film so far, but neither proxy, scout nor budget."""

    def __init__(self, order: StageSpec, tell: Reporter, checks: Sequence[Check] = CHECKS) -> None:
        layout = video_layout(order.style)
        self._order = order
        self._scale = layout.canvas.scale
        self._planner = _planner(order)
        self._tell = _counting(self._planner, tell)
        self._retries = RetryLog(tell, [Retry(**retry) for retry in order.earlier_retries])
        self._checks = checks
        self._refusals = Refusals()
        #: Off camera, for the film of whichever browser.
        self._looked_at: dict[LookedAt, None] = {}
        self.brief = Brief(
            url=order.url,
            max_clicks=order.limits.max_clicks,
            max_depth=order.limits.max_depth,
            max_runtime_s=order.limits.max_runtime_s,
            width_px=layout.viewport_width_px,
            height_px=layout.viewport_height_px,
            allow_private_hosts=frozenset(order.allow_hosts),
            wishes=order.wishes,
        )

    async def run(self, proxy: EgressProxy, scout: Scout | None) -> None:
        """Ends with the report `done`. Raises what cannot be helped, after its last word."""
        for attempt in range(1, LIMITS["browser"] + 1):
            try:
                return await self._attempt(proxy, scout, unless=(BrowserCrashed,))
            except BrowserCrashed as exc:
                log.warning("another browser films from the start: %s", exc)
                self._retries.begin_anew()
                self._retries.note(Retry(0.0, "browser", attempt, LIMITS["browser"], str(exc)))
                self._tell({"kind": "phase", "phase": "start"})
        return await self._attempt(proxy, scout)

    async def _attempt(
        self, proxy: EgressProxy, scout: Scout | None, unless: tuple[type[Exception], ...] = ()
    ) -> None:
        order, retries = self._order, self._retries
        # Footage, reel and film lie where those of the attempt before did, and replace them.
        async with (
            aclosing(FootageUpload(order, retries.database)) as uplink,
            camera_session(order, self.brief, self._scale, proxy.url, uplink.take) as on,
            live_preview(order, uplink.reel),
        ):
            # The last word is said before the browser is closed: the supervisor ends it faster, hung or not.
            with report_failure(self._tell, unless):
                retries.now_ms = on.camera.now_ms
                narrator = TimelineBuilder(self.brief, uplink.reel, self._scale)
                ffmpeg = find_ffmpeg(order.ffmpeg_path)
                rough = LiveCut(narrator, uplink.reel, order.style, ffmpeg, Path(order.folder))
                async with aclosing(rough):
                    self._tell({"kind": "phase", "phase": "explore"})
                    explorer = Explorer(
                        self.brief,
                        on.stage,
                        on.camera,
                        self._planner,
                        proxy,
                        scout,
                        RetryPolicy(retries.note),
                    )
                    story = await self._watch(explorer, on.stage, uplink, rough)
                    self._tell({"kind": "phase", "phase": "store"})
                    self._tell(await self._keep(story, on, uplink, narrator, rough))

    async def _watch(
        self, explorer: Explorer, stage: BrowserSession, uplink: FootageUpload, rough: LiveCut
    ) -> Trace:
        """Passes on what happens until the story is complete, and lets the film follow.

        Raises BrowserCrashed when the browser dies, and the vault's errors when it takes no more.
        """
        events = explorer.explore()
        try:
            while True:
                event = await _next(events, stage, uplink)
                if isinstance(event, Trace):
                    self._refusals.new(event.refused)
                    return replace(event, refused=self._refusals.all())
                # An exploration that begins anew turns down the same things.
                if not isinstance(event, Refusal) or self._refusals.add(event):
                    self._tell(TELL[type(event)](event))
                rough.follow(explorer.trace_so_far())
        finally:
            self._looked_at |= dict.fromkeys(explorer.trace_so_far().looked_at)

    async def _keep(
        self,
        story: Trace,
        on: CameraSession,
        uplink: FootageUpload,
        narrator: TimelineBuilder,
        rough: LiveCut,
    ) -> dict[str, Any]:
        """Stores first what another film could be made from, then the film; answers the last report."""
        order, note = self._order, self._retries.database
        await on.camera.stop()
        await uplink.finish()
        timeline = narrator.timeline(story, self._retries.all)
        await store(order, order.timeline_key, MAX_TIMELINE_BYTES, lambda: [timeline.encode()], note)
        kept, lacking = await keep_storyboard(order, story, uplink.reel, note)
        film = await rough.finish(timeline, order.encode_limit_s)
        done = await deliver_early(order, film, note) if film else UNMADE
        warnings = [*story.warnings, *await asyncio.to_thread(self._check, story), *lacking]
        take = {
            "stop_reason": story.stop_reason,
            "refused": [asdict(refusal) for refusal in story.refused],
            "camera": on.report(order.style.fps),
            "extras": [*kept, *done["extras"]],
            "warnings": [asdict(warning) for warning in warnings],
            "looked_at": [asdict(one) for one in islice(self._looked_at, MAX_LOOKED_AT)],
            "footage": {"frames": len(uplink.reel.times_ms), "size_bytes": uplink.reel.size_bytes},
        }
        return {"kind": "done", **done, **take}

    def _check(self, story: Trace) -> list[TakeWarning | FilmWarning]:
        return [warning for check in self._checks for warning in check(story)]


async def _next(events: AsyncGenerator[Event, None], stage: BrowserSession, uplink: FootageUpload) -> Event:
    """What the explorer tells next, unless browser or vault are gone before."""
    upcoming = asyncio.create_task(anext(events))
    ends: set[asyncio.Future[Any]] = {upcoming, stage.lost, uplink.sending}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not upcoming.done():
            stage.check()
            await uplink.sending
        return await upcoming
    except PlaywrightError:
        await asyncio.wait({stage.lost}, timeout=VERDICT_S)
        stage.check()
        raise
    finally:
        if not upcoming.done():
            upcoming.cancel()
            await asyncio.wait({upcoming}, timeout=UNWIND_S)


def _planner(order: StageSpec) -> Planner:
    return choose_planner(
        order.openai_api_key,
        order.openai_model,
        order.openai_base_url,
        vision=order.openai_vision,
        budget=Budget(order.llm_max_calls, order.llm_max_tokens),
    )


def _counting(planner: Planner, tell: Reporter) -> Reporter:
    """Tells the same, and with the metrics what planning has cost so far."""

    def told(report: dict[str, Any]) -> None:
        if report["kind"] == "metrics":
            cost = {f"llm_{name}": count for name, count in asdict(usage_of(planner)).items()}
            report = {**report, "metrics": {**report["metrics"], **cost}}
        tell(report)

    return told
