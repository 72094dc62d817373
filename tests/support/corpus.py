"""What people really hand in to be checked, made in code: texts, pictures, papers, bundles.

Apart from the tests, because the same corpus is driven over HTTP, fuzzed and compared with other
verifiers. It is made of one honest credential, as a token and as a document with its proof.
"""

import csv
import io
import json
import random
from dataclasses import dataclass
from typing import Final

from PIL import Image

from services.verifier.domain.handed import Container, Form
from services.verifier.domain.verdict import State
from shared.contracts.short_codes import check_character
from shared.proofs.baking import bake_png, bake_svg
from tests.support.handing import (
    DEGRADED,
    a_page,
    a_pdf_of,
    a_pdf_with,
    a_png,
    a_sealed_pdf,
    a_zip,
    an_svg,
    as_bytes,
    chunk,
    itxt,
)
from tests.support.spreadsheets import an_xlsx

HOST: Final = "verifier.waarmerk.example"
SHARE_LINK: Final = f"https://{HOST}/s/7Q4K#kJ3sYw0Qm2f8ZrT1vB6c"
_BODY: Final = "7Q4KM2XD9HT"
CODE: Final = f"7Q4K-M2XD-9HT{check_character(_BODY)}"
_SLIP: Final = CODE.replace("7Q4K", "7Q4X")
_BADGE: Final = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://badges.example.com/assertions/1",
    "badge": "https://badges.example.com/badges/1",
    "recipient": {"type": "email", "hashed": True, "identity": "sha256$00"},
    "verification": {"type": "HostedBadge"},
}
_ELM: Final = {
    "@context": [
        "https://www.w3.org/2018/credentials/v1",
        "http://data.europa.eu/snb/model/context/edc-ap",
    ],
    "id": "urn:credential:1",
    "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
    "issuer": {"id": "urn:epass:org:1", "type": "Organisation"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing people hand in, and what comes of it when its credential is honest."""

    name: str
    content: bytes
    media_type: str
    container: Container
    forms: tuple[Form, ...]
    states: tuple[State, ...]
    """Of each thing found in it, and of each that was refused; none where nothing was given."""


def corpus(token: str, document: str) -> tuple[Input, ...]:
    """Make all of it of one credential: as a token, and as a document with its proof."""
    return (
        *_texts(token),
        *_documents(token, document),
        *_pictures(token, document),
        *_screenshots(),
        *_papers(token, document),
        *_bundles(token),
        *_addresses(),
        *_others(token, document),
    )


def _input(
    name: str,
    content: str | bytes,
    container: Container,
    *forms: Form,
    state: State | None = None,
    media_type: str = "application/octet-stream",
) -> Input:
    told = {Form.VC_JWT: State.VALID, Form.EMBEDDED: State.VALID, Form.SHARE_LINK: State.NOT_FOUND}
    states = tuple(state or told.get(form, State.NOT_A_CREDENTIAL) for form in forms)
    return Input(
        name=name,
        content=content.encode() if isinstance(content, str) else content,
        media_type=media_type,
        container=container,
        forms=forms,
        states=states or ((state,) if state else ()),
    )


def _texts(token: str) -> tuple[Input, ...]:
    lines = "\r\n".join(token[at : at + 76] for at in range(0, len(token), 76))
    mail = f"Beste mevrouw,\r\n\r\nHierbij mijn bewijs:\r\n\r\n{token}\r\n\r\nGroet,\r\nSam\r\n"
    texts: dict[str, str | bytes] = {
        "a token": token,
        "a token with blanks around it": f"\n\t {token} \r\n",
        "a token in lines": lines,
        "a token with a byte order mark": f"\ufeff{token}",
        "a token in UTF-16": token.encode("utf-16"),
        "a token in a mail": mail,
        "a token as a data: address": f"data:application/vc+jwt,{token}",
        "a token between quotes": f'"{token}"',
        "a token in a chat": f"kijk 👉 {token} 😀",
    }
    return tuple(
        _input(name, text, Container.TEXT, Form.VC_JWT, media_type="text/plain")
        for name, text in texts.items()
    )


def _documents(token: str, document: str) -> tuple[Input, ...]:
    enveloped = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token}",
    }
    pretty = json.dumps(json.loads(document), indent=4, ensure_ascii=False)
    documents = {
        "a document with its proof": (document, Form.EMBEDDED),
        "the same, written out": (pretty, Form.EMBEDDED),
        "the same in a wallet's answer": (f'{{"credential": {document}}}', Form.EMBEDDED),
        "a token in JSON": (json.dumps({"credential": token}), Form.VC_JWT),
        "a token in a list": (json.dumps([token]), Form.VC_JWT),
        "a token in its envelope": (json.dumps(enveloped), Form.VC_JWT),
    }
    return tuple(
        _input(name, text, Container.JSON, form, media_type="application/vc+ld+json")
        for name, (text, form) in documents.items()
    )


def _pictures(token: str, document: str) -> tuple[Input, ...]:
    empty = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    inside = f"<openbadges:credential><![CDATA[{document}]]></openbadges:credential>"
    png, svg = Container.PNG, Container.SVG
    return (
        _input("a PNG with a token", bake_png(a_png(), token), png, Form.VC_JWT),
        _input("a PNG with a document", a_png(itxt(document.encode())), png, Form.EMBEDDED),
        _input("an SVG with a token", bake_svg(empty, token), svg, Form.VC_JWT),
        _input("an SVG with a document", an_svg(inside), svg, Form.EMBEDDED),
        _input(
            "a PNG of Open Badges 2",
            a_png(chunk(b"tEXt", b"openbadges\0https://badges.example.com/assertions/1")),
            png,
            Form.OPEN_BADGES_2,
            media_type="image/png",
        ),
        _input("a PNG with nothing", a_png(), png, state=State.NOT_A_CREDENTIAL),
    )


def _screenshots() -> tuple[Input, ...]:
    page = a_page(SHARE_LINK)
    shots = [
        _input(
            f"a screenshot of 595 pixels, {how}",
            as_bytes(degrade(page)),
            Container.PNG,
            Form.SHARE_LINK,
            media_type="image/png",
        )
        for how, degrade in DEGRADED.items()
    ]
    photos = [
        _input(
            f"a photo as {kind}",
            as_bytes(page, kind, quality=30),
            Container.PHOTO,
            Form.SHARE_LINK,
            media_type=f"image/{kind.lower()}",
        )
        for kind in ("JPEG", "WEBP", "GIF")
    ]
    return (*shots, *photos)


def _papers(token: str, document: str) -> tuple[Input, ...]:
    blank = Image.new("L", (595, 842), 255)
    papers = {
        "a PDF with a token attached": (a_pdf_with("bewijs.jwt", token.encode()), Form.VC_JWT),
        "a PDF with a document attached": (
            a_pdf_with("bewijs.json", document.encode()),
            Form.EMBEDDED,
        ),
        "a PDF with a QR code": (a_pdf_of(a_page(SHARE_LINK)), Form.SHARE_LINK),
        "a PDF with a QR code on its second page": (
            a_pdf_of(blank, a_page(SHARE_LINK)),
            Form.SHARE_LINK,
        ),
    }
    found = [
        _input(name, paper, Container.PDF, form, media_type="application/pdf")
        for name, (paper, form) in papers.items()
    ]
    empty = {"a scan of nothing": a_pdf_of(blank), "a sealed PDF with nothing": a_sealed_pdf()}
    nothing = [
        _input(name, paper, Container.PDF, state=State.NOT_A_CREDENTIAL)
        for name, paper in empty.items()
    ]
    return (*found, *nothing)


def _bundles(token: str) -> tuple[Input, ...]:
    table = io.StringIO()
    csv.writer(table, delimiter=";").writerows([["naam", "bewijs"], ["Sam", token]])
    return (
        _input(
            "a ZIP with one", a_zip([("bewijs.jwt", token.encode())]), Container.ZIP, Form.VC_JWT
        ),
        _input(
            "a ZIP with two",
            a_zip([("1.jwt", token.encode()), ("2.png", bake_png(a_png(), token))]),
            Container.ZIP,
            Form.VC_JWT,
            Form.VC_JWT,
        ),
        _input(
            "a workbook",
            an_xlsx([["naam", "bewijs"], ["Sam", token]]).read(),
            Container.XLSX,
            Form.VC_JWT,
        ),
        _input("a CSV file", table.getvalue(), Container.CSV, Form.VC_JWT),
    )


def _addresses() -> tuple[Input, ...]:
    profile = "https://social.example.com/in/sam/overlay/1/"
    return tuple(
        _input(name, text, Container.TEXT, form, state=state, media_type="text/plain")
        for name, text, form, state in (
            ("a share link", SHARE_LINK, Form.SHARE_LINK, State.NOT_FOUND),
            ("a short code", CODE, Form.SHORT_CODE, State.NOT_FOUND),
            (
                "a short code as it is spoken",
                CODE.lower().replace("-", " "),
                Form.SHORT_CODE,
                State.NOT_FOUND,
            ),
            ("a short code with a slip", _SLIP, Form.SHORT_CODE, State.NOT_FOUND),
            ("a link without encryption", SHARE_LINK.replace("https", "http"), Form.URL, None),
            ("a link to a profile", profile, Form.URL, None),
        )
    )


def _others(token: str, document: str) -> tuple[Input, ...]:
    bare = {name: it for name, it in json.loads(document).items() if name != "proof"}
    altered = token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]
    noise = b"\0" + random.Random(7).randbytes(5_000)
    text, json_, other = Container.TEXT, Container.JSON, Container.OTHER
    none = State.NOT_A_CREDENTIAL
    return (
        _input("Open Badges 2", json.dumps(_BADGE), json_, Form.OPEN_BADGES_2),
        _input("a European credential", json.dumps(_ELM), json_, Form.ELM),
        _input("a document without its proof", json.dumps(bare), json_, Form.UNSIGNED),
        _input("some JSON", '{"hello": "world"}', json_, Form.UNKNOWN),
        _input("an altered token", altered, text, Form.VC_JWT, state=State.ALTERED),
        _input("half a token", token[: len(token) // 2], text, Form.VC_JWT, state=none),
        _input(
            "a token without its signature", token.rpartition(".")[0], text, Form.VC_JWT, state=none
        ),
        _input("emoji", "🎓🎉👍", text, Form.UNKNOWN),
        _input("a sentence", "Is dit diploma echt?", text, Form.UNKNOWN),
        _input("a page of a website", "<!doctype html><title>Diploma</title>", other, state=none),
        _input("noise", noise, other, state=none),
        _input("a document of Word 97", b"\xd0\xcf\x11\xe0" + bytes(512), other, state=none),
        _input("nothing", b"", text),
        _input("blanks", b" \r\n\t", text),
    )
