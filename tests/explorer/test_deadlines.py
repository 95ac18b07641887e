"""How long the explorer waits."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from explorer.deadlines import DeadlineReached, Deadlines
from explorer.errors import PageUnresponsive, SafetyViolation
from tests.explorer.support.clocks import RealClock

T = TypeVar("T")


async def forever() -> None:
    await asyncio.Event().wait()


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_work_that_ends_in_time_gives_its_result() -> None:
    deadlines = Deadlines(RealClock(), 60)

    assert run(deadlines.do(asyncio.sleep(0, "done"))) == "done"


def test_work_that_takes_too_long_means_that_the_page_hangs() -> None:
    deadlines = Deadlines(RealClock(), 60)

    with pytest.raises(PageUnresponsive):
        run(deadlines.do(forever(), 0.05))


def test_waiting_ends_before_the_hard_limit_once_there_is_a_film() -> None:
    deadlines = Deadlines(RealClock(), 1.1)
    deadlines.may_wrap_up = True

    with pytest.raises(DeadlineReached):
        run(deadlines.do(forever()))

    assert deadlines.nearly_over
    deadlines.check()


def test_waiting_without_a_film_ends_at_the_hard_limit_with_a_safety_violation() -> None:
    deadlines = Deadlines(RealClock(), 0.1)

    with pytest.raises(SafetyViolation, match=r"0\.1 s"):
        run(deadlines.do(forever()))


def test_nothing_more_is_waited_for_when_time_is_over() -> None:
    deadlines = Deadlines(RealClock(), 0)

    with pytest.raises(SafetyViolation):
        run(deadlines.do(forever()))


@pytest.mark.parametrize(("limit_s", "nearly_over"), [(0.9, True), (2.0, False), (300.0, False)])
def test_the_margin_is_a_tenth_of_the_limit_but_at_least_a_second(limit_s: float, nearly_over: bool) -> None:
    assert Deadlines(RealClock(), limit_s).nearly_over == nearly_over


def test_errors_of_the_work_come_through() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Deadlines(RealClock(), 60).do(broken()))


def test_a_film_worth_keeping_ends_at_the_hard_limit_instead_of_being_lost() -> None:
    deadlines = Deadlines(RealClock(), 0)
    deadlines.may_wrap_up = True

    with pytest.raises(DeadlineReached):
        deadlines.check()
