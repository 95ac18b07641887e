"""The step log of a played script: each step with its state, and why it failed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict  # pydantic decodes no other one before Python 3.12

from explorer.engine.warnings import STOPPED
from explorer.errors import ExplorerError
from explorer.healing.fingerprint import Healed
from explorer.script.arguments import alternatives
from explorer.script.model import Step
from explorer.script.targets import quoted
from explorer.text import clip
from explorer.types import StopReason, TakeWarning

StepState = Literal["waiting", "running", "done", "healed", "retried", "skipped", "failed"]


#: A lost target that was found again: what it was called, what it is now, and how sure that is. `score` and
#: `margin` are shares of the most attainable, as in `explorer.healing.similarity`.
Heal = TypedDict("Heal", {"from": str, "to": str, "score": float, "margin": float})


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One step of a script as it stands; `number` counts from 1, `before` included. Times are film time.

    `did` says in plain words what was done, or what went wrong.
    """

    number: int
    path: str
    verb: str
    target: str
    state: StepState = "waiting"
    did: str = ""
    off_camera: bool = False
    #: How often it was tried again.
    retries: int = 0
    #: The target that was healed, the least certain one of several.
    healed: Heal | None = None
    started_ms: float = 0.0
    ended_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class FailedStep:
    """The step that has ended a script; `index` counts from 1."""

    index: int
    of: int
    type: str
    target: str
    reason: str
    page_url: str

    def __str__(self) -> str:
        what = f"{self.type} {self.target!r}" if self.target else self.type
        return f"Step {self.index} of {self.of}, {what}, failed on {self.page_url}: {self.reason}."


class StepFailed(ExplorerError):
    """A step of the script could not be played, and the script says to stop then."""

    code = "step_failed"

    def __init__(self, failed: FailedStep) -> None:
        self.failed = failed
        #: Artifacts that were stored of it.
        self.extras: tuple[str, ...] = ()
        super().__init__(str(failed))

    def keep(self, extras: tuple[str, ...]) -> None:
        """Notes what was stored, and says so."""
        self.extras = extras
        kept = "A picture of the page is kept." if extras else "No picture of the page could be kept."
        self.args = (f"{self.failed} {kept}",)


class ScriptInterrupted(ExplorerError):
    """The browser died after the script had written to the site, so that it is not played again."""

    code = "script_interrupted"

    def __init__(self, cause: Exception | str) -> None:
        why = (
            "The script had written to the site before, so it is played again only if it is repeatable: true."
        )
        super().__init__(f"{cause} {why}")


class StepError(Exception):
    """Why a step could not be made; `retryable` where another try may help."""

    def __init__(self, reason: str, *, retryable: bool = True) -> None:
        super().__init__(reason)
        self.retryable = retryable


def waiting(number: int, path: str, step: Step) -> ScriptStep:
    """A step before its turn."""
    off_camera = step.off_camera or path.startswith("before")
    return ScriptStep(number, path, step.verb, target_of(step), off_camera=off_camera)


def target_of(step: Step) -> str:
    """What a step is about, as its author wrote it; what is filled in is not told."""
    args = step.args
    target = getattr(args, "target", None) or getattr(args, "to", None) or getattr(args, "keys", None)
    if target is None and isinstance(args, str | int | float):
        target = str(args)
    return clip(alternatives(target)[0]) if target else ""


def told_heal(heals: Mapping[str, Healed]) -> Heal | None:
    """What is told of the heals of a step, by the words that were lost: of several, the least certain."""
    if not heals:
        return None
    words, healed = min(heals.items(), key=lambda one: one[1].score)
    by_role = healed.role and healed.role != "generic"
    found = f"role={healed.role}[name={quoted(healed.label)}]" if by_role else healed.label
    return {"from": words, "to": found, "score": healed.score, "margin": healed.margin}


def warnings_of(log: Sequence[ScriptStep], stop: StopReason, limit_s: float) -> Iterator[TakeWarning]:
    """What a film lacks of its script; `limit_s` is how long it could take at most."""
    if skipped := [row for row in log if row.state == "skipped"]:
        told = "; ".join(f"step {row.number}, {row.verb} {row.target!r}: {row.did}" for row in skipped[:3])
        message = f"{len(skipped)} of {len(log)} steps were skipped: {told}. Mend them, or take them out."
        yield TakeWarning("steps_skipped", message)
    if healed := [(row.number, row.healed) for row in log if row.healed]:
        told = "; ".join(f"step {number}, {one['from']!r}, is now {one['to']}" for number, one in healed[:3])
        advice = "Look whether they are right, and save the script anew: it has the new names."
        yield TakeWarning("steps_healed", f"Lost targets were found again: {told}. {advice}")
    if stop in STOPPED:
        why, what = STOPPED[stop]
        played = sum(row.state in {"done", "healed"} for row in log)
        message = f"{played} of {len(log)} steps were played: {why.format(runtime=limit_s)}. {what}"
        yield TakeWarning("stopped_early", message)
