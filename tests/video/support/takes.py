"""Random takes as an explorer makes them, and the prefixes of them that are known while they run."""

import math
import random
from dataclasses import dataclass, field, replace

from video.editing.timeline import Area, Sample, Scroll, Step, Stretch, Timeline, Visit

WIDTH, HEIGHT = 1152, 648
LABELS = (
    "Pricing",
    "Compare plans",
    "\u00d7",
    "",
    "Open menu",
    "A very long name of something that one could click",
)


@dataclass
class RandomTake:
    """Grows by one round after the other; `rounds` are moments between steps."""

    dice: random.Random
    fps: int | None = None
    now_ms: float = 0.0
    frames: list[float] = field(default_factory=lambda: [0.0])
    pointer: list[Sample] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    scrolls: list[Scroll] = field(default_factory=list)
    waits: list[Stretch] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)

    def film(self, rounds: int) -> tuple[Timeline, list[float]]:
        self._wait(self.dice.choice([500.0, 3_000.0]), moving=0.5)
        self.pointer.append(Sample(self.now_ms, WIDTH / 2, HEIGHT / 2))
        start_ms = self.now_ms
        for _ in range(rounds):
            self._round()
        self.rounds.append(self.now_ms)
        timeline = Timeline(
            WIDTH,
            HEIGHT,
            start_ms,
            self.now_ms,
            "Lumen",
            "http://lumen/",
            steps=tuple(self.steps),
            pointer=tuple(self.pointer),
            scrolls=tuple(self.scrolls),
            waits=tuple(self.waits),
            visits=tuple(self.visits),
        )
        return timeline, self.frames

    def _round(self) -> None:
        self.rounds.append(self.now_ms)
        if not self.visits or self.dice.random() < 0.3:
            self.visits.append(Visit(self.now_ms, "http://lumen/", f"Page {len(self.visits)} | Lumen"))
            self._pass(1_200.0)
            if self.dice.random() < 0.7:
                self._scroll()
            self.rounds.append(self.now_ms)
        self._pass(self.dice.choice([20.0, 200.0, 4_000.0]))
        if self.dice.random() < 0.15:
            self._stroke()  # to something that was refused in the last moment
        for _ in range(self.dice.choice([0, 1, 1, 2])):
            self._step()
            self._pass(self.dice.choice([0.0, 5.0, 40.0]))
        if self.dice.random() < 0.2:
            self._wait(self.dice.choice([450.0, 1_500.0, 5_000.0]), moving=0.6)  # it goes back

    def _step(self) -> None:
        dice, start_ms = self.dice, self.now_ms
        self._pass(dice.uniform(0, 30))
        if dice.random() < 0.3:
            self._scroll()
        if dice.random() < 0.9:
            self._stroke()
        self._pass(160.0)
        click_ms, at = self.now_ms, self.pointer[-1]
        self._pass(80.0)
        self._wait(dice.choice([450.0, 450.0, 900.0, 3_500.0]), moving=dice.random())
        outcome = dice.choice(["page", "scene", "scene", "nothing"])
        self._pass({"page": 0.0, "scene": 1_100.0, "nothing": 250.0}[outcome])
        target = Area(at.x - dice.uniform(5, 80), at.y - 12, dice.uniform(85, 300), 24)
        appeared = Area(
            dice.uniform(0, 900), dice.uniform(0, 500), dice.uniform(50, 800), dice.uniform(30, 500)
        )
        self.steps.append(
            Step(
                start_ms,
                click_ms,
                self.now_ms,
                dice.choice(LABELS),
                "click",
                "http://lumen/",
                at.x,
                at.y,
                dice.choice(["link", "button", "tab"]),
                outcome,
                target=dice.choice([target, target, None]),
                appeared=dice.choice([appeared, None]) if outcome == "scene" else None,
            )
        )

    def _stroke(self) -> None:
        start, dice = self.pointer[-1], self.dice
        goal = (dice.uniform(5, WIDTH - 5), dice.uniform(5, HEIGHT - 5))
        length = math.hypot(goal[0] - start.x, goal[1] - start.y)
        took_ms, began_ms = min(900.0, 260.0 + 0.55 * length), self.now_ms
        while (t := (self.now_ms - began_ms) / took_ms) < 1:
            self._sample(start, goal, t * t * t * (t * (6 * t - 15) + 10))
            self._pass(1000 / self.fps if self.fps else dice.uniform(14, 24), moving=dice.random() < 0.3)
        self._sample(start, goal, 1.0)

    def _sample(self, start: Sample, goal: tuple[float, float], part: float) -> None:
        x, y = (a + (b - a) * part for a, b in zip(start[1:], goal, strict=True))
        self.pointer.append(Sample(self.now_ms, x, y))

    def _scroll(self) -> None:
        began_ms, took_ms = self.now_ms, self.dice.uniform(350, 1_600)
        self._pass(took_ms, moving=True)
        self.scrolls.append(Scroll(began_ms, self.now_ms, 0.9 * took_ms))
        self._pass(250.0)

    def _wait(self, took_ms: float, moving: float) -> None:
        began_ms = self.now_ms
        self._pass(took_ms * moving, moving=True)
        self._pass(took_ms * (1 - moving))
        self.waits.append(Stretch(began_ms, self.now_ms))

    def _pass(self, took_ms: float, *, moving: bool = False) -> None:
        until_ms = self.now_ms + took_ms
        if self.fps:
            frame = math.floor(self.now_ms * self.fps / 1000 + 1e-6) + 1
            count = max(math.ceil(took_ms * self.fps / 1000 - 1e-6), 0)
            if moving:
                self.frames += [number * 1000 / self.fps for number in range(frame, frame + count)]
            self.now_ms = max(self.now_ms, (frame + count - 1) * 1000 / self.fps)
            return
        while moving and (at_ms := self.frames[-1] + self.dice.uniform(14, 26)) < until_ms:
            self.frames.append(max(at_ms, self.now_ms))
        self.now_ms = until_ms


def random_take(
    seed: int, rounds: int = 8, fps: int | None = None
) -> tuple[Timeline, list[float], list[float]]:
    """A timeline, its frame times and the moments between its steps; without `fps` it is irregular."""
    take = RandomTake(random.Random(seed), fps)
    timeline, frames = take.film(rounds)
    return timeline, sorted(set(frames)), take.rounds


def prefix(timeline: Timeline, end_ms: float) -> Timeline:
    """What is known of a take at the end of one of its rounds."""
    return replace(
        timeline,
        end_ms=end_ms,
        steps=tuple(step for step in timeline.steps if step.end_ms <= end_ms),
        pointer=tuple(sample for sample in timeline.pointer if sample.at_ms <= end_ms),
        scrolls=tuple(scroll for scroll in timeline.scrolls if scroll.to_ms <= end_ms),
        waits=tuple(wait for wait in timeline.waits if wait.to_ms <= end_ms),
        visits=tuple(visit for visit in timeline.visits if visit.at_ms <= end_ms),
    )
