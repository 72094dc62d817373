"""What to begin with: the corpus of what people hand in, and its parts before they were signed.

Apart from the targets, because most of them begin with the same honest credential. Keys are new on
every run, so seeds are made when they are asked for and never kept.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Final

from services.verifier.domain.handed import Container
from shared.contracts.credential import VC_CONTEXT
from shared.proofs.baking import bake_png
from tests.support.corpus import CODE, HOST, SHARE_LINK, Input, corpus
from tests.support.handing import (
    PAGE,
    PAGES,
    a_baked_svg,
    a_pdf_of,
    a_pdf_with,
    a_png,
    a_qr,
    a_raw_pdf,
    a_sealed_pdf,
    a_stream,
    a_zip,
    an_svg,
    as_bytes,
    chunk,
    itxt,
)
from tests.support.spreadsheets import an_xlsx
from tests.unit.proofs.sd_jwts import HOLDER
from tests.unit.verifier.cases.entry import DOCUMENT as PROVEN
from tests.unit.verifier.cases.entry import a_document, registered_as
from tests.unit.verifier.cases.showing import an_sd_jwt, bound, in_token, presented
from tests.unit.verifier.forge import Payload, b64, changed, header, payload_of, put, sign

__all__ = ["CODE", "HOST", "PROVEN"]
PAYLOAD: Final = payload_of(registered_as(PROVEN))
"""What an honest issuer signs, and the register knows."""
TOKEN: Final = sign(PAYLOAD)
DOCUMENT: Final = a_document()
_CLAIMS_OF_TOKENS: Final = ("iss", "jti", "sub", "nbf", "exp")
_HIDDEN: Final = b'["salt","name","Inleiding kwantumcomputers"]'
LINK: Final = "https://waarmerk.example/s/7Q4K#kJ3sYw0Qm2f8ZrT1vB6c"


def everything() -> Iterator[bytes]:
    """Give all of the corpus, and credentials as a holder shows them."""
    yield from (one.content for one in _corpus())
    for shown in (an_sd_jwt(), bound(an_sd_jwt()), presented(TOKEN), in_token(TOKEN)):
        yield shown.encode()


def documents() -> Iterator[bytes]:
    """Give everything that is JSON, and every odd thing JSON can be."""
    yield from (one.content for one in _corpus() if one.container is Container.JSON)
    yield from (PAYLOAD, presented(TOKEN).encode(), json.dumps(header()).encode())
    yield from (b"[1,-0,1.5e3,true,null]", b'{"a":"\\ud83d\\ude00\\u0000"}', b'"' + b"\xc3\xa9" * 3)


def tokens() -> Iterator[bytes]:
    """Give tokens, and a header and payload a line, which the target spells as one."""
    yield from (TOKEN.encode(), in_token(TOKEN).encode())
    for head in (header(), header(typ="vc+jwt", cty="vc"), header(kid=None), header(crit=["b64"])):
        yield json.dumps(head).encode() + b'\n{"iss":"a","nbf":1}'


def texts() -> Iterator[bytes]:
    """Give texts, tables and addresses."""
    told = {Container.TEXT, Container.CSV}
    yield from (one.content for one in _corpus() if one.container in told)
    yield from (one.encode() for one in (CODE, SHARE_LINK, f"{HOST}/s/{CODE}", an_sd_jwt()))
    yield from (
        b"sep=;\na;b\n1;2\n",
        b"a\tb\r\n1\t2\r\n",
        b'"a","b"\n"c","d"\n',
        CODE.lower().encode(),
    )


def pictures() -> Iterator[bytes]:
    """Give pictures with something baked in, as they should be and as they should not."""
    text = bake_png(a_png(), TOKEN)
    yield from (text, a_png(), a_png(itxt(b"x")), a_png(itxt(b"x", packed=True)))
    yield from (a_png(chunk(b"tEXt", b"openbadges\0x")), a_png(chunk(b"acTL", bytes(8))))
    yield a_png(itxt(b"x"), itxt(b"y"), after=b"PK\x05\x06")


def bodies() -> Iterator[bytes]:
    """Give bodies of requests in JSON."""
    for credential in (TOKEN, SHARE_LINK, CODE):
        yield json.dumps({"credential": credential}).encode()
    holder = {"kind": "email", "value": "sam@student.example.nl"}
    yield json.dumps({"credential": "x", "holder": holder}).encode()


def drawings() -> Iterator[bytes]:
    """Give drawings: baked, empty, and with everything that is refused."""
    yield from (one.content for one in _corpus() if one.container is Container.SVG)
    yield from (
        a_baked_svg(),
        a_baked_svg("<script>1</script>"),
        a_baked_svg('<image href="data:image/png;base64,"/>', attributes='onload="x"'),
        a_baked_svg("<style>a{b:url(#c)}</style>", before="<?xml-stylesheet href='a'?>"),
        an_svg("<openbadges:credential><![CDATA[{}]]></openbadges:credential>"),
        an_svg("", before='<!DOCTYPE svg [<!ENTITY a "b">]>'),
    )


def papers() -> Iterator[bytes]:
    """Give PDFs: with a file, a seal, a picture, and as odd as they come."""
    yield a_pdf_with("bewijs.jwt", b"x")
    yield a_sealed_pdf(more=b"x")
    yield a_pdf_of(a_qr("a", side=60))
    drawn = a_stream(b"0 0 100 100 re f")
    page = PAGE.replace(b">>", b"/Contents 4 0 R /Rotate 90 /UserUnit 2 >>")
    yield a_raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", PAGES, page, drawn)
    yield a_raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", PAGES, PAGE, trailer=b"/Encrypt << >>")


def photos() -> Iterator[bytes]:
    """Give small pictures of a QR code in every format that is read."""
    code = a_qr("https://a.example/", side=60)
    yield from (as_bytes(code, kind) for kind in ("PNG", "JPEG", "WEBP", "GIF"))
    yield from (as_bytes(code.convert(mode)) for mode in ("P", "RGBA", "LA", "1", "I;16"))


def archives() -> Iterator[bytes]:
    """Give archives: stored, deflated, with odd names, and those of an office."""
    yield from (one.content for one in _corpus() if one.container is Container.ZIP)
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield a_zip([("a/b.jwt", b"x" * 99), ("__MACOSX/c", b""), ("d/", b"")], packing)
    yield a_zip([("../a", b"x"), ("a", b"1"), ("A", b"2"), ("word/document.xml", b"")])
    yield io.BytesIO(b"PK\x05\x06" + bytes(18)).getvalue()


def workbooks() -> Iterator[bytes]:
    """Give workbooks, and parts of one with a byte before it that says which part it is."""
    whole = an_xlsx([["naam", "bewijs", 1, 1.5, True, None], ["Sam", "eyJ.a.b"]], More=[["x"]])
    content = whole.read()
    yield content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for number, name in enumerate(packed.namelist()):
            yield bytes([number]) + packed.read(name)


def payloads() -> Iterator[bytes]:
    """Give what an issuer signs as a token: honest, and with more in it than usual."""
    yield PAYLOAD
    endorsed = {"endorsementJwt": [TOKEN], "endorsement": [json.loads(DOCUMENT)]}
    for members in (endorsed, {"validUntil": "2027-01-01T00:00:00Z", "exp": 1_798_761_600}):
        yield json.dumps({**json.loads(PAYLOAD), **members}).encode()


def unproven() -> Iterator[bytes]:
    """Give documents before they get a proof, alone and with the options of one behind a line."""
    bare = {name: it for name, it in json.loads(DOCUMENT).items() if name != "proof"}
    yield json.dumps(bare).encode()
    yield json.dumps(bare).encode() + b'\n{"domain":["a"],"challenge":"b","expires":null}'


def disclosed() -> Iterator[bytes]:
    """Give a payload and its disclosures, one a line; `#1` stands for the digest of the first."""
    claims = _without_claims(changed(put("_sd", ["#1"]), put("cnf", {"jwk": HOLDER.public.jwk})))
    claims.pop("name")
    yield json.dumps(claims).encode() + b"\n" + _HIDDEN
    vct = {"iss": claims["issuer"]["id"], "vct": "https://a.example/1", "exp": 9e9, "iat": 1}
    nested = [{"...": "#1"}, {"...": "#2"}, {"_sd": ["#3"]}]
    yield json.dumps({**vct, "list": nested}).encode() + (
        b'\n["s","a"]\n["s",{"_sd":["#4"],"b":1}]\n["s","c",[1]]\n["s","d",{"e":2}]'
    )


def shown() -> Iterator[bytes]:
    """Give what a holder signs: presentations of a token, of a document, and of neither."""
    envelope = {"@context": VC_CONTEXT, "type": "EnvelopedVerifiableCredential"}
    handed = {**envelope, "id": "data:application/vc+jwt,#TOKEN"}
    asked = {"aud": ["a"], "nonce": "n", "exp": 9e9, "iat": 1}
    presentation = {
        "@context": [VC_CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": f"did:jwk:{b64(json.dumps(HOLDER.public.jwk).encode())}",
    }
    for inside in ([handed], handed, [json.loads(DOCUMENT)], []):
        yield json.dumps({**presentation, "verifiableCredential": inside}).encode()
    yield json.dumps({**presentation, **asked}).encode()


def _corpus() -> tuple[Input, ...]:
    return corpus(TOKEN, DOCUMENT)


def _without_claims(payload: Payload) -> Payload:
    return {name: it for name, it in payload.items() if name not in _CLAIMS_OF_TOKENS}
