"""Each field of a row, read and judged: what it says, or what is wrong with it.

Apart from the row, which decides what the fields together are. Written for speed: a file has
millions of rows, so a field that has no column costs nothing and a right cell costs one pattern.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from services.issuer.batches.addresses import AddressFlaw, read_email
from services.issuer.batches.codes import Code
from services.issuer.batches.columns import Field
from services.issuer.batches.dates import DateFlaw, in_dutch, read_date, read_end
from services.issuer.batches.grades import GradeFlaw, read_grade
from services.issuer.batches.names import family_name, split_name
from services.issuer.batches.rules import Rules
from services.issuer.batches.texts import clean, clean_lines, looks_misread, mended

Found: TypeAlias = list[tuple[int, Code, str, str]]
"""Faults of one row: at which column, which code, the value, and the hint."""

_LONGEST_NAME: Final = 200
_LONGEST_TITLE: Final = 300
_LONGEST_NOTE: Final = 4000
_LONGEST_SHORT: Final = 60
_LONGEST_REFERENCE: Final = 100
_EDU_ID: Final = re.compile(r"[!-~]{8,200}")
_REFERENCE: Final = re.compile(r"[!-?A-~ ]{1,100}")
_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z'.-]| (?! ))*")
_VERSION: Final = re.compile(r"[0-9]{1,6}")
_ID: Final = re.compile(
    r"(?:urn:uuid:|https?://[^\s?#]*/)?"
    r"([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})"
    r"(?:(?:@|/versions/)([0-9]{1,6}))?/?"
)
_NO_DAY: Final = date(1, 1, 1)


class Read(NamedTuple):
    """What the fields of one row say; of a row with faults it means nothing."""

    which: UUID | str
    version: int | None
    day: date
    edu_id: str | None
    email: str | None
    given: str | None
    family: str | None
    grade: str | None
    until: datetime | None
    reference: str | None
    narrative: str | None


class FieldReader:
    """Reads the fields of rows by the places of their columns; -1 is no column."""

    def __init__(
        self, places: Mapping[Field, int], rules: Rules, *, spares_names: bool = False
    ) -> None:
        def at(field: Field) -> int:
            return places.get(field, -1)

        self._rules = rules
        self._needs_names = not spares_names
        self._microcredential, self._version = (
            at(Field.MICROCREDENTIAL),
            at(Field.MICROCREDENTIAL_VERSION),
        )
        self._day, self._until = at(Field.AWARDED_ON), at(Field.VALID_UNTIL)
        self._edu_id, self._email = at(Field.EDU_ID), at(Field.EMAIL)
        self._name, self._given = at(Field.NAME), at(Field.GIVEN_NAME)
        self._prefix, self._family = at(Field.FAMILY_PREFIX), at(Field.FAMILY_NAME)
        self._grade, self._narrative = at(Field.GRADE), at(Field.NARRATIVE)
        self._reference = places.get(Field.ENROLMENT_REFERENCE, at(Field.STUDENT_NUMBER))

    def read(self, cells: tuple[str, ...], found: Found) -> Read:
        """Return what the fields say, and add every fault to those that were found."""
        which, version = self._thing(cells, found)
        edu_id, email = self._person(cells, found)
        given, family = self._names(cells, found, is_needed=edu_id is None and self._needs_names)
        grade = None
        if self._grade >= 0:
            cell = cells[self._grade]
            told = read_grade(cell) if len(cell) <= _LONGEST_SHORT else GradeFlaw(Code.GRADE_FORM)
            if isinstance(told, GradeFlaw):
                found.append((self._grade, told.code, cell.strip(), told.hint))
            else:
                grade = told
        return Read(
            which,
            version,
            self._awarded_on(cells, found),
            edu_id,
            email,
            given,
            family,
            grade,
            self._valid_until(cells, found) if self._until >= 0 else None,
            self._own_reference(cells, found) if self._reference >= 0 else None,
            self._note(cells, found),
        )

    def _thing(self, cells: tuple[str, ...], found: Found) -> tuple[UUID | str, int | None]:
        rules = self._rules
        said = cells[self._microcredential].strip() if self._microcredential >= 0 else ""
        if not said:
            if rules.microcredential_id is None:
                place = max(self._microcredential, 0)
                found.append((place, Code.MICROCREDENTIAL_MISSING, "", ""))
                return "", None
            which: UUID | str = rules.microcredential_id
            version = rules.microcredential_version
        elif len(said) > _LONGEST_TITLE:
            found.append((self._microcredential, Code.CELL_LONG, said, str(_LONGEST_TITLE)))
            return "", None
        else:
            which, version, code = read_microcredential(said)
            if code is not None:
                found.append((self._microcredential, code, said, ""))
        if self._version >= 0 and (number := cells[self._version].strip()):
            if _VERSION.fullmatch(number) is None or int(number) == 0:
                found.append((self._version, Code.VERSION_FORM, number, ""))
            else:
                version = int(number)
        return which, version

    def _person(self, cells: tuple[str, ...], found: Found) -> tuple[str | None, str | None]:
        edu_id = email = None
        is_wrong = False
        if self._edu_id >= 0 and (said := cells[self._edu_id].strip()):
            edu_id = said
            if _EDU_ID.fullmatch(said) is None or said[0] in "=+-@":
                is_wrong = True
                found.append((self._edu_id, Code.EDUID_FORM, said, ""))
        if self._email >= 0:
            told = read_email(cells[self._email], self._rules.student_domains)
            if isinstance(told, AddressFlaw):
                is_wrong = True
                found.append((self._email, told.code, cells[self._email].strip(), told.hint))
            else:
                email = told
        if edu_id is None and email is None and not is_wrong:
            found.append((max(self._email, self._edu_id), Code.EMAIL_MISSING, "", ""))
        return edu_id, email

    def _names(
        self, cells: tuple[str, ...], found: Found, *, is_needed: bool
    ) -> tuple[str | None, str | None]:
        before = len(found)
        if self._family >= 0:
            place = self._family
            given = self._part(self._given, cells, found)
            family = family_name(self._part(self._family, cells, found))
            prefix = self._part(self._prefix, cells, found)
            if prefix and family:
                family = f"{prefix} {family}"
        elif self._name >= 0:
            place = self._name
            given, family = split_name(self._part(place, cells, found))
        else:
            place = max(self._given, 0)
            given, family = self._part(self._given, cells, found), ""
        if is_needed and len(found) == before and not (given and family):
            if given or family:
                at = self._given if self._family >= 0 and self._given >= 0 and family else place
                found.append((at, Code.NAME_HALF, given or family, ""))
            else:
                found.append((place, Code.NAME_MISSING, "", ""))
        return given or None, family or None

    def _part(self, at: int, cells: tuple[str, ...], found: Found) -> str:
        """Return a part of a name; what is wrong with it is added to what was found."""
        if at < 0:
            return ""
        said = cells[at].strip()
        if not said or (_NAME.fullmatch(said) and len(said) <= _LONGEST_NAME):
            return said
        if len(said) > _LONGEST_NAME:
            found.append((at, Code.CELL_LONG, said, str(_LONGEST_NAME)))
            return said
        kept, code = clean(said)
        if code is None and looks_misread(kept):
            code = Code.NAME_ENCODING
        if code is not None:
            hint = mended(said) if code is Code.NAME_ENCODING else ""
            found.append((at, code, said, hint))
        return kept

    def _awarded_on(self, cells: tuple[str, ...], found: Found) -> date:
        rules, at = self._rules, self._day
        said = cells[at].strip() if at >= 0 else ""
        if not said:
            if rules.awarded_on is None:
                found.append((max(at, 0), Code.DATE_MISSING, "", ""))
            return rules.awarded_on or _NO_DAY
        told = read_date(said) if len(said) <= _LONGEST_SHORT else DateFlaw(Code.DATE_FORM)
        if isinstance(told, DateFlaw):
            found.append((at, told.code, said, told.hint))
            return _NO_DAY
        if told > rules.today:
            found.append((at, Code.DATE_FUTURE, said, ""))
        elif told < rules.earliest:
            found.append((at, Code.DATE_EARLY, said, in_dutch(rules.earliest)))
        return told

    def _valid_until(self, cells: tuple[str, ...], found: Found) -> datetime | None:
        said = cells[self._until].strip()
        if not said:
            return None
        told = read_end(said) if len(said) <= _LONGEST_SHORT else DateFlaw(Code.DATE_FORM)
        if isinstance(told, DateFlaw):
            found.append((self._until, told.code, said, told.hint))
            return None
        if told.date() < self._rules.today:
            found.append((self._until, Code.VALIDITY_PAST, said, ""))
        return told

    def _own_reference(self, cells: tuple[str, ...], found: Found) -> str | None:
        said = cells[self._reference].strip()
        if not said:
            found.append((self._reference, Code.REFERENCE_MISSING, "", ""))
        elif _REFERENCE.fullmatch(said) is None or said[0] in "=+-":
            found.append((self._reference, Code.REFERENCE_FORM, said, ""))
        return said or None

    def _note(self, cells: tuple[str, ...], found: Found) -> str | None:
        at = self._narrative
        said = cells[at] if at >= 0 else ""
        kept, code = clean_lines(said[: _LONGEST_NOTE + 1]) if said else ("", None)
        if len(said) > _LONGEST_NOTE:
            found.append((at, Code.CELL_LONG, said, str(_LONGEST_NOTE)))
        elif code is not None:
            found.append((at, code, said, mended(said) if code is Code.NAME_ENCODING else ""))
        elif not kept and self._rules.needs_narrative:
            found.append((max(at, 0), Code.EVIDENCE_MISSING, "", ""))
        return kept or None


@lru_cache(maxsize=4096)
def read_microcredential(said: str) -> tuple[UUID | str, int | None, Code | None]:
    """Return the id and version in a cell, or its title or code, and what is wrong with that."""
    found = _ID.fullmatch(said)
    if found is not None:
        return UUID(found[1]), int(found[2]) if found[2] else None, None
    kept, code = clean(said)
    return kept, None, code
