"""What can be wrong with a cell of a class list, in Dutch and English: found, expected, proposed.

Apart from the reading, so that the wording stands in one place. A sentence says what kind of thing
was found, never the value: a terminal is a log too.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The kinds of fault; a program can act on them, the sentences are for people."""

    DATE_MISSING = "award.date.missing"
    DATE_FORM = "award.date.form"
    DATE_ABSENT = "award.date.absent"
    DATE_SWAPPED = "award.date.swapped"
    DATE_FUTURE = "award.date.future"
    DUPLICATE = "award.duplicate.file"
    EMAIL_MISSING = "person.email.missing"
    EMAIL_AT = "person.email.at"
    EMAIL_FORM = "person.email.form"
    NAME_MISSING = "person.name.missing"
    NAME_HALF = "person.name.half"
    NAME_ENCODING = "person.name.encoding"
    NUMBER_MISSING = "person.number.missing"
    RESULT_LOW = "award.result.insufficient"
    RESULT_RANGE = "award.result.range"
    ROW_LONG = "row.cells.many"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text in both languages."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What was found, what was expected, and what to do about it."""

    found: Sentence
    expected: Sentence
    proposal: Sentence


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault in one cell, named as a spreadsheet names it."""

    cell: str
    code: Code
    hint: str = ""

    @property
    def wording(self) -> Wording:
        """Return the three sentences, the hint filled in."""
        told = WORDINGS[self.code]
        return Wording(
            found=told.found,
            expected=told.expected,
            proposal=Sentence(
                told.proposal.nl.format(hint=self.hint), told.proposal.en.format(hint=self.hint)
            ),
        )

    def say(self, language: str) -> str:
        """Say it in one line of Dutch or English."""
        told = self.wording
        parts = [getattr(part, language) for part in (told.found, told.expected, told.proposal)]
        expected = "verwacht" if language == "nl" else "expected"
        return f"{self.cell}: {parts[0]}; {expected} {parts[1]}. {parts[2]}"


def _wording(
    found: tuple[str, str], expected: tuple[str, str], proposal: tuple[str, str]
) -> Wording:
    return Wording(
        found=Sentence(*found), expected=Sentence(*expected), proposal=Sentence(*proposal)
    )


_A_DATE = ("een datum als 13-11-2026 of 2026-11-13", "a date such as 13-11-2026 or 2026-11-13")
_AN_ADDRESS = ("een e-mailadres als naam@voorbeeld.nl", "an address such as name@example.nl")
_A_NAME = ("een naam als Jansen, Anna van", "a name such as Jansen, Anna van")
_A_PASS = ("een voldoende, 5,5 tot en met 10", "a pass, 5.5 up to 10")

WORDINGS: dict[Code, Wording] = {
    Code.DATE_MISSING: _wording(
        ("geen datum", "no date"), _A_DATE, ("Vul de datum in.", "Fill in the date.")
    ),
    Code.DATE_FORM: _wording(
        ("iets wat geen datum is", "something that is no date"),
        _A_DATE,
        ("Schrijf dag-maand-jaar.", "Write day-month-year."),
    ),
    Code.DATE_ABSENT: _wording(
        ("een dag die niet bestaat", "a day that does not exist"),
        _A_DATE,
        ("Bedoelt u {hint}?", "Did you mean {hint}?"),
    ),
    Code.DATE_SWAPPED: _wording(
        ("een maand die niet bestaat", "a month that does not exist"),
        _A_DATE,
        ("Bedoelt u {hint}?", "Did you mean {hint}?"),
    ),
    Code.DATE_FUTURE: _wording(
        ("een dag die nog moet komen", "a day still to come"),
        ("een dag tot en met vandaag", "a day up to today"),
        ("Klopt het jaar?", "Is the year right?"),
    ),
    Code.DUPLICATE: _wording(
        ("dezelfde persoon als eerder in de lijst", "the same person as earlier in the list"),
        ("elke persoon één keer", "every person once"),
        ("Vergelijk met {hint}.", "Compare with {hint}."),
    ),
    Code.EMAIL_MISSING: _wording(
        ("geen e-mailadres en geen eduID", "neither an e-mail address nor an eduID"),
        _AN_ADDRESS,
        ("Vul een van beide in.", "Fill in one of them."),
    ),
    Code.EMAIL_AT: _wording(
        ("een adres met meer dan één @", "an address with more than one @"),
        _AN_ADDRESS,
        ("Laat één @ staan en maak het adres af.", "Keep one @ and complete the address."),
    ),
    Code.EMAIL_FORM: _wording(
        ("iets wat geen e-mailadres is", "something that is no e-mail address"),
        _AN_ADDRESS,
        ("Kijk het adres na.", "Check the address."),
    ),
    Code.NAME_MISSING: _wording(
        ("geen naam", "no name"), _A_NAME, ("Vul de naam in.", "Fill in the name.")
    ),
    Code.NAME_HALF: _wording(
        ("een halve naam", "half a name"),
        _A_NAME,
        ("Schrijf achternaam, voornaam.", "Write family name, given name."),
    ),
    Code.NAME_ENCODING: _wording(
        ("tekens die verkeerd zijn ingelezen", "characters read with the wrong encoding"),
        ("leesbare letters", "readable letters"),
        ("Sla het bestand op als CSV UTF-8.", "Save the file as CSV UTF-8."),
    ),
    Code.NUMBER_MISSING: _wording(
        ("geen studentnummer", "no student number"),
        ("het nummer uit het studentsysteem", "the number in the student system"),
        ("Vul het nummer in.", "Fill in the number."),
    ),
    Code.RESULT_LOW: _wording(
        ("een onvoldoende", "a fail"),
        _A_PASS,
        ("Haal de rij weg, of verbeter het cijfer.", "Take the row out, or correct the grade."),
    ),
    Code.RESULT_RANGE: _wording(
        ("een cijfer dat niet bestaat", "a grade that does not exist"),
        _A_PASS,
        ("Kijk het cijfer na.", "Check the grade."),
    ),
    Code.ROW_LONG: _wording(
        ("meer cellen dan er kolommen zijn", "more cells than there are columns"),
        ("evenveel cellen als kolommen", "as many cells as columns"),
        (
            'Zet een cel met een scheidingsteken tussen aanhalingstekens (").',
            'Put a cell that holds a separator between quotes (").',
        ),
    ),
}
