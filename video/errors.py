"""Error tree of the package. Each error has a stable `code`, which the job's status reports."""


class VideoError(Exception):
    """The film could not be made; the text says what failed, what was kept and what to do."""

    code = "video_failed"


class FootageDamaged(VideoError):
    """The footage cannot be read back."""

    code = "footage_damaged"


class NoFootage(VideoError):
    """The take has no frames to make a film of."""

    code = "no_footage"


class FfmpegMissing(VideoError):
    """No usable ffmpeg was found."""

    code = "ffmpeg_missing"


class EncodingFailed(VideoError):
    """ffmpeg ended with an error, exceeded its time limit or wrote a film that fails verification."""

    code = "encoding_failed"


class EncodingTooSlow(EncodingFailed):
    """The film exceeded its time limit."""


class RenderingFailed(EncodingFailed):
    """A frame of the film could not be rendered, which is not ffmpeg's fault."""


class EncoderStalled(EncodingFailed):
    """ffmpeg made no progress and was killed; another attempt may succeed."""

    code = "encoder_stalled"


class LiveFilmStale(VideoError):
    """The final composition does not begin with the frames that were encoded while filming."""

    code = "live_film_stale"


class TimelineUnreadable(VideoError):
    """The timeline is not JSON of a supported version."""

    code = "timeline_unreadable"


class BlobMissing(VideoError):
    """A stored blob is missing, unfinished or has lost a chunk."""

    code = "blob_missing"


class BlobTooLarge(VideoError):
    """A blob exceeded its size limit."""

    code = "blob_too_large"


class BlobStoreUnavailable(VideoError):
    """Redis did not respond within the caller's time limit."""

    code = "storage_unavailable"


class BlobStoreFull(VideoError):
    """Redis is full."""

    code = "storage_full"


class FramesImpossible(VideoError):
    """The browser or the page cannot be filmed frame by frame."""

    code = "frames_impossible"
