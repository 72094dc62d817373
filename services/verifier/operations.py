"""What the verifier does: keep copies of what it hears, and judge what people show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier.checks.judgement import Verification, judge_refused, judge_signed
from services.verifier.checks.origin import check_origin, is_signed
from services.verifier.checks.token import Reading, read_token
from services.verifier.domain.knowledge import Evidence, KnownIssuer
from services.verifier.repository import copies
from services.verifier.repository.memory import Memory
from shared.contracts import topics
from shared.contracts.events import IssuerKey, RegistrationState, StatusListPublished
from shared.contracts.identifiers import is_test_oin, policy_subject
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation, Policy
from shared.proofs.public_keys import parse_issuer_jwk
from shared.runtime.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """What a process verifies with: our copies, and how old they may be."""

    memory: Memory
    patience: timedelta


def open_desk(database: Database, *, patience: timedelta, refresh_seconds: float) -> Desk:
    """Return the desk of a process, with nothing remembered yet."""
    return Desk(Memory(database, refresh_seconds=refresh_seconds), patience)


async def verify(desk: Desk, token: str, *, now: datetime) -> Verification:
    """Judge what somebody shows us; asks the register only about what its issuer really signed."""
    memory = desk.memory
    reading = read_token(token)
    knowledge = await memory.refresh()
    issuer = await memory.find_issuer(reading.issuer) if reading.jws and reading.issuer else None
    evidence = Evidence()
    if reading.jws is None:
        judgement = judge_refused(reading.findings)
    else:
        origin = check_origin(reading, issuer, now=now)
        if issuer is not None and is_signed(origin):
            evidence = await _gather(memory, reading, issuer)
            judgement = judge_signed(
                reading,
                tuple(origin),
                issuer=issuer,
                evidence=evidence,
                knowledge=knowledge,
                now=now,
                patience=desk.patience,
            )
        else:
            judgement = judge_refused((*reading.findings, *origin))
    return Verification(
        verification_id=uuid4(),
        judgement=judgement,
        is_test=issuer is not None and is_test_oin(issuer.organisation_oin),
        issuer=issuer,
        registration=evidence.registration,
        microcredential=evidence.microcredential,
        knowledge=knowledge,
        checked_at=now,
    )


async def _gather(memory: Memory, reading: Reading, issuer: KnownIssuer) -> Evidence:
    page, version = reading.achievement, reading.achievement_version
    url, credential_id = reading.status_list, reading.credential_id
    published = await memory.find_microcredential(page, version) if page and version else None
    pin = published.policy if published else None
    return Evidence(
        microcredential=published,
        policy=(
            await memory.find_policy(policy_subject(pin.policy_id, pin.version)) if pin else None
        ),
        status_list=await memory.find_list(url, issuer) if url else None,
        registration=await memory.find_registration(credential_id) if credential_id else None,
    )


async def keep_organisation(
    session: AsyncSession, organisation: Organisation, *, now: datetime
) -> None:
    """Keep our own copy, to judge recognition on the day of an award."""
    await copies.keep_organisation(session, organisation)
    await copies.note_change(session, topics.CATALOG, heard_at=now)


async def keep_policy(session: AsyncSession, policy: Policy, *, now: datetime) -> None:
    """Keep our own copy, to judge sizes by the version a credential pins."""
    await copies.keep_policy(session, policy)
    await copies.note_change(session, topics.CATALOG, heard_at=now)


async def keep_microcredential(
    session: AsyncSession, microcredential: Microcredential, *, now: datetime
) -> None:
    """Keep our own copy, to compare with what a credential says was earned."""
    await copies.keep_microcredential(session, microcredential)
    await copies.note_change(session, topics.CATALOG, heard_at=now)


async def keep_key(session: AsyncSession, key: IssuerKey, *, now: datetime) -> None:
    """Keep our own copy, so that no key is ever fetched from where a credential says it is.

    A key that cannot be read is refused here: a dead letter now, not a failure at every check.
    """
    parse_issuer_jwk(key.public_jwk)
    await copies.keep_key(session, key)
    await copies.note_change(session, topics.ISSUER_KEYS, heard_at=now)


async def keep_status_list(
    session: AsyncSession, published: StatusListPublished, *, now: datetime
) -> None:
    """Keep our own copy, so that no issuer learns who is being checked."""
    await copies.keep_status_list(session, published)
    await copies.note_change(session, topics.STATUS_LISTS, heard_at=now)


async def keep_registrations(session: AsyncSession, states: Sequence[RegistrationState]) -> None:
    """Keep our own copy of what the register says now."""
    held = [state.registration for state in states]
    await copies.keep_registrations(session, held)
    await copies.keep_replaced(session, held)
    await copies.note_registration(session, heard_at=max(one.changed_at for one in held))


async def erase_registration(session: AsyncSession, registration_id: UUID) -> None:
    """Erase what the register erased."""
    await copies.erase_registration(session, registration_id)
