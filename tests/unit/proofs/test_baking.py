"""A baked credential is there once, others find it, and the picture stays as it is."""

import io
import struct
import zlib
from typing import Final

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.baking import extract_png, extract_svg
from PIL import Image

from shared.proofs.baking import KEYWORD, NAMESPACE, NotBakeableError, bake_png, bake_svg

TOKEN: Final = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJkaWQ6d2ViOmEifQ.c2lnbmF0dXJl"
OTHER: Final = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJkaWQ6d2ViOmIifQ.b3RoZXI"
SVG: Final = b'<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><title>T</title></svg>'
_PART = r"[A-Za-z0-9_-]{1,900}"
tokens = st.from_regex(rf"{_PART}\.{_PART}\.{_PART}", fullmatch=True)


def a_png() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (3, 3), (21, 66, 115, 200)).save(file, "PNG")
    return file.getvalue()


def pixels(png: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(png)) as picture:
        return [picture.tobytes()]


@given(token=tokens)
def test_others_find_what_was_baked_into_a_png(token: str) -> None:
    baked = bake_png(a_png(), token)

    assert extract_png(baked, keyword=KEYWORD) == token
    with Image.open(io.BytesIO(baked)) as picture:
        assert picture.text[KEYWORD.decode()] == token  # type: ignore[attr-defined] # of PNG files
    assert pixels(baked) == pixels(a_png())


@given(token=tokens)
def test_others_find_what_was_baked_into_an_svg(token: str) -> None:
    baked = bake_svg(SVG, token)

    assert extract_svg(baked, element="openbadges:credential") == token
    root = ElementTree.fromstring(baked)
    assert root[0].tag == f"{{{NAMESPACE}}}credential"
    assert root[1].text == "T"


def test_baking_again_replaces_what_was_there() -> None:
    png = bake_png(bake_png(a_png(), OTHER), TOKEN)
    svg = bake_svg(bake_svg(SVG, OTHER), TOKEN)

    assert (png, svg) == (bake_png(a_png(), TOKEN), bake_svg(SVG, TOKEN))
    assert png.count(KEYWORD) == svg.count(b"<openbadges:credential ") == 1


def test_every_way_of_keeping_a_credential_in_a_png_is_replaced() -> None:
    content = KEYWORD + b"\0" + OTHER.encode()
    chunk = struct.pack(">I4s", len(content), b"tEXt") + content
    chunk += struct.pack(">I", zlib.crc32(b"tEXt" + content))
    png = a_png()
    smuggled = png[:-12] + chunk + png[-12:]

    assert bake_png(smuggled, TOKEN) == bake_png(png, TOKEN)


@pytest.mark.parametrize(
    "broken",
    [b"", b"GIF89a", a_png()[:40], a_png()[:-12], a_png().replace(b"IDAT", b"IDAU")],
    ids=["nothing", "a GIF", "half", "no end", "damaged"],
)
def test_what_is_no_sound_png_is_refused(broken: bytes) -> None:
    with pytest.raises(NotBakeableError):
        bake_png(broken, TOKEN)


@pytest.mark.parametrize("token", ["", "a.b", 'a.b.c"/><script>', "a.b.c\n", "{}"])
def test_only_a_compact_jws_is_baked(token: str) -> None:
    for bake, picture in ((bake_png, a_png()), (bake_svg, SVG)):
        with pytest.raises(NotBakeableError):
            bake(picture, token)


def test_what_is_no_svg_is_refused() -> None:
    with pytest.raises(NotBakeableError):
        bake_svg(b"<html></html>", TOKEN)
