"""Figures of the register as they are published: in JSON, and in CSV (RFC 4180)."""

import csv
import io
from datetime import datetime
from typing import Any, Final

from pydantic import Field

from services.registry.domain.statistics import BASE, THRESHOLD, Dimension
from shared.contracts.vocabulary import LocalText, Sector
from shared.runtime.api_model import ApiAnswer

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
CSV: Final = "text/csv"
HEADERS: Final = ("dimension", "key", "name_nl", "name_en", "sector", "registrations", "shown")


EXAMPLE: Final[dict[str, Any]] = {
    "publishedAt": "2026-11-20T03:00:00Z",
    "sequence": "0000000000004711",
    "licence": LICENCE,
    "threshold": THRESHOLD,
    "roundedTo": BASE,
    "registrations": 4700,
    "tables": [
        {
            "dimension": "organisation",
            "cells": [
                {
                    "key": "00000099000000210000",
                    "name": {"nl": "Universiteit Twente", "en": "University of Twente"},
                    "sector": "wo",
                    "registrations": 1250,
                }
            ],
        },
        {"dimension": "level", "cells": [{"key": "eqf_6", "registrations": 2300}]},
    ],
}


class Cell(ApiAnswer):
    """How many registrations there are of one kind."""

    key: str = Field(examples=["eqf_6"])
    name: LocalText | None = Field(default=None, description="Of an organisation.")
    sector: Sector | None = Field(default=None, description="Of an organisation.")
    registrations: int | None = Field(
        description=f"Rounded to the nearest {BASE}; null when it is not shown.", examples=[1250]
    )


class Table(ApiAnswer):
    """All registrations, divided along one dimension."""

    dimension: Dimension
    cells: list[Cell]


class StatisticsAnswer(ApiAnswer):
    """The figures of one edition; public domain."""

    published_at: datetime = Field(examples=["2026-11-20T03:00:00Z"])
    sequence: str = Field(
        description="The event of the register up to which was counted.",
        examples=["0000000000004711"],
    )
    licence: str = Field(default=LICENCE, examples=[LICENCE])
    threshold: int = Field(default=THRESHOLD, description="A lower count is not shown.")
    rounded_to: int = Field(default=BASE)
    registrations: int | None = Field(
        description="All of them, erased ones excepted; null when there are fewer than 10.",
        examples=[4700],
    )
    tables: list[Table]

    def table(self, dimension: Dimension) -> Table:
        """Return the table of a dimension."""
        return next(one for one in self.tables if one.dimension is dimension)

    def as_csv(self) -> str:
        """Write all tables as one: a row for each cell, and one for the total."""
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(HEADERS)
        rows.writerow(("total", "", "", "", "", *_count(self.registrations)))
        for table in self.tables:
            for cell in table.cells:
                nl, en = (cell.name.nl, cell.name.en) if cell.name else (None, None)
                head = (table.dimension.value, cell.key, nl or "", en or "", cell.sector or "")
                rows.writerow((*head, *_count(cell.registrations)))
        return text.getvalue()


def _count(count: int | None) -> tuple[str, str]:
    return ("", "no") if count is None else (str(count), "yes")
