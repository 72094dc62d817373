"""A credential baked into a picture is found, and a picture that leaves a choice is refused.

The numbers are those of the negative cases of credentials.md section 8.
"""

import zlib
from dataclasses import replace
from typing import Final

import pytest

from services.verifier.containers import png, svg
from services.verifier.containers.contents import NotReadError
from services.verifier.containers.limits import LIMITS
from services.verifier.domain.handed import Form
from services.verifier.domain.refusals import RefusalCode
from shared.proofs.baking import bake_png, bake_svg
from tests.support.handing import (
    OB3,
    TOKEN,
    a_baked_svg,
    a_png,
    a_zip,
    an_svg,
    chunk,
    itxt,
)

BAKED: Final = a_png(itxt(TOKEN.encode()))
CREDENTIAL: Final = f'<openbadges:credential verify="{TOKEN}"/>'


def png_refusal(picture: bytes) -> RefusalCode:
    with pytest.raises(NotReadError) as refused:
        png.unbake(picture, LIMITS)
    return refused.value.code


def svg_refusal(drawing: bytes) -> RefusalCode:
    with pytest.raises(NotReadError) as refused:
        svg.unbake(drawing, LIMITS)
    return refused.value.code


def test_what_our_issuer_bakes_is_read_back_from_both_formats() -> None:
    drawing = b'<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><title>T</title></svg>'

    from_png = png.unbake(bake_png(a_png(), TOKEN), LIMITS)
    from_svg = svg.unbake(bake_svg(drawing, TOKEN), LIMITS)

    assert from_png is not None
    assert from_svg is not None
    assert from_png.content == from_svg.content == TOKEN.encode()
    assert from_png.form is from_svg.form is None


def test_a_picture_without_a_credential_holds_none() -> None:
    assert png.unbake(a_png(), LIMITS) is None
    assert png.unbake(a_png(chunk(b"tEXt", b"Software\0made up")), LIMITS) is None
    assert svg.unbake(an_svg("<g/>"), LIMITS) is None


def test_62_a_png_with_two_credentials_is_refused_whatever_chunks_they_are_in() -> None:
    one = itxt(TOKEN.encode())
    plain = chunk(b"tEXt", b"openbadgecredential\0" + TOKEN.encode())
    old = chunk(b"tEXt", b"openbadges\0https://a.example/1")

    assert png_refusal(a_png(one, one)) is RefusalCode.PNG_TWO_CREDENTIALS
    assert png_refusal(a_png(one, plain)) is RefusalCode.PNG_TWO_CREDENTIALS
    assert png_refusal(a_png(one, old)) is RefusalCode.PNG_TWO_CREDENTIALS
    assert png_refusal(a_png(plain)) is RefusalCode.PNG_WRONG_CHUNK


def test_63_a_compressed_credential_is_refused_without_inflating_it() -> None:
    bomb = zlib.compress(b"\0" * 30_000_000)

    assert png_refusal(a_png(itxt(bomb, packed=True))) is RefusalCode.PNG_COMPRESSED
    packed = chunk(b"zTXt", b"openbadgecredential\0\0" + bomb)
    assert png_refusal(a_png(packed)) is RefusalCode.PNG_COMPRESSED
    assert png_refusal(a_png(chunk(b"zTXt", b"openbadges\0\0" + bomb))) is (
        RefusalCode.PNG_COMPRESSED
    )


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        pytest.param(BAKED[:60] + b"?" + BAKED[61:], "png-damaged", id="bad checksum"),
        pytest.param(BAKED[:8] + b"\xff" + BAKED[9:], "png-damaged", id="length overflow"),
        pytest.param(BAKED[:8] + b"\x7f\xff\xff\xff" + BAKED[12:], "png-damaged", id="2^31-1"),
        pytest.param(BAKED[:-6], "png-damaged", id="broken off"),
        pytest.param(BAKED[:8] + BAKED[33:], "png-damaged", id="no header"),
        pytest.param(a_png(itxt(b"")[:-4]), "png-damaged", id="a chunk without its checksum"),
        pytest.param(a_png(itxt(b"")[:-9] + itxt(b"")[-4:]), "png-damaged", id="short"),
        pytest.param(a_png(chunk(b"acTL", b"\0" * 8), itxt(b"a")), "png-animated", id="APNG"),
        pytest.param(BAKED + a_zip([("a", b"b")]), "png-continues", id="baked, and a ZIP"),
        pytest.param(a_png(after=a_zip([("a", b"b")])), "png-continues", id="a ZIP"),
        pytest.param(BAKED + b"\0", "png-continues", id="one byte more"),
        pytest.param(a_png(width=20_000, height=20_000), "pixels-many", id="20,000 x 20,000"),
        pytest.param(a_png(width=0), "png-damaged", id="no width"),
    ],
)
def test_64_a_broken_or_double_faced_png_is_refused(picture: bytes, code: str) -> None:
    assert png_refusal(picture) == code


