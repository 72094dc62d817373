"""Our copies of what others announced: kept whole, the last one of each, found in one step.

Separate from the memory in front of them, because these are what survives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.verifier.domain.knowledge import (
    ErasedRegistration,
    Held,
    Knowledge,
    KnownIssuer,
    KnownKey,
)
from services.verifier.tables import (
    CompletenessRow,
    HeardRow,
    IssuerKeyRow,
    MicrocredentialRow,
    OrganisationRow,
    PolicyRow,
    RegistrationRow,
    ReplacedCredentialRow,
    StatusListRow,
)
from shared.contracts.events import IssuerKey, StatusListPublished
from shared.contracts.identifiers import credential_mark, policy_subject
from shared.contracts.microcredential import Microcredential
from shared.contracts.model import Contract
from shared.contracts.policy import Organisation, Policy
from shared.contracts.registration import Registration
from shared.contracts.topics import Topic
from shared.proofs.public_keys import parse_issuer_jwk

CONSUMER = "verifier"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How often each topic changed what we know, and up to when we heard everything."""

    changes: dict[str, int]
    knowledge: Knowledge


async def note_change(session: AsyncSession, topic: Topic, *, heard_at: datetime) -> None:
    """Tell whoever keeps copies in memory that this topic changed something."""
    news = insert(HeardRow).values(topic=topic.name, changes=1, heard_at=heard_at)
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[HeardRow.topic],
            set_={
                "changes": HeardRow.changes + 1,
                "heard_at": func.greatest(HeardRow.heard_at, news.excluded.heard_at),
            },
        )
    )


async def note_complete(session: AsyncSession, moment: datetime) -> None:
    """Remember up to when everything was heard; of several workers the one that saw most counts."""
    news = insert(CompletenessRow).values(consumer=CONSUMER, complete_at=moment)
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[CompletenessRow.consumer],
            set_={"complete_at": news.excluded.complete_at},
            where=CompletenessRow.complete_at < news.excluded.complete_at,
        )
    )


async def keep_organisation(session: AsyncSession, organisation: Organisation) -> None:
    """Keep an organisation as the catalogue knows it now."""
    news = insert(OrganisationRow).values(oin=organisation.oin, body=_body(organisation))
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[OrganisationRow.oin], set_={"body": news.excluded.body}
        )
    )


async def keep_policy(session: AsyncSession, policy: Policy) -> None:
    """Keep a version of a policy."""
    subject = policy_subject(policy.policy_id, policy.version)
    news = insert(PolicyRow).values(policy=subject, body=_body(policy))
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[PolicyRow.policy], set_={"body": news.excluded.body}
        )
    )


async def keep_microcredential(session: AsyncSession, microcredential: Microcredential) -> None:
    """Keep a published version of a microcredential."""
    news = insert(MicrocredentialRow).values(
        microcredential_id=microcredential.microcredential_id,
        version=microcredential.version,
        page=str(microcredential.page),
        body=_body(microcredential),
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[MicrocredentialRow.microcredential_id, MicrocredentialRow.version],
            set_={"page": news.excluded.page, "body": news.excluded.body},
        )
    )


async def keep_key(session: AsyncSession, key: IssuerKey) -> None:
    """Keep an issuer's key with what became of it."""
    news = insert(IssuerKeyRow).values(kid=key.kid, issuer=key.issuer, body=_body(key))
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[IssuerKeyRow.kid],
            set_={"issuer": news.excluded.issuer, "body": news.excluded.body},
        )
    )


async def keep_status_list(session: AsyncSession, published: StatusListPublished) -> None:
    """Keep an edition of a status list, unless we hold a later one: replays are vain."""
    news = insert(StatusListRow).values(
        url=published.subject, edition=published.record_version, signed=published.signed
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[StatusListRow.url],
            set_={"edition": news.excluded.edition, "signed": news.excluded.signed},
            where=StatusListRow.edition <= news.excluded.edition,
        )
    )


async def keep_registrations(session: AsyncSession, held: Sequence[Registration]) -> None:
    """Keep what the register says now of these awards; what it erased stays empty for good.

    All in one statement: each column goes over as one array (`shared.runtime.rows`).
    """
    newest = {one.registration_id: one for one in held}
    connection = await session.connection()
    await connection.exec_driver_sql(
        _KEEP_REGISTRATIONS,
        (
            list(newest),
            [one.credential_id for one in newest.values()],
            [one.model_dump_json(exclude_none=True) for one in newest.values()],
        ),
    )


async def keep_recorded(session: AsyncSession, recorded: Sequence[Registration]) -> None:
    """Keep that these awards were registered at all, unless we know more of them already."""
    await _keep_known(session, {one.registration_id: one.credential_id for one in recorded})


async def keep_erased(session: AsyncSession, known: Mapping[UUID, Sequence[str]]) -> None:
    """Keep by which marks credentials of erased awards are known; there is one of each at least.

    A mark stands where a credential's id does: half of it is as long, and as good as never another.
    """
    if known:
        await _keep_known(session, {about: _half(marks[0]) for about, marks in known.items()})
        pairs = [(_half(mark), about) for about, marks in known.items() for mark in marks]
        await keep_credentials(session, pairs)


async def keep_replaced(session: AsyncSession, held: Sequence[Registration]) -> None:
    """Keep to which award earlier credentials lead; of most awards there are none."""
    await keep_credentials(
        session,
        [(old.credential_id, one.registration_id) for one in held for old in one.replaced or ()],
    )


