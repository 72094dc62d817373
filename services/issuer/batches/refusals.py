"""Why a file is refused as a whole: no row of it could be read with certainty.

Apart from the faults of rows: those leave the other rows standing. The sentences name a place and
a limit, never what the file holds, so that they can stand in a problem document.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Final

from services.issuer.batches.sentences import Sentence
from shared.errors import Fault, RuleError


class Refusal(StrEnum):
    """The reasons to refuse a file."""

    EMPTY = "file.empty"
    ROWS_NONE = "file.rows.none"
    FORMAT = "file.format"
    OLD_OR_LOCKED = "file.old-or-locked"
    TOO_LARGE = "file.too-large"
    UNPACKS_TOO_LARGE = "file.unpacks-too-large"
    DAMAGED = "file.damaged"
    ROWS_MANY = "file.rows.many"
    COLUMNS_MANY = "file.columns.many"
    ROW_LARGE = "file.row.large"
    ROWS_OUT_OF_ORDER = "file.rows.out-of-order"
    QUOTE_OPEN = "file.quote.open"
    JSON_BROKEN = "file.json.broken"
    JSON_SHAPE = "file.json.shape"
    SHEET_ABSENT = "file.sheet.absent"
    CHOICE = "file.choice"
    HEADER_ABSENT = "file.header.absent"
    COLUMN_TWICE = "column.twice"
    COLUMN_MISSING = "column.missing"
    COLUMN_FORBIDDEN = "column.forbidden"
    MAPPING_UNKNOWN = "mapping.unknown"


SENTENCES: Final[dict[Refusal, Sentence]] = {
    Refusal.EMPTY: Sentence(
        "Het bestand is leeg.",
        "The file is empty.",
    ),
    Refusal.ROWS_NONE: Sentence(
        "Er staan geen rijen onder de kop.",
        "There are no rows below the header.",
    ),
    Refusal.FORMAT: Sentence(
        "Dit is geen CSV, XLSX, ODS, JSON of NDJSON. Sla de lijst op als een van deze.",
        "This is no CSV, XLSX, ODS, JSON or NDJSON. Save the list as one of these.",
    ),
    Refusal.OLD_OR_LOCKED: Sentence(
        "Dit is een Excel-bestand van vóór 2007 (.xls) of een bestand met een wachtwoord. Sla het "
        "zonder wachtwoord op als .xlsx.",
        "This is an Excel file from before 2007 (.xls) or one with a password. Save it as .xlsx "
        "without a password.",
    ),
    Refusal.TOO_LARGE: Sentence(
        "Het bestand is groter dan {hint}. Verdeel het over meer bestanden.",
        "The file is larger than {hint}. Divide it over more files.",
    ),
    Refusal.UNPACKS_TOO_LARGE: Sentence(
        "Het bestand pakt uit tot meer dan hier wordt gelezen. Sla het opnieuw op, of verdeel het.",
        "The file unpacks to more than is read here. Save it again, or divide it.",
    ),
    Refusal.DAMAGED: Sentence(
        "Het bestand is beschadigd of niet af. Open het in het programma waar het uit komt en sla "
        "het opnieuw op.",
        "The file is damaged or incomplete. Open it in the program it came from and save it again.",
    ),
    Refusal.ROWS_MANY: Sentence(
        "Het bestand heeft meer dan {hint} rijen. Verdeel het over meer bestanden.",
        "The file has more than {hint} rows. Divide it over more files.",
    ),
    Refusal.COLUMNS_MANY: Sentence(
        "Het bestand heeft meer dan {hint} kolommen. Laat weg wat niet nodig is.",
        "The file has more than {hint} columns. Leave out what is not needed.",
    ),
    Refusal.ROW_LARGE: Sentence(
        "Rij {hint} is langer dan hier wordt gelezen. Staan de regeleinden en aanhalingstekens "
        "goed?",
        "Row {hint} is longer than is read here. Are its line breaks and quotes right?",
    ),
    Refusal.ROWS_OUT_OF_ORDER: Sentence(
        "Rij {hint} staat niet op volgorde in het bestand. Sla het opnieuw op.",
        "Row {hint} is out of order in the file. Save it again.",
    ),
    Refusal.QUOTE_OPEN: Sentence(
        'In rij {hint} begint een aanhalingsteken (") dat nergens eindigt. Sluit het, of haal het '
        "weg.",
        'In row {hint} a quote (") begins that never ends. Close it, or take it out.',
    ),
    Refusal.JSON_BROKEN: Sentence(
        "Bij toekenning {hint} houdt de JSON op JSON te zijn (RFC 8259, RFC 7493).",
        "At award {hint} the JSON stops being JSON (RFC 8259, RFC 7493).",
    ),
    Refusal.JSON_SHAPE: Sentence(
        'Hier hoort een lijst van toekenningen, of een object met zo\'n lijst in "awards".',
        'A list of awards is expected here, or an object with such a list in "awards".',
    ),
    Refusal.SHEET_ABSENT: Sentence(
        "Er is geen zichtbaar werkblad met die naam of dat nummer. Er zijn er {hint}.",
        "There is no visible sheet of that name or number. There are {hint}.",
    ),
    Refusal.CHOICE: Sentence(
        "Van dit bestand is {hint} niet te kiezen: alleen CSV heeft een scheidingsteken en een "
        "codering, alleen XLSX en ODS hebben een werkblad.",
        "Of this file {hint} is no choice: only CSV has a delimiter and an encoding, only XLSX and "
        "ODS have a sheet.",
    ),
    Refusal.HEADER_ABSENT: Sentence(
        "In de eerste rijen staat geen kop waarvan een kolom wordt herkend. Zet boven de kolommen "
        "hun namen, zoals voornaam, achternaam, e-mail, cijfer en datum.",
        "The first rows have no header of which a column is recognised. Put above the columns "
        "their names, such as given name, family name, e-mail, grade and date.",
    ),
    Refusal.COLUMN_TWICE: Sentence(
        "De kolommen {hint} zijn dezelfde. Laat er een weg, of geef zelf aan welke geldt.",
        "Columns {hint} are the same. Leave one out, or say yourself which one counts.",
    ),
    Refusal.COLUMN_MISSING: Sentence(
        "Er ontbreekt een kolom: {hint}.",
        "A column is missing: {hint}.",
    ),
    Refusal.COLUMN_FORBIDDEN: Sentence(
        "Kolom {hint} heeft burgerservicenummers. Die mogen hier niet worden verwerkt: haal de "
        "kolom weg.",
        "Column {hint} holds citizen service numbers. They may not be handled here: take the "
        "column out.",
    ),
    Refusal.MAPPING_UNKNOWN: Sentence(
        "De toewijzing noemt een kolom of veld dat er niet is: {hint}.",
        "The mapping names a column or field that is not there: {hint}.",
    ),
}


class FileRefusedError(RuleError):
    """The file cannot be read as a list of awards."""

    code: ClassVar[str] = "file-refused"
    dutch: ClassVar[str] = "Het bestand kan niet worden gelezen als een lijst van toekenningen."

    def __init__(self, reason: Refusal, hint: object = "", *, row: int | None = None) -> None:
        """Keep the reason; the hint is a place or a limit, never a value."""
        said = SENTENCES[reason].filled(hint=str(hint))
        super().__init__(said.en, said.nl, faults=(_fault(reason, said),))
        self.reason = reason
        self.row = row

    @classmethod
    def of(cls, refusals: Sequence[tuple[Refusal, object]]) -> "FileRefusedError":
        """Return the error that names every reason."""
        (reason, hint), *_ = refusals
        error = cls(reason, hint)
        error.faults = tuple(
            _fault(one, SENTENCES[one].filled(hint=str(told))) for one, told in refusals
        )
        return error


def _fault(reason: Refusal, said: Sentence) -> Fault:
    return Fault("", reason, said.en, said.nl)