def test_a_png_of_more_chunks_than_pictures_have_is_refused() -> None:
    empty = [chunk(b"tEXt", b"a\0b")] * 20

    with pytest.raises(NotReadError):
        png.unbake(a_png(*empty), replace(LIMITS, png_chunks=20))


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        pytest.param(a_baked_svg("<script>alert(1)</script>"), "svg-active", id="script"),
        pytest.param(
            a_baked_svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'),
            "svg-active",
            id="script in another namespace",
        ),
        pytest.param(a_baked_svg('<g onload="alert(1)"/>'), "svg-active", id="on*"),
        pytest.param(a_baked_svg(attributes='ONLOAD="a()"'), "svg-active", id="on* of the root"),
        pytest.param(a_baked_svg("<foreignObject/>"), "svg-active", id="foreignObject"),
        pytest.param(
            a_baked_svg('<a href=" java&#9;script:alert(1)"/>'), "svg-active", id="javascript:"
        ),
        pytest.param(
            a_baked_svg('<set attributeName="href" to="javascript:alert(1)"/>'),
            "svg-active",
            id="javascript: by animation",
        ),
        pytest.param(
            a_baked_svg('<image href="https://a.example/p.png"/>'), "svg-external", id="image"
        ),
        pytest.param(
            a_baked_svg('<use xlink:href="//a.example/x.svg#a"/>'), "svg-external", id="use"
        ),
        pytest.param(
            a_baked_svg('<image href="data:image/svg+xml,%3Csvg/%3E"/>'),
            "svg-external",
            id="a drawing in the drawing",
        ),
        pytest.param(
            a_baked_svg("<style>@im<![CDATA[port]]> 'https://a.example'</style>"),
            "svg-external",
            id="@import",
        ),
        pytest.param(
            a_baked_svg('<rect style="fill: url( https://a.example/f )"/>'),
            "svg-external",
            id="url()",
        ),
        pytest.param(
            a_baked_svg("<style>a{b:\\75rl(//a.example)}</style>"), "svg-external", id="escaped"
        ),
        pytest.param(
            a_baked_svg(before='<?xml-stylesheet href="https://a.example/x.css"?>'),
            "svg-external",
            id="style sheet",
        ),
        pytest.param(a_baked_svg(before="<!DOCTYPE svg>"), "svg-doctype", id="DOCTYPE"),
        pytest.param(
            a_baked_svg(
                "<desc>&a;</desc>",
                before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            ),
            "svg-doctype",
            id="XXE",
        ),
        pytest.param(
            a_baked_svg(
                "<desc>&c;</desc>",
                before='<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
            ),
            "svg-doctype",
            id="billion laughs",
        ),
        pytest.param(a_baked_svg("<g>"), "svg-damaged", id="not well-formed"),
        pytest.param(b'<html xmlns="x"><svg/></html>', "svg-damaged", id="another root"),
        pytest.param(an_svg("<g>" * 300 + "</g>" * 300), "svg-damaged", id="deep"),
    ],
)
def test_65_a_drawing_that_could_do_anything_is_refused(drawing: bytes, code: str) -> None:
    assert svg_refusal(drawing) == code


def test_a_drawing_may_refer_to_itself_and_hold_a_picture_and_a_link() -> None:
    drawing = a_baked_svg(
        '<use href="#a"/><rect fill="url(#g)" style="stroke: url(\'#s\')"/>'
        '<image href="data:image/png;base64,AAAA"/><a href="https://a.example/"/>'
    )

    found = svg.unbake(drawing, LIMITS)

    assert found is not None
    assert found.content == TOKEN.encode()


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        pytest.param(a_baked_svg(CREDENTIAL), "svg-two-credentials", id="two"),
        pytest.param(
            an_svg(f'<openbadges:credential verify="{TOKEN}">{{}}</openbadges:credential>'),
            "svg-two-places",
            id="attribute and text",
        ),
        pytest.param(
            an_svg(f"<openbadges:credential>{CREDENTIAL}</openbadges:credential>"),
            "svg-two-places",
            id="one in the other",
        ),
        pytest.param(
            an_svg(CREDENTIAL).replace(OB3.encode(), b"https://purl.imsglobal.example/ob/v3p0"),
            "svg-wrong-namespace",
            id="another namespace",
        ),
        pytest.param(
            an_svg(f'<credential verify="{TOKEN}"/>'), "svg-wrong-namespace", id="no namespace"
        ),
        pytest.param(
            a_baked_svg(
                '<b:assertion xmlns:b="http://openbadges.org" verify="https://a.example"/>'
            ),
            "svg-two-credentials",
            id="and an older one",
        ),
    ],
)
def test_66_a_drawing_that_leaves_a_choice_is_refused(drawing: bytes, code: str) -> None:
    assert svg_refusal(drawing) == code


def test_a_credential_in_json_is_text_of_its_element() -> None:
    inside = '<![CDATA[{"type": ["VerifiableCredential"], "name": "a < b"}]]>'

    found = svg.unbake(an_svg(f"<openbadges:credential>{inside}</openbadges:credential>"), LIMITS)

    assert found is not None
    assert found.content == b'{"type": ["VerifiableCredential"], "name": "a < b"}'


def test_what_open_badges_2_baked_is_known_as_that() -> None:
    address = b"https://a.example/assertions/1"
    old = f'<o:assertion xmlns:o="http://openbadges.org" verify="{address.decode()}"/>'

    found = [
        png.unbake(a_png(chunk(b"tEXt", b"openbadges\0" + address)), LIMITS),
        png.unbake(a_png(itxt(address, b"openbadges")), LIMITS),
        svg.unbake(an_svg(old), LIMITS),
    ]

    assert [(one.content, one.form) for one in found if one] == [(address, Form.OPEN_BADGES_2)] * 3
