"""What can go wrong between frames and film. Each error has a stable `code` that travels with the job."""


class VideoError(Exception):
    """The film could not be made; the text says what failed, what survived and what to do."""

    code = "video_failed"


class FootageDamaged(VideoError):
    """The footage cannot be read back."""

    code = "footage_damaged"


class NoFootage(VideoError):
    """The take has no frames to cut a film from."""

    code = "no_footage"


class FfmpegMissing(VideoError):
    """No usable ffmpeg was found."""

    code = "ffmpeg_missing"


class EncodingFailed(VideoError):
    """ffmpeg ended with an error, ran out of time or wrote a film that does not probe."""

    code = "encoding_failed"


class EncodingTooSlow(EncodingFailed):
    """The film took longer than it was given."""


class RenderingFailed(EncodingFailed):
    """A picture of the film could not be drawn: ffmpeg is not to blame."""


class EncoderStalled(EncodingFailed):
    """ffmpeg no longer got anywhere and was killed; another may well do better."""

    code = "encoder_stalled"


class LiveFilmStale(VideoError):
    """The final cut does not begin with what was encoded while filming: the film is made from the start."""

    code = "live_film_stale"


class TimelineUnreadable(VideoError):
    """The timeline is not JSON of a version that this program knows."""

    code = "timeline_unreadable"


class BlobMissing(VideoError):
    """A stored binary is not there, was never finished or has lost a part."""

    code = "blob_missing"


class BlobTooLarge(VideoError):
    """A binary grew past the number of bytes it was allowed."""

    code = "blob_too_large"


class BlobStoreUnavailable(VideoError):
    """Redis did not answer for longer than the caller was willing to wait."""

    code = "storage_unavailable"


class BlobStoreFull(VideoError):
    """Redis refused to take more bytes."""

    code = "storage_full"


class FramesImpossible(VideoError):
    """The browser or the page cannot be filmed frame by frame."""

    code = "frames_impossible"
