"""The dry run: both messages as RIO would get them, and every reason why it would refuse them."""

from dataclasses import dataclass
from typing import Final

from services.catalog.rio import zinnen
from services.catalog.rio.aangeboden import write_aangeboden_opleiding
from services.catalog.rio.bevindingen import Findings, RioFinding, Severity
from services.catalog.rio.opleidingseenheid import write_opleidingseenheid
from services.catalog.rio.perioden import Stand
from services.catalog.rio.waarden import OpleidingseenheidSoort, soort_of
from shared.contracts.vocabulary import Sector
from shared.strict_json import JsonObject

_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class RioReport:
    """What a microcredential becomes in RIO, and what does not become anything there."""

    soort: OpleidingseenheidSoort
    opleidingseenheid: JsonObject
    aangeboden_opleiding: JsonObject
    findings: tuple[RioFinding, ...]

    @property
    def is_ready(self) -> bool:
        """Say whether RIO would take both messages; an offering with an error is not in them."""
        return not any(
            one.severity is Severity.ERROR and one.offering_id is None for one in self.findings
        )


def rio_report(stand: Stand) -> RioReport:
    """Map a microcredential, its provider and its offerings; nothing is left out unsaid."""
    soort = soort_of(stand.provider.sector)
    found = Findings()
    if stand.provider.sector is Sector.MBO:
        found.warning("mbo-non-formal", "/provider/sector", zinnen.MBO)
    unit = write_opleidingseenheid(stand, soort, found)
    offered = write_aangeboden_opleiding(stand, soort, found)
    ordered = sorted(found.found, key=lambda one: _ORDER[one.severity])
    return RioReport(
        soort=soort,
        opleidingseenheid=unit,
        aangeboden_opleiding=offered,
        findings=tuple(ordered),
    )
