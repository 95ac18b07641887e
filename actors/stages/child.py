"""Child process of one stage: reads its spec from stdin, does the work, and reports in lines of JSON.

Run by the supervisor as `python -m actors.stages.child`. It alone holds the browser or the encoder.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from actors.jobs.job import Stage
from actors.jobs.store import connect
from actors.stages.artifacts import deliver
from actors.stages.heartbeat import heartbeat
from actors.stages.record import record
from actors.stages.reports import TOLD, Reporter, RetryLog, report_failure
from actors.stages.spec import StageSpec
from actors.stages.upload import REDIS_PATIENCE_S
from video.blob_store import read_blob
from video.capture.footage import read_frames
from video.editing.timeline import Timeline
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.encoding.verify import FilmInfo
from video.film import make_film

#: The thread that paints gives way to the one that films ten times sooner than by default.
SWITCH_S = 0.0005


async def encode(order: StageSpec, tell: Reporter) -> None:
    """Cuts the film from footage and timeline and puts it into the vault."""
    folder, ffmpeg = Path(order.folder), find_ffmpeg(order.ffmpeg_path)
    redis, note = connect(order.redis_url), RetryLog(tell).database

    def stored(key: str) -> AsyncGenerator[bytes, None]:
        return read_blob(redis, key, give_up_s=REDIS_PATIENCE_S, note=note)

    try:
        timeline = Timeline.decode(b"".join([piece async for piece in stored(order.timeline_key)]))
        frames = read_frames(stored(order.footage_key))
        making = make_film(frames, timeline, folder, ffmpeg, order.style, limit_s=order.encode_limit_s)
        async with aclosing(making) as parts:
            async for part in parts:
                if isinstance(part, FilmInfo):
                    tell({"kind": "done", **await deliver(order, part, note)})
                else:
                    tell({"kind": "progress", "part": part})
    finally:
        await redis.aclose()


STAGES: dict[Stage, Callable[[StageSpec, Reporter], Coroutine[None, None, None]]] = {
    Stage.EXPLORING: record,
    Stage.ENCODING: encode,
}


async def obey(order: StageSpec, tell: Reporter) -> None:
    """Does what the order says, with a sign of life all the while."""
    async with heartbeat(tell):
        await STAGES[order.stage](order, tell)


def main() -> None:
    """Obeys one order; the last line on stdout is the result, whatever happened."""
    # Reports go to the real stdout; anything else that prints is sent to stderr.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")

        def tell(report: dict[str, Any]) -> None:
            # Half a surrogate pair, which a page may well contain, cannot be written down.
            line = json.dumps(report, ensure_ascii=False).encode("utf-8", "replace")
            out.write(line + b"\n")
            out.flush()

        sys.setswitchinterval(SWITCH_S)
        order = StageSpec.decode(sys.stdin.readline())
        with suppress(*TOLD), report_failure(tell):
            asyncio.run(obey(order, tell))


if __name__ == "__main__":
    main()
