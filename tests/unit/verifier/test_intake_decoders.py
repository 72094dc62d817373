"""Files are read in a process of their own, and whatever becomes of it, here it is one refusal."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import psutil
import pytest

from services.verifier.containers.contents import Contents
from services.verifier.domain.handed import Container, Form, Handed, Place, TakenIn
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.seals import Paper, Seal, SealState
from services.verifier.intake import Decoders, Intake
from shared.proofs.baking import bake_png, bake_svg
from tests.support.handing import (
    HOST,
    LINK,
    TOKEN,
    a_page,
    a_pdf_of,
    a_pdf_with,
    a_png,
    a_sealed_pdf,
    a_zip,
    an_svg,
    as_bytes,
    itxt,
    zeros,
)
from tests.support.seals import seal_pdf
from tests.support.spreadsheets import an_xlsx

pytestmark = pytest.mark.anyio

SCREENSHOT: Final = as_bytes(a_page())
BAD_READER: Final = "tests.support.handing"


@asynccontextmanager
async def an_intake(decoders: Decoders | None = None) -> AsyncIterator[Intake]:
    intake = Intake(decoders=decoders or Decoders(), own_hosts=frozenset({HOST}))
    try:
        yield intake
    finally:
        await intake.close()


def found(taken: TakenIn) -> list[tuple[Form, str, str, int]]:
    return [
        (one.form, one.place.entry, one.place.attachment, one.place.row) for one in taken.handed
    ]


def codes(taken: TakenIn | Contents) -> list[RefusalCode]:
    return [one.code for one in taken.refusals]


async def test_every_container_gives_what_is_in_it() -> None:
    drawing = bake_svg(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', TOKEN)
    async with an_intake() as intake:
        taken = [
            await intake.take_in(body)
            for body in (
                SCREENSHOT,
                as_bytes(a_page(), "JPEG"),
                bake_png(a_png(), TOKEN),
                drawing,
                a_pdf_of(a_page()),
                an_xlsx([["bewijs"], [TOKEN]]).read(),
            )
        ]

    assert [(one.container, one.handed[0].form) for one in taken] == [
        (Container.PNG, Form.SHARE_LINK),
        (Container.PHOTO, Form.SHARE_LINK),
        (Container.PNG, Form.VC_JWT),
        (Container.SVG, Form.VC_JWT),
        (Container.PDF, Form.SHARE_LINK),
        (Container.XLSX, Form.VC_JWT),
    ]
    assert taken[0].handed == (Handed(form=Form.SHARE_LINK, text=LINK, container=Container.PNG),)
    assert taken[4].handed[0].place == Place(page=1)
    assert not any(one.refusals for one in taken)


async def test_an_archive_gives_each_file_with_its_name_and_its_own_refusal() -> None:
    body = a_zip(
        [
            ("1.png", SCREENSHOT),
            ("2.jwt", TOKEN.encode()),
            ("3.pdf", a_pdf_with("a.jwt", TOKEN.encode())),
            ("4.zip", a_zip([("a", b"b")])),
            ("5.png", a_png()),
            ("6.csv", f"a;b\nA;{TOKEN}\n".encode()),
            ("7.doc", b"\xd0\xcf\x11\xe0"),
        ]
    )
    async with an_intake() as intake:
        taken = await intake.take_in(body)

    assert found(taken) == [
        (Form.SHARE_LINK, "1.png", "", 0),
        (Form.VC_JWT, "2.jwt", "", 0),
        (Form.VC_JWT, "3.pdf", "a.jwt", 0),
        (Form.VC_JWT, "6.csv", "", 2),
    ]
    assert [(one.place.entry, one.code) for one in taken.refusals] == [
        ("4.zip", RefusalCode.ARCHIVE_NESTED),
        ("5.png", RefusalCode.NOTHING_IN_PICTURE),
        ("7.doc", RefusalCode.OTHER_FILE),
    ]
    assert taken.container is Container.ZIP


async def test_an_archive_is_read_file_by_file() -> None:
    body = a_zip([(f"{number}.jwt", TOKEN.encode()) for number in range(100)])
    async with an_intake() as intake:
        parts = intake.take_each(body)
        first = await anext(parts)
        await parts.aclose()

    assert found(first) == [(Form.VC_JWT, "0.jwt", "", 0)]


async def test_an_attachment_that_is_no_proof_is_passed_over() -> None:
    async with an_intake() as intake:
        letter = await intake.take_in(a_pdf_with("factuur.xml", b"<?xml version='1.0'?><a/>"))
        notes = await intake.take_in(a_pdf_with("notes.txt", b"Dag!"))
        badge = await intake.take_in(a_pdf_with("badge.png", a_png(itxt(b"a"), itxt(b"b"))))
        sealed = await intake.take_in(a_sealed_pdf())

    assert codes(letter) == codes(notes) == [RefusalCode.NOTHING_IN_PDF]
    assert codes(badge) == [RefusalCode.PNG_TWO_CREDENTIALS]
    assert codes(sealed) == [RefusalCode.ONLY_SEAL_IN_PDF]
    assert [one.paper for one in sealed.refusals] == [Paper((Seal(state=SealState.UNCHECKED),))]


async def test_what_stood_in_a_pdf_brings_its_seals_along_and_nothing_else_does() -> None:
    sealed = seal_pdf(a_pdf_with("a.jwt", TOKEN.encode()))
    async with an_intake() as intake:
        alone = await intake.take_in(sealed)
        among = await intake.take_in(a_zip([("1.pdf", sealed), ("2.jwt", TOKEN.encode())]))
        plain = await intake.take_in(a_pdf_with("a.jwt", TOKEN.encode()))

    assert plain.handed[0].paper == Paper()
    assert [one.paper is None for one in among.handed] == [False, True]
    for one in (alone.handed[0], among.handed[0]):
        assert one.paper is not None
        assert [seal.is_sound for seal in one.paper.seals] == [True]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", RefusalCode.EMPTY),
        (a_png(), RefusalCode.NOTHING_IN_PICTURE),
        (an_svg("<g/>"), RefusalCode.SVG_EMPTY),
        (b"\xff\xd8\xff\xe0" + b"\0" * 999, RefusalCode.PICTURE_DAMAGED),
        (b"%PDF-1.4 x", RefusalCode.PDF_DAMAGED),
        (a_zip([]), RefusalCode.NOTHING_IN_BUNDLE),
        (an_xlsx([["geen"]]).read(), RefusalCode.NOTHING_IN_BUNDLE),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 5 * 1024**2, RefusalCode.TOO_LARGE),
    ],
)
async def test_a_file_without_a_proof_is_answered_with_a_reason(
    body: bytes, code: RefusalCode
) -> None:
    async with an_intake() as intake:
        taken = await intake.take_in(body)

    assert (taken.handed, codes(taken)) == ((), [code])


async def test_a_pdf_that_inflates_without_end_is_refused_and_the_next_file_is_read() -> None:
    bomb = a_pdf_with("bomb", zeros(3000), b"/Filter /FlateDecode")
    async with an_intake() as intake:
        refused = await intake.take_in(bomb)
        after = await intake.take_in(SCREENSHOT)

    assert refused.handed == ()
    assert codes(refused)[0] in {
        RefusalCode.NOTHING_IN_PDF,
        RefusalCode.BROKE_THE_READER,
        RefusalCode.TOO_HEAVY,
        RefusalCode.TOOK_TOO_LONG,
    }
    assert found(after) == [(Form.SHARE_LINK, "", "", 0)]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (b"hang", RefusalCode.TOOK_TOO_LONG),
        (b"die", RefusalCode.BROKE_THE_READER),
        (b"lie", RefusalCode.BROKE_THE_READER),
        (b"boast", RefusalCode.BROKE_THE_READER),
    ],
)
async def test_a_reader_that_fails_is_replaced(wish: bytes, code: RefusalCode) -> None:
    decoders = Decoders(at_once=1, seconds=1, module=BAD_READER)
    try:
        first, second = [await decoders.read(Container.PDF, wish) for _ in range(2)]
    finally:
        await decoders.close()

    assert codes(first) == codes(second) == [code]


async def test_a_reader_that_cannot_begin_is_answered_as_busy() -> None:
    decoders = Decoders(module="services.verifier.nothing_here")

    assert codes(await decoders.read(Container.PDF, b"")) == [RefusalCode.BUSY]


async def test_who_waits_too_long_for_a_turn_is_told_so() -> None:
    decoders = Decoders(at_once=1, seconds=1, patience=0.1, module=BAD_READER)
    try:
        both = await asyncio.gather(*(decoders.read(Container.PDF, b"hang") for _ in range(2)))
    finally:
        await decoders.close()

    assert [codes(one) for one in both] == [[RefusalCode.TOOK_TOO_LONG], [RefusalCode.BUSY]]


async def test_the_loop_goes_on_while_a_file_is_read() -> None:
    decoders = Decoders(seconds=1, module=BAD_READER)
    reading = asyncio.create_task(decoders.read(Container.PDF, b"hang"))
    longest = 0.0
    while not reading.done():
        before = time.perf_counter()
        await asyncio.sleep(0.01)
        longest = max(longest, time.perf_counter() - before)
    await decoders.close()

    assert longest < 0.5


def readers() -> set[int]:
    """Return the processes that read for us at this moment."""
    children = psutil.Process().children()
    return {one.pid for one in children if one.status() != psutil.STATUS_ZOMBIE}


async def test_a_closed_intake_reads_nothing_more_and_leaves_no_process() -> None:
    before = readers()
    intake = Intake()
    await intake.take_in(SCREENSHOT)
    reading = readers() - before
    await intake.close()

    assert len(reading) == 1
    assert not reading & readers()
    assert codes(await intake.take_in(SCREENSHOT)) == [RefusalCode.BUSY]


async def test_whoever_hands_in_the_first_file_finds_a_process_that_has_begun() -> None:
    before = readers()
    async with an_intake() as intake:
        _, taken = await asyncio.gather(intake.decoders.warm_up(), intake.take_in(SCREENSHOT))
        begun = readers() - before

        assert found(taken) == [(Form.SHARE_LINK, "", "", 0)]
    assert len(begun) == 1
    assert not begun & readers()


async def test_who_is_closed_while_warming_up_leaves_no_process() -> None:
    before = readers()
    closed, called_off = Decoders(), Decoders()
    warming = [asyncio.create_task(one.warm_up()) for one in (closed, called_off)]
    await asyncio.sleep(0.05)
    warming[1].cancel()
    await closed.close()
    await asyncio.gather(*warming, return_exceptions=True)

    assert readers() == before


async def test_a_process_that_was_reading_when_all_was_closed_ends_after_its_file() -> None:
    before = readers()
    intake = Intake()
    reading = asyncio.create_task(intake.take_in(SCREENSHOT))
    await asyncio.sleep(0.05)
    await intake.close()

    assert found(await reading) == [(Form.URL, "", "", 0)]
    async with asyncio.timeout(5):
        while readers() - before:
            await asyncio.sleep(0.01)


async def test_nobody_waits_for_a_reading_that_was_called_off() -> None:
    decoders = Decoders(seconds=30, module=BAD_READER)
    reading = asyncio.create_task(decoders.read(Container.PDF, b"hang"))
    await asyncio.sleep(1)

    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reading, 5)
    await decoders.close()


def test_the_service_itself_loads_none_of_the_heavy_parsers() -> None:
    asked = (
        "import sys, services.verifier.intake\n"
        "print({'PIL', 'zxingcpp', 'pypdfium2', 'openpyxl', 'defusedxml', 'pyhanko', 'asn1crypto'}"
        " & sys.modules.keys())"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)

    assert told.stdout.strip() == "set()"
