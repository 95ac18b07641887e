"""Jobs in every state that the page shows, made by the pipeline's transitions, without filming."""

import io
import json
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import cache

from PIL import Image, ImageDraw

from actors.jobs.events import Frame, show
from actors.jobs.keys import Claim, film_key
from actors.jobs.states import Stage, Status
from actors.jobs.store import Store
from actors.progress import Progress, renew_lease
from actors.stages.reports import (
    ElementRefused,
    EncodingProgress,
    MetricsChanged,
    RetryStarted,
    StepTaken,
)
from explorer.retry_policy import Retry
from explorer.types import ActionPlan, Metrics, Outcome, Point, Refusal, Step
from tests.support.jobs import exploring, queued, ready
from video.encoding.ffmpeg_binary import find_ffmpeg

URL = "https://lumen.example/"
#: Name, what the planner said, outcome.
CLICKS: tuple[tuple[str, str, Outcome], ...] = (
    ("Features", "main navigation, unseen page (shows something new)", "page"),
    ("Pricing", "main navigation, unseen page (shows something new)", "page"),
    ("Compare plans", "opens something inside the page,", "disclosure"),
    ("Gallery", "main navigation, unseen page, goal", "page"),
)
REFUSED = (
    ("blacklist", "Buy now", "its text says 'buy'"),
    ("blacklist", "Pay yearly", "its label says 'pay'"),
    ("auth", "Log in", "https://lumen.example/login.html asks people to sign in"),
    ("off_domain", "Our shop", "https://shop.example/ is not on lumen.example"),
    *(("field", f"Field {number}", "it asks for an e-mail address") for number in range(1, 7)),
)
RETRY = Retry(7240.0, "element", 1, 2, "'Pricing' was covered by div \"Loading\"")
CUE = "WEBVTT\n\n00:00.200 --> 00:01.500\nOpen Features\n"
#: One of the take, and one of the film.
LITTLE = {
    "code": "little_to_show",
    "message": "4 of 10 clicks were made: nothing else was left that shows anything new, and 10 things "
    "were refused. Start from another page. What was refused is listed with its reasons.",
}
WORKER = {
    "code": "service_worker_blocked",
    "message": "The page asked for a service worker. None is run while filming, so that no request gets out "
    "unseen. What only its service worker can show is missing.",
}
NO_SHEET = {"code": "sheet_missing", "message": "The film has no sheet: Frame 0 is no <b>picture</b>."}
LOOKED_AT = [
    {"what": f"Page {number}", "page_url": URL, "how": "opened", "outcome": "page"} for number in range(9)
]
CAMERA = {"used": "frames", "notes": [], "lost_frames": 0}


def step(number: int, label: str, why: str, outcome: Outcome) -> Step:
    plan = ActionPlan("role=link", "click", 90, f'keywords: {why} "{label}"')
    start_ms = number * 3000.0
    return Step(number, plan, label, URL, start_ms, start_ms + 900, start_ms + 2000, Point(100, 100), outcome)


def steps() -> list[Step]:
    return [step(number, *click) for number, click in enumerate(CLICKS, 1)]


def refused() -> list[Refusal]:
    return [Refusal(*refusal, URL) for refusal in REFUSED]


@cache
def clip() -> bytes:
    """A real film of two seconds."""
    command = [find_ffmpeg().path, "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=2"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@cache
def picture(kind: str = "PNG") -> bytes:
    image = Image.new("RGB", (576, 324), "#2b2440")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 36, 536, 288), fill="#fffdf8")
    draw.rectangle((40, 36, 536, 64), fill="#17161b")
    draw.rectangle((70, 96, 300, 124), fill="#17161b")
    draw.rectangle((70, 150, 200, 180), fill="#ffc629")
    sink = io.BytesIO()
    image.save(sink, kind)
    return sink.getvalue()


async def waiting(store: Store) -> str:
    await queued(store, "waiting1", URL)
    return "waiting1"


