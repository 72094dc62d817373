"""The intents of a slice: its learners, what will be signed, and what somebody left behind.

Apart from the taking and granting of slices, because nothing is signed yet here.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

from services.issuer.repository.batches_runs import TakenSlice
from shared.runtime.database import Straight

SIGNING_REFUSED: Final = "signing-refused"


class NewLearner(NamedTuple):
    """A learner who may be new to an organisation; the ids here are text, as they travel best."""

    learner_id: str
    pseudonym: str
    wrapped_key: bytes
    sealed_identity: bytes


class KnownLearner(NamedTuple):
    """A learner as they are kept: which id and which key are in force."""

    learner_id: str
    wrapped_key: bytes


class BatchIntent(NamedTuple):
    """Everything of one award that is durable before it is signed."""

    line: int
    award_id: str
    enrolment_reference: str
    microcredential_id: str
    learner_id: str
    decision: str
    valid_until: datetime | None
    credential_id: str
    list_id: int
    status_index: int
    sealed_payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIntent:
    """An intent that somebody left behind, as it is kept."""

    award_id: str
    decision: str
    credential_id: str
    sealed_payload: bytes = field(repr=False)
    pseudonym: str
    wrapped_key: bytes = field(repr=False)


_KEEP_LEARNERS = """
    INSERT INTO learner (learner_id, organisation, pseudonym, wrapped_key, sealed_identity)
    SELECT new.learner_id, $1, new.pseudonym, new.wrapped_key, new.sealed_identity
    FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::bytea[])
        AS new (learner_id, pseudonym, wrapped_key, sealed_identity)
    ORDER BY new.pseudonym
    ON CONFLICT (organisation, pseudonym) DO NOTHING
    """
_LEARNERS = """
    SELECT pseudonym, CAST(learner_id AS text) AS learner_id, wrapped_key FROM learner
    WHERE organisation = $1 AND pseudonym = ANY($2::text[])
    """
_INTEND = """
    INSERT INTO award (award_id, organisation, enrolment_reference, microcredential_id, learner_id,
        state, record_version, decision, valid_until, intended_at)
    SELECT new.award_id, $1, new.enrolment_reference, new.microcredential_id, new.learner_id,
        'intended', 0, new.decision, new.valid_until, $2
    FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::timestamptz[])
        AS new (award_id, enrolment_reference, microcredential_id, learner_id, decision,
            valid_until)
    ON CONFLICT DO NOTHING
    RETURNING CAST(award_id AS text) AS award_id
    """
_SEAL = """
    INSERT INTO credential (credential_id, award_id, version, organisation, list_id, status_index,
        sealed_payload)
    SELECT new.credential_id, new.award_id, 1, $1, new.list_id, new.status_index,
        new.sealed_payload
    FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::integer[], $6::bytea[])
        AS new (credential_id, award_id, list_id, status_index, sealed_payload)
    """
_VOID = "UPDATE award SET state = 'voided' WHERE award_id = ANY($1::uuid[]) AND state = 'intended'"
_FAIL = "UPDATE batch_row SET failure = $2 WHERE award_id = ANY($1::uuid[])"
_KEPT = """
    SELECT CAST(a.award_id AS text) AS award_id, a.decision,
        CAST(c.credential_id AS text) AS credential_id, c.sealed_payload, l.pseudonym,
        l.wrapped_key
    FROM batch_row r
    JOIN award a ON a.award_id = r.award_id AND a.state = 'intended'
    JOIN credential c ON c.award_id = a.award_id AND c.version = 1
    JOIN learner l ON l.learner_id = a.learner_id
    WHERE r.batch_id = $1 AND r.slice = $2
    """
_MANDATORS = """
    SELECT oin, record FROM organisation WHERE oin IN (
        SELECT CAST(record AS jsonb) ->> 'onBehalfOf' FROM microcredential
        WHERE provider = $1 AND record LIKE '%onBehalfOf%'
    )
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


async def keep_learners(
    straight: Straight, learners: Sequence[NewLearner], *, organisation: str
) -> dict[str, KnownLearner]:
    """Keep the learners who are new, and return all of them by pseudonym."""
    await straight.connection.execute(
        _KEEP_LEARNERS,
        organisation,
        [one.learner_id for one in learners],
        [one.pseudonym for one in learners],
        [one.wrapped_key for one in learners],
        [one.sealed_identity for one in learners],
    )
    rows = await straight.connection.fetch(
        _LEARNERS, organisation, [one.pseudonym for one in learners]
    )
    return {
        row["pseudonym"]: KnownLearner(learner_id=row["learner_id"], wrapped_key=row["wrapped_key"])
        for row in rows
    }


async def add_intents(
    straight: Straight, intents: Sequence[BatchIntent], *, organisation: str, now: datetime
) -> set[str]:
    """Keep what will be signed; return for which awards, for some enrolments have one by now."""
    rows = await straight.connection.fetch(
        _INTEND,
        organisation,
        now,
        [one.award_id for one in intents],
        [one.enrolment_reference for one in intents],
        [one.microcredential_id for one in intents],
        [one.learner_id for one in intents],
        [one.decision for one in intents],
        [one.valid_until for one in intents],
    )
    added = {row["award_id"] for row in rows}
    kept = [one for one in intents if one.award_id in added]
    await straight.connection.execute(
        _SEAL,
        organisation,
        [one.credential_id for one in kept],
        [one.award_id for one in kept],
        [one.list_id for one in kept],
        [one.status_index for one in kept],
        [one.sealed_payload for one in kept],
    )
    return added


async def list_kept(straight: Straight, taken: TakenSlice) -> list[KeptIntent]:
    """Return the intents of a slice that are awards not yet."""
    rows = await straight.connection.fetch(_KEPT, taken.batch_id, taken.number)
    return [KeptIntent(**row) for row in rows]


async def void_intents(straight: Straight, award_ids: Sequence[str]) -> None:
    """Give up intents that can never be signed; their places are not given out again."""
    if award_ids:
        await straight.connection.execute(_VOID, award_ids)
        await straight.connection.execute(_FAIL, award_ids, SIGNING_REFUSED)


async def list_mandators(straight: Straight, organisation: str) -> dict[str, str]:
    """Return our copies of everybody on whose behalf this organisation awards."""
    rows = await straight.connection.fetch(_MANDATORS, organisation)
    return {row["oin"]: row["record"] for row in rows}
