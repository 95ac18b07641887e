"""How many stages a worker may run: between a lower and an upper number, as memory and pressure allow."""

import re
from dataclasses import dataclass
from typing import Literal, Self

MAX_SLOTS = 64
#: In percent of the last 10 s: how long some task waited for a CPU. Two cores that other work kept at
#: 39 to 46 were at 84 with one take, and at 93 to 99 with two to four, where the figure tells no more.
MAX_CPU_STALL_PERCENT = 60.0
#: The same for memory that had to be reclaimed: browsers that wait for memory miss their deadlines.
MAX_MEMORY_STALL_PERCENT = 10.0
#: Where the kernel does not report pressure: running and waiting tasks for each core, on average of a minute.
#: It was 1.9 where pressure was 46.
MAX_LOAD_PER_CORE = 2.0
#: So long after a stage has begun, no more is begun above the lower number. Pressure took 16 to 19 s to show
#: a take on two busy cores, its memory 18 to 47 s.
SETTLE_S = 20.0

Limit = Literal["memory", "memory_pressure", "cpu_pressure", "load", "settling"]


@dataclass(frozen=True, slots=True)
class PoolSize:
    """How many stages may always run at a time, and how many at the most."""

    lower: int
    upper: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `4` or `2-10`. Raises ValueError with a sentence for the user."""
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text.strip(), re.ASCII)
        lower, upper = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= lower <= upper <= MAX_SLOTS:
            raise ValueError(
                f"{text!r} is neither a number from 1 to {MAX_SLOTS} nor a range of them such as 2-10, the "
                "lower number first."
            )
        return cls(lower, upper)

    @classmethod
    def fixed(cls, slots: int) -> Self:
        """So many, whatever the machine is doing."""
        return cls(slots, slots)

    @property
    def is_fixed(self) -> bool:
        return self.lower == self.upper


@dataclass(frozen=True, slots=True)
class HostReadings:
    """What a machine, or its container, has left; None where the kernel does not say."""

    available_bytes: int
    cpu_stall_percent: float | None = None
    memory_stall_percent: float | None = None
    load_per_core: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How many stages may run now, and what keeps it below the upper number."""

    allowed: int
    limit: Limit | None = None


def decide(
    size: PoolSize, active: int, readings: HostReadings, stage_bytes: int, *, settling: bool = False
) -> Decision:
    """How many stages may run where `active` do, each of which may take `stage_bytes`.

    With `settling`, a stage has begun so recently that the readings do not show it yet.
    """
    if size.is_fixed:
        return Decision(size.upper)
    if limit := _pressure(readings):
        return Decision(size.lower, limit)
    allowed = min(size.upper, max(size.lower, active + readings.available_bytes // stage_bytes))
    if settling and allowed > max(active, size.lower):
        return Decision(max(active, size.lower), "settling")
    return Decision(allowed, None if allowed == size.upper else "memory")


def _pressure(readings: HostReadings) -> Limit | None:
    if (readings.memory_stall_percent or 0) > MAX_MEMORY_STALL_PERCENT:
        return "memory_pressure"
    if readings.cpu_stall_percent is not None:
        return "cpu_pressure" if readings.cpu_stall_percent > MAX_CPU_STALL_PERCENT else None
    return "load" if (readings.load_per_core or 0) > MAX_LOAD_PER_CORE else None
