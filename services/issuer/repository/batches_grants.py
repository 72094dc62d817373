"""What was signed of a slice becomes awards: rows, log and events of all of it at once.

Rows go in by `unnest`, which takes the same bytes as COPY: PostgreSQL refuses COPY into tables with
row-level security, and that wall stays.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.issuer.domain.signatures import LoggedSignature
from services.issuer.repository.batches_intents import BatchIntent
from shared.contracts import topics
from shared.runtime.database import Straight


class SignedAward(NamedTuple):
    """What signing made of an intent: the decision, the payload sealed, signatures, the event."""

    decision: str
    sealed_payload: bytes
    jwt: bytes
    enveloped: bytes
    event: bytes

    def __repr__(self) -> str:
        """Say nothing of whose it is."""
        return "SignedAward()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What all awards of a slice share: for whom, by which key, and when."""

    organisation: str
    kid: str
    now: datetime


_GRANT = """
    INSERT INTO award (award_id, organisation, enrolment_reference, microcredential_id, learner_id,
        state, record_version, decision, valid_until, intended_at)
    SELECT new.award_id, $1, new.enrolment_reference, new.microcredential_id, new.learner_id,
        'granted', 1, new.decision, new.valid_until, $2
    FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::timestamptz[])
        AS new (award_id, enrolment_reference, microcredential_id, learner_id, decision,
            valid_until)
    ON CONFLICT DO NOTHING
    RETURNING CAST(award_id AS text) AS award_id
    """
_KEEP = """
    INSERT INTO credential (credential_id, award_id, version, organisation, list_id, status_index,
        sealed_payload, kid, signed_at, jwt_signature, enveloped_signature)
    SELECT new.credential_id, new.award_id, 1, $1, new.list_id, new.status_index,
        new.sealed_payload, $2, $3, new.jwt, new.enveloped
    FROM unnest($4::uuid[], $5::uuid[], $6::bigint[], $7::integer[], $8::bytea[], $9::bytea[],
            $10::bytea[])
        AS new (credential_id, award_id, list_id, status_index, sealed_payload, jwt, enveloped)
    """
_LOG = """
    INSERT INTO signature (organisation, kid, digest, purpose, forms, reference, signed_at)
    SELECT $1, $3, signed.digest, $4, $5, signed.credential_id, $2
    FROM unnest($6::text[], $7::text[]) AS signed (digest, credential_id)
    """


@asynccontextmanager
async def trying(straight: Straight) -> AsyncIterator[None]:
    """Undo what was done within when the database refuses some of it, and go on."""
    await straight.connection.execute("SAVEPOINT trying")
    try:
        yield
    except asyncpg.PostgresError:
        await straight.connection.execute("ROLLBACK TO SAVEPOINT trying")
        raise
    await straight.connection.execute("RELEASE SAVEPOINT trying")


async def grant(
    straight: Straight, signed: Sequence[tuple[BatchIntent, SignedAward]], *, stamp: Stamp
) -> set[str]:
    """Make awards of these and tell of them; return which, for an enrolment may have one by now."""
    added = await _add_awards(straight, signed, stamp)
    ours = [one for one in signed if one[0].award_id in added]
    await _add_credentials(straight, ours, stamp)
    await _log(straight, [intent for intent, _ in ours], stamp)
    await straight.connection.copy_records_to_table(
        "outbox",
        columns=("topic", "key", "value"),
        records=[(topics.AWARDS.name, intent.award_id, made.event) for intent, made in ours],
    )
    return added


async def _add_awards(
    straight: Straight, signed: Sequence[tuple[BatchIntent, SignedAward]], stamp: Stamp
) -> set[str]:
    rows = await straight.connection.fetch(
        _GRANT,
        stamp.organisation,
        stamp.now,
        [intent.award_id for intent, _ in signed],
        [intent.enrolment_reference for intent, _ in signed],
        [intent.microcredential_id for intent, _ in signed],
        [intent.learner_id for intent, _ in signed],
        [made.decision for _, made in signed],
        [intent.valid_until for intent, _ in signed],
    )
    return {row["award_id"] for row in rows}


async def _add_credentials(
    straight: Straight, signed: Sequence[tuple[BatchIntent, SignedAward]], stamp: Stamp
) -> None:
    await straight.connection.execute(
        _KEEP,
        stamp.organisation,
        stamp.kid,
        stamp.now,
        [intent.credential_id for intent, _ in signed],
        [intent.award_id for intent, _ in signed],
        [intent.list_id for intent, _ in signed],
        [intent.status_index for intent, _ in signed],
        [made.sealed_payload for _, made in signed],
        [made.jwt for _, made in signed],
        [made.enveloped for _, made in signed],
    )


async def _log(straight: Straight, intents: Sequence[BatchIntent], stamp: Stamp) -> None:
    """Log what was signed, as `signatures.log_signatures` does, without a record for each."""
    logged = LoggedSignature.of_credential(UUID(int=0), kid=stamp.kid, digest="")
    await straight.connection.execute(
        _LOG,
        stamp.organisation,
        stamp.now,
        stamp.kid,
        logged.purpose.value,
        logged.forms.value,
        [one.digest for one in intents],
        [one.credential_id for one in intents],
    )
