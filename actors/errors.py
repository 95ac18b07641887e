"""What can go wrong on the line. Each error has a stable `code` for the border to map."""


class LineError(Exception):
    """Something between the request and the film failed; the text is written for the person who asked."""

    code = "line_failed"


class SettingsInvalid(LineError):
    """A setting from the environment has a bad value."""

    code = "settings_invalid"


class StoreUnavailable(LineError):
    """Redis did not answer in time, so nothing was accepted."""

    code = "store_unavailable"


class JobUnknown(LineError):
    """There is no such job, or its time is over."""

    code = "job_unknown"


class FilmMissing(LineError):
    """The job is completed, but its film is gone."""

    code = "film_missing"


class ExtraMissing(LineError):
    """The film is there, but not what was asked for beside it."""

    code = "extra_missing"


class NotCompleted(LineError):
    """The film is not ready yet, or never will be."""

    code = "not_completed"

    def __init__(self, sentence: str, job_status: str) -> None:
        super().__init__(sentence)
        self.job_status = job_status


class ExportTaken(LineError):
    """Somebody else is downloading this film right now."""

    code = "export_taken"


class MoveRefused(LineError):
    """A job was not where it was expected to be: another worker has it, or it has ended."""

    code = "move_refused"
