"""The catalogue in OEAPI, the language the systems of institutions speak. Pure, by subject.

`writing` and `runs` give what v6 asks, `version5` what v5 asked, `reading` takes another's v6 in;
`identity` says which id is what, `extension` carries what OEAPI has no place for.
"""

from services.catalog.oeapi import version5
from services.catalog.oeapi.entry import Audience, Entry, Expand, Outcome, Run
from services.catalog.oeapi.members import NotReadableError
from services.catalog.oeapi.reading import read_course, read_programme
from services.catalog.oeapi.reading_runs import read_offering
from services.catalog.oeapi.runs import write_offering
from services.catalog.oeapi.writing import (
    write_course,
    write_learning_outcome,
    write_organisation,
    write_private_delivery,
    write_programme,
)

__all__ = [
    "Audience",
    "Entry",
    "Expand",
    "NotReadableError",
    "Outcome",
    "Run",
    "read_course",
    "read_offering",
    "read_programme",
    "version5",
    "write_course",
    "write_learning_outcome",
    "write_offering",
    "write_organisation",
    "write_private_delivery",
    "write_programme",
]
