"""The questions of an access export: what is kept of one learner, and shown to nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.facts import Fact
from services.registry.repository.log import read_fact
from services.registry.tables import RegistrationRow, restricted_registration
from shared.contracts.award import Pseudonym
from shared.contracts.registration import Registration
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact with its opening, wherever that is kept, and its place in the log if it has one."""

    fact: Fact
    index: int | None


async def list_registrations(session: AsyncSession, learner: Pseudonym) -> list[Registration]:
    """Return what everybody may read of a learner's, oldest first."""
    query = (
        select(RegistrationRow)
        .where(RegistrationRow.learner == learner)
        .order_by(RegistrationRow.recorded_at, RegistrationRow.registration_id)
    )
    return [row.as_registration() for row in await session.scalars(query)]


async def list_restricted(session: AsyncSession, learner: Pseudonym) -> list[Registration]:
    """Return what is kept out of everybody's sight but the learner's, oldest first."""
    query = (
        select(restricted_registration.c.registration)
        .where(restricted_registration.c.learner == learner)
        .order_by(
            restricted_registration.c.restricted_at, restricted_registration.c.registration_id
        )
    )
    return [Registration.model_validate_json(one) for one in await session.scalars(query)]


async def list_facts(straight: Straight, ids: Sequence[UUID]) -> dict[UUID, list[OpenFact]]:
    """Return every fact about these registrations with its opening, oldest first."""
    facts: dict[UUID, list[OpenFact]] = {about: [] for about in ids}
    for row in await straight.connection.fetch(_FACTS, list(ids)):
        facts[row["registration_id"]].append(OpenFact(read_fact(_opened(row)), row["index"]))
    return facts


def _opened(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "erased_at": None}


_FACTS: Final = """
    SELECT f.number, f.event_id, f.kind, f.organisation, f.registration_id, f.record_version,
        f.recorded_at, f.commitment, coalesce(f.salt, r.salt) AS salt,
        coalesce(f.content, r.content) AS content, l.index
    FROM fact f LEFT JOIN restricted_opening r USING (number) LEFT JOIN log_entry l USING (number)
    WHERE f.registration_id = ANY($1::uuid[])
    ORDER BY f.registration_id, f.record_version
    """
