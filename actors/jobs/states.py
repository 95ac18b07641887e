"""States of a job: what a client sees, the stage behind it, and the one table of transitions."""

from enum import StrEnum


class Status(StrEnum):
    """What a client is told."""

    #: Accepted and waiting for a worker.
    PENDING = "pending"
    #: A worker has it, or it waits between two stages.
    PROCESSING = "processing"
    #: The film can be fetched.
    COMPLETED = "completed"
    #: It ended without a film; `error` says why.
    FAILED = "failed"
    #: Somebody took it back.
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """Where on the line the job is. A job that ended keeps the stage it ended in."""

    #: Waits for a worker to film it.
    QUEUED = "queued"
    #: A browser explores and films.
    EXPLORING = "exploring"
    #: Footage is stored and waits to be encoded.
    RECORDED = "recorded"
    #: ffmpeg cuts the film.
    ENCODING = "encoding"
    #: The film is stored.
    READY = "ready"
    #: Somebody is downloading the film.
    EXPORTING = "exporting"


#: Every allowed move; a stage may also end in FAILED or CANCELLED where ENDS says so.
NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.QUEUED: frozenset({Stage.EXPLORING}),
    Stage.EXPLORING: frozenset({Stage.RECORDED, Stage.QUEUED}),
    Stage.RECORDED: frozenset({Stage.ENCODING}),
    Stage.ENCODING: frozenset({Stage.READY, Stage.RECORDED}),
    Stage.READY: frozenset({Stage.EXPORTING}),
    Stage.EXPORTING: frozenset({Stage.READY}),
}
ENDS = frozenset({Stage.QUEUED, Stage.EXPLORING, Stage.RECORDED, Stage.ENCODING})

#: Where a job goes back to when the one who had it is gone.
BACK: dict[Stage, Stage] = {
    Stage.EXPLORING: Stage.QUEUED,
    Stage.ENCODING: Stage.RECORDED,
    Stage.EXPORTING: Stage.READY,
}

STATUS_OF: dict[Stage, Status] = {
    Stage.QUEUED: Status.PENDING,
    Stage.EXPLORING: Status.PROCESSING,
    Stage.RECORDED: Status.PROCESSING,
    Stage.ENCODING: Status.PROCESSING,
    Stage.READY: Status.COMPLETED,
    Stage.EXPORTING: Status.COMPLETED,
}

#: Waiting stages and the queue whose workers take them on.
QUEUE_OF: dict[Stage, str] = {Stage.QUEUED: "record", Stage.RECORDED: "encode"}
