"""A microcredential as RIO would register it, and everything that RIO cannot hold. Pure.

RIO is the national register of institutions and education (keeper: DUO). Its legal words stay
Dutch here, in values and in names: *opleidingseenheid* (what can be learnt), *aangeboden opleiding*
(that a provider teaches it), *cohort* (one run). Fields, limits and cardinalities are those of
RIO's V4 messages (`velden`); they change by whole states of a main object, never by a part.
"""

from services.catalog.rio.bevindingen import RioFinding, Severity
from services.catalog.rio.codes import RioCode, is_rio_code
from services.catalog.rio.perioden import Periode, PeriodeFout, Stand, periode_fouten
from services.catalog.rio.report import RioReport, rio_report
from services.catalog.rio.velden import afwijkingen
from services.catalog.rio.waarden import OpleidingseenheidSoort, soort_of

__all__ = [
    "OpleidingseenheidSoort",
    "Periode",
    "PeriodeFout",
    "RioCode",
    "RioFinding",
    "RioReport",
    "Severity",
    "Stand",
    "afwijkingen",
    "is_rio_code",
    "periode_fouten",
    "rio_report",
    "soort_of",
]
