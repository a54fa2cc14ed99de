"""Pictures for tests, good and hostile."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms


def picture(kind: str, size: tuple[int, int] = (640, 480), mode: str = "RGB", **saved: Any) -> bytes:
    """A file of this Pillow format: red on the left, blue on the right."""
    image = Image.new("RGB", size, "#d02020")
    image.paste("#2020d0", (size[0] // 2, 0, size[0], size[1]))
    written = BytesIO()
    (image if mode == "RGB" else image.convert(mode)).save(written, kind, **saved)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture in a file."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def srgb_profile() -> bytes:
    """An ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def png_that_claims(width: int, height: int) -> bytes:
    """A small PNG whose head promises this size, and whose data unpack to nothing but zeros."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 10_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def png_with_a_text_bomb() -> bytes:
    """A PNG whose text unpacks to 200 MB."""
    good = picture("PNG", (10, 10))
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\x00" * 1_000_000) for _ in range(200)) + packer.flush()
    return good[:33] + _chunk(b"zTXt", b"Comment\x00\x00" + packed) + good[33:]


def animated(kind: str) -> bytes:
    """A file of two different frames."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    written = BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


def zip_of_death() -> bytes:
    """An archive that unpacks to a hundred times itself, the same at every call."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("0"), b"\x00" * 5_000_000, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
