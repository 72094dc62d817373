"""Days, grades, names and addresses as people write them."""

import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issuer.batches import Code
from services.issuer.batches.addresses import AddressFlaw, read_email
from services.issuer.batches.dates import DateFlaw, read_date, read_end
from services.issuer.batches.grades import GradeFlaw, read_grade
from services.issuer.batches.names import family_name, split_name
from services.issuer.batches.texts import clean, clean_lines, mended
from services.issuer.domain import HERE

DAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03",
        "2026-3-3",
        "03-03-2026",
        "3/3/2026",
        "3.3.2026",
        "3 3 2026",
        "20260303",
        "3 maart 2026",
        "3 MRT 2026",
        "3-mrt-2026",
        "dinsdag 3 maart 2026",
        "3rd March 2026",
        "2026-03-03T00:00:00",
        "2026-03-03 00:00",
        "03-03-2026 14:30",
        "46084",
        "46084.0",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("02-13-2026", DateFlaw(Code.DATE_SWAPPED, "13-02-2026")),
        ("2/13/2026", DateFlaw(Code.DATE_SWAPPED, "13-02-2026")),
        ("March 3, 2026", DateFlaw(Code.DATE_SWAPPED, "03-03-2026")),
        ("31-02-2026", DateFlaw(Code.DATE_ABSENT, "28-02-2026")),
        ("29 februari 2026", DateFlaw(Code.DATE_ABSENT, "28-02-2026")),
        ("3-3-26", DateFlaw(Code.DATE_YEAR, "03-03-2026")),
        ("gisteren", DateFlaw(Code.DATE_FORM)),
        ("0-0-2026", DateFlaw(Code.DATE_FORM)),
        ("13-13-2026", DateFlaw(Code.DATE_FORM)),
        ("99999", DateFlaw(Code.DATE_FORM)),
        ("7", DateFlaw(Code.DATE_FORM)),
        ("3 maartt 2026", DateFlaw(Code.DATE_FORM)),
        ("٣-٣-٢٠٢٦", DateFlaw(Code.DATE_FORM)),
    ],
)
def test_what_is_no_day_is_refused_with_what_was_meant(text: str, flaw: DateFlaw) -> None:
    assert read_date(text) == flaw


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_every_day_is_read_back_in_dutch_and_in_iso(day: date) -> None:
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.day}-{day.month}-{day.year}") == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_flaw(text: str) -> None:
    assert isinstance(read_date(text), date | DateFlaw)


