"""Background services of a worker: watchdog, webhooks, deliveries, and the worker's own registration."""

import asyncio
import threading
from contextlib import suppress

from redis.exceptions import RedisError

from actors.broker import SendTicket
from actors.cancellation import cancel_and_wait
from actors.deliveries.dispatcher import deliver
from actors.jobs.store import Store
from actors.monitoring.worker_registry import WorkerRegistration, keep_registered
from actors.settings import Settings
from actors.watchdog import watch
from actors.webhooks.dispatcher import dispatch

STOP_LIMIT_S = 5.0


class ServiceThread(threading.Thread):
    """Runs the services in an event loop of their own, beside a worker's threads, until `stop`."""

    def __init__(self, settings: Settings, send: SendTicket, registration: WorkerRegistration) -> None:
        super().__init__(name="services", daemon=True)
        self._settings = settings
        self._send = send
        self._registration = registration
        # Not an Event to wait for in an executor: the interpreter waits for its threads when it exits.
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        assert self._settings.redis is not None
        async with Store.opened(self._settings.redis, self._settings) as store:
            services = (
                watch(store, self._send),
                dispatch(store),
                deliver(store),
                keep_registered(store, self._registration),
            )
            tasks = [asyncio.create_task(service) for service in services]
            await self._stopping.wait()
            await cancel_and_wait(*tasks)
            with suppress(RedisError):
                await self._registration.leave(store)

    def stop(self) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._stopping.set)
        self.join(STOP_LIMIT_S)
