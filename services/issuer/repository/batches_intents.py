"""The intent of a slice: its learners, and what will be signed, on record before it is.

Apart from the taking and granting of slices, because nothing is signed yet here.
"""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct
from typing import Final, NamedTuple
from uuid import UUID

from services.issuer.repository.batches_runs import TakenSlice
from shared.runtime.database import Straight


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
    """One award as it will be: its place, the digest of what is to be signed, what is kept then."""

    line: int
    award_id: str
    enrolment_reference: str
    microcredential_id: str
    learner_id: str
    valid_until: datetime | None
    credential_id: str
    list_id: int
    status_index: int
    digest: str

    def __repr__(self) -> str:
        """Say which award it is, and nothing of whose it is."""
        return f"BatchIntent({self.award_id})"


# Credential, list, place in it, and the digest of what is signed: fixed widths, big endian.
_ENTRY: Final = Struct(">16sQI32s")

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
# Asked row by row of the unique index: joined, a table without statistics is read from end to end.
_TAKEN = """
    SELECT line FROM (
        SELECT new.line, (
            SELECT a.award_id FROM award a
            WHERE a.organisation = $1 AND a.enrolment_reference = new.enrolment_reference
            AND a.microcredential_id = new.microcredential_id
            AND a.state NOT IN ('voided', 'erased') AND NOT a.is_recalled
        ) AS award_id
        FROM unnest($2::integer[], $3::text[], $4::uuid[])
            AS new (line, enrolment_reference, microcredential_id)
    ) asked WHERE award_id IS NOT NULL
    """
_VOID = """
    UPDATE batch_intent SET voided_at = $3
    WHERE batch_id = $1 AND slice = $2 AND voided_at IS NULL
    """
_INTEND = """
    INSERT INTO batch_intent (batch_id, slice, organisation, kid, manifest, intended_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    """
_SETTLE = """
    DELETE FROM batch_intent WHERE batch_id = $1 AND slice = $2 AND voided_at IS NULL
    """
_KEEP_REST = """
    UPDATE batch_intent SET manifest = $3, voided_at = $4
    WHERE batch_id = $1 AND slice = $2 AND voided_at IS NULL
    """
_MANDATORS = """
    SELECT oin, record FROM organisation WHERE oin IN (
        SELECT CAST(record AS jsonb) ->> 'onBehalfOf' FROM microcredential
        WHERE provider = $1 AND record LIKE '%onBehalfOf%'
    )
    """


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


async def list_awarded(
    straight: Straight, intents: Sequence[BatchIntent], *, organisation: str
) -> set[int]:
    """Return the lines whose enrolment has an award by now."""
    rows = await straight.connection.fetch(
        _TAKEN,
        organisation,
        [one.line for one in intents],
        [one.enrolment_reference for one in intents],
        [one.microcredential_id for one in intents],
    )
    return {row["line"] for row in rows}


async def keep_intent(
    straight: Straight,
    taken: TakenSlice,
    intents: Sequence[BatchIntent],
    *,
    kid: str,
    now: datetime,
) -> None:
    """Put on record what this key is about to sign; what an earlier attempt was to, is void."""
    await straight.connection.execute(_VOID, taken.batch_id, taken.number, now)
    await straight.connection.execute(
        _INTEND,
        taken.batch_id,
        taken.number,
        taken.organisation,
        kid,
        write_manifest(intents),
        now,
    )


async def settle_intent(
    straight: Straight, taken: TakenSlice, left: Sequence[BatchIntent], *, now: datetime
) -> None:
    """Let go of an intent that came true; what of it did not stays on record as void."""
    if left:
        await straight.connection.execute(
            _KEEP_REST, taken.batch_id, taken.number, write_manifest(left), now
        )
    else:
        await straight.connection.execute(_SETTLE, taken.batch_id, taken.number)


def write_manifest(intents: Sequence[BatchIntent]) -> bytes:
    """Write down credentials, places and digests: 60 bytes each, and nothing about a person."""
    return b"".join(
        _ENTRY.pack(
            UUID(one.credential_id).bytes,
            one.list_id,
            one.status_index,
            bytes.fromhex(one.digest),
        )
        for one in intents
    )


async def list_mandators(straight: Straight, organisation: str) -> dict[str, str]:
    """Return our copies of everybody on whose behalf this organisation awards."""
    rows = await straight.connection.fetch(_MANDATORS, organisation)
    return {row["oin"]: row["record"] for row in rows}
