"""States of a batch, of its items and of their deliveries, as clients are told of them."""

from enum import StrEnum


class BatchStatus(StrEnum):
    """Where a batch stands."""

    #: Accepted; none of its items has begun.
    PENDING = "pending"
    PROCESSING = "processing"
    #: No further item begins until it is resumed.
    PAUSED = "paused"
    #: All items have ended, and no more have failed than were tolerated.
    COMPLETED = "completed"
    #: More items have failed than were tolerated, or none could be filmed.
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemStatus(StrEnum):
    """Where an item stands. It has a job from `running` on."""

    WAITING = "waiting"
    RUNNING = "running"
    #: Its job waits for a person.
    NEEDS_OPERATOR = "needs_operator"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: It was not begun: too many others had failed.
    SKIPPED = "skipped"


class DeliveryStatus(StrEnum):
    """Where the delivery of a completed item's film stands."""

    #: It is due, or will be tried again.
    WAITING = "waiting"
    #: The receiver has it, and it was dropped here.
    DELIVERED = "delivered"
    #: It was given up, or somebody has fetched the film before.
    FAILED = "failed"


#: Of these a retry makes new attempts.
RETRIED = (ItemStatus.FAILED, ItemStatus.CANCELLED, ItemStatus.SKIPPED)
ENDED = frozenset({BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED})
