"""`sitereel doctor`: checks what this machine has for filming, and how to fix what is missing."""

import asyncio
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from actors.embedded_redis import embedded_valkey
from actors.errors import PipelineError
from actors.jobs.store import Store
from actors.settings import Settings
from actors.supervision.resource_usage import counts_shared_once, total_memory_bytes
from explorer.browser.chromium import find_chromium, try_launch
from explorer.environment import only_passed
from explorer.errors import ExplorerError
from video.capture.camera import CameraKind, choose_camera
from video.encoding.ffmpeg_binary import find_ffmpeg
from video.errors import FramesImpossible, VideoError
from video.typography.script_coverage import all_missing, packages_for
from video.typography.system_fonts import shapes
from video.typography.unicode_scripts import SCRIPTS

CAMERA_REASONS: dict[CameraKind, str] = {
    "frames": "this browser renders frame by frame, so no frame is lost",
    "realtime": "as set by CAMERA",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. `ok` is None where something works but could be better."""

    part: str
    ok: bool | None
    found: str
    fix: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Checks everything that filming needs; takes about two seconds."""
    with only_passed():  # starts a browser and other programs
        return [finding for check in CHECKS for finding in check(settings)]


def _python(_: Settings) -> list[Finding]:
    ok = sys.version_info >= (3, 11)
    return [Finding("Python", ok, platform.python_version(), "" if ok else "Install Python 3.11 or later.")]


def _browser(settings: Settings) -> list[Finding]:
    try:
        chromium = find_chromium(settings.chromium_path)
        launched = asyncio.run(try_launch(chromium))
    except ExplorerError as exc:
        return [Finding("Browser", False, str(exc), "Run `make setup`, or set CHROMIUM_PATH.")]
    kind = f"{chromium.kind} {launched.version} from {chromium.source}: {chromium.path}"
    if launched.sandboxed:
        return [Finding("Browser", True, kind), Finding("Sandbox", True, "Chromium's own sandbox is on")]
    reason = (
        "Chromium refuses it to root" if os.geteuid() == 0 else "the kernel does not allow user namespaces"
    )
    fix = "Run as an ordinary user on a kernel with user namespaces."
    return [Finding("Browser", True, kind), Finding("Sandbox", None, f"off: {reason}", fix)]


def _limits(settings: Settings) -> list[Finding]:
    limit_mb, available_mb = settings.max_memory_mb, total_memory_bytes() >> 20
    stage = f"a stage may use {limit_mb} MB of memory and {settings.max_disk_mb} MB of disk"
    if available_mb < limit_mb:
        fix = f"Set MAX_MEMORY_MB below {available_mb}, so that a page that uses too much is stopped cleanly."
        return [Finding("Limits", None, f"{stage}, but only {available_mb} MB of memory are available", fix)]
    if not counts_shared_once():
        return [Finding("Limits", None, f"{stage}; shared memory is not counted: the kernel has no PSS")]
    return [Finding("Limits", True, f"{stage}; shared memory counts once")]


def _camera(settings: Settings) -> list[Finding]:
    fix = "Install chromium-headless-shell, or set CHROMIUM_PATH to one."
    try:
        kind, note = choose_camera(settings.film.camera, find_chromium(settings.chromium_path).kind)
    except FramesImpossible as exc:
        return [Finding("Camera", False, str(exc), fix)]
    except ExplorerError:
        return []
    if note:
        return [Finding("Camera", None, f"{settings.film.camera} uses {kind}. {note}", fix)]
    return [Finding("Camera", True, f"{settings.film.camera} uses {kind}: {CAMERA_REASONS[kind]}")]


def _ffmpeg(settings: Settings) -> list[Finding]:
    try:
        ffmpeg = find_ffmpeg(settings.ffmpeg_path)
    except VideoError as exc:
        return [Finding("ffmpeg", False, str(exc))]
    encoders = ", ".join(name for name in ("libx264", "libvpx-vp9", "libsvtav1") if name in ffmpeg.encoders)
    return [Finding("ffmpeg", True, f"{ffmpeg.version} with {encoders}: {ffmpeg.path}")]


def _redis(settings: Settings) -> list[Finding]:
    if settings.redis is None:
        try:
            with embedded_valkey() as url:
                asyncio.run(_ping(url, settings))
        except (PipelineError, RedisError, OSError) as exc:
            return [Finding("Redis", False, f"the embedded Valkey: {exc}", "Set REDIS_URL to a Redis.")]
        return [Finding("Redis", True, "embedded Valkey (neither REDIS_URL nor REDIS_HOST is set)")]
    try:
        asyncio.run(_ping(settings.redis, settings))
    except RedisError as exc:
        return [Finding("Redis", False, str(exc), "Start it, or unset REDIS_URL and REDIS_HOST.")]
    return [Finding("Redis", True, "responds")]


async def _ping(url: str, settings: Settings) -> None:
    async with Store.opened(url, settings) as store:
        await store.ping()


def _site_files(settings: Settings) -> list[Finding]:
    """A file that is wrong has ended the command before: the settings were."""
    folder, names = settings.sites.folder, [file.name for file in settings.sites.files]
    if not folder:
        return []
    if not names:
        fix = "Put YAML files there, or unset SITES_DIR."
        return [Finding("Site files", None, f"none in {folder}", fix)]
    return [Finding("Site files", True, f"{len(names)} in {folder}: {', '.join(names)}")]


def _fonts(_: Settings) -> list[Finding]:
    missing = all_missing()
    if not missing:
        return [Finding("Fonts", True, f"for all {len(SCRIPTS)} scripts that are checked")]
    found = f"none for {', '.join(missing)}: pages show boxes instead"
    return [
        Finding("Fonts", None, found, f"Install them: `apt-get install {' '.join(packages_for(missing))}`.")
    ]


def _text_shaping(_: Settings) -> list[Finding]:
    if shapes():
        return [Finding("Text shaping", True, "joins and orders letters by their script")]
    found = "FriBidi is not installed: captions join Arabic coarsely, and Indic scripts not at all"
    return [Finding("Text shaping", None, found, "Install it: `apt-get install libfribidi0`.")]


CHECKS: tuple[Callable[[Settings], list[Finding]], ...] = (
    _python,
    _browser,
    _limits,
    _camera,
    _ffmpeg,
    _redis,
    _site_files,
    _fonts,
    _text_shaping,
)
