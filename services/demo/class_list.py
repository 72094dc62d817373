"""A class list as a Dutch student system exports it, read without losing a row (RFC 4180).

Pure, and apart from the story: whatever bytes come in, every row is listed exactly once, as an
award to make or as faults by cell; a file that cannot be read as a list is refused as a whole.
"""

import csv
import io
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.demo.row_faults import Code, RowFault, Sentence

DELIMITERS = ";,\t"
PREFIXES = frozenset(
    {"'s", "'t", "aan", "af", "al", "bij", "bin", "da", "das", "de", "del", "den", "der", "des"}
    | {"di", "do", "dos", "du", "el", "en", "het", "ibn", "in", "la", "las", "le", "les", "los"}
    | {"of", "op", "onder", "over", "te", "ten", "ter", "tot", "uit", "van", "vom", "von", "voor"}
    | {"zu", "zum", "zur"}
)
HEADERS: dict[str, frozenset[str]] = {
    "number": frozenset({"studentnummer", "studentnr", "studentnumber", "studentid", "nummer"}),
    "name": frozenset({"naam", "name", "student", "volledigenaam", "fullname"}),
    "given": frozenset({"voornaam", "roepnaam", "firstname", "givenname"}),
    "prefix": frozenset({"voorvoegsel", "voorvoegsels", "tussenvoegsel", "tussenvoegsels"}),
    "family": frozenset({"achternaam", "familienaam", "lastname", "surname", "familyname"}),
    "email": frozenset({"email", "emailadres", "mail", "mailadres", "emailaddress"}),
    "eduid": frozenset({"eduid"}),
    "result": frozenset({"resultaat", "cijfer", "grade", "result"}),
    "date": frozenset(
        {"datum", "datumresultaat", "resultaatdatum", "toetsdatum", "behaaldop", "date"}
    ),
}
NEEDED = (("number",), ("name", "family"), ("email", "eduid"), ("date",))
PASS, BEST = Decimal("5.5"), Decimal(10)

_DUTCH_DATE = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_ADDRESS = re.compile(r"[^\s@,;<>()\"]+@[^\s@,;<>()\".]+(\.[^\s@,;<>()\".]+)+")
_MISREAD = re.compile("[\u00c2\u00c3\u00c5][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]|\ufffd")
_GRADE = re.compile(r"[0-9]{1,6}([.,][0-9]{1,6})?")


class ClassListError(ValueError):
    """This file cannot be read as a class list."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(nl, en)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLearner:
    """One right row: who passed what, when."""

    row: int
    number: str
    given_name: str
    family_name: str
    email: str | None
    eduid: str | None
    result: str | None
    achieved_on: date


@dataclass(frozen=True, slots=True)
class WrongRow:
    """One row that cannot be awarded, and why."""

    row: int
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class ClassList:
    """The whole file: how it was read, and every row once."""

    encoding: str
    delimiter: str
    learners: tuple[ListedLearner, ...]
    wrong: tuple[WrongRow, ...]
    empty: tuple[int, ...]


def read_class_list(content: bytes, *, today: date) -> ClassList:
    """Read a class list; rows have a spreadsheet's numbers, the header being row 1."""
    text, encoding = decode(content)
    delimiter = find_delimiter(text)
    records = list(_records(text, delimiter))
    if not records:
        raise ClassListError("Het bestand is leeg.", "The file is empty.")
    columns = _find_columns(records[0])
    seen: dict[tuple[str, str], int] = {}
    learners, wrong, empty = [], [], []
    for row, cells in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in cells):
            empty.append(row)
            continue
        read = _Row(row, cells, columns, len(records[0])).read(today=today, seen=seen)
        if isinstance(read, WrongRow):
            wrong.append(read)
        else:
            learners.append(read)
    return ClassList(encoding, delimiter, tuple(learners), tuple(wrong), tuple(empty))


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and how it was encoded: UTF-16 by its mark, else UTF-8, else cp1252."""
    encodings = (
        ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    )
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ClassListError(
        "De letters in dit bestand zijn niet te lezen. Sla het op als CSV UTF-8.",
        "The characters in this file cannot be read. Save it as CSV UTF-8.",
    )


def find_delimiter(text: str) -> str:
    """Return the delimiter by which most of the header is understood."""

    def understood(delimiter: str) -> int:
        try:
            return len(_columns(next(_records(text, delimiter), [])))
        except ClassListError:
            return 0

    return max(DELIMITERS, key=understood)


def cell_name(column: int, row: int) -> str:
    """Name a cell as a spreadsheet does: the 28th of row 3 is AB3."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def split_name(name: str) -> tuple[str, str]:
    """Return given and family name of `Jansen, Anna van` or `Anna van Jansen`; one may be empty."""
    family, comma, rest = name.partition(",")
    words = (rest if comma else name).split()
    if comma:
        at = len(words)
        while at > 1 and _is_prefix(words[at - 1]):
            at -= 1
        return " ".join(words[:at]), " ".join([*words[at:], *family.split()])
    at = next((i for i, word in enumerate(words) if i and _is_prefix(word)), 1)
    return " ".join(words[:at]), " ".join(words[at:])


def _is_prefix(word: str) -> bool:
    return word.replace("\u2019", "'") in PREFIXES


