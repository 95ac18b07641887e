"""The record stage: explores on camera, and starts again with a new browser when the first one dies."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

from actors.stages.artifacts import store_film
from actors.stages.camera_session import CameraSession, CameraSetup, camera_session
from actors.stages.event_source import next_event
from actors.stages.film_checks import missing_fonts
from actors.stages.live_cut import LiveCut
from actors.stages.live_preview import live_preview
from actors.stages.reporting import RetryLog, report_failure
from actors.stages.reports import (
    FilmEncoded,
    FootageSize,
    PhaseStarted,
    Reporter,
    TakeRecorded,
    WriteSent,
    report_of,
)
from actors.stages.script_artifacts import store_pictures, store_screenshot
from actors.stages.spec import StageSpec
from actors.stages.storyboard import store_storyboard
from actors.stages.take_resources import brief_of, egress_proxy, planner_of, preloaded, scout_of
from actors.stages.timeline_builder import TimelineBuilder
from actors.stages.upload import FootageUpload, store_blob
from explorer.browser.chromium import find_chromium
from explorer.egress.proxy import EgressProxy
from explorer.engine.composition import build_explorer
from explorer.engine.executor import Explorer
from explorer.errors import BrowserCrashed
from explorer.guardrails.rules import Site
from explorer.lookahead.scout import Scout
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.planning.planner import usage_of
from explorer.retry_policy import LIMITS, Retry, RetryPolicy
from explorer.script.composition import build_player
from explorer.script.mask import PageMask, explore_masked
from explorer.script.player import Events, ScriptPlayer
from explorer.script.progress import ScriptInterrupted, ScriptStep, StepFailed
from explorer.script.redaction import Redactor
from explorer.state.refusals import Refusals
from explorer.trace import MAX_LOOKED_AT, LookedAt, Trace
from explorer.types import Metrics, Refusal, Step, TakeWarning
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.encoding.verify import FilmInfo
from video.errors import VideoError
from video.style import layout
from video.warnings import FilmWarning

log = logging.getLogger(__name__)

MAX_TIMELINE_BYTES = 32 << 20
#: Looks for what a film of this trace lacks; runs in a thread, when nothing is filmed any more.
Check = Callable[[Trace], Iterable[TakeWarning | FilmWarning]]
CHECKS: tuple[Check, ...] = (missing_fonts,)


async def record(spec: StageSpec, report: Reporter, redactor: Redactor) -> None:
    """Explores and films; stores footage and timeline, and the film if it is ready by then."""
    stage = RecordStage(spec, report, redactor)
    async with (
        preloaded(),
        egress_proxy(spec.exploration) as proxy,
        scout_of(stage.brief, spec, proxy) as scout,
    ):
        await stage.run(proxy, scout)


class RecordStage:
    """Films one job. A browser that dies costs the film so far, but neither proxy, scout nor LLM budget."""

    def __init__(
        self, spec: StageSpec, report: Reporter, redactor: Redactor, checks: Sequence[Check] = CHECKS
    ) -> None:
        film_layout = layout(spec.film.style)
        self._spec = spec
        self._report = report
        self._checks = checks
        self._scale = film_layout.canvas.scale
        self._redactor = redactor
        # What a page shows to one who has signed in, or masks, is not for a language model.
        self._planner = KeywordPlanner() if spec.is_private else planner_of(spec.llm)
        self._retries = RetryLog(report, spec.film.earlier_retries)
        self._refusals = Refusals()
        self._wrote = False
        self._fingerprints: dict[str, dict[str, Any]] = {}
        self._looked_at: dict[LookedAt, None] = {}
        self.brief = brief_of(spec.exploration, film_layout)

    async def run(self, proxy: EgressProxy, scout: Scout | None) -> None:
        """Ends with the report `TakeRecorded`. Reports and raises an error that a new browser cannot mend."""
        for attempt in range(1, LIMITS["browser"] + 1):
            try:
                return await self._attempt(proxy, scout, unless=(BrowserCrashed,))
            except BrowserCrashed as exc:
                self._check_repeatable(exc)
                log.warning("a new browser films from the start: %s", exc)
                self._retries.restart()
                self._retries.note(Retry(0.0, "browser", attempt, LIMITS["browser"], str(exc)))
                self._report(PhaseStarted("start"))
        return await self._attempt(proxy, scout)

    def _check_repeatable(self, cause: BrowserCrashed) -> None:
        """Reports and raises ScriptInterrupted for a script that must not be played again."""
        script = self._spec.exploration.script
        if self._wrote and not (script and script.is_repeatable):
            with report_failure(self._report):
                raise ScriptInterrupted(cause) from cause

    async def _attempt(
        self, proxy: EgressProxy, scout: Scout | None, unless: tuple[type[Exception], ...] = ()
    ) -> None:
        """Films with one browser. Footage, frames and film replace those of the attempt before."""
        spec = self._spec
        async with (
            aclosing(self._open_upload()) as upload,
            camera_session(self._camera_setup(proxy, upload)) as session,
            live_preview(spec.storage.redis_url, spec.job_id, upload.frames),
        ):
            # Reported before the browser is closed: the supervisor ends it faster, hung or not.
            with report_failure(self._report, unless):
                builder = TimelineBuilder(self.brief, upload.frames, self._scale, self._redactor)
                async with aclosing(self._open_live_cut(builder, upload)) as live_cut:
                    self._report(PhaseStarted("explore"))
                    trace = await self._explore(session, proxy, scout, upload, live_cut)
                    self._report(PhaseStarted("store"))
                    self._report(await self._store(trace, session, upload, builder, live_cut))

    def _open_upload(self) -> FootageUpload:
        spec, note = self._spec, self._retries.note_database
        return FootageUpload(spec.storage, Path(spec.work_dir), spec.limits.max_footage_bytes, note)

    def _camera_setup(self, proxy: EgressProxy, upload: FootageUpload) -> CameraSetup:
        spec = self._spec
        return CameraSetup(
            chromium=find_chromium(spec.tools.chromium),
            brief=self.brief,
            scale=self._scale,
            choice=spec.film.camera,
            fps=spec.film.style.fps,
            max_footage_bytes=spec.limits.max_footage_bytes,
            proxy_url=proxy.url,
            sink=upload.append,
        )

    def _open_live_cut(self, builder: TimelineBuilder, upload: FootageUpload) -> LiveCut:
        spec = self._spec
        ffmpeg = find_ffmpeg(spec.tools.ffmpeg)
        return LiveCut(builder, upload.frames, spec.film.style, ffmpeg, Path(spec.work_dir))

    async def _explore(
        self,
        session: CameraSession,
        proxy: EgressProxy,
        scout: Scout | None,
        upload: FootageUpload,
        live_cut: LiveCut,
    ) -> Trace:
        """Explores until the trace is complete; reports each event, and lets the live cut follow.

        Raises BrowserCrashed when the browser dies, and the errors of the blob store.
        """
        self._retries.now_ms = session.camera.now_ms
        site = Site.of(self.brief.url, self.brief.wishes.domains)
        await self._spec.exploration.sign_in.apply(session.browser, site, self.brief.url)
        explorer = self._explorer(session, proxy, scout)
        events = self._events(explorer)
        try:
            while True:
                event = await next_event(events, session.browser, upload)
                if isinstance(event, Trace):
                    self._refusals.new(event.refused)
                    return replace(event, refused=self._refusals.all())
                self._report_event(event)
                live_cut.follow(explorer.trace_so_far())
        except StepFailed as exc:
            await self._keep_screenshot(exc, session)
            raise
        finally:
            if isinstance(explorer, ScriptPlayer):
                self._fingerprints = explorer.fingerprints
            self._looked_at |= dict.fromkeys(explorer.trace_so_far().looked_at)

    def _events(self, explorer: Explorer | ScriptPlayer) -> Events:
        if isinstance(explorer, ScriptPlayer):
            return explorer.play()
        mask = PageMask(self._spec.exploration.mask, self._redactor)
        return explorer.explore() if mask.is_empty else explore_masked(explorer, mask)

    def _explorer(
        self, session: CameraSession, proxy: EgressProxy, scout: Scout | None
    ) -> Explorer | ScriptPlayer:
        """What the film is made by: the script's player, or the explorer alone."""
        asked, policy = self._spec.exploration, RetryPolicy(self._retries.note)
        parts = (self.brief, session.browser, session.camera, self._planner, proxy, scout, policy)
        if asked.script is None:
            return build_explorer(*parts)
        return build_player(
            asked.script.bound,
            *parts,
            secrets=asked.secrets,
            redactor=self._redactor,
            mask=asked.mask,
            on_write=self._note_write,
        )

    async def _keep_screenshot(self, exc: StepFailed, session: CameraSession) -> None:
        note = self._retries.note_database
        exc.keep(await store_screenshot(self._spec.storage, session.camera.picture(), note))

    def _note_write(self) -> None:
        if not self._wrote:
            self._wrote = True
            self._report(WriteSent())

    def _report_event(self, event: Metrics | Step | Refusal | ScriptStep) -> None:
        if isinstance(event, Refusal) and not self._refusals.add(event):
            return  # known from the browser before: a new exploration refuses the same things
        if isinstance(event, Metrics):
            usage = asdict(usage_of(self._planner))
            event = replace(event, **{f"llm_{name}": count for name, count in usage.items()})
        self._report(report_of(event))

    async def _store(
        self,
        trace: Trace,
        session: CameraSession,
        upload: FootageUpload,
        builder: TimelineBuilder,
        live_cut: LiveCut,
    ) -> TakeRecorded:
        """Stores footage and timeline first, which the film can be made from again, then the film."""
        storage, note = self._spec.storage, self._retries.note_database
        await session.camera.stop()
        await upload.finish()
        timeline = builder.timeline(trace, self._retries.all)
        await store_blob(storage, storage.timeline_key, MAX_TIMELINE_BYTES, lambda: [timeline.encode()], note)
        kept, lacking = await self._store_storyboard(trace, upload)
        pictures, lost = await store_pictures(storage, trace.pictures, note)
        film = await live_cut.finish(timeline, self._spec.limits.encode_limit_s)
        encoded = await self._store_early(film) if film else None
        warnings = [*trace.warnings, *await asyncio.to_thread(self._check, trace), *lacking, *lost]
        return TakeRecorded(
            stop_reason=trace.stop_reason,
            camera=session.report(self._spec.film.style.fps),
            footage=FootageSize(len(upload.frames.times_ms), upload.frames.size_bytes),
            refused=trace.refused,
            warnings=tuple(warnings),
            looked_at=tuple(islice(self._looked_at, MAX_LOOKED_AT)),
            film=encoded.film if encoded else None,
            extras=(*kept, *pictures, *(encoded.extras if encoded else ())),
            fingerprints=self._fingerprints,
        )

    async def _store_storyboard(
        self, trace: Trace, upload: FootageUpload
    ) -> tuple[list[str], list[FilmWarning]]:
        note, wanted = self._retries.note_database, self._spec.film.storyboard
        return (
            await store_storyboard(self._spec.storage, trace, upload.frames, note, self._redactor)
            if wanted
            else ([], [])
        )

    async def _store_early(self, film: FilmInfo) -> FilmEncoded | None:
        """Stores the film of the live cut; None when that fails: the next stage makes another one."""
        work_dir = Path(self._spec.work_dir)
        try:
            return await store_film(self._spec.storage, work_dir, film, self._retries.note_database)
        except VideoError as exc:
            log.warning("the film is made again in the next stage: %s", exc)
            return None

    def _check(self, trace: Trace) -> list[TakeWarning | FilmWarning]:
        return [warning for check in self._checks for warning in check(trace)]
