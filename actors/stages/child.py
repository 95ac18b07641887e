"""Child process of one stage: reads its specification from stdin, does the work, and reports on stdout.

The supervisor runs it as `python -m actors.stages.child`. It alone holds the browser or the encoder.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress

from actors.jobs.states import Stage
from actors.stages import reports
from actors.stages.encode import encode
from actors.stages.heartbeat import heartbeat
from actors.stages.record import record
from actors.stages.reporting import REPORTED_ERRORS, report_failure
from actors.stages.reports import Report, Reporter
from actors.stages.spec import StageSpec
from explorer.script.redaction import RedactingFilter, Redactor

#: The rendering thread yields to the filming one ten times sooner than by default.
SWITCH_INTERVAL_S = 0.0005


STAGES: dict[Stage, Callable[[StageSpec, Reporter, Redactor], Coroutine[None, None, None]]] = {
    Stage.EXPLORING: record,
    Stage.ENCODING: lambda spec, report, _: encode(spec, report),
}


async def run_stage(spec: StageSpec, report: Reporter, redactor: Redactor) -> None:
    """Runs the stage, with a heartbeat all the while; `redactor` learns what must be kept out of reports."""
    async with heartbeat(report):
        await STAGES[spec.stage](spec, report, redactor)


def main() -> None:
    """Runs one stage; its last line on stdout is the result."""
    # Reports go to the real stdout; anything else that prints is sent to stderr.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")

        sys.setswitchinterval(SWITCH_INTERVAL_S)
        spec = StageSpec.decode(sys.stdin.buffer.readline())
        redactor = Redactor(spec.secret_values)
        for handler in logging.getLogger().handlers:
            handler.addFilter(RedactingFilter(redactor))

        def write(report: Report) -> None:
            out.write(redactor.data(reports.encode(report)))
            out.flush()

        with suppress(*REPORTED_ERRORS), report_failure(write):
            asyncio.run(run_stage(spec, write, redactor))


if __name__ == "__main__":
    main()