def test_a_validity_lasts_to_the_end_of_its_day_here() -> None:
    assert read_end("31-12-2027") == datetime(2027, 12, 31, 23, 59, 59, tzinfo=HERE)
    assert read_end("2027-12-31T10:00:00+00:00") == datetime.fromisoformat("2027-12-31T10:00:00Z")


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("7,5", "7.5"),
        ("7.5", "7.5"),
        ("8", "8"),
        ("8,0", "8"),
        ("10", "10"),
        ("05,5", "5.5"),
        ("V", "voldoende"),
        ("Voldoende", "voldoende"),
        ("ZG", "zeer goed"),
        ("cum laude", "cum laude"),
        ("A+", "A+"),
        ("85/100", "85/100"),
        ("85%", "85%"),
        ("62.5%", "62.5%"),
        ("2:1", "2:1"),
        ("NVT", None),
        ("n.v.t.", None),
        ("-", None),
        ("", None),
    ],
)
def test_a_grade_is_kept_in_one_spelling(text: str, grade: str | None) -> None:
    assert read_grade(text) == grade


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("5,4", GradeFlaw(Code.GRADE_LOW)),
        ("O", GradeFlaw(Code.GRADE_LOW)),
        ("onvoldoende", GradeFlaw(Code.GRADE_LOW)),
        ("niet behaald", GradeFlaw(Code.GRADE_LOW)),
        ("75", GradeFlaw(Code.GRADE_RANGE, "7,5")),
        ("-1", GradeFlaw(Code.GRADE_RANGE)),
        ("11", GradeFlaw(Code.GRADE_RANGE)),
        ("insufficient", GradeFlaw(Code.GRADE_LOW)),
        ("Onvold.", GradeFlaw(Code.GRADE_LOW)),
        ("FALSE", GradeFlaw(Code.GRADE_LOW)),
        ("4,5*", GradeFlaw(Code.GRADE_FORM)),
        ("4 (herkansing)", GradeFlaw(Code.GRADE_FORM)),
        ("5.4 V", GradeFlaw(Code.GRADE_FORM)),
        ("7-5", GradeFlaw(Code.GRADE_FORM)),
        ("4/10", GradeFlaw(Code.GRADE_FORM)),
        ("7,55", GradeFlaw(Code.GRADE_FORM)),
        ("7-mei", GradeFlaw(Code.GRADE_DATE, "7,5")),
        ("2026-05-07", GradeFlaw(Code.GRADE_DATE, "7,5")),
        ("07-05-2026", GradeFlaw(Code.GRADE_DATE, "7,5")),
        ("=7+1", GradeFlaw(Code.CELL_FORMULA)),
        ("x" * 21, GradeFlaw(Code.CELL_LONG, "20")),
    ],
)
def test_what_is_no_pass_is_refused(text: str, flaw: GradeFlaw) -> None:
    assert read_grade(text) == flaw


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jansen, Anna van", ("Anna", "van Jansen")),
        ("Anna van Jansen", ("Anna", "van Jansen")),
        ("Vries, Zoë de", ("Zoë", "de Vries")),
        ("Berg, Jan Willem van den", ("Jan Willem", "van den Berg")),
        ("Jan Willem van den Berg", ("Jan Willem", "van den Berg")),
        ("Madonna", ("Madonna", "")),
        ("Jansen,", ("", "Jansen")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_is_taken_apart(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_a_prefix_behind_the_comma_comes_before_the_name() -> None:
    assert family_name("Vries, de") == "de Vries"
    assert family_name("Vries, Anna") == "Vries, Anna"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("jo@example.nl", "jo@example.nl"),
        (" Jo.de+x@Sub.Example.nl ", "Jo.de+x@Sub.Example.nl"),
        ("zoë@exämple.nl", "zoë@exämple.nl"),
        ("", None),
        ("s1@student.hva.example", "s1@student.hva.example"),
        ("s1@HVA.example", AddressFlaw(Code.IDENTIFIER_DOMAIN, "s1@student.hva.example")),
        ("jo @example.nl", AddressFlaw(Code.EMAIL_SPACE, "jo@example.nl")),
        ("a@example.nl; b@example.nl", AddressFlaw(Code.EMAIL_MANY, "a@example.nl")),
        ("Jo <jo@example.nl>", AddressFlaw(Code.EMAIL_FORM, "jo@example.nl")),
        ("mailto:jo@example.nl", AddressFlaw(Code.EMAIL_FORM, "jo@example.nl")),
        ("jo@example,nl", AddressFlaw(Code.EMAIL_FORM, "jo@example.nl")),
        ("jo@@example.nl", AddressFlaw(Code.EMAIL_FORM, "jo@example.nl")),
        ("jo.example.nl", AddressFlaw(Code.EMAIL_FORM)),
        ("=jo@example.nl", AddressFlaw(Code.CELL_FORMULA)),
        ("jo\u202e@example.nl", AddressFlaw(Code.CELL_CONTROL)),
        ("j" * 300 + "@example.nl", AddressFlaw(Code.EMAIL_FORM)),
    ],
)
def test_an_address_is_one_address_of_a_student(text: str, told: object) -> None:
    assert read_email(text, {"hva.example": "student.hva.example"}) == told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=1+1", Code.CELL_FORMULA),
        ("+cmd|' /C calc'!A0", Code.CELL_FORMULA),
        ("-2+3", Code.CELL_FORMULA),
        ("@SUM(A1)", Code.CELL_FORMULA),
        ("Jan\u202eeeR", Code.CELL_CONTROL),
        ("Jan\x07", Code.CELL_CONTROL),
        ("Jan\u200bBos", Code.CELL_CONTROL),
        ("Jan\nBos", Code.CELL_CONTROL),
        ("<b>Jan</b>", Code.CELL_HTML),
        ("Jan&nbsp;Bos", Code.CELL_HTML),
        ("ZoÃ«", Code.NAME_ENCODING),
        ("RenÃ©e", Code.NAME_ENCODING),
        ("FranÃ§ois", Code.NAME_ENCODING),
        ("Zo�", Code.NAME_ENCODING),
        ("-5", None),
        ("R&D", None),
        ("O'Neill-Ångström Æ", None),
        ("Şükrü Ğ", None),
    ],
)
def test_what_nobody_should_send_is_refused(text: str, code: Code | None) -> None:
    assert clean(text)[1] is code


def test_a_misread_name_is_mended_in_the_proposal() -> None:
    assert mended("ZoÃ«") == "Zoë"
    assert mended("Zo‰") == ""


def test_white_space_is_folded_and_letters_are_composed() -> None:
    assert clean("  Zoe\u0308\u00a0 de   Vries ")[0] == "Zoë de Vries"
    assert clean_lines("Goed gedaan. \r\n\r\n- en verder\tniets")[0].endswith("\n- en verder niets")


@given(st.text(max_size=40))
def test_a_cleaned_text_is_composed_and_stays_as_it_is(text: str) -> None:
    kept, code = clean(text)
    if code is None:
        assert unicodedata.is_normalized("NFC", kept)
        assert clean(kept) == (kept, None)
