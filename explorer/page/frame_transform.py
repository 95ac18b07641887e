"""How points of a frame map to the page around it, which may scale, rotate, skew or zoom the frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.types import Point


@dataclass(frozen=True, slots=True)
class FrameTransform:
    """A two-dimensional affine map as `matrix(a, b, c, d, e, f)` of CSS, lengths in CSS pixels."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    @classmethod
    def decode(cls, numbers: Sequence[float]) -> "FrameTransform":
        """Decodes the six numbers of `matrix`."""
        return cls(*map(float, numbers))

    def apply(self, x: float, y: float) -> Point:
        """Maps a point of the inner coordinates to the outer ones."""
        return Point(self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)

    def apply_to_box(self, box: dict[str, float]) -> dict[str, float]:
        """Maps a box, and returns the smallest upright box around the result."""
        corners = [
            self.apply(box["x"] + right * box["width"], box["y"] + down * box["height"])
            for right in (0, 1)
            for down in (0, 1)
        ]
        left, top = min(corner.x for corner in corners), min(corner.y for corner in corners)
        width, height = max(corner.x for corner in corners) - left, max(corner.y for corner in corners) - top
        return {"x": left, "y": top, "width": width, "height": height}

    def within(self, outer: "FrameTransform") -> "FrameTransform":
        """Combines the map of a frame with that of the frame around it."""
        origin = outer.apply(self.e, self.f)
        return FrameTransform(
            outer.a * self.a + outer.c * self.b,
            outer.b * self.a + outer.d * self.b,
            outer.a * self.c + outer.c * self.d,
            outer.b * self.c + outer.d * self.d,
            origin.x,
            origin.y,
        )
