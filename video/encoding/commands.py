"""The encoder's commands: how pictures become a film. Pure values; the only importer of ffmpeg-python.

Every ffmpeg works inside one folder, its working directory, so that no path needs escaping.
"""

from math import sqrt
from typing import Any

import ffmpeg as graph

from video.editing.composition import Composition
from video.style import Format

FILM_FILES: dict[Format, str] = {"mp4": "film.mp4", "webm": "film.webm", "gif": "film.gif"}
FILM_FILE = FILM_FILES["mp4"]
CAPTIONS_FILE = "captions.vtt"
CHAPTERS_FILE = "chapters.ffmetadata"

#: A page that scrolls moves far from frame to frame: motion is searched over 64 px instead of the preset's
#: 16. Letters do not turn, so no block is split for motion, nor motion refined to quarters of a pixel; two
#: B-frames between every two others need no trying out. All as measured: docs/architecture/film.md.
X264 = {
    "vcodec": "libx264",
    "preset": "veryfast",
    "crf": 26,
    "profile:v": "high",
    "x264-params": ("me=umh:merange=64:subme=1:partitions=i4x4,i8x8:bframes=2:b-adapt=0:rc-lookahead=20"),
}
#: libvpx in realtime mode; more than 720 lines are cut into columns for a thread each.
VP9 = {
    "vcodec": "libvpx-vp9",
    "deadline": "realtime",
    "cpu-used": 6,
    "row-mt": 1,
    "tile-columns": 2,
    "crf": 30,
    "b:v": 0,
    "tune-content": "screen",
}
#: A GIF's colours are chosen when all pictures are known, so they are kept as good H.264 until then.
CODECS: dict[Format, dict[str, Any]] = {"mp4": X264, "webm": VP9, "gif": {**X264, "crf": 16}}
PART_FILES: dict[Format, str] = {"mp4": "film.part.mp4", "webm": "film.part.webm", "gif": "film.part.mp4"}
SUBTITLES: dict[Format, str] = {"mp4": "mov_text", "webm": "copy"}
#: A GIF has no sound idea of motion: more would only be larger.
GIF_FPS, GIF_WIDTH_PX = 15, 720
#: A pattern that stays where it is costs few bytes, and only what has changed is drawn again.
DITHERING = {"dither": "bayer", "bayer_scale": 4, "diff_mode": "rectangle"}
#: The longest way between two pictures to which a player can jump.
KEYFRAME_INTERVAL_S = 5
#: The preview is for looking at a film without fetching it: a quarter of a 720p film's pixels, half as often.
PREVIEW_FILE, PREVIEW_PART = "preview.mp4", "preview.part.mp4"
PREVIEW_FPS, PREVIEW_PIXELS, PREVIEW_KEYFRAME_INTERVAL_S = 15, 640 * 360, 4
#: One thread costs a tenth less than several, and keeps up with any film.
PREVIEW: dict[str, Any] = {
    "vcodec": "libx264",
    "preset": "veryfast",
    "crf": 36,
    "profile:v": "high",
    "x264-params": "me=umh:merange=32:subme=1:partitions=i8x8:bframes=2:b-adapt=0:rc-lookahead=10",
    "g": PREVIEW_KEYFRAME_INTERVAL_S * PREVIEW_FPS,
    "threads": 1,
    "movflags": "+faststart",
}
#: The preview's mark, and how far it is from the lower right corner.
WATERMARK_FILE, WATERMARK_WIDTH_PX, WATERMARK_HEIGHT_PX, WATERMARK_MARGIN_PX = "preview.part.mark", 64, 22, 8
#: What is in the folder only while a film is made.
TEMPORARY_FILES = frozenset({*PART_FILES.values(), PREVIEW_PART, WATERMARK_FILE})
BT709 = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}


def build(composition: Composition, *, preview: bool = False) -> list[str]:
    """The arguments for ffmpeg, without its path, to be run in the folder. Pure.

    A preview is made of the same pictures by the same process, and the film has the same bytes as without.
    Its mark has to lie in the folder.
    """
    canvas, fps = composition.layout.canvas, composition.style.fps
    frames = graph.input(
        "pipe:0",
        format="rawvideo",
        pix_fmt="yuv420p",
        s=f"{canvas.width_px}x{canvas.height_px}",
        framerate=fps,
        **BT709,
    )
    # What `-progress` counts are the frames of the first output.
    sources = frames.split() if preview else [frames]
    film = graph.output(
        sources[0],
        PART_FILES[composition.style.format],
        **CODECS[composition.style.format],
        **BT709,
        pix_fmt="yuv420p",
        g=KEYFRAME_INTERVAL_S * fps,
    )
    outputs = [film, _preview(sources[1], composition)] if preview else [film]
    return _arguments(graph.merge_outputs(*outputs), "-progress", "pipe:1")