async def filming(store: Store, job_id: str = "filming1", clicks: int = len(CLICKS)) -> Claim:
    """A job that is exploring, with so many clicks."""
    await queued(store, job_id, URL)
    claim = await store.claim(job_id, Stage.QUEUED, Stage.EXPLORING)
    assert claim is not None
    progress = Progress(max_clicks=8)
    progress.note(MetricsChanged(Metrics("executing", clicks, depth=1, runtime_s=12.5)))
    for one in steps()[:clicks]:
        progress.note(StepTaken(one))
    for refusal in refused():
        progress.note(ElementRefused(refusal))
    progress.note(RetryStarted(RETRY))
    await renew_lease(store, claim, progress)
    await show_picture(store, job_id)
    return claim


async def show_picture(store: Store, job_id: str) -> None:
    await show(store.redis, job_id, Frame("", 4000.0, 576, 324, picture("JPEG")))


async def live(store: Store) -> str:
    return (await filming(store)).job_id


async def cutting(store: Store) -> str:
    claim = await filming(store, "cutting1")
    await store.transition(claim, Stage.RECORDED, {"warnings": json.dumps([LITTLE])})
    encoding = await store.claim("cutting1", Stage.RECORDED, Stage.ENCODING)
    assert encoding is not None
    progress = Progress(max_clicks=8)
    progress.note(EncodingProgress(0.5))
    await renew_lease(store, encoding, progress)
    return "cutting1"


async def finished(store: Store, job_id: str = "ready1", *, with_preview: bool = True) -> str:
    """A completed job with a film that plays."""
    film = {
        "format": "mp4",
        "duration_s": 2.0,
        "frames": 60,
        "width": 640,
        "height": 360,
        "fps": 30.0,
        "size_bytes": len(clip()),
        "subtitles": 1,
        "chapters": 2,
        "warnings": [NO_SHEET],
    }
    extras = {"poster": picture(), "sheet": picture(), "captions": CUE.encode(), "timeline": b"{}"}
    if with_preview:
        extras["preview"] = clip()
    fields = {
        "steps": json.dumps([asdict(one) for one in steps()]),
        "refused": json.dumps([asdict(one) for one in refused()]),
        "film": json.dumps(film),
        "stop_reason": "nothing_left",
        "warnings": json.dumps([LITTLE, WORKER]),
        "looked_at": json.dumps(LOOKED_AT),
        "camera_report": json.dumps(CAMERA),
    }
    await ready(store, clip(), job_id, extras=extras, fields=fields)
    return job_id


async def broken(store: Store) -> str:
    claim = await filming(store, "failed1", 2)
    error = "https://lumen.example/ did not answer within 30 s."
    await store.end(claim, Status.FAILED, {"error": error, "error_code": "page_unreachable"})
    return "failed1"


async def cancelled(store: Store) -> str:
    await exploring(store, "cancelled1")
    await store.cancel("cancelled1")
    return "cancelled1"


async def exported(store: Store, job_id: str = "gone1") -> str:
    """A job whose film was exported."""
    await finished(store, job_id)
    claim = await store.claim(job_id, Stage.READY, Stage.EXPORTING)
    assert claim is not None
    assert await store.finish(claim)
    return job_id


async def unknown(store: Store) -> str:
    await store.redis.delete(film_key("nobody1"))
    return "nobody1"


async def nothing(store: Store) -> str:
    return ""


#: By name: what makes the job, and the view that must come up.
SCENES: dict[str, tuple[Callable[[Store], Awaitable[str]], str]] = {
    "start": (nothing, "ask"),
    "waiting": (waiting, "live"),
    "live": (live, "live"),
    "cutting": (cutting, "live"),
    "ready": (finished, "film"),
    "failed": (broken, "ended"),
    "cancelled": (cancelled, "ended"),
    "gone": (exported, "ended"),
    "unknown": (unknown, "ended"),
}
