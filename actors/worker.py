"""A worker: Dramatiq's threads, the actors and a watchdog in this process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dramatiq

from actors.broker import make_broker, ticket_sender
from actors.folders import sweep
from actors.pipeline import Line
from actors.settings import Settings
from actors.watchdog import WatchdogThread
from explorer.browser import find_chromium
from video.ffmpeg_binary import find_ffmpeg

log = logging.getLogger(__name__)

#: Killing a browser and handing its job back takes well under a second.
STOP_TIMEOUT_MS = 5_000


def check_tools(settings: Settings) -> None:
    """Raises BrowserMissing or FfmpegMissing: better now than after a site has been filmed."""
    find_chromium(settings.chromium_path)
    find_ffmpeg(settings.ffmpeg_path)


@contextmanager
def working(settings: Settings, slots: int) -> Iterator[None]:
    """Takes jobs from `settings.redis`, up to `slots` stages at a time. Raises as `check_tools`."""
    assert settings.redis is not None
    check_tools(settings)
    left_behind = sweep()
    if left_behind:
        log.info("removed %d folders of processes that were killed", left_behind)
    broker = make_broker(settings.redis)
    line = Line(settings, broker)
    worker = dramatiq.Worker(
        broker, worker_threads=slots, worker_timeout=int(settings.poll_interval_s * 1000)
    )
    # A worker must not hoard tickets that another could start on at once.
    worker.queue_prefetch = slots
    watchdog = WatchdogThread(settings, ticket_sender(broker))
    worker.start()
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()
        line.stop()
        worker.stop(timeout=STOP_TIMEOUT_MS)
        broker.close()
