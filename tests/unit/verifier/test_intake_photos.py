"""A QR code is read from what people really send: screenshots, photos aslant, poor copies."""

import io
from dataclasses import replace
from typing import Final

import pytest
from PIL import Image

from services.verifier.containers.contents import Contents, NotReadError
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.photos import read_photo
from services.verifier.domain.refusals import RefusalCode
from tests.support.handing import DEGRADED, LINK, SCREENSHOT, a_page, a_png, a_qr, as_bytes

READ: Final = [LINK]


def texts(contents: Contents) -> list[str]:
    return [found.content.decode() for found in contents.found]


@pytest.mark.parametrize("how", DEGRADED)
def test_a_code_is_read_from_a_screenshot_of_595_pixels(how: str) -> None:
    picture = as_bytes(DEGRADED[how](a_page(width=SCREENSHOT)))

    assert texts(read_photo(picture, LIMITS)) == READ


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_code_is_read_from_each_kind_of_picture(kind: str) -> None:
    assert texts(read_photo(as_bytes(a_page(), kind), LIMITS)) == READ


def test_a_code_on_a_transparent_ground_is_read_as_on_paper() -> None:
    code = a_qr()
    picture = Image.new("RGBA", code.size, (0, 0, 0, 0))
    picture.paste((20, 60, 110, 255), mask=code.point(lambda shade: 255 - shade))

    assert texts(read_photo(as_bytes(picture), LIMITS)) == READ


def test_a_code_is_found_in_a_large_photo() -> None:
    photo = Image.new("L", (4000, 3000), 200)
    photo.paste(a_qr(side=400), (2900, 2100))

    assert texts(read_photo(as_bytes(photo, "JPEG", quality=60), LIMITS)) == READ


def test_every_code_on_a_picture_is_given_but_no_more_than_agreed() -> None:
    page = Image.new("L", (900, 300), 255)
    for at, text in enumerate(["https://a.example/1", "https://a.example/2", "tel:1"]):
        page.paste(a_qr(text, side=250), (at * 300, 20))

    assert len(texts(read_photo(as_bytes(page), LIMITS))) == 3
    assert len(texts(read_photo(as_bytes(page), replace(LIMITS, codes=2)))) == 2


def test_only_the_first_picture_of_an_animation_is_looked_at() -> None:
    file = io.BytesIO()
    first, second = a_qr("first"), a_qr("second")
    first.save(file, "GIF", save_all=True, append_images=[second.resize(first.size)])

    assert texts(read_photo(file.getvalue(), LIMITS)) == ["first"]


def test_a_picture_without_a_code_holds_nothing() -> None:
    assert read_photo(a_png(), LIMITS) == Contents()
    assert read_photo(as_bytes(Image.effect_noise((600, 600), 80)), LIMITS) == Contents()


@pytest.mark.parametrize("width", [2_100, 20_000, 2**31 - 1])
def test_64_pixels_are_counted_before_any_is_decoded(width: int) -> None:
    with pytest.raises(NotReadError) as refused:
        read_photo(a_png(width=width, height=20_000), LIMITS)

    assert refused.value.code is RefusalCode.PIXELS_MANY


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.01, 0.1, 0.4])
def test_a_picture_that_breaks_off_is_refused(kind: str, part: float) -> None:
    picture = as_bytes(a_page(), kind)

    with pytest.raises(NotReadError) as refused:
        read_photo(picture[: int(len(picture) * part)], LIMITS)

    assert refused.value.code is RefusalCode.PICTURE_DAMAGED
