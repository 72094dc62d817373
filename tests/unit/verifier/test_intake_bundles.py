"""Many proofs at once: an archive, a workbook or a list gives each of them, with where it stood."""

import csv
import io
import stat
import zipfile
from dataclasses import replace
from typing import Final

import pytest

from services.verifier.containers.archives import Archive
from services.verifier.containers.contents import Contents, NotReadError
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.tables import read_table
from services.verifier.containers.workbooks import read_workbook
from services.verifier.domain.handed import Container
from services.verifier.domain.refusals import RefusalCode
from tests.support.handing import LINK, TOKEN, a_png, a_zip, itxt
from tests.support.spreadsheets import an_archive, an_xlsx

CODE: Final = "7Q4K-M2XD-9HT7"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET: Final = "xl/worksheets/sheet1.xml"
SHARED: Final = "xl/sharedStrings.xml"
DOCUMENT: Final = '{"type": ["VerifiableCredential"], "proof": {}}'


def refusal(body: bytes) -> RefusalCode:
    with pytest.raises(NotReadError) as refused:
        Archive(body, LIMITS)
    return refused.value.code


def entries(body: bytes) -> list[tuple[str, RefusalCode | None]]:
    return [(entry.name, entry.refusal) for entry in Archive(body, LIMITS)]


def rows(contents: Contents) -> list[tuple[int, str]]:
    return [(found.place.row, found.content.decode()) for found in contents.found]


def with_shared_texts(text: str) -> dict[str, bytes]:
    """Write a workbook as Excel does: its texts apart from its cells."""
    book = zipfile.ZipFile(an_xlsx([["a"]]))
    parts = {name: book.read(name) for name in book.namelist()}
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    named = f'<Override PartName="/{SHARED}" ContentType="{spreadsheet}.sharedStrings+xml"/>'
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in (1, 2))
    return {
        **parts,
        "[Content_Types].xml": parts["[Content_Types].xml"].replace(
            b"<Override", named.encode() + b"<Override", 1
        ),
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode(),
        SHARED: f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'.encode(),
    }


def test_the_files_of_an_archive_are_given_in_their_order_and_leavings_are_not() -> None:
    files = [("b/2.jwt", b"2"), ("1.png", a_png(itxt(b"1"))), ("b/", b"")]
    leavings = [("__MACOSX/._1.png", b"x"), ("b/.DS_Store", b"x"), ("Thumbs.db", b"x")]

    archive = Archive(a_zip([*files, *leavings]), LIMITS)

    assert [(one.name, one.content) for one in archive] == files[:2]
    assert archive.container is Container.ZIP


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/../../b",
        "/etc/passwd",
        "C:/windows",
        "a\\..\\b",
        "a\nb",
        "\u202egpj.exe",
        "n" * 300,
    ],
)
def test_a_name_with_a_trick_in_it_is_refused_and_the_rest_is_read(name: str) -> None:
    (shown, code), rest = entries(a_zip([(name, b"x"), ("good", b"y")]))

    assert code is RefusalCode.ARCHIVE_NAME
    assert shown.isprintable()
    assert rest == ("good", None)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_of_one_name_the_second_is_refused() -> None:
    assert entries(a_zip([("a", b"1"), ("a", b"2")])) == [
        ("a", None),
        ("a", RefusalCode.ARCHIVE_NAME),
    ]


def test_a_link_out_of_the_archive_is_refused() -> None:
    file = io.BytesIO()
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(link, "/etc/passwd")

    assert entries(file.getvalue()) == [("link", RefusalCode.ARCHIVE_NAME)]


def test_a_packing_that_is_not_read_and_a_password_are_refused() -> None:
    locked = bytearray(a_zip([("a", b"1")]))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1

    assert entries(a_zip([("a", b"1")], zipfile.ZIP_LZMA)) == [("a", RefusalCode.ARCHIVE_DAMAGED)]
    assert entries(bytes(locked)) == [("a", RefusalCode.ARCHIVE_LOCKED)]


def test_a_file_that_was_changed_in_its_archive_is_refused() -> None:
    body = a_zip([("a", b"content"), ("b", b"content")], zipfile.ZIP_STORED)

    assert entries(body.replace(b"content", b"CONTENT", 1)) == [
        ("a", RefusalCode.ARCHIVE_DAMAGED),
        ("b", None),
    ]


def test_an_archive_of_more_files_than_agreed_is_refused() -> None:
    files = [(f"{number}", b"") for number in range(501)]

    assert len(entries(a_zip(files[:500]))) == 500
    assert refusal(a_zip(files)) is RefusalCode.ARCHIVE_ENTRIES_MANY


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    large = b"\0" * (LIMITS.entry_bytes + 1)

    assert entries(a_zip([("a", large)])) == [("a", RefusalCode.TOO_LARGE)]
    assert refusal(a_zip([(f"{number}", large) for number in range(13)])) is (
        RefusalCode.ARCHIVE_UNPACKS_TOO_LARGE
    )


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_said() -> None:
    body = bytearray(a_zip([("a", b"\0" * 1_000_000)]))
    listing = body.index(b"PK\x01\x02")
    body[listing + 24 : listing + 28] = (10).to_bytes(4, "little")

    (entry,) = Archive(bytes(body), LIMITS)

    assert len(entry.content) <= 10
    assert entry.refusal is RefusalCode.ARCHIVE_DAMAGED


