"""Errors of the pipeline. Each has a stable `code`, which the API maps to an HTTP status."""

from collections.abc import Mapping
from types import MappingProxyType


class PipelineError(Exception):
    """Something between the request and the film failed; the text is written for the client."""

    code = "pipeline_failed"
    #: Fields of the job that were not written yet when its stage failed.
    fields: Mapping[str, str | int] = MappingProxyType({})


class SettingsInvalid(PipelineError):
    """A setting from the environment has an invalid value."""

    code = "settings_invalid"


class CallbackRefused(PipelineError):
    """Nothing may be sent to the address of a webhook."""

    code = "address_refused"
    field = "callback_url"


class StoreUnavailable(PipelineError):
    """Redis did not answer in time, so nothing was accepted."""

    code = "store_unavailable"


class StoreBusy(PipelineError):
    """Nothing was accepted now; it may be in `retry_after_s`."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class QueueFull(StoreBusy):
    """The queue holds as many jobs as it may."""

    code = "queue_full"


class OutOfCapacity(StoreBusy):
    """Redis has no memory left for another film."""

    code = "out_of_capacity"


class KeyReused(PipelineError):
    """An Idempotency-Key came with another request than the first time."""

    code = "idempotency_key_reused"


class KeyInFlight(PipelineError):
    """The first request with this Idempotency-Key is still being accepted."""

    code = "idempotency_in_flight"


class JobUnknown(PipelineError):
    """There is no such job, or it has expired."""

    code = "job_unknown"


class JobGone(PipelineError):
    """The film was exported, and the job was deleted with it."""

    code = "job_gone"


class WrongStatus(PipelineError):
    """The operation is not possible in the current status of the job."""

    def __init__(self, sentence: str, job_status: str) -> None:
        super().__init__(sentence)
        self.job_status = job_status


class AlreadyEnded(WrongStatus):
    """A job that has ended cannot be cancelled."""

    code = "already_ended"


class NotEnded(WrongStatus):
    """Only a job that failed or was cancelled can be retried."""

    code = "not_ended"


class BatchUnknown(PipelineError):
    """There is no such batch, or it has expired."""

    code = "batch_unknown"


class BatchEnded(WrongStatus):
    """A batch that has ended can be neither paused, resumed nor cancelled."""

    code = "batch_ended"


class NothingToExport(WrongStatus):
    """No film of the batch is ready, or all that were have been fetched."""

    code = "nothing_to_export"


class NotCompleted(WrongStatus):
    """The film is not ready yet, or never will be."""

    code = "not_completed"


class SecretsUnavailable(PipelineError):
    """Secrets came with a request, but there is no key under which they could be kept."""

    code = "secrets_unavailable"


class SecretsGone(PipelineError):
    """The secrets that a job needs were deleted when it ended."""

    code = "secrets_gone"


class FilmMissing(PipelineError):
    """The job is completed, but its film is gone."""

    code = "film_missing"


class ArtifactMissing(PipelineError):
    """The film is there, but not the artifact that was asked for."""

    code = "artifact_missing"


class ExportInProgress(PipelineError):
    """Another client is downloading this film right now."""

    code = "export_in_progress"


class TransitionRefused(PipelineError):
    """A job is not in the expected stage: another worker has it, or it has ended."""

    code = "transition_refused"