async def keep_credentials(session: AsyncSession, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Keep to which awards credentials lead, besides the newest one of each."""
    if pairs:
        rows = [{"credential_id": one, "registration_id": other} for one, other in pairs]
        await session.execute(insert(ReplacedCredentialRow).on_conflict_do_nothing(), rows)


async def erase_registration(session: AsyncSession, registration_id: UUID) -> None:
    """Empty an award the register erased; that its credentials were there once stays known."""
    await session.execute(
        update(RegistrationRow)
        .where(RegistrationRow.registration_id == registration_id)
        .values(body=None, is_erased=True)
    )


async def find_issuer(connection: AsyncConnection, did: str) -> KnownIssuer | None:
    """Return who signs under a did, with all its keys and what the catalogue says of it."""
    rows = await connection.scalars(
        select(IssuerKeyRow.body).where(IssuerKeyRow.issuer == did).order_by(IssuerKeyRow.kid)
    )
    keys = [_as_key(IssuerKey.model_validate(body)) for body in rows]
    if not keys:
        return None
    # A did has one organisation: the one that published its first key.
    oin = min(keys, key=lambda key: key.published_at).organisation
    body = await connection.scalar(select(OrganisationRow.body).where(OrganisationRow.oin == oin))
    return KnownIssuer(
        did=did,
        organisation_oin=oin,
        keys={key.kid: key for key in keys},
        organisation=Organisation.model_validate(body) if body else None,
    )


async def find_signed_list(connection: AsyncConnection, url: str) -> str | None:
    """Return the newest signed edition of a status list."""
    signed: str | None = await connection.scalar(
        select(StatusListRow.signed).where(StatusListRow.url == url)
    )
    return signed


async def find_microcredential(
    connection: AsyncConnection, page: str, version: str
) -> Microcredential | None:
    """Return the published version of what a credential names."""
    if not version.isdecimal() or len(version) > 9:  # noqa: PLR2004 — what an integer column holds
        return None
    body = await connection.scalar(
        select(MicrocredentialRow.body)
        .where(MicrocredentialRow.page == page, MicrocredentialRow.version == int(version))
        .limit(1)
    )
    return Microcredential.model_validate(body) if body else None


async def find_policy(connection: AsyncConnection, subject: str) -> Policy | None:
    """Return a version of a policy."""
    body = await connection.scalar(select(PolicyRow.body).where(PolicyRow.policy == subject))
    return Policy.model_validate(body) if body else None


async def find_registrations(
    connection: asyncpg.Connection, credential_ids: Sequence[UUID]
) -> dict[UUID, Held]:
    """Return what the register says of the awards with these credentials: one indexed query.

    Asked of the driver itself: this is the only question of every verification, and SQLAlchemy
    would take longer to put it than PostgreSQL to answer it.
    """
    rows = await connection.fetch(_REGISTRATIONS, credential_ids)
    found = {row[0]: _held(row[1]) for row in rows}
    # Of what was erased before we began to listen, only the mark is known.
    missing = {_half(credential_mark(one)): one for one in credential_ids if one not in found}
    if missing:
        rows = await connection.fetch(_REGISTRATIONS, list(missing))
        found |= {missing[row[0]]: _held(row[1]) for row in rows}
    return found


async def read_freshness(connection: AsyncConnection) -> Freshness:
    """Return what changed how often, and up to when we heard everything."""
    heard = {row.topic: row.changes for row in await connection.execute(_HEARD)}
    complete_at = await connection.scalar(_COMPLETE_AT)
    return Freshness(changes=heard, knowledge=Knowledge(complete_at))


_KEEP_REGISTRATIONS = """
    INSERT INTO registration (registration_id, credential_id, body)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[])
    ON CONFLICT (registration_id) DO UPDATE
    SET credential_id = excluded.credential_id, body = excluded.body
    WHERE NOT registration.is_erased
    """
_KEEP_RECORDED = """
    INSERT INTO registration (registration_id, credential_id)
    SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING
    """
_REGISTRATIONS = """
    SELECT credential_id, body FROM registration
    WHERE credential_id = ANY($1::uuid[]) AND (body IS NOT NULL OR is_erased)
    UNION ALL
    SELECT old.credential_id, registration.body
    FROM replaced_credential old JOIN registration USING (registration_id)
    WHERE old.credential_id = ANY($1::uuid[]) AND (body IS NOT NULL OR is_erased)
    """
_HEARD = select(HeardRow.topic, HeardRow.changes)
_COMPLETE_AT = select(CompletenessRow.complete_at).where(CompletenessRow.consumer == CONSUMER)


async def _keep_known(session: AsyncSession, known: Mapping[UUID, UUID]) -> None:
    connection = await session.connection()
    await connection.exec_driver_sql(_KEEP_RECORDED, (list(known), list(known.values())))


def _half(mark: str) -> UUID:
    return UUID(hex=mark[:32])


def _body(contract: Contract) -> dict[str, object]:
    return contract.model_dump(mode="json", exclude_none=True)


def _held(body: str | None) -> Held:
    return ErasedRegistration() if body is None else Registration.model_validate_json(body)


def _as_key(key: IssuerKey) -> KnownKey:
    return KnownKey(
        kid=key.kid,
        organisation=key.organisation,
        key=parse_issuer_jwk(key.public_jwk),
        published_at=key.published_at,
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
        compromised_since=key.compromised_since,
    )
