"""How many stages a worker may run, by what the machine has left."""

import pytest

from actors.monitoring.pool import (
    MAX_CPU_STALL_PERCENT,
    MAX_LOAD_PER_CORE,
    MAX_MEMORY_STALL_PERCENT,
    MAX_SLOTS,
    Decision,
    HostReadings,
    PoolSize,
    decide,
)

GB = 1 << 30
STAGE_BYTES = 2 * GB
POOL = PoolSize(2, 10)
CALM = HostReadings(100 * GB, cpu_stall_percent=0, memory_stall_percent=0, load_per_core=9)


@pytest.mark.parametrize(
    ("active", "readings", "settling", "allowed", "limit"),
    [
        (0, CALM, False, 10, None),
        (9, CALM, False, 10, None),
        (10, CALM, False, 10, None),
        # Memory for so many more stages, each as large as it may become
        (0, HostReadings(7 * GB), False, 3, "memory"),
        (3, HostReadings(5 * GB), False, 5, "memory"),
        (3, HostReadings(2 * GB - 1), False, 3, "memory"),
        (9, HostReadings(2 * GB), False, 10, None),
        (0, HostReadings(0), False, 2, "memory"),
        # Pressure, and up to which it is none
        (4, HostReadings(99 * GB, MAX_CPU_STALL_PERCENT, MAX_MEMORY_STALL_PERCENT), False, 10, None),
        (4, HostReadings(99 * GB, MAX_CPU_STALL_PERCENT + 0.1, 0), False, 2, "cpu_pressure"),
        (4, HostReadings(99 * GB, 0, MAX_MEMORY_STALL_PERCENT + 0.1), False, 2, "memory_pressure"),
        (0, HostReadings(99 * GB, 100, 100), False, 2, "memory_pressure"),
        # Load counts only where the kernel does not report pressure
        (4, HostReadings(99 * GB, None, None, MAX_LOAD_PER_CORE), False, 10, None),
        (4, HostReadings(99 * GB, None, None, MAX_LOAD_PER_CORE + 0.1), False, 2, "load"),
        # What has begun just now is not seen in the readings yet
        (3, CALM, True, 3, "settling"),
        (1, CALM, True, 2, "settling"),
        (10, CALM, True, 10, None),
        (3, HostReadings(0), True, 3, "memory"),
    ],
)
def test_as_many_may_run_as_memory_and_pressure_allow(
    active: int, readings: HostReadings, settling: bool, allowed: int, limit: str | None
) -> None:
    decision = decide(POOL, active, readings, STAGE_BYTES, settling=settling)

    assert (decision.allowed, decision.limit) == (allowed, limit)


def test_a_number_alone_is_never_held_back() -> None:
    drowning = HostReadings(0, 100, 100, 100)

    assert decide(PoolSize.fixed(4), 0, drowning, STAGE_BYTES, settling=True) == Decision(4)


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [("1", 1, 1), ("64", 64, 64), ("2-10", 2, 10), ("3-3", 3, 3), (" 1-64 ", 1, 64)],
)
def test_a_pool_is_a_number_or_a_range(text: str, lower: int, upper: int) -> None:
    assert PoolSize.parse(text) == PoolSize(lower, upper)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "65",
        "0-2",
        "2-65",
        "10-2",
        "2-",
        "-2",
        "2-3-4",
        "2.5",
        "two",
        "2\u201310",
        "2 - 10",
        "9" * 99,
    ],
)
def test_what_is_no_pool_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"from 1 to {MAX_SLOTS}"):
        PoolSize.parse(text)
