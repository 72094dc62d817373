"""What a caller chooses for a file of awards, and how OpenAPI shows the file itself.

Apart from the routes: FastAPI reads no body of this one, so that it can be streamed.
"""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Query

from services.issuer.batches.pieces import Encoding
from services.issuer.batches.reading import Choices as Reading
from services.issuer.batches.reading import Delimiter
from services.issuer.routes.batches_files import FORM, NDJSON, XLSX
from shared.runtime.query import DayInQuery


class BatchMode(StrEnum):
    """What is done with a file: only checked, or run as well when nothing stands in the way."""

    CHECK = "check"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a caller chooses for a whole file."""

    mode: BatchMode
    corrections: bool
    mapping: str | None
    microcredential_id: UUID | None
    microcredential_version: int | None
    awarded_on: date | None
    reading: Reading


def read_reading(
    *,
    sheet: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=100,
            description="of XLSX and ODS: the name or number of the sheet; else the first shown",
            examples=["Cijfers"],
        ),
    ] = None,
    delimiter: Annotated[
        Delimiter | None, Query(description="of CSV; found out from the file when left out")
    ] = None,
    encoding: Annotated[
        Encoding | None, Query(description="of CSV; found out from the file when left out")
    ] = None,
) -> Reading:
    """Read how a caller wants a file to be read."""
    return Reading(sheet=sheet, delimiter=delimiter, encoding=encoding)


def read_choices(
    reading: Annotated[Reading, Depends(read_reading)],
    *,
    mode: Annotated[BatchMode, Query(description="`run` also awards what is ready")] = (
        BatchMode.CHECK
    ),
    corrections: Annotated[
        bool, Query(description="with `run`: also correct what was awarded before and differs")
    ] = False,
    mapping: Annotated[
        str | None,
        Query(
            max_length=8000,
            description="header or letters to field, as JSON",
            examples=['{"C":"studentNumber"}'],
        ),
    ] = None,
    microcredential_id: Annotated[
        UUID | None, Query(alias="microcredentialId", description="of every row that names none")
    ] = None,
    microcredential_version: Annotated[
        int | None, Query(alias="microcredentialVersion", ge=1, le=1_000_000)
    ] = None,
    awarded_on: Annotated[
        DayInQuery | None, Query(alias="awardedOn", description="of every row that has no day")
    ] = None,
) -> Choices:
    """Read what a caller chooses for a whole file."""
    return Choices(
        mode=mode,
        corrections=corrections,
        mapping=mapping,
        microcredential_id=microcredential_id,
        microcredential_version=microcredential_version,
        awarded_on=awarded_on,
        reading=reading,
    )


_CSV_EXAMPLE = (
    "Studentnummer;Voornaam;Achternaam;E-mail;Cijfer;Datum\r\n"
    "0123456;Jo;de Vries;jo@example.nl;7,5;13-11-2026\r\n"
)
_AWARD_EXAMPLE = {
    "microcredentialId": "6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01",
    "enrolmentReference": "2026-QC-000123",
    "awardedOn": "2026-11-13",
    "learner": {"email": "j.devries@example.nl", "givenName": "Jo", "familyName": "de Vries"},
    "result": {"grade": "7.5"},
}
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file itself; its columns may stand in any order. A row is an award.",
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": _CSV_EXAMPLE},
            NDJSON: {
                "schema": {"type": "string"},
                "example": json.dumps(_AWARD_EXAMPLE) + "\n",
            },
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [_AWARD_EXAMPLE],
            },
            XLSX: BINARY,
            "application/vnd.oasis.opendocument.spreadsheet": BINARY,
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "mapping": {"type": "string", "examples": ['{"Datum":"awardedOn"}']},
                    },
                }
            },
        },
    }
}
