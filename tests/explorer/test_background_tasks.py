import asyncio

import pytest

from explorer.background_tasks import background_task

pytestmark = pytest.mark.anyio


async def stuck(ended: list[bool]) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        ended.append(True)


async def failing() -> None:
    raise ZeroDivisionError("no probe")


async def test_a_task_ends_with_what_it_runs_beside(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[bool] = []

    async with background_task(stuck(ended), "the probe"):
        await asyncio.sleep(0)

    assert ended == [True]
    assert not caplog.records


async def test_a_task_that_fails_disturbs_nobody_and_is_logged_with_its_cause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with background_task(failing(), "the probe"):
        await asyncio.sleep(0.01)

        assert "the probe failed" in caplog.text
        assert "ZeroDivisionError: no probe" in caplog.text
