"""Whatever bytes come in, proofs and refusals come out: nothing is raised and nothing breaks."""

import time
from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.verifier.containers import png
from services.verifier.containers.archives import Archive
from services.verifier.containers.contents import NotReadError, Wanted
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.opening import open_container
from services.verifier.containers.sniffing import read_text, sniff
from services.verifier.containers.texts import proofs_in_prose, recognise
from services.verifier.domain.handed import Container
from services.verifier.domain.refusals import RefusalCode
from services.verifier.intake import Intake
from tests.support.handing import (
    TOKEN,
    a_baked_svg,
    a_page,
    a_pdf_of,
    a_pdf_with,
    a_png,
    a_sealed_pdf,
    a_zip,
    as_bytes,
    itxt,
)
from tests.support.spreadsheets import an_xlsx

_PAGE: Final = a_page()
REAL: Final = {
    "baked PNG": a_png(itxt(TOKEN.encode())),
    "screenshot": as_bytes(_PAGE),
    "JPEG": as_bytes(_PAGE, "JPEG"),
    "WebP": as_bytes(_PAGE, "WEBP"),
    "GIF": as_bytes(_PAGE, "GIF"),
    "baked SVG": a_baked_svg(),
    "PDF": a_pdf_of(_PAGE),
    "PDF with a file": a_pdf_with("a.jwt", TOKEN.encode()),
    "sealed PDF": a_sealed_pdf(),
    "ZIP": a_zip([("a.jwt", TOKEN.encode()), ("b.png", a_png())]),
    "XLSX": an_xlsx([["bewijs"], [TOKEN]]).read(),
    "CSV": f"naam;bewijs\nA;{TOKEN}\n".encode(),
}
PICTURES: Final = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF0000WEBP", b"GIF89a", b"<svg "]
TEXTS: Final = [b"", b"{", b"[", b"\xff\xfe", b"eyJ", b"https://", b"data:"]
HEADS: Final = [*PICTURES, *TEXTS, b"%PDF-1.7\n", b"PK\x03\x04"]


def read(body: bytes) -> None:
    """Read as the intake does, in this process: what breaks here breaks the test."""
    container = sniff(body)
    if container is Container.PNG:
        png.unbake(body, LIMITS)
    if container is Container.ZIP:
        archive = Archive(body, LIMITS)
        container = archive.container
        for entry in archive:
            sniff(entry.content)
    if container in {Container.TEXT, Container.JSON, Container.CSV}:
        text = read_text(body)
        recognise(text)
        proofs_in_prose(text)
        container = Container.CSV
    if container not in {Container.ZIP, Container.OTHER}:
        contents = open_container(Wanted(container=container, limits=LIMITS), body)
        codes = {refusal.code for refusal in contents.refusals}
        assert RefusalCode.BROKE_THE_READER not in codes


def read_or_refuse(body: bytes) -> None:
    with suppress(NotReadError):
        read(body)


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=2000))
def test_random_bytes_are_read_or_refused(head: bytes, rest: bytes) -> None:
    read_or_refuse(head + rest)


@pytest.mark.parametrize("kind", REAL)
def test_a_real_file_cut_short_or_changed_is_read_or_refused(kind: str) -> None:
    real = REAL[kind]
    places = st.integers(0, len(real) - 1)

    @settings(max_examples=25)
    @given(
        end=st.integers(0, len(real)),
        changes=st.lists(st.tuples(places, st.integers(0, 255)), max_size=8),
    )
    def cut_or_change(end: int, changes: list[tuple[int, int]]) -> None:
        changed = bytearray(real)
        for at, value in changes:
            changed[at] = value
        read_or_refuse(bytes(changed))
        read_or_refuse(bytes(changed[:end]))

    cut_or_change()


_TRICKY: Final = [
    ("[" * 40, "{" * 40),
    ("eyJ" + "a" * 200_000 + "." * 3, "eyJ" + "." * 200_000),
    ("https://" + "a" * 300_000, "https://a.example/" + "%" * 90_000),
    ("a-" * 200_000, "7Q4K-" * 100_000),
    (('"' * 3 + ";\n") * 50_000, "eyJa.b.c~" * 50_000),
]


@pytest.mark.anyio
@pytest.mark.parametrize("texts", _TRICKY)
async def test_a_text_made_to_be_slow_is_not(texts: tuple[str, str]) -> None:
    intake = Intake()
    before = time.perf_counter()

    for text in texts:
        taken = await intake.take_in(text.encode())
        assert taken.handed or taken.refusals

    await intake.close()
    assert time.perf_counter() - before < 5
