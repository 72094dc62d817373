"""What the OEAPI facade reads: one function is one transaction is one answer.

Everything is public, so no organisation is acted for.
"""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import MicrocredentialUnknownError, OrganisationUnknownError
from services.catalog.domain.offerings import OfferingUnknownError
from services.catalog.oeapi import Entry, Outcome, Run
from services.catalog.oeapi.identity import delivery_id, oin_of, owners_of
from services.catalog.repository import oeapi, oeapi_runs
from services.catalog.repository.oeapi import (
    DELIVERY,
    SPECIFICATION,
    Slice,
    WantedEntries,
)
from services.catalog.repository.oeapi_runs import WantedRuns
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.errors import NotFoundError

__all__ = ["DELIVERY", "SPECIFICATION", "Slice", "WantedEntries", "WantedRuns"]


class LearningOutcomeUnknownError(NotFoundError):
    """There is no such learning outcome in the latest version of a microcredential."""

    code: ClassVar[str] = "learning-outcome-unknown"
    dutch: ClassVar[str] = (
        "Deze leeruitkomst staat niet in de laatste versie van een microcredential."
    )


async def list_organisations(
    session: AsyncSession, words: str | None, primary_code: str | None, page: Slice
) -> tuple[list[Organisation], int]:
    """Return a page of organisations, and how many there are."""
    return await oeapi.list_roots(session, words, primary_code, page)


async def read_organisation(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """Return an organisation by its id in OEAPI."""
    oin = oin_of(organisation_id)
    if oin is None:
        raise OrganisationUnknownError(
            "There is no such organisation here.", "Deze organisatie is er hier niet."
        )
    return await repository.get_organisation(session, oin)


async def list_programmes(
    session: AsyncSession, wanted: WantedEntries, roles: Sequence[int], page: Slice
) -> tuple[list[tuple[Entry, int]], int]:
    """Return a page of programmes with what each is: a specification, or what is taught."""
    return await oeapi.list_programmes(session, wanted, roles, page)


async def list_entries(
    session: AsyncSession, wanted: WantedEntries, page: Slice
) -> tuple[list[Entry], int]:
    """Return a page of microcredentials."""
    return await oeapi.list_entries(session, wanted, page)


async def read_programme(session: AsyncSession, programme_id: UUID) -> tuple[Entry, int]:
    """Return whose programme this is, and whether it is the specification or what is taught."""
    entry = await oeapi.find_entry(session, [programme_id, delivery_id(programme_id)])
    if entry is not None and entry.specification == programme_id:
        return entry, SPECIFICATION
    if entry is not None and entry.is_private:
        return entry, DELIVERY
    raise MicrocredentialUnknownError


async def read_specification(session: AsyncSession, microcredential_id: UUID) -> Entry:
    """Return what can be earned."""
    entry = await oeapi.find_entry(session, [microcredential_id])
    if entry is None:
        raise MicrocredentialUnknownError
    return entry


async def read_delivery(session: AsyncSession, taught_id: UUID, *, is_private: bool) -> Entry:
    """Return for which microcredential this is taught: as a course, or as non-formal education."""
    entry = await oeapi.find_entry(session, [delivery_id(taught_id)])
    if entry is None or entry.is_private is not is_private:
        raise MicrocredentialUnknownError
    return entry


async def list_earlier_versions(session: AsyncSession, entry: Entry) -> list[Microcredential]:
    """Return the versions before the latest, oldest first."""
    versions = await repository.list_versions(session, entry.specification)
    return [one for one in versions if one.version < entry.microcredential.version]


async def list_outcomes(
    session: AsyncSession, wanted: WantedEntries, page: Slice
) -> tuple[list[Outcome], int]:
    """Return a page of learning outcomes."""
    return await oeapi.list_outcomes(session, wanted, page)


async def read_outcome(session: AsyncSession, learning_outcome_id: UUID) -> Outcome:
    """Return one learning outcome of the latest version."""
    owners = owners_of(learning_outcome_id)
    entry = await oeapi.find_entry(session, [*owners])
    at = -1 if entry is None else owners[entry.specification]
    if entry is None or at >= len(entry.outcomes):
        raise LearningOutcomeUnknownError
    return Outcome(entry, at)


async def list_runs(
    session: AsyncSession, wanted: WantedRuns, page: Slice
) -> tuple[list[Run], int]:
    """Return a page of offerings."""
    return await oeapi_runs.list_runs(session, wanted, page)


async def read_run(
    session: AsyncSession,
    offering_id: UUID,
    *,
    is_private: bool | None = None,
    only_dated: bool = False,
) -> Run:
    """Return an offering: of a programme (non-formal), of a course, or of either."""
    run = await oeapi_runs.find_run(session, offering_id)
    if run is None or is_private not in {None, run.entry.is_private}:
        raise OfferingUnknownError
    if only_dated and (run.offering.days is None or run.offering.days.last_day is None):
        raise OfferingUnknownError
    return run
