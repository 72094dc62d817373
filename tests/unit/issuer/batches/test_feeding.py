"""From an upload to a thread and back; what was seen before; and what is written for people."""

import asyncio
import csv
import io
import json
import random
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.issuer.batches import (
    CellFault,
    Code,
    FailedRow,
    Failures,
    Format,
    RawRow,
    ResultRow,
    Results,
    SeenRows,
    open_rows,
    propose_mapping,
    protected,
    read_slices,
)
from services.issuer.batches.writing import RowTwiceError

pytestmark = pytest.mark.anyio
LINE = b"1;Jo;Bos\r\n"
HEADER = b"Studentnummer;Voornaam;Achternaam\r\n"
ACTIVE = ("=1+1", "+1", "-1", "@x", "\tx", "\rx")


class Sender:
    """An upload of so many pieces, that counts what was taken of it."""

    def __init__(self, pieces: int, *, breaks_at: int = -1) -> None:
        self.taken = 0
        self._pieces = pieces
        self._breaks_at = breaks_at

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield HEADER
        for number in range(self._pieces):
            if number == self._breaks_at:
                raise ConnectionResetError
            self.taken += 1
            yield LINE * 7000


def csv_rows(feed: Iterator[bytes]) -> Iterator[RawRow]:
    return open_rows(feed, Format.CSV)


async def test_an_upload_is_read_in_a_thread_and_comes_back_in_slices() -> None:
    slices = [one async for one in read_slices(Sender(3), csv_rows, size=1000)]

    assert [len(one) for one in slices] == [1000] * 21
    assert [row.number for one in slices for row in one] == list(range(2, 21_002))


async def test_a_fast_sender_waits_for_who_reads() -> None:
    sender = Sender(500)
    slices = read_slices(sender, csv_rows, size=1000)
    await anext(slices)
    await anyio.sleep(0.1)

    assert sender.taken < 30
    before = threading.active_count()
    await slices.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert threading.active_count() <= before
    taken = sender.taken
    await anyio.sleep(0.05)
    assert sender.taken == taken


async def test_an_upload_that_breaks_off_is_an_error_here() -> None:
    with pytest.raises(ConnectionResetError):
        async for _ in read_slices(Sender(5, breaks_at=2), csv_rows):
            pass


async def test_an_error_of_the_work_is_raised_here() -> None:
    def refuse(feed: Iterator[bytes]) -> Iterator[RawRow]:
        next(feed)
        raise KeyError

    with pytest.raises(KeyError):
        async for _ in read_slices(Sender(500), refuse):
            pass


async def test_the_event_loop_goes_on_meanwhile() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    heart = asyncio.create_task(beat())
    count = sum([len(one) async for one in read_slices(Sender(20), csv_rows)])
    heart.cancel()

    assert count == 140_000
    assert beats > 5


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 10**6)), max_size=50))
def test_the_first_row_of_each_thing_is_remembered(things: list[tuple[str, int]]) -> None:
    seen, plain = SeenRows(), dict[str, int]()

    assert [seen.first_row(*one) for one in things] == [plain.setdefault(*one) for one in things]


def test_many_things_are_remembered_in_little_room() -> None:
    seen = SeenRows()
    count = 100_000
    numbers = list(range(1, count + 1))
    random.Random(4).shuffle(numbers)

    assert all(seen.first_row(f"{number}", number) == number for number in numbers)
    assert all(seen.first_row(f"{number}", count + 1) == number for number in numbers)
    assert seen.size <= 43 * count


def a_fault(cell: str = "B3", row: int = 3) -> CellFault:
    return CellFault(row=row, cell=cell, column="Voornaam", code=Code.CELL_FORMULA, found="=x")


def a_sheet(writer: Failures | Results, *pages: list[Any]) -> Worksheet:
    file = io.BytesIO()
    with writer.sheet() as sheet:
        for page in pages:
            writer.append(sheet, page)
        assert sheet.save(file) == sum(map(len, pages))
    found = load_workbook(file).worksheets[0]
    assert isinstance(found, Worksheet)
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_failed_rows_are_written_as_they_were_with_their_reasons(language: str) -> None:
    mapping = propose_mapping(RawRow(1, ("E-mail", "Voornaam", "Studentnummer")))
    first = FailedRow(raw=RawRow(3, ("a@x.example", "=x", "007")), faults=(a_fault(),))
    second = FailedRow(raw=RawRow(9, ("b\x07",)), faults=(a_fault("A9", 9),))
    sheet = a_sheet(Failures(mapping, language=language), [first], [second])
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]

    assert lines[1][:4] == ["a@x.example", "=x", "007", "3"]
    assert lines[2][:4] == ["b\N{REPLACEMENT CHARACTER}", None, None, "9"]
    assert all(cell.data_type == "s" for cell in sheet[2])
    assert sheet["B2"].fill.start_color.rgb == "FFFFE0B2"
    assert sheet["A2"].fill.fill_type is None
    reasons = [a_fault().message["nl"], a_fault().message["en"]]
    assert lines[1][4:6] == (reasons if language == "nl" else reasons[::-1])


def test_the_sheet_of_failed_rows_can_be_sent_again() -> None:
    mapping = propose_mapping(RawRow(1, ("E-mail", "Voornaam", "Studentnummer")))
    failures, file = Failures(mapping), io.BytesIO()
    with failures.sheet() as sheet:
        failures.append(sheet, [FailedRow(raw=RawRow(3, ("a", "b", "c")), faults=())])
        sheet.save(file)
    again = propose_mapping(open_rows(file, Format.XLSX).header)

    assert [one.field for one in again.columns] == [
        *(one.field for one in mapping.columns),
        *[None] * 4,
    ]


REGISTERED = ResultRow(number=2, outcome="ready", state="registered", award_id="a1")
FAILED = ResultRow(number=3, outcome="error", state="skipped", code="=x", faults=(a_fault(),))


def test_results_in_csv_open_right_in_a_spreadsheet() -> None:
    results = Results()
    written = results.head_of_csv() + results.as_csv([REGISTERED]) + results.as_csv([FAILED])
    lines = list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))

    assert written.startswith(b"\xef\xbb\xbfRij;Uitkomst;")
    assert [line[0] for line in lines] == ["Rij", "2", "3"]
    assert lines[2][3] == "'=x"
    assert lines[2][5] == a_fault().message["nl"]
    assert Results(language="en").head_of_csv().startswith(b"\xef\xbb\xbfRow,Outcome,")


def test_results_in_ndjson_are_one_object_a_line() -> None:
    lines = [json.loads(line) for line in Results().as_ndjson([REGISTERED, FAILED]).splitlines()]

    assert lines[0] == {"line": 2, "outcome": "ready", "state": "registered", "awardId": "a1"}
    assert lines[1]["faults"][0]["code"] == "cell.formula"


def test_results_in_a_workbook_are_text() -> None:
    sheet = a_sheet(Results(), [REGISTERED], [FAILED])

    assert sheet["D3"].value == "=x"
    assert sheet["D3"].data_type == "s"


def test_no_row_is_written_twice() -> None:
    results, failures = Results(), Failures(propose_mapping(RawRow(1, ("E-mail",))))
    results.as_csv([FAILED])

    for write in (results.as_csv, results.as_ndjson):
        with pytest.raises(RowTwiceError):
            write([REGISTERED])
    with pytest.raises(RowTwiceError), results.sheet() as sheet:
        results.append(sheet, [FAILED])
    row = FailedRow(raw=RawRow(3, ("a",)), faults=())
    with pytest.raises(RowTwiceError), failures.sheet() as sheet:
        failures.append(sheet, [row, row])


@pytest.mark.parametrize("text", ACTIVE)
def test_nothing_that_is_written_begins_as_a_formula(text: str) -> None:
    assert protected(text) == f"'{text}"
    assert protected(f"a{text}") == f"a{text}"
