"""Batches by their rules: addresses, entries, rows, and files in which nothing acts."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.verifier.batches.address import Address, digest_of, mark_of_request
from services.verifier.batches.entries import (
    LONGEST_NAME,
    MOST_ENTRY_BYTES,
    Entry,
    Refusal,
    pack,
    tidy,
    unpack,
)
from services.verifier.batches.refusals import BatchNotFoundError
from services.verifier.batches.rows import (
    Row,
    Stumble,
    find_repeats,
    read_row,
    refused,
    write_row,
)
from services.verifier.batches.writing import HEADERS, results_as_csv, results_as_xlsx
from services.verifier.domain.findings import Check
from services.verifier.domain.text import Text, both
from services.verifier.domain.verdict import Look, State
from shared.proofs import base64url
from shared.proofs.sealing import SealBrokenError, open_sealed, seal
from shared.runtime.language import Language

KEY = "5f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"


def a_row(number: int = 1, **members: Any) -> Row:
    known: dict[str, Any] = {
        "name": "bewijs.jwt",
        "state": State.VALID,
        "look": Look.GREEN,
        "code": "registered",
        "title": Text(nl="Echt en geldig", en="Genuine and valid"),
        "issuer": both("Universiteit Twente"),
        "what": "Inleiding kwantumcomputers",
        "size": Text(nl="5 EC, ongeveer 140 uur", en="5 EC, about 140 hours"),
        "awarded_on": date(2026, 1, 14),
        "who": "Sam de Vries",
    }
    return Row(number=number, **{**known, **members})


def read_csv(content: bytes, delimiter: str) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return [*csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def test_an_address_is_read_as_it_was_written_and_no_two_are_alike() -> None:
    first, second = Address.new(), Address.new()

    assert Address.read(first.text) == first != second
    assert len(first.text) == 43
    assert len({first.place, second.place}) == 2


@pytest.mark.parametrize("text", ["", "nonsense", "A" * 42, "A" * 44, "é" * 43, "=" * 43])
def test_what_is_no_address_finds_no_batch(text: str) -> None:
    with pytest.raises(BatchNotFoundError):
        Address.read(text)


def test_only_the_address_opens_what_was_sealed_under_it_and_only_in_its_place() -> None:
    address = Address.new()
    sealed = seal(b"Sam", key=address.key, context=address.context("row", 1))

    assert open_sealed(sealed, key=address.key, context=address.context("row", 1)) == b"Sam"
    for other in (address.context("row", 2), address.context("content", 1)):
        with pytest.raises(SealBrokenError):
            open_sealed(sealed, key=address.key, context=other)
    with pytest.raises(SealBrokenError):
        open_sealed(sealed, key=Address.new().key, context=address.context("row", 1))


def test_an_address_is_in_no_repr_and_not_in_its_place() -> None:
    address = Address.new()
    secret = base64url.decode_text(address.text)

    assert address.text not in repr(address)
    assert secret.hex() not in repr(address)
    assert secret not in address.place


def test_a_repeated_request_gets_its_address_again_and_nobody_else_does() -> None:
    contents = digest_of([("a", b"1"), ("b", b"2")])
    address = Address.of_request(KEY, sender="", contents=contents)

    assert Address.of_request(KEY, sender="", contents=contents) == address
    assert Address.of_request(KEY, sender="client", contents=contents) != address
    assert Address.of_request(KEY + "x", sender="", contents=contents) != address
    assert Address.of_request(KEY, sender="", contents=digest_of([("a", b"12")])) != address
    assert mark_of_request(KEY, sender="") != mark_of_request(KEY, sender="client")


def test_a_digest_knows_where_one_file_ends_and_the_next_begins() -> None:
    assert digest_of([("a", b"12")]) != digest_of([("a", b"1"), ("", b"2")])
    assert digest_of([("ab", b"1")]) != digest_of([("a", b"b1")])


@given(name=st.text(max_size=300), content=st.binary(max_size=50))
def test_an_entry_is_read_as_it_was_packed(name: str, content: bytes) -> None:
    entry = tidy(Entry(name, content))

    assert unpack(pack(entry)) == entry
    assert len(entry.name) <= LONGEST_NAME
    assert entry.name.isprintable()


def test_a_name_cannot_turn_itself_around() -> None:
    assert tidy(Entry("diploma\u202efdp.exe\n\x00")).name == "diplomafdp.exe"
    assert tidy(Entry("a\r\n\u2028b\u00a0c")).name == "a b c"


def test_a_file_too_large_is_a_row_and_not_read() -> None:
    entry = tidy(Entry("groot.png", b"x" * (MOST_ENTRY_BYTES + 1)))

    assert entry.refusal is not None
    assert entry.refusal.code == "too-large"
    assert entry.content == b""


def test_a_row_is_read_as_it_was_written() -> None:
    stumble = Stumble(
        number=5, check=Check.SIGNATURE, code="x", title=both("t"), explanation=both("e")
    )
    for row in (a_row(), a_row(stumble=stumble, who=None, awarded_on=None)):
        assert read_row(write_row(row)) == row


@pytest.mark.parametrize("state", [State.NOT_A_CREDENTIAL, State.CANNOT_CHECK])
def test_a_row_without_a_verdict_is_never_green(state: State) -> None:
    row = refused(3, "kapot.pdf", Refusal("broken", both("Kapot"), state))

    assert (row.number, row.name, row.code) == (3, "kapot.pdf", "broken")
    assert row.look is Look.GREY
    assert row.who is None


def test_no_repr_of_a_row_names_a_person() -> None:
    assert "Sam" not in repr(a_row(name="Sam.pdf"))


def test_what_is_there_twice_is_said_by_its_bytes_and_by_its_credential() -> None:
    rows = [
        a_row(1, digest="a", credential_id="urn:1"),
        a_row(2, digest="b", credential_id="urn:2"),
        a_row(3, digest="a", credential_id="urn:1"),
        a_row(4, digest="c", credential_id="urn:2"),
        a_row(5, digest="", credential_id=None),
        a_row(6, digest="", credential_id=None),
        a_row(7, digest="c", credential_id="urn:7"),
    ]

    assert find_repeats(rows) == {3: 1, 4: 2, 7: 2}


@pytest.mark.parametrize(("language", "delimiter"), [(Language.NL, ";"), (Language.EN, ",")])
def test_the_csv_has_a_line_for_each_row_in_order(language: Language, delimiter: str) -> None:
    rows = [a_row(1), a_row(2, name='b;,"\n.jwt'), a_row(3)]

    header, *lines = read_csv(results_as_csv(rows, language=language), delimiter)

    assert [line[0] for line in lines] == ["1", "2", "3"]
    assert len(header) == len(HEADERS)
    assert {len(line) for line in lines} == {len(HEADERS)}
    assert lines[1][1] == 'b;,"\n.jwt'


def test_a_file_of_results_names_nobody() -> None:
    rows = [a_row()]

    assert b"Sam" not in results_as_csv(rows, language=Language.NL)
    book = load_workbook(io.BytesIO(results_as_xlsx(rows, language=Language.NL)))
    said = [cell for line in book.worksheets[0].iter_rows(values_only=True) for cell in line]
    assert "Universiteit Twente" in said
    assert not any("Sam" in str(cell) for cell in said)


ACTIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1", "#REF!", "|cmd", "%0A"]


@pytest.mark.parametrize("text", ACTIVE)
def test_no_spreadsheet_takes_what_a_stranger_wrote_for_a_formula(text: str) -> None:
    row = a_row(name=text, what=text, issuer=both(text))

    _, line = read_csv(results_as_csv([row], language=Language.EN), ",")
    book = load_workbook(io.BytesIO(results_as_xlsx([row], language=Language.EN)))
    cells = next(iter(book.worksheets[0].iter_rows(min_row=2)))

    assert {line[at] for at in (1, 5, 6)} == {f"'{text}"}
    for at in (1, 5, 6):
        assert cells[at].data_type == "s"
        assert cells[at].quotePrefix