def read_date(text: str) -> date | tuple[Code, str]:
    """Return the date meant, or what is wrong with it and what may have been meant."""
    if found := _DUTCH_DATE.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _ISO_DATE.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return Code.DATE_FORM, ""
    if not (year and day and month):
        return Code.DATE_FORM, ""
    if month > 12:  # noqa: PLR2004 - months of a year
        if day > 12 or month > monthrange(year, day)[1]:  # noqa: PLR2004 - the same
            return Code.DATE_FORM, ""
        return Code.DATE_SWAPPED, f"{month:02}-{day:02}-{year:04}"
    last = monthrange(year, month)[1]
    return (
        date(year, month, day) if day <= last else (Code.DATE_ABSENT, f"{last}-{month:02}-{year}")
    )


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ClassListError(
                f"Rij {row} is geen CSV: staan de aanhalingstekens goed?",
                f"Row {row} is no CSV: are its quotes right?",
            ) from error


def _columns(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        word = "".join(letter for letter in cell.casefold() if letter.isalnum())
        for column, names in HEADERS.items():
            if word in names:
                if column in columns:
                    first, second = cell_name(columns[column], 1), cell_name(at, 1)
                    raise ClassListError(
                        f"Kolommen {first} en {second} zijn dezelfde.",
                        f"Columns {first} and {second} are the same.",
                    )
                columns[column] = at
    return columns


def _find_columns(header: Sequence[str]) -> dict[str, int]:
    columns = _columns(header)
    missing = [" / ".join(names) for names in NEEDED if not any(n in columns for n in names)]
    if missing:
        raise ClassListError(
            f"In rij 1 ontbreken kolommen: {', '.join(missing)}.",
            f"Row 1 lacks columns: {', '.join(missing)}.",
        )
    return columns


@dataclass(frozen=True, slots=True)
class _Row:
    """One row being read: every fault is found before any is told."""

    row: int
    cells: Sequence[str]
    columns: dict[str, int]
    width: int

    def read(self, *, today: date, seen: dict[tuple[str, str], int]) -> ListedLearner | WrongRow:
        faults: list[RowFault] = []
        faults += self._too_long()
        given, family = self._names(faults)
        email, eduid = self._address(faults)
        number = self._text("number")
        if not number:
            faults.append(self._fault("number", Code.NUMBER_MISSING))
        self._refuse_second(seen, faults, {"number": number, "email": email, "eduid": eduid})
        achieved_on = self._date(today, faults)
        result = self._result(faults)
        if faults or achieved_on is None:
            return WrongRow(self.row, tuple(faults))
        return ListedLearner(
            row=self.row,
            number=number,
            given_name=given,
            family_name=family,
            email=email or None,
            eduid=eduid or None,
            result=result,
            achieved_on=achieved_on,
        )

    def _text(self, column: str) -> str:
        at = self.columns.get(column, len(self.cells))
        return self.cells[at].strip() if at < len(self.cells) else ""

    def _fault(self, column: str, code: Code, hint: str = "") -> RowFault:
        return RowFault(cell_name(self.columns[column], self.row), code, hint)

    def _too_long(self) -> list[RowFault]:
        if any(cell.strip() for cell in self.cells[self.width :]):
            return [RowFault(cell_name(self.width, self.row), Code.ROW_LONG)]
        return []

    def _names(self, faults: list[RowFault]) -> tuple[str, str]:
        column = "family" if "family" in self.columns else "name"
        if column == "family":
            given = self._text("given")
            family = " ".join([*self._text("prefix").split(), *self._text("family").split()])
        else:
            given, family = split_name(self._text("name"))
        if not given and not family:
            faults.append(self._fault(column, Code.NAME_MISSING))
        elif not given or not family:
            faults.append(self._fault(column, Code.NAME_HALF))
        elif _MISREAD.search(given + family):
            faults.append(self._fault(column, Code.NAME_ENCODING))
        return given, family

    def _address(self, faults: list[RowFault]) -> tuple[str, str]:
        email, eduid = self._text("email"), self._text("eduid")
        column = "email" if "email" in self.columns else "eduid"
        if not email and not eduid:
            faults.append(self._fault(column, Code.EMAIL_MISSING))
        elif email.count("@") > 1:
            faults.append(self._fault("email", Code.EMAIL_AT))
        elif email and not _ADDRESS.fullmatch(email):
            faults.append(self._fault("email", Code.EMAIL_FORM))
        return email, eduid

    def _refuse_second(
        self, seen: dict[tuple[str, str], int], faults: list[RowFault], person: dict[str, str]
    ) -> None:
        for column, value in person.items():
            first = seen.setdefault((column, value.casefold()), self.row) if value else self.row
            if first != self.row:
                hint = cell_name(self.columns[column], first)
                faults.append(self._fault(column, Code.DUPLICATE, hint))

    def _date(self, today: date, faults: list[RowFault]) -> date | None:
        text = self._text("date")
        if not text:
            faults.append(self._fault("date", Code.DATE_MISSING))
            return None
        read = read_date(text)
        if isinstance(read, tuple):
            faults.append(self._fault("date", *read))
            return None
        if read > today:
            faults.append(self._fault("date", Code.DATE_FUTURE))
        return read

    def _result(self, faults: list[RowFault]) -> str | None:
        text = self._text("result")
        if not _GRADE.fullmatch(text):
            return text or None
        grade = Decimal(text.replace(",", "."))
        if not 1 <= grade <= BEST:
            faults.append(self._fault("result", Code.RESULT_RANGE))
        elif grade < PASS:
            faults.append(self._fault("result", Code.RESULT_LOW))
        return text.replace(",", ".")
