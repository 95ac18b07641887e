"""The picture of an inspection: a box and a number on everything that is in view."""

import io
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from demo_api.local.inspect import Finding, Inspection, Kind
from explorer.types import Box

#: Red reads as "no" and is kept for what the guardrails turn down.
COLOURS: dict[Kind, tuple[int, int, int]] = {
    "offered": (0, 110, 60),
    "refused": (200, 20, 30),
    "covered": (110, 110, 110),
}
LABEL_PX = 13


def annotate(inspection: Inspection) -> bytes:
    """The picture with a box and a number on everything in view, as PNG."""
    with Image.open(io.BytesIO(inspection.picture)) as opened:
        image = opened.convert("RGB")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(LABEL_PX)
    taken: list[Box] = []
    for finding in (*inspection.covered, *inspection.elements):
        _frame(draw, finding)
    for finding in (*inspection.elements, *inspection.covered):
        _tag(draw, font, finding, image.size, taken)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _shows(finding: Finding) -> bool:
    return finding.element.in_view and finding.element.box.width > 0


def _frame(draw: ImageDraw.ImageDraw, finding: Finding) -> None:
    if _shows(finding):
        box = finding.element.box
        corners = (box.x, box.y, box.x + box.width - 1, box.y + box.height - 1)
        draw.rectangle(corners, outline=COLOURS[finding.kind], width=1 if finding.kind == "covered" else 2)


def _tag(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    finding: Finding,
    size: tuple[int, int],
    taken: list[Box],
) -> None:
    """The number, where it hides no other number."""
    if not _shows(finding):
        return
    text = str(finding.number)
    width, height = draw.textlength(text, font=font) + 6, LABEL_PX + 3
    for x, y in _corners(finding.element.box, width, height):
        place = Box(min(max(0, x), size[0] - width), min(max(0, y), size[1] - height), width, height)
        if not any(_overlap(place, other) for other in taken):
            break
    taken.append(place)
    draw.rectangle((place.x, place.y, place.x + width, place.y + height), fill=COLOURS[finding.kind])
    draw.text((place.x + 3, place.y), text, fill=(255, 255, 255), font=font)


def _corners(box: Box, width: float, height: float) -> Iterator[tuple[float, float]]:
    """Above the box, on its corners, below it, and at last inside."""
    right, bottom = box.x + box.width, box.y + box.height
    yield from ((box.x, box.y - height), (right - width, box.y - height), (right, box.y))
    yield from ((box.x, bottom), (right - width, bottom), (box.x - width, box.y), (box.x, box.y))


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )
