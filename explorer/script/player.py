"""Plays a script on camera, step by step: the outer loop, of which exploring is one step."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame

from explorer.deadlines import DeadlineReached
from explorer.engine.composition import Composition
from explorer.engine.executor import Event as ExplorerEvent
from explorer.errors import ExplorerError, PageUnresponsive
from explorer.script.clock import DirectedClock
from explorer.script.directions import Directions
from explorer.script.hand import Hand
from explorer.script.mask import PageMask
from explorer.script.model import Explore, Step
from explorer.script.progress import (
    FailedStep,
    ScriptStep,
    StepError,
    StepFailed,
    told_heal,
    waiting,
    warnings_of,
)
from explorer.script.variables import BoundScript
from explorer.text import clip, title_of
from explorer.trace import Trace, Visit, Wait
from explorer.types import Metrics, State, StopReason
from explorer.urls import page_key

Event = ExplorerEvent | ScriptStep
Events = AsyncGenerator[Event, None]

#: A step may take so long where it does not say, in seconds of film time.
TIMEOUT_S = 10.0
#: A step that fails is tried again so often, and once with twice the time.
MAX_RETRIES = 2
RETRY_PAUSE_MS = 400.0
#: How long a page that a step has opened is shown before the next step.
ARRIVE_MS = 900.0
#: Rules that yield to what an author's literal words name: they guess by words what he knows.
YIELDING = frozenset({"blacklist", "auth", "field", "language", "theme"})


@dataclass(kw_only=True)
class ScriptPlayer:
    """One playing of a script in the browser of `parts`; iterate `play` once."""

    bound: BoundScript
    parts: Composition
    clock: DirectedClock
    hand: Hand
    directions: Directions
    #: The values that stand in for their names when a field is filled.
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)
    mask: PageMask
    #: Makes the parts of an exploration that goes on from the page on screen.
    exploring: Callable[[Explore], Composition]
    log: list[ScriptStep] = field(init=False, default_factory=list)
    #: What the targets of its steps were like, by path and by the words that name them.
    fingerprints: dict[str, dict[str, Any]] = field(init=False, default_factory=dict)
    _metrics: Metrics = field(init=False, default=Metrics())
    _stop: StopReason = field(init=False, default="script_ended")
    _navigations: int = field(init=False, default=0)

    async def play(self) -> Events:
        """Yields metrics, steps, refusals and each change of a script step as it happens, a Trace at the end.

        Raises StepFailed for a step that ends the script, and what an exploration raises for a start page.
        """
        steps = list(self.bound.script.all_steps())
        self.log = list(map(waiting, range(1, len(steps) + 1), *zip(*steps, strict=True)))
        yield self._enter("navigating")
        self.hand.memory.on_heal = lambda: self._trust(author=False)
        self._trust(author="url" not in self.bound.given)
        has_before = bool(self.bound.script.before)
        self.clock.switch(off=has_before)
        await self.mask.apply(self.parts.page.context)
        await self.parts.start_page.open()
        self.parts.page.on("framenavigated", self._note_navigation)
        if not has_before:
            await self._note_page()
        for index, (path, step) in enumerate(steps):
            if has_before and path == "steps[0]":
                await self._begin_film()
            if index == 0 and not self.bound.script.url:
                yield self._changed(0, state="done", did=f"opened {clip(step.args)}")
                continue
            try:
                async for event in self._play(index, path, step):
                    with suppress(PageUnresponsive):  # the next step says so
                        await self.parts.deadlines.do(self.mask.note(self.parts.page))
                    yield event
                self._check_limits()
            except DeadlineReached:
                self._stop = "runtime"
                yield self._changed(index, state="skipped", did="the time was up")
            if self._stop != "script_ended":
                break
        yield self._enter("complete")
        yield self._trace()

    def trace_so_far(self) -> Trace:
        """What the final trace will hold in any case, up to a moment between steps."""
        return self.parts.recorder.trace_so_far()

    async def _begin_film(self) -> None:
        """Ends what is off camera before the film, of which it shows nothing."""
        recorder = self.parts.recorder
        recorder.steps.clear()
        self.clock.switch(off=False)
        await self.clock.hold(RETRY_PAUSE_MS)
        recorder.begin_film()
        await self._note_page()

    async def _play(self, index: int, path: str, step: Step) -> Events:
        """Plays one step with its retries. Raises StepFailed."""
        self._trust(author=path not in self.bound.given)
        self.hand.on_camera = not (step.off_camera or path.startswith("before"))
        yield self._changed(index, state="running", started_ms=self.clock.now_ms())
        if isinstance(step, Explore):
            async for event in self._explore(step):
                yield event
            yield self._changed(index, state="done", did=f"explored: {self._metrics.clicks} clicks so far")
            return
        # With a variable in its target, it is another element for each value.
        self.hand.memory.begin({} if path in self.bound.given else step.fingerprints)
        timeout_s = step.timeout or TIMEOUT_S
        for attempt in range(MAX_RETRIES + 1):
            try:
                async for event in self._attempt(index, path, step, timeout_s):
                    yield event
                return
            except (StepError, PageUnresponsive, PlaywrightError) as exc:
                reason = await self._reason(exc)
                may_retry = not isinstance(exc, StepError) or exc.retryable
                if not may_retry or attempt == MAX_RETRIES or self._stop != "script_ended":
                    yield await self._give_up(index, step, reason)
                    return
                timeout_s *= 2
                yield self._changed(index, state="retried", did=reason, retries=attempt + 1)
                await self.clock.hold(RETRY_PAUSE_MS)

    async def _attempt(self, index: int, path: str, step: Step, timeout_s: float) -> Events:
        parts, began_ms, before = self.parts, self.clock.now_ms(), len(self.parts.recorder.steps)
        navigations = self._navigations
        is_cut = step.off_camera and not path.startswith("before")
        self.clock.switch(off=not self.hand.on_camera)
        try:
            did = await self.directions.make(step, timeout_s, self.secrets)
            if step.navigates:
                await self._await_navigation(navigations, timeout_s)
            self._check_scope()
        finally:
            self.clock.switch(off=path.startswith("before"))
        if is_cut:
            parts.recorder.cuts.append(Wait(began_ms, self.clock.now_ms()))
        for taken in parts.recorder.steps[before:]:
            self._metrics = replace(self._metrics, clicks=self._metrics.clicks + 1)
            yield taken
        for refusal in parts.refusals.collect():
            yield refusal
        parts.recorder.confirm()
        if self.hand.on_camera:
            await self._note_page()
        if path not in self.bound.given and (found := self.hand.memory.rows()):
            self.fingerprints[path] = found
        heal = told_heal(self.hand.memory.heals)
        yield self._changed(index, state="healed" if heal else "done", did=did, healed=heal)
        yield self._enter("executing")

    async def _explore(self, step: Explore) -> Events:
        """Lets the explorer go on from here, by all of its rules."""
        self._trust(author=False)
        parts = self.exploring(step)
        explorer = parts.explorer
        clicks = self._metrics.clicks
        async for event in explorer.go_on():
            if isinstance(event, Metrics):
                event = self._metrics = replace(event, clicks=clicks + event.clicks)
            yield event
        self._trust(author=True)
        await self._end_exploring(explorer.stop.reason)

    async def _end_exploring(self, reason: StopReason | None) -> None:
        """Lets the script go on, without what the explorer has come upon and must not show."""
        if reason in {"runtime", "footage_limit", "page_lost"}:
            self._stop = reason
        elif reason in {"auth_page", "left_domain"}:
            self.clock.switch(off=True)
            began_ms, recorder = self.clock.now_ms(), self.parts.recorder
            recorder.resume()
            await self.directions.open(recorder.visits[-1].url if recorder.visits else self.parts.brief.url)
            self.clock.switch(off=False)
            recorder.cuts.append(Wait(began_ms, self.clock.now_ms()))
            self.parts.scope_monitor.sign_in = False

    async def _give_up(self, index: int, step: Step, reason: str) -> ScriptStep:
        """Skips a step that may fail. Raises StepFailed for one that may not."""
        is_over = self._stop in {"page_lost", "runtime", "footage_limit"}  # the film so far is kept
        if step.optional or is_over or self.bound.script.on_error == "skip":
            return self._changed(index, state="skipped", did=reason)
        self._changed(index, state="failed", did=reason)
        row = self.log[index]
        failed = FailedStep(index + 1, len(self.log), row.verb, row.target, reason, clip(self.parts.page.url))
        raise StepFailed(failed)

    async def _reason(self, exc: Exception) -> str:
        """What went wrong, in a few words; a browser that has died and time that is up end the script."""
        self.parts.session.check()
        self.parts.deadlines.check()
        if isinstance(exc, PageUnresponsive) and not await self.parts.session.recover():
            self._stop = "page_lost"
        if isinstance(exc, StepError | ExplorerError):
            return str(exc)
        return str(exc).splitlines()[0]

    def _check_limits(self) -> None:
        """Ends the script where the film may be no longer, or the browser shows no more; the film is kept."""
        if self._stop == "script_ended" and self.parts.deadlines.nearly_over:
            self._stop = "runtime"
        elif self._stop == "script_ended" and self.clock.full:
            self._stop = "footage_limit"

    def _check_scope(self) -> None:
        monitor = self.parts.scope_monitor
        if monitor.failed:
            raise StepError(f"{clip(monitor.requested_url)} did not open")
        if violation := monitor.violation():
            self._stop = violation
            raise StepError(f"it has led to {clip(self.parts.page.url)}, which is not part of the site")

    def _trust(self, *, author: bool) -> None:
        """Lets the rules that guess by words yield to the author's own words, and to nobody else's."""
        yielding = YIELDING if author else frozenset()
        self.parts.guard.yielding = self.parts.interceptor.yielding = yielding
        self.parts.scope_monitor.allows_auth = author
        self.parts.interceptor.allow_writes(author and self.parts.brief.wishes.allow_writes)

    async def _note_page(self) -> None:
        """Records the page on screen, if it is another one, and lets the viewer look."""
        parts, url = self.parts, self.parts.page.url
        recorder = parts.recorder
        if recorder.visits and page_key(recorder.visits[-1].url) == page_key(url):
            return
        self.directions.end_zoom()
        parts.frontier.visit(url, recorder.visits[-1].url if recorder.visits else None)
        title = await parts.deadlines.do(title_of(parts.page))
        recorder.visits.append(Visit(self.clock.now_ms(), clip(url), title))
        await self.clock.hold(ARRIVE_MS)

    def _note_navigation(self, frame: Frame) -> None:
        self._navigations += frame == self.parts.page.main_frame

    async def _await_navigation(self, before: int, timeout_s: float) -> None:
        until_ms = self.clock.now_ms() + timeout_s * 1000
        while self._navigations == before:
            if self.clock.now_ms() >= until_ms:
                raise StepError("no other page has come")
            await self.clock.hold(RETRY_PAUSE_MS)
        await self.parts.backtracking.settle()

    def _enter(self, state: State) -> Metrics:
        self._metrics = replace(
            self._metrics,
            state=state,
            visited_urls=tuple(map(clip, self.parts.frontier.visited)),
            runtime_s=round(self.parts.deadlines.elapsed_s(), 2),
        )
        return self._metrics

    def _changed(self, index: int, **changes: object) -> ScriptStep:
        row = replace(self.log[index], ended_ms=self.clock.now_ms(), **changes)  # type: ignore[arg-type]
        self.log[index] = row
        return row

    def _trace(self) -> Trace:
        self.parts.refusals.collect()
        if self._stop in {"left_domain", "auth_page"}:
            self.parts.recorder.end_at(self.parts.scope_monitor.last_in_scope_ms())
        warnings = warnings_of(self.log, self._stop, self.parts.brief.max_runtime_s)
        return self.parts.recorder.trace(self._stop, tuple(warnings))