def _preview(frames: Any, composition: Composition) -> Any:
    """The same pictures, fewer and smaller, with a mark."""
    watermark = graph.input(
        WATERMARK_FILE,
        format="rawvideo",
        pix_fmt="yuva420p",
        s=f"{WATERMARK_WIDTH_PX}x{WATERMARK_HEIGHT_PX}",
        **BT709,
    )
    width, height = preview_size(composition)
    scaled = frames.filter("fps", PREVIEW_FPS).filter("scale", width, height, flags="area")
    left, top = (
        width - WATERMARK_WIDTH_PX - WATERMARK_MARGIN_PX,
        height - WATERMARK_HEIGHT_PX - WATERMARK_MARGIN_PX,
    )
    watermarked = graph.filter([scaled, watermark], "overlay", x=left, y=top)
    return graph.output(watermarked, PREVIEW_PART, **PREVIEW, **BT709, pix_fmt="yuv420p")


def preview_size(composition: Composition) -> tuple[int, int]:
    """Width and height of a cut's preview, whatever its shape."""
    canvas = composition.layout.canvas
    scale = min(sqrt(PREVIEW_PIXELS / (canvas.width_px * canvas.height_px)), 1.0)
    return round(canvas.width_px * scale / 2) * 2, round(canvas.height_px * scale / 2) * 2


def build_mux(composition: Composition) -> list[str]:
    """The arguments that put title, chapters and captions beside the encoded pictures. Pure."""
    kind = composition.style.format
    side_files = [CHAPTERS_FILE, *([CAPTIONS_FILE] if has_captions(composition) else [])]
    frames = graph.input(PART_FILES[kind])
    options: dict[str, Any] = {"map_metadata": 0, "map_chapters": 0, "c:v": "copy"}
    if has_captions(composition):
        # Not shown unless asked for: the same words may well be in the picture.
        options |= {"c:s": SUBTITLES[kind], "disposition:s:0": "0", "metadata:s:s:0": "title=Captions"}
    if kind == "mp4":
        options["movflags"] = "+faststart"
    # ffmpeg-python knows no input without streams, such as chapters are: the side files come first, by hand.
    inputs = [part for file in side_files for part in ("-i", file)]
    return [*inputs, *_arguments(graph.output(frames, FILM_FILES[kind], **options))]


def build_gif(composition: Composition) -> list[str]:
    """The arguments that make a GIF of the encoded pictures, with the 256 colours that suit it best. Pure.

    The file is read twice, once for the colours and once to be drawn: kept in memory it would be gigabytes.
    """
    width, height = gif_size(composition)
    first, second = (
        graph.input(PART_FILES["gif"], thread_queue_size=size)
        .filter("fps", GIF_FPS)
        .filter("scale", width, height, flags="area")
        for size in (8, 9)
    )
    palette = first.filter("palettegen", stats_mode="diff")
    dithered = graph.filter([second, palette], "paletteuse", **DITHERING)
    return _arguments(graph.output(dithered, FILM_FILES["gif"]))


def gif_size(composition: Composition) -> tuple[int, int]:
    """Width and height of a cut as a GIF."""
    canvas = composition.layout.canvas
    width = min(canvas.width_px, GIF_WIDTH_PX)
    return width, round(canvas.height_px * width / canvas.width_px)


def frames_at_rate(composition: Composition, fps: int) -> int:
    """How many frames a cut has at a lower rate."""
    return max(int(composition.film_frames * fps / composition.style.fps + 0.5), 1)


def has_captions(composition: Composition) -> bool:
    """True when a cut has words for a subtitle track."""
    return any(
        caption.text.strip() and caption.end_ms - caption.start_ms >= 1 for caption in composition.captions
    )


def _arguments(output: Any, *options: str) -> list[str]:
    output = output.global_args("-hide_banner", "-nostats", "-loglevel", "warning", *options)
    arguments: list[str] = output.overwrite_output().get_args()
    return arguments
