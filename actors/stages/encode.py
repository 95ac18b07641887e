"""The encode stage: makes the film from stored footage and timeline."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from actors.jobs.connection import connect
from actors.stages.artifacts import store_film
from actors.stages.reporting import RetryLog
from actors.stages.reports import EncodingProgress, Reporter
from actors.stages.spec import StageSpec
from actors.stages.upload import REDIS_RETRY_LIMIT_S
from video.blob_store import read_blob
from video.capture.footage import read_frames
from video.editing.timeline import Timeline
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.encoding.verify import FilmInfo
from video.film import make_film


async def encode(spec: StageSpec, report: Reporter) -> None:
    """Makes the film from footage and timeline, and stores it."""
    storage, work_dir, ffmpeg = spec.storage, Path(spec.work_dir), find_ffmpeg(spec.tools.ffmpeg)
    redis, note = connect(storage.redis_url), RetryLog(report).note_database

    def stored(key: str) -> AsyncGenerator[bytes, None]:
        return read_blob(redis, key, give_up_s=REDIS_RETRY_LIMIT_S, note=note)

    try:
        timeline = Timeline.decode(b"".join([piece async for piece in stored(storage.timeline_key)]))
        frames, limit_s = read_frames(stored(storage.footage_key)), spec.limits.encode_limit_s
        making = make_film(frames, timeline, work_dir, ffmpeg, spec.film.style, limit_s=limit_s)
        async with aclosing(making) as parts:
            async for part in parts:
                if isinstance(part, FilmInfo):
                    report(await store_film(storage, work_dir, part, note))
                else:
                    report(EncodingProgress(part))
    finally:
        await redis.aclose()
