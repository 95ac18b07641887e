"""Dramatiq's Redis broker. Its messages are only tickets, so that a lost or doubled one does no harm."""

from collections.abc import Callable

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from actors.jobs.connection import CONNECT_TIMEOUT_S, SOCKET_TIMEOUT_S

#: Sends a ticket for a job to a queue.
SendTicket = Callable[[str, str], None]

#: The Dramatiq actor of each queue.
ACTOR_OF = {"record": "explore_and_record", "encode": "encode"}


def make_broker(url: str) -> RedisBroker:
    """A broker without Dramatiq's retries and time limits: store and supervisor have their own."""
    client = redis.Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
    return RedisBroker(client=client, middleware=[])  # type: ignore[no-untyped-call]


def ticket_sender(broker: RedisBroker) -> SendTicket:
    """A function that sends tickets. It raises redis-py's errors."""

    def send(queue: str, job_id: str) -> None:
        broker.enqueue(
            dramatiq.Message(
                queue_name=queue, actor_name=ACTOR_OF[queue], args=(job_id,), kwargs={}, options={}
            )
        )

    return send
