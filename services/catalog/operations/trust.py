"""The trust list: who may be trusted to issue, for everybody, in three forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import dutch_day
from services.catalog.repository import trust as repository
from services.catalog.signing import TrustAnchor
from services.catalog.trust import dcc, federation
from services.catalog.trust.listing import Edition, Subject, Trusted, subjects
from shared.contracts.events import IssuerKey
from shared.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What a listing of subordinates asks for (OpenID Federation 8.2.1), as it was sent."""

    entity_types: Sequence[str] = ()
    intermediate: Sequence[str] = ()
    trust_marks: Sequence[str] = ()


@dataclass(slots=True)
class TrustMemory:
    """Whom others may trust, as last worked out: until the list or the day changes it is the same.

    The whole list is asked by strangers, and working it out takes a tenth of a second for 2,000
    organisations.
    """

    edition: Edition | None = None
    day: date | None = None
    subjects: tuple[Subject, ...] = ()


async def keep_key(
    session: AsyncSession, key: IssuerKey, *, record_version: int, now: datetime
) -> None:
    """Keep an issuer's key, and what became of it."""
    await repository.keep_key(session, key, record_version=record_version, heard_at=now)


async def read_trust_list(
    session: AsyncSession, *, after: str | None, limit: int
) -> tuple[Edition, list[Trusted]]:
    """Return every organisation ever recorded with every key it ever had, and the edition."""
    # The edition first: what comes in between is then in the list, and in the next edition too.
    edition = await repository.read_edition(session)
    return edition, await repository.list_trusted(session, after=after, limit=limit)


async def read_dcc_registry(
    session: AsyncSession, memory: TrustMemory, *, public_url: str, now: datetime
) -> JsonObject:
    """Return the issuers that are recognised today, as the DCC writes them."""
    edition, found = await _list_subjects(session, memory, now=now)
    return dcc.registry(found, edition=edition, public_url=public_url)


def read_entity_configuration(anchor: TrustAnchor | None, *, now: datetime) -> str:
    """Return what the anchor states of itself, signed."""
    known = _known(anchor)
    claims = federation.entity_configuration(known.at(now), now=now)
    return known.sign(claims, type_=federation.STATEMENT_TYPE)


def read_historical_keys(anchor: TrustAnchor | None, *, now: datetime) -> str:
    """Return the keys the anchor signed with before, signed."""
    known = _known(anchor)
    claims = federation.historical_keys(known.at(now), known.old_keys(now), now=now)
    return known.sign(claims, type_=federation.KEYS_TYPE)


async def read_statement(
    session: AsyncSession, anchor: TrustAnchor | None, asked: Sequence[str], *, now: datetime
) -> str:
    """Return what the anchor states of an issuer of an organisation recognised today, signed."""
    known = _known(anchor)
    seen = known.at(now)
    found = await repository.find_trusted_by_did(session, federation.asked_subject(asked, seen))
    if found is None:
        raise federation.SubjectUnknownError
    did, trusted = found
    today = dutch_day(now)
    for subject in subjects([trusted], today):
        if subject.did == did:
            claims = federation.subordinate_statement(seen, subject, today=today, now=now)
            return known.sign(claims, type_=federation.STATEMENT_TYPE)
    raise federation.SubjectUnknownError


async def list_subordinates(
    session: AsyncSession,
    memory: TrustMemory,
    anchor: TrustAnchor | None,
    asked: ListQuestion,
    *,
    now: datetime,
) -> list[str]:
    """Return the entity identifiers of the issuers the anchor makes statements about."""
    _known(anchor)
    wanted = federation.check_list_question(
        entity_types=asked.entity_types,
        intermediate=asked.intermediate,
        trust_marks=asked.trust_marks,
    )
    if not wanted:
        return []
    _, found = await _list_subjects(session, memory, now=now)
    return [subject.did for subject in found]


async def _list_subjects(
    session: AsyncSession, memory: TrustMemory, *, now: datetime
) -> tuple[Edition, tuple[Subject, ...]]:
    """Return the issuers that may be trusted today, and the edition of the list that says so."""
    today = dutch_day(now)
    edition = await repository.read_edition(session)
    if (memory.edition, memory.day) != (edition, today):
        listed = await repository.list_trusted(session, recognised_on=today)
        found = tuple(subjects(listed, today))
        memory.edition, memory.day, memory.subjects = edition, today, found
    return edition, memory.subjects


def _known(anchor: TrustAnchor | None) -> TrustAnchor:
    if anchor is None:
        raise federation.NoAnchorError
    return anchor
