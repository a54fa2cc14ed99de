"""What is made of a file that somebody sent, and of which ones nothing is."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.catalog import renditions
from shared.catalog.renditions import MAX_BYTES, REASONS, Reason, Rejected, make
from tests.pictures import (
    animated,
    opened,
    picture,
    png_that_claims,
    png_with_a_text_bomb,
    srgb_profile,
    zip_of_death,
)

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(document.domain)</script></html>"


def refused(content: bytes) -> Reason:
    with pytest.raises(Rejected) as caught:
        make(content)
    assert REASONS[caught.value.reason]
    return caught.value.reason


def is_reddish(colour: tuple[int, ...]) -> bool:
    return colour[0] > 150 > colour[2]


def is_bluish(colour: tuple[int, ...]) -> bool:
    return colour[2] > 150 > colour[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_three_widths_are_made_of_each_type(kind: str) -> None:
    made = make(picture(kind, (1600, 800)))
    assert [(each.width, each.height) for each in made] == [(200, 100), (600, 300), (1200, 600)]
    for each in made:
        shown = opened(each.content)
        assert (shown.format, shown.size) == ("WEBP", (each.width, each.height))


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, [1]), (200, [200]), (201, [200, 201]), (600, [200, 600]), (900, [200, 600, 900]), (1200, [200, 600, 1200])],
)  # fmt: skip
def test_nothing_is_enlarged(width: int, widths: list[int]) -> None:
    assert [each.width for each in make(picture("PNG", (width, 40)))] == widths


def test_a_picture_that_lies_on_its_side_is_put_upright_and_says_nothing_more() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    made = make(picture("JPEG", (800, 400), exif=exif, icc_profile=srgb_profile(), comment=b"secret"))
    shown = opened(made[-1].content)
    assert shown.size == (400, 800)
    top, bottom = shown.getpixel((200, 50)), shown.getpixel((200, 750))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert is_reddish(top)
    assert is_bluish(bottom)
    for each in made:
        assert not dict(opened(each.content).getexif())
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(opened(each.content).info)
        assert b"Camera" not in each.content
        assert b"secret" not in each.content


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "I;16"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "RGBA"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_colours_of_other_kinds_become_what_screens_show(kind: str, mode: str) -> None:
    if mode == "I;16":
        deep = Image.new("I;16", (640, 480), 40_000)
        written = BytesIO()
        deep.save(written, "PNG")
        shown = opened(make(written.getvalue())[-1].content)
        grey = shown.convert("L").getpixel((10, 10))
        assert isinstance(grey, int)
        assert abs(grey - 40_000 // 257) <= 3
        return
    shown = opened(make(picture(kind, mode=mode))[-1].content)
    assert shown.mode in ("RGB", "RGBA")
    if mode in ("CMYK", "P", "RGBA"):
        left, right = shown.getpixel((20, 20)), shown.getpixel((600, 20))
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        assert is_reddish(left)
        assert is_bluish(right)


def test_what_shines_through_still_does() -> None:
    image = Image.new("RGBA", (300, 300), (10, 200, 10, 0))
    image.paste((200, 10, 10, 255), (0, 0, 150, 300))
    written = BytesIO()
    image.save(written, "PNG")
    for each in make(written.getvalue()):
        alpha = opened(each.content).getchannel("A")
        assert alpha.getpixel((5, 5)) == 255
        assert alpha.getpixel((each.width - 5, 5)) == 0


def test_colours_of_another_space_look_the_same() -> None:
    # A profile that is none, or of other colours than the picture's, is left aside.
    for profile in (b"", b"nonsense", srgb_profile()):
        shown = opened(make(picture("JPEG", icc_profile=profile))[-1].content)
        left = shown.getpixel((20, 20))
        assert isinstance(left, tuple)
        assert is_reddish(left)
    grey = make(picture("JPEG", mode="L", icc_profile=srgb_profile()))
    assert opened(grey[-1].content).mode == "RGB"


@pytest.mark.parametrize(
    "payload",
    [HTML, SVG, zip_of_death(), b"MZ" + b"\x00" * 600, b"<?php system($_GET[0]); ?>"],
    ids=["html", "svg", "zip", "program", "php"],
)
def test_a_second_file_behind_the_first_one_stays_behind(payload: bytes) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        for each in make(picture(kind) + payload):
            assert payload[:20] not in each.content
    commented = picture("JPEG", comment=payload[:60_000])
    assert all(payload[:20] not in each.content for each in make(commented))


def test_a_wrong_name_does_no_harm_and_a_wrong_file_is_refused_whatever_its_name() -> None:
    # The name and the type that were told are not even asked: a PNG is a PNG.
    assert make(picture("PNG"))[-1].width == 640
    for other in ("GIF", "BMP", "TIFF", "ICO", "PPM"):
        assert refused(picture(other)) == "unsupported_type"
    for content in (
        SVG,
        HTML,
        zip_of_death(),
        b"%PDF-1.7",
        b"\x7fELF",
        b"GIF89a" + HTML,
        b"RIFF\x00\x00\x00\x00WAVE",
    ):
        assert refused(content) == "unsupported_type"


def test_nothing_and_too_much_are_refused() -> None:
    assert refused(b"") == "empty"
    assert refused(picture("PNG") + b"\x00" * MAX_BYTES) == "too_large"
    whole = picture("PNG")
    assert make(whole + b"\x00" * (MAX_BYTES - len(whole)))


@pytest.mark.parametrize(
    "size", [(30_000, 30_000), (8001, 8001), (20_000, 10), (10, 20_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_small_file_that_would_unpack_to_a_huge_picture_is_refused_before_it_does(
    size: tuple[int, int],
) -> None:
    assert refused(png_that_claims(*size)) in ("too_many_pixels", "unreadable")


def test_a_large_picture_is_refused_in_every_type() -> None:
    for kind in ("JPEG", "WEBP"):
        assert make(picture(kind, (4000, 10)))[-1].width == 1200
    assert refused(picture("JPEG", (20_000, 8))) == "too_many_pixels"


def test_a_text_that_unpacks_without_end_is_not_unpacked() -> None:
    assert refused(png_with_a_text_bomb()) == "unreadable"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_an_animated_picture_is_refused(kind: str) -> None:
    assert refused(animated(kind)) == "animated"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_half_a_file_is_refused(kind: str) -> None:
    content = picture(kind, (800, 800))
    for size in (len(content) // 2, len(content) - 200):
        assert refused(content[:size]) in ("truncated", "unreadable")


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF"]),
    at=st.floats(0, 1),
    noise=st.binary(min_size=1, max_size=40),
)
def test_whatever_is_broken_in_a_file_it_is_made_or_refused(kind: str, at: float, noise: bytes) -> None:
    content = bytearray(picture(kind, (64, 48)))
    start = int(at * (len(content) - len(noise)))
    content[max(0, start) : max(0, start) + len(noise)] = noise
    with suppress(Rejected):
        assert 1 <= make(bytes(content))[-1].width <= 1200


def test_the_same_file_makes_the_same_renditions() -> None:
    content = picture("JPEG", (1500, 700))
    assert [each.content for each in make(content)] == [each.content for each in renditions.make(content)]
