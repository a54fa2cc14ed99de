"""A drawing board for flat product illustrations: drawn four times as large and scaled down, so that edges are smooth."""

import math
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = 800
_SCALE = 2
_QUALITY = 82

type Colour = str
type Point = tuple[float, float]


class Canvas:
    """A square of 100 by 100 units with a soft two-tone background; shapes are drawn over one another."""

    def __init__(self, top: Colour, floor: Colour) -> None:
        side = SIZE * _SCALE
        self._unit = side / 100
        self._image = Image.new("RGB", (side, side), top)
        self._draw = ImageDraw.Draw(self._image)
        self.rectangle(0, 72, 100, 100, floor)

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0
    ) -> None:
        """A rectangle, its corners rounded by `radius`."""
        self._draw.rounded_rectangle(self._box(left, top, right, bottom), radius * self._unit, fill)

    def ellipse(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        """An ellipse around (x, y)."""
        self._draw.ellipse(self._box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), fill)

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(*point) for point in points], fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """A line through the points with round joints and ends."""
        self._draw.line(
            [self._at(*point) for point in points], fill, round(width * self._unit), joint="curve"
        )
        for x, y in (points[0], points[-1]):
            self.ellipse(x, y, width, width, fill)

    def arc(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        start: float,
        end: float,
        fill: Colour,
        thick: float,
    ) -> None:
        """A part of an ellipse's outline, in degrees clockwise from three o'clock."""
        box = self._box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        self._draw.arc(box, start, end, fill, round(thick * self._unit))

    def curve(self, left: float, right: float, y: float, height: float, waves: float) -> list[Point]:
        """The points of a sine line from left to right around `y`."""
        steps = 60
        return [
            (
                left + (right - left) * step / steps,
                y + height * math.sin(2 * math.pi * waves * step / steps),
            )
            for step in range(steps + 1)
        ]

    def shadow(self, x: float, y: float, width: float, height: float = 7) -> None:
        """The soft shadow of something that stands on the floor."""
        layer = Image.new("L", self._image.size, 0)
        ImageDraw.Draw(layer).ellipse(
            self._box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), 90
        )
        layer = layer.filter(ImageFilter.GaussianBlur(1.6 * self._unit))
        self._image.paste(Image.new("RGB", self._image.size, "#2b2118"), (0, 0), layer)

    def webp(self, side: int = SIZE) -> bytes:
        """The picture as WebP, of so many pixels a side."""
        written = BytesIO()
        self._image.resize((side, side), Image.Resampling.LANCZOS).save(
            written, "WEBP", quality=_QUALITY, method=6
        )
        return written.getvalue()

    def _at(self, x: float, y: float) -> Point:
        return x * self._unit, y * self._unit

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * self._unit, top * self._unit, right * self._unit, bottom * self._unit
