"""The log of signatures: written in the transaction that keeps them, and compared with the rest."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import asyncpg
from sqlalchemy import Row, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.keys import KeyLostError
from services.issuer.domain.signatures import Comparison, LoggedSignature, Purpose
from services.issuer.tables import credential as credentials
from services.issuer.tables import embedded_proof as proofs
from services.issuer.tables import signature as signatures
from shared.runtime.database import Straight, ask

MOST_SHOWN = 100
_FIT_KEY = "signature_of_fit_key"

_LOG = """
    INSERT INTO signature (
        organisation, kid, digest, purpose, forms, reference, request_id, signed_at
    )
    SELECT $1, one.kid, one.digest, one.purpose, one.forms, one.reference, $2, $3
    FROM unnest(
        CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS text[]), CAST($7 AS text[]),
        CAST($8 AS text[])
    ) AS one (kid, digest, purpose, forms, reference)
    """


async def log_signatures(
    within: AsyncSession | Straight,
    logged: Sequence[LoggedSignature],
    *,
    organisation: str,
    request_id: str | None = None,
    now: datetime,
) -> None:
    """Log what was signed for an organisation; refused when the key is no longer fit to sign."""
    await ask(
        within,
        _LOG,
        organisation,
        request_id,
        now,
        [one.kid for one in logged],
        [one.digest for one in logged],
        [one.purpose.value for one in logged],
        [one.forms.value for one in logged],
        [one.reference for one in logged],
    )


@contextmanager
def refuse_lost_key() -> Iterator[None]:
    """Say KeyLostError where the database refuses a signature because of its key."""
    try:
        yield
    except (asyncpg.RestrictViolationError, DBAPIError) as refusal:
        reason = (
            refusal.orig.__cause__ if isinstance(refusal, DBAPIError) and refusal.orig else refusal
        )
        if getattr(reason, "constraint_name", None) != _FIT_KEY:
            raise
        raise KeyLostError from None


async def compare(session: AsyncSession, kid: str) -> Comparison:
    """Count what a key signed, and find what belongs to nothing, or was never logged.

    At most a hundred of each are named. A credential is known by its id and digest; an edition of a
    list by the list and its number, for editions that were replaced are not kept.
    """
    counted = select(
        signatures.c.purpose,
        func.count().label("rows"),
        func.min(signatures.c.signed_at).label("first_at"),
        func.max(signatures.c.signed_at).label("last_at"),
    ).where(signatures.c.kid == kid)
    rows = (await session.execute(counted.group_by(signatures.c.purpose))).all()
    stored = await session.scalar(
        select(
            select(func.count()).where(credentials.c.kid == kid).scalar_subquery()
            + select(func.count()).where(proofs.c.kid == kid).scalar_subquery()
        )
    )
    moments = [moment for row in rows for moment in (row.first_at, row.last_at)]
    return Comparison(
        kid=kid,
        credentials=_count(rows, Purpose.CREDENTIAL),
        lists=_count(rows, Purpose.STATUS_LIST),
        first_at=min(moments).isoformat() if moments else None,
        last_at=max(moments).isoformat() if moments else None,
        stored=stored or 0,
        without_credential=await _names(session, _WITHOUT_CREDENTIAL, kid),
        without_list=await _names(session, _WITHOUT_LIST, kid),
        unlogged=await _names(session, _UNLOGGED, kid),
    )


_WITHOUT_CREDENTIAL = text("""
    SELECT signature.digest FROM signature
    LEFT JOIN embedded_proof
        ON CAST(embedded_proof.credential_id AS text) = signature.reference
        AND embedded_proof.kid = signature.kid
    LEFT JOIN credential
        ON CAST(credential.credential_id AS text) = signature.reference
        AND signature.kid IN (credential.kid, embedded_proof.kid)
        AND credential.organisation = signature.organisation
    LEFT JOIN award ON award.award_id = credential.award_id
    WHERE signature.kid = :kid AND signature.purpose = 'credential'
    AND (
        credential.credential_id IS NULL
        OR CAST(coalesce(credential.decision, award.decision) AS jsonb) ->> 'credentialDigest'
            <> signature.digest
    )
    ORDER BY signature.number LIMIT :most
    """)
_WITHOUT_LIST = text("""
    SELECT signature.digest FROM signature
    LEFT JOIN status_list
        ON status_list.url = regexp_replace(signature.reference, '#[0-9]+$', '')
        AND status_list.organisation = signature.organisation
        AND status_list.record_version >=
            CAST(substring(signature.reference FROM '#([0-9]+)$') AS integer)
    WHERE signature.kid = :kid AND signature.purpose = 'status-list'
    AND status_list.list_id IS NULL
    ORDER BY signature.number LIMIT :most
    """)
_UNLOGGED = text("""
    SELECT CAST(signed.credential_id AS text) AS digest FROM (
        SELECT credential_id, kid FROM credential
        UNION ALL SELECT credential_id, kid FROM embedded_proof
    ) AS signed
    WHERE signed.kid = :kid AND NOT EXISTS (
        SELECT FROM signature
        WHERE signature.kid = signed.kid AND signature.purpose = 'credential'
        AND signature.reference = CAST(signed.credential_id AS text)
    )
    ORDER BY signed.credential_id LIMIT :most
    """)


async def _names(session: AsyncSession, question: object, kid: str) -> tuple[str, ...]:
    found = await session.scalars(question, {"kid": kid, "most": MOST_SHOWN})  # type: ignore[call-overload] # constants above
    return tuple(found)


def _count(rows: Sequence[Row[tuple[object, ...]]], purpose: Purpose) -> int:
    return sum(row.rows for row in rows if row.purpose == purpose)