@pytest.mark.parametrize("body", [b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18, b"PK\x03\x04" * 999])
def test_an_archive_that_is_none_is_refused(body: bytes) -> None:
    assert refusal(body) in {RefusalCode.ARCHIVE_DAMAGED, RefusalCode.ARCHIVE_ENTRIES_MANY}


def test_an_archive_of_a_kind_for_larger_things_is_refused() -> None:
    body = a_zip([("a", b"b")])
    at = body.index(b"PK\x05\x06")

    assert refusal(body[:at] + b"PK\x06\x07" + b"\0" * 16 + body[at:]) is (
        RefusalCode.ARCHIVE_DAMAGED
    )


def test_an_office_document_is_told_from_files_put_together() -> None:
    book = an_xlsx([["a"]]).read()
    letter = an_archive({"word/document.xml": "<a/>"}).read()

    assert Archive(book, LIMITS).container is Container.XLSX
    assert Archive(letter, LIMITS).container is Container.OTHER


def test_each_cell_of_a_workbook_that_is_a_proof_a_link_or_a_code_is_given() -> None:
    book = an_xlsx([["naam", "bewijs"], ["A", TOKEN], ["B", f"zie {LINK}"], [CODE, 3, None]])

    assert rows(read_workbook(book.read(), LIMITS)) == [(2, TOKEN), (3, LINK), (4, CODE)]


def test_of_several_sheets_each_is_read_with_its_name() -> None:
    book = an_xlsx([[TOKEN]], Tweede=[["a"], [LINK]]).read()

    found = read_workbook(book, LIMITS).found

    assert [(one.place.sheet, one.place.row) for one in found] == [("Lijst", 1), ("Tweede", 2)]


def test_a_text_that_cells_share_is_given_for_each_of_them() -> None:
    book = an_archive(with_shared_texts(TOKEN)).read()

    assert rows(read_workbook(book, LIMITS)) == [(1, TOKEN), (2, TOKEN)]


def test_a_workbook_with_entities_or_of_another_make_is_refused() -> None:
    parts = with_shared_texts(TOKEN)
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'

    for name in (SHEET, SHARED, "xl/workbook.xml", "[Content_Types].xml"):
        hostile = {**parts, name: laughs + parts[name]}
        with pytest.raises(NotReadError) as refused:
            read_workbook(an_archive(hostile).read(), LIMITS)
        assert refused.value.code is RefusalCode.TABLE_DAMAGED
    with pytest.raises(NotReadError) as refused:
        read_workbook(an_archive({"xl/workbook.xml": "<a/>"}).read(), LIMITS)
    assert refused.value.code is RefusalCode.TABLE_DAMAGED


def test_a_workbook_that_unpacks_too_large_is_refused() -> None:
    with pytest.raises(NotReadError) as refused:
        read_workbook(an_xlsx([["a"]]).read(), replace(LIMITS, table_bytes=1000))

    assert refused.value.code is RefusalCode.ARCHIVE_UNPACKS_TOO_LARGE


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_table_is_read_by_the_delimiter_it_has(delimiter: str) -> None:
    quoted = '"' + DOCUMENT.replace('"', '""') + '"'
    lines = [["naam", "bewijs"], ["A", TOKEN], ["B", quoted], ['"C\nD"', CODE], ["E", LINK]]
    text = "".join(delimiter.join(line) + "\r\n" for line in lines)

    assert rows(read_table(text, LIMITS)) == [(2, TOKEN), (3, DOCUMENT), (4, CODE), (5, LINK)]


def test_a_list_with_one_proof_a_line_needs_no_delimiter() -> None:
    assert rows(read_table(f"{TOKEN}\n\n{CODE}\n{LINK}\n", LIMITS)) == [
        (1, TOKEN),
        (3, CODE),
        (4, LINK),
    ]


def test_a_table_says_when_not_all_of_it_was_read() -> None:
    text = f"{CODE}\n" * 10

    by_rows = read_table(text, replace(LIMITS, rows=4))
    by_proofs = read_table(text, replace(LIMITS, proofs=3))

    assert (len(by_rows.found), by_rows.refusals[0].code) == (4, RefusalCode.TABLE_ROWS_LEFT)
    assert (len(by_proofs.found), by_proofs.refusals[0].code) == (3, RefusalCode.PROOFS_MANY)


def test_a_cell_longer_than_any_proof_damages_the_table_and_no_other() -> None:
    before = csv.field_size_limit()

    with pytest.raises(NotReadError) as refused:
        read_table(f'a;b\n"{"x" * 999}";c\n', replace(LIMITS, text_bytes=100))

    assert refused.value.code is RefusalCode.TABLE_DAMAGED
    assert csv.field_size_limit() == before
