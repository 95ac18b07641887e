"""Annotates the screenshot of an inspection: a box and a number on every element in view."""

import io
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from demo_api.local.inspect import Finding, Inspection, Kind
from explorer.types import Box

#: Red is for refused elements only.
COLOURS: dict[Kind, tuple[int, int, int]] = {
    "offered": (0, 110, 60),
    "refused": (200, 20, 30),
    "covered": (110, 110, 110),
}
LABEL_PX = 13


def annotate(inspection: Inspection) -> bytes:
    """Draws a box and a number on every element in view; returns a PNG."""
    with Image.open(io.BytesIO(inspection.screenshot)) as opened:
        image = opened.convert("RGB")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(LABEL_PX)
    occupied: list[Box] = []
    for finding in (*inspection.covered, *inspection.elements):
        _draw_box(draw, finding)
    for finding in (*inspection.elements, *inspection.covered):
        _draw_number(draw, font, finding, image.size, occupied)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _is_in_view(finding: Finding) -> bool:
    return finding.element.in_view and finding.element.box.width > 0


def _draw_box(draw: ImageDraw.ImageDraw, finding: Finding) -> None:
    if _is_in_view(finding):
        box = finding.element.box
        corners = (box.x, box.y, box.x + box.width - 1, box.y + box.height - 1)
        draw.rectangle(corners, outline=COLOURS[finding.kind], width=1 if finding.kind == "covered" else 2)


def _draw_number(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    finding: Finding,
    size: tuple[int, int],
    occupied: list[Box],
) -> None:
    """Draws the number where it covers no other number."""
    if not _is_in_view(finding):
        return
    text = str(finding.number)
    width, height = draw.textlength(text, font=font) + 6, LABEL_PX + 3
    for x, y in _label_positions(finding.element.box, width, height):
        label = Box(min(max(0, x), size[0] - width), min(max(0, y), size[1] - height), width, height)
        if not any(_overlap(label, other) for other in occupied):
            break
    occupied.append(label)
    draw.rectangle((label.x, label.y, label.x + width, label.y + height), fill=COLOURS[finding.kind])
    draw.text((label.x + 3, label.y), text, fill=(255, 255, 255), font=font)


def _label_positions(box: Box, width: float, height: float) -> Iterator[tuple[float, float]]:
    """Yields positions above the box, beside its corners, below it, and last inside."""
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
