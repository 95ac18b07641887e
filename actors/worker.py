"""A worker: Dramatiq's threads, the actors and a watchdog in this process."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dramatiq

from actors.broker import make_broker, ticket_sender
from actors.monitoring.worker_registry import WorkerRegistration
from actors.pipeline import Pipeline
from actors.settings import Settings
from actors.supervision.orphan_cleanup import OrphanCleanupThread
from actors.watchdog import WatchdogThread
from explorer.browser.chromium import find_chromium
from explorer.environment import only_passed
from video.encoding.ffmpeg_binary import find_ffmpeg

log = logging.getLogger(__name__)

#: Killing a browser and handing its job back takes well under a second.
STOP_TIMEOUT_MS = 5_000


def check_tools(settings: Settings) -> None:
    """Raises BrowserMissing or FfmpegMissing: better now than after a site has been filmed."""
    find_chromium(settings.chromium_path)
    with only_passed():  # an ffmpeg is asked what it can
        find_ffmpeg(settings.ffmpeg_path)


@contextmanager
def working(settings: Settings, slots: int, *, grace_s: float | None = None) -> Iterator[None]:
    """Takes jobs from `settings.redis`, up to `slots` stages at a time. Raises as `check_tools`.

    Afterwards what runs has `grace_s` to end, or else SHUTDOWN_GRACE_S; a signal to end cuts that short.
    """
    assert settings.redis is not None
    check_tools(settings)
    grace_s = settings.shutdown_grace_s if grace_s is None else grace_s
    broker = make_broker(settings.redis)
    presence = WorkerRegistration(slots)
    line = Pipeline(settings, broker, tally=presence.tally)
    worker = dramatiq.Worker(
        broker, worker_threads=slots, worker_timeout=int(settings.poll_interval_s * 1000)
    )
    # A worker must not hoard tickets that another could start on at once.
    worker.queue_prefetch = slots
    watchdog, janitor = WatchdogThread(settings, ticket_sender(broker), presence), OrphanCleanupThread()
    worker.start()
    watchdog.start()
    janitor.start()
    try:
        yield
    finally:
        with _in_a_hurry(line.stop):
            _wind_up(worker, line, grace_s)
        watchdog.stop()
        janitor.stop()
        broker.close()


def _wind_up(worker: dramatiq.Worker, line: Pipeline, grace_s: float) -> None:
    """Lets running stages end within `grace_s`; the jobs of those that do not go back into line."""
    for consumer in worker.consumers.values():
        # Not later, with all else: tickets that come now would lie about until the last stage has ended.
        consumer.stop()
    over = threading.Timer(grace_s, line.stop)
    over.daemon = True
    over.start()
    # Its threads end with what they are at, and tickets that none of them has begun go back.
    worker.stop(timeout=int(grace_s * 1000) + STOP_TIMEOUT_MS)
    over.cancel()


@contextmanager
def _in_a_hurry(hurry: Callable[[], None]) -> Iterator[None]:
    """Meanwhile a signal to end only hurries: cut off in the middle, more would be left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: hurry()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
