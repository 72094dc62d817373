"""Cases 62 to 66: pictures that hold two credentials, are two things, or do something."""

import zlib
from typing import Final

import pytest

from services.verifier.intake import Intake
from shared.proofs.baking import bake_png
from tests.support.handing import (
    OB3,
    a_png,
    a_zip,
    an_svg,
    chunk,
    itxt,
)
from tests.unit.verifier.cases.entry import (
    HONEST,
    Case,
    assert_refused,
)
from tests.unit.verifier.cases.saying import (
    refused,
)

pytestmark = pytest.mark.anyio
TOKEN: Final = HONEST.encode()
BAKED: Final = bake_png(a_png(), HONEST)
CREDENTIAL: Final = f'<openbadges:credential verify="{HONEST}"/>'
BOMB: Final = zlib.compress(bytes(30_000_000))


def drawn(extra: str = "", *, attributes: str = "", before: str = "") -> bytes:
    """Draw something with an honest credential in it, and more."""
    return an_svg(CREDENTIAL + extra, attributes=attributes, before=before)


def png_text(kind: bytes, keyword: bytes, text: bytes) -> bytes:
    """Write a text into a PNG in one of the older ways."""
    return chunk(kind, keyword + b"\0" + text)


PNG: Final = (
    *(
        refused(62, wrong, a_png(*chunks), reason)
        for wrong, chunks, reason in (
            ("two iTXt", (itxt(TOKEN), itxt(TOKEN)), "png-two-credentials"),
            (
                "iTXt and tEXt",
                (itxt(TOKEN), png_text(b"tEXt", b"openbadgecredential", TOKEN)),
                "png-two-credentials",
            ),
            (
                "iTXt and one of Open Badges 2",
                (itxt(TOKEN), png_text(b"tEXt", b"openbadges", b"https://a.example/1")),
                "png-two-credentials",
            ),
            ("tEXt only", (png_text(b"tEXt", b"openbadgecredential", TOKEN),), "png-wrong-chunk"),
        )
    ),
    *(
        refused(63, wrong, a_png(*chunks), "png-compressed")
        for wrong, chunks in (
            ("iTXt, honest", (itxt(zlib.compress(TOKEN), packed=True),)),
            ("iTXt, a bomb", (itxt(BOMB, packed=True),)),
            ("zTXt, a bomb", (png_text(b"zTXt", b"openbadgecredential", b"\0" + BOMB),)),
            ("zTXt of Open Badges 2, a bomb", (png_text(b"zTXt", b"openbadges", b"\0" + BOMB),)),
        )
    ),
    *(
        refused(64, wrong, made, reason)
        for wrong, made, reason in (
            ("checksum", BAKED[:60] + b"?" + BAKED[61:], "png-damaged"),
            ("length 2^31-1", BAKED[:8] + b"\x7f\xff\xff\xff" + BAKED[12:], "png-damaged"),
            ("length 2^32-1", BAKED[:8] + b"\xff\xff\xff\xff" + BAKED[12:], "png-damaged"),
            ("broken off", BAKED[:-6], "png-damaged"),
            ("no header", BAKED[:8] + BAKED[33:], "png-damaged"),
            ("animated", a_png(chunk(b"acTL", bytes(8)), itxt(TOKEN)), "png-animated"),
            ("and a ZIP", BAKED + a_zip([("a", TOKEN)]), "png-continues"),
            ("and a byte", BAKED + b"\0", "png-continues"),
            ("20,000 x 20,000", a_png(width=20_000, height=20_000), "pixels-many"),
            (
                "20,000 x 20,000 and baked",
                a_png(itxt(TOKEN), width=20_000, height=20_000),
                "pixels-many",
            ),
            ("6 MB", a_png(itxt(TOKEN), chunk(b"tEXt", b"a\0" + bytes(6_000_000))), "too-large"),
        )
    ),
)
ENTITIES: Final = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>'
SVG: Final = (
    *(
        refused(65, wrong, made, reason)
        for wrong, made, reason in (
            ("script", drawn("<script>alert(1)</script>"), "svg-active"),
            ("on*", drawn('<g onload="alert(1)"/>'), "svg-active"),
            ("on* of the root", drawn(attributes='ONLOAD="a()"'), "svg-active"),
            ("foreignObject", drawn("<foreignObject/>"), "svg-active"),
            ("javascript:", drawn('<a href=" java&#9;script:alert(1)"/>'), "svg-active"),
            ("image", drawn('<image href="https://a.example/p.png"/>'), "svg-external"),
            ("use", drawn('<use xlink:href="//a.example/x.svg#a"/>'), "svg-external"),
            ("url()", drawn('<rect style="fill: url(https://a.example/f)"/>'), "svg-external"),
            ("DOCTYPE", drawn(before="<!DOCTYPE svg>"), "svg-doctype"),
            (
                "XXE",
                drawn(
                    "<desc>&a;</desc>",
                    before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
                ),
                "svg-doctype",
            ),
            ("billion laughs", drawn("<desc>&c;</desc>", before=ENTITIES), "svg-doctype"),
        )
    ),
    *(
        refused(66, wrong, made, reason)
        for wrong, made, reason in (
            ("two", drawn(CREDENTIAL), "svg-two-credentials"),
            (
                "attribute and text",
                an_svg(f'<openbadges:credential verify="{HONEST}">{{}}</openbadges:credential>'),
                "svg-two-places",
            ),
            (
                "attribute and CDATA",
                an_svg(
                    f'<openbadges:credential verify="{HONEST}"><![CDATA[{{}}]]>'
                    "</openbadges:credential>"
                ),
                "svg-two-places",
            ),
            (
                "another namespace",
                drawn().replace(OB3.encode(), b"https://purl.imsglobal.example/ob/v3p0"),
                "svg-wrong-namespace",
            ),
            ("no namespace", an_svg(f'<credential verify="{HONEST}"/>'), "svg-wrong-namespace"),
            (
                "and one of Open Badges 2",
                drawn('<b:assertion xmlns:b="http://openbadges.org" verify="https://a.example"/>'),
                "svg-two-credentials",
            ),
        )
    ),
)
CASES: Final = (*PNG, *SVG)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)
