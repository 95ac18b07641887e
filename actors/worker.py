"""A worker: Dramatiq's threads with the two actors, and background services, in this process."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis.exceptions import RedisError

from actors.broker import make_broker, ticket_sender
from actors.monitoring.pool import PoolSize
from actors.monitoring.worker_registry import WorkerRegistration
from actors.pipeline import Pipeline
from actors.services import ServiceThread
from actors.settings import Settings
from actors.signals import on_signal
from actors.slots import Slots
from actors.supervision.orphan_cleanup import OrphanCleanupThread
from explorer.browser.chromium import find_chromium
from explorer.environment import only_passed
from video.encoding.ffmpeg_binary import find_ffmpeg

log = logging.getLogger(__name__)

#: Killing a browser and handing its job back takes well under a second.
STOP_TIMEOUT_MS = 5_000


def check_tools(settings: Settings) -> None:
    """Raises BrowserMissing or FfmpegMissing: better now than after a site has been filmed."""
    find_chromium(settings.chromium_path)
    with only_passed():  # the environment of the ffmpeg that is asked for its version
        find_ffmpeg(settings.ffmpeg_path)


@contextmanager
def working(settings: Settings, slots: int | PoolSize, *, grace_s: float | None = None) -> Iterator[None]:
    """Runs a worker for `settings.redis`, with up to `slots` stages at a time. Raises as `check_tools`.

    In a pool they are between its lower and its upper number, as memory and pressure allow.

    Afterwards running stages have `grace_s` to end, or else SHUTDOWN_GRACE_S; a signal cuts that short.
    """
    assert settings.redis is not None
    check_tools(settings)
    grace_s = settings.shutdown_grace_s if grace_s is None else grace_s
    broker = make_broker(settings.redis)
    size = PoolSize.fixed(slots) if isinstance(slots, int) else slots
    gate = Slots(size, settings.max_memory_mb << 20)
    registration = WorkerRegistration(size.upper, decide=gate.decision)
    pipeline = Pipeline(settings, broker, counters=registration.counters, slots=gate)
    worker = make_worker(broker, gate, settings.poll_interval_s)
    services = ServiceThread(settings, ticket_sender(broker), registration)
    cleanup = OrphanCleanupThread()
    # All of it is stopped, whatever fails meanwhile.
    with ExitStack() as stack:
        stack.callback(broker.close)
        for thread in (cleanup, services):
            thread.start()
            stack.callback(thread.stop)
        worker.start()
        stack.callback(_stop_worker, worker, pipeline, gate, grace_s)
        yield


def make_worker(broker: RedisBroker, slots: Slots, poll_interval_s: float) -> dramatiq.Worker:
    """Dramatiq's worker for the actors on a broker, with as many threads as the slots need."""
    worker = dramatiq.Worker(broker, worker_threads=slots.threads, worker_timeout=int(poll_interval_s * 1000))
    # A worker must not hold tickets that another one could start on at once.
    worker.queue_prefetch = slots.size.upper
    return worker


def _stop_worker(worker: dramatiq.Worker, pipeline: Pipeline, slots: Slots, grace_s: float) -> None:
    """Lets running stages end within `grace_s`; the jobs of those that do not go back into their queue."""
    with on_signal(lambda _: pipeline.stop()):
        for consumer in worker.consumers.values():
            # Now, not with the rest: tickets that came now would wait here until the last stage has ended.
            consumer.stop()
        timer = threading.Timer(grace_s, pipeline.stop)
        timer.daemon = True
        timer.start()
        # Threads that wait for a slot end now; the watchdog sends their tickets again.
        slots.close()
        try:
            # Its threads end after their current stage, and tickets that none of them has begun go back.
            worker.stop(timeout=int(grace_s * 1000) + STOP_TIMEOUT_MS)
        except RedisError as exc:  # Dramatiq passes them on from there
            log.warning("tickets were not given back, the watchdog sends them again: %s", exc)
        finally:
            timer.cancel()
