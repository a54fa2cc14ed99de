"""From the file that somebody sent to the pictures that a shop shows: real type, limits, upright, sRGB, without metadata, WebP.

Nothing of the file itself is ever shown: what is shown is drawn anew from its pixels, so that whatever else it carries (places,
cameras, scripts, a second file behind the first one) stays behind. Limits are looked at before a pixel is decoded.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

type Reason = Literal[
    "empty", "too_large", "unsupported_type", "unreadable", "truncated", "animated", "too_many_pixels", "too_slow"
]  # fmt: skip

MAX_BYTES = 10 * 1024 * 1024
# More than any camera of a phone or a studio makes, and what a function of 2 GB can hold several times.
MAX_PIXELS = 64_000_000
# The most that WebP can hold: https://developers.google.com/speed/webp/faq
MAX_SIDE = 16_383
WIDTHS = (200, 600, 1200)
QUALITY = 82
# 4 of 6: 6 takes thrice as long for some two per cent.
_EFFORT = 4
_ANIMATED = ("PNG", "WEBP", "AVIF")

# What staff are told.
REASONS: dict[Reason, str] = {
    "empty": "The file is empty.",
    "too_large": "The file is larger than 10 MB.",
    "unsupported_type": "This is no JPEG, PNG, WebP or AVIF picture, whatever its name says.",
    "unreadable": "The file begins like a picture but cannot be read as one.",
    "truncated": "The file ends too early: it was not sent whole.",
    "animated": "Animated pictures are not taken: send a still one.",
    "too_many_pixels": "The picture is larger than 64 megapixels, or than 16,383 pixels on one side.",
    "too_slow": "The picture could not be read in time, several times over.",
}


class Rejected(Exception):
    """A file that no picture is made of."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rendition:
    """A WebP file of this size in pixels."""

    width: int
    height: int
    content: bytes


def kind_of(content: bytes) -> str | None:
    """The type that the first bytes tell, as Pillow calls it; None for what is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    # ISO 23008-12: a box `ftyp` that names its brands, the sequences' among them.
    if content[4:8] == b"ftyp" and any(
        content[at : at + 4] in (b"avif", b"avis") for at in range(8, min(_box(content), 64), 4)
    ):
        return "AVIF"
    return None


def _box(content: bytes) -> int:
    return int.from_bytes(content[:4])


def make(content: bytes) -> list[Rendition]:
    """The renditions, narrowest first: one for each of WIDTHS that the picture is wider than, and the picture's own width where it
    is no wider than the widest. Raises Rejected."""
    if not content:
        raise Rejected("empty")
    if len(content) > MAX_BYTES:
        raise Rejected("too_large")
    kind = kind_of(content)
    if kind is None:
        raise Rejected("unsupported_type")
    widest = _decoded(content, kind)
    made: list[Rendition] = []
    for width in (widest.width, *(each for each in reversed(WIDTHS) if each < widest.width)):
        widest = _narrowed(widest, width)
        made.insert(0, Rendition(widest.width, widest.height, _webp(widest)))
    return made


def _decoded(content: bytes, kind: str) -> "Image":
    """The picture upright, in 8 bits of sRGB, perhaps with transparency, and no larger than needed. Raises Rejected."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    # Pillow's own limit would warn first; ours is looked at below, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    try:
        # A JPEG of several pictures (MPO) is what some cameras make: its first one is the picture.
        opened = Image.open(BytesIO(content), formats=[kind])
        if opened.width * opened.height > MAX_PIXELS or max(opened.size) > MAX_SIDE:
            raise Rejected("too_many_pixels")
        if kind in _ANIMATED and getattr(opened, "is_animated", False):
            raise Rejected("animated")
        if kind == "JPEG":
            # Decoded at an eighth, a quarter or half of its size where that is enough; both sides, for it may lie on one.
            opened.draft(None, (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        return _in_srgb(_narrowed(upright, WIDTHS[-1]))
    except Rejected:
        raise
    except UnidentifiedImageError as error:
        raise Rejected("unreadable") from error
    # Whatever a codec meets in a file that was made to break it: none of these is ours to mend, nor a reason to try again.
    except Exception as error:
        raise Rejected("truncated" if _ends_early(error) else "unreadable") from error


def _ends_early(error: Exception) -> bool:
    said = str(error).lower()
    return any(
        word in said
        for word in ("truncated", "too short", "incomplete", "premature", "unexpected end", "broken data")
    )


def _narrowed(image: "Image", width: int) -> "Image":
    from PIL import Image

    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    if image.mode in ("P", "PA", "1") or image.mode.startswith("I"):
        image = _in_eight_bits(image)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_eight_bits(image: "Image") -> "Image":
    """Sixteen bits become eight, palettes become colours."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 257)).convert("L")
    if "transparency" in image.info or image.mode == "PA":
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: "Image") -> "Image":
    """RGB, or RGBA where something shows through; of what is said of its colours, nothing is left to say."""
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "PA", "1") or image.mode.startswith("I") or "transparency" in image.info:
        image = _in_eight_bits(image) if image.mode != "RGB" else image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    if alpha is not None:
        image = image.convert("RGB" if image.mode == "RGBA" else "L")
    plain = _by_profile(image, profile) if profile else None
    plain = plain or image.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        plain.putalpha(alpha)
    plain.info = {}
    return plain


def _by_profile(image: "Image", profile: Any) -> "Image | None":
    """The colours that the profile means; None when it is none, or of other colours."""
    from PIL import ImageCms

    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _webp(image: "Image") -> bytes:
    written = BytesIO()
    image.save(written, "WEBP", quality=QUALITY, method=_EFFORT)
    return written.getvalue()
