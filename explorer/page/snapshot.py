"""Takes snapshots of a page, by structure and by picture, and classifies what a click has changed."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag

from playwright.async_api import Page

from explorer.browser.isolated_world import evaluate_isolated
from explorer.page.visible_text import NO_CHANGE, Line, TextChange, text_change
from explorer.page.visual_diff import NOTICEABLE_SHARE, Blocks, Picture, changed_share, path_of
from explorer.text import clean
from explorer.types import Outcome
from explorer.urls import page_key


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a page: `signature` stays the same while a reader would say that nothing has changed.

    `dialog` identifies the open dialogs ("" without any), `unfolded` counts what is expanded,
    `sign_in` is true when the page asks for a password and shows little else, `loading` while placeholders
    stand where its content will be. `lines` can be read in the viewport, `controls` stays the same while no
    control changes its state.
    """

    url: str
    signature: str
    dialog: str = ""
    unfolded: int = 0
    sign_in: bool = False
    picture: Picture | None = None
    lines: tuple[Line, ...] = ()
    loading: bool = False
    controls: str = ""


async def take_snapshot(page: Page, image: bytes = b"") -> Snapshot:
    """Takes a snapshot of the page; `image` is its picture, JPEG or PNG, if there is one."""
    row = await evaluate_isolated(page, _script())
    url = page.url
    picture = Picture.decode(image, path_of(url))
    lines = tuple(Line(clean(text), x, y) for text, x, y in row["lines"])
    return Snapshot(
        url,
        row["signature"],
        row["dialog"],
        row["unfolded"],
        row["sign_in"],
        picture,
        lines,
        row["loading"],
        row["controls"],
    )


def text_changed(before: Snapshot, after: Snapshot, animated: Blocks | None = None) -> TextChange:
    """What can be read after a click and could not before; nothing of another document, which is all new."""
    if urldefrag(before.url).url != urldefrag(after.url).url:
        return NO_CHANGE
    acted = before.controls != after.controls
    return text_change(before.lines, after.lines, animated, acted)


def diff_outcome(before: Snapshot, after: Snapshot, animated: Blocks | None = None) -> Outcome:
    """Classifies the change between two snapshots as a viewer would; `animated` blocks change by themselves.

    Without pictures only the structure is compared.
    """
    if before.picture is not None and after.picture is not None:
        changed = (
            changed_share(before.picture, after.picture, animated) >= NOTICEABLE_SHARE
            or text_changed(before, after, animated).is_scene
        )
    else:
        changed = page_key(before.url) != page_key(after.url) or before.signature != after.signature
    if not changed:
        return "nothing"
    if page_key(before.url) != page_key(after.url):
        return "page"
    if after.dialog and after.dialog != before.dialog:
        return "dialog"
    return "disclosure" if after.unfolded > before.unfolded else "scene"


@cache
def _script() -> str:
    return (Path(__file__).parent / "js" / "snapshot.js").read_text(encoding="utf-8")
