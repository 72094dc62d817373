"""Running a batch: slices taken one by one, their intents, and what became awards.

Each question is about a whole slice. Rows go in by `unnest`, which takes the same bytes as COPY:
PostgreSQL refuses COPY into tables with row-level security, and that wall stays.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.issuer.domain import SealedKey
from services.issuer.domain.signatures import LoggedSignature
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSlice:
    """A slice that is ours until `taken_until`, to be awarded."""

    batch_id: UUID
    number: int
    organisation: str
    taken_until: datetime
    intended_at: datetime | None
    wrapped_key: bytes = field(repr=False)
    sealed_wishes: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    with_corrections: bool


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


class SignedAward(NamedTuple):
    """One award's signatures in both forms, and the event that tells of it."""

    award_id: str
    credential_id: str
    digest: str
    jwt: bytes
    enveloped: bytes
    event: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIntent:
    """An intent that somebody left behind, as it is kept."""

    award_id: str
    decision: str
    credential_id: str
    sealed_payload: bytes = field(repr=False)
    pseudonym: str
    wrapped_key: bytes = field(repr=False)


_TAKE = """
    WITH next AS (
        SELECT s.batch_id, s.number, b.wrapped_key, b.with_corrections
        FROM batch b
        CROSS JOIN LATERAL (
            SELECT batch_id, number FROM batch_slice
            WHERE batch_slice.batch_id = b.batch_id AND settled_at IS NULL
            AND (taken_until IS NULL OR taken_until < $1)
            ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
        ) s
        WHERE b.cleared_at IS NOT NULL AND b.ended_at IS NULL AND b.recalled_at IS NULL
        AND b.wrapped_key IS NOT NULL
        ORDER BY s.number, b.number LIMIT 1
    )
    UPDATE batch_slice SET taken_until = $2 FROM next
    WHERE batch_slice.batch_id = next.batch_id AND batch_slice.number = next.number
    RETURNING batch_slice.batch_id, batch_slice.number, organisation, taken_until, intended_at,
        next.wrapped_key, sealed_wishes, digest, next.with_corrections
    """
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
_HOLD = """
    UPDATE batch_slice SET intended_at = coalesce(intended_at, $4), taken_until = $5
    WHERE batch_id = $1 AND number = $2 AND taken_until = $3 AND settled_at IS NULL
    RETURNING number
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
_FAIL = """
    UPDATE batch_row SET failure = failed.code
    FROM unnest($2::integer[], $3::text[]) AS failed (line, code)
    WHERE batch_id = $1 AND batch_row.line = failed.line
    """
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
_GRANT = """
    UPDATE award SET state = 'granted', record_version = 1
    WHERE award_id = ANY($1::uuid[]) AND state = 'intended'
    RETURNING CAST(award_id AS text) AS award_id
    """
_SIGN = """
    UPDATE credential SET kid = $1, signed_at = $2, jwt_signature = signed.jwt,
        enveloped_signature = signed.enveloped
    FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS signed (credential_id, jwt, enveloped)
    WHERE credential.credential_id = signed.credential_id
    """
_TO_DO = """
    SELECT line, CAST(award_id AS text) AS award_id FROM batch_row
    WHERE batch_id = $1 AND slice = $2 AND outcome = 'ready' AND failure IS NULL
    AND recalled_at IS NULL ORDER BY line
    """
_TO_CORRECT = """
    SELECT line, earlier_award_id FROM batch_row
    WHERE batch_id = $1 AND slice = $2 AND outcome = 'correction' AND failure IS NULL
    AND recalled_at IS NULL AND done_at IS NULL ORDER BY line
    """
_SETTLE = """
    UPDATE batch_slice SET settled_at = $4
    WHERE batch_id = $1 AND number = $2 AND taken_until = $3 AND settled_at IS NULL
    RETURNING number
    """
_LOG = """
    INSERT INTO signature (organisation, kid, digest, purpose, forms, reference, signed_at)
    SELECT $1, $3, signed.digest, $4, $5, signed.credential_id, $2
    FROM unnest($6::text[], $7::text[]) AS signed (digest, credential_id)
    """
_LET_GO = """
    UPDATE batch_slice SET taken_until = NULL
    WHERE batch_id = $1 AND number = $2 AND settled_at IS NULL RETURNING number
    """
_MANDATORS = """
    SELECT oin, record FROM organisation WHERE oin IN (
        SELECT CAST(record AS jsonb) ->> 'onBehalfOf' FROM microcredential
        WHERE provider = $1 AND record LIKE '%onBehalfOf%'
    )
    """
_KEY = """
    SELECT kid, organisation, algorithm, wrapped_key, sealed_private FROM signing_key
    WHERE organisation = $1 AND algorithm = 'ES256' AND state = 'current'
    """
_END = """
    UPDATE batch SET ended_at = $2
    WHERE batch_id = $1 AND ended_at IS NULL AND NOT EXISTS (
        SELECT FROM batch_slice WHERE batch_slice.batch_id = $1 AND settled_at IS NULL
    )
    RETURNING batch_id
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


async def take_slice(straight: Straight, *, now: datetime, until: datetime) -> TakenSlice | None:
    """Take the next slice that is nobody's; a small batch does not wait for the end of a large."""
    row = await straight.ask(_TAKE, now, until)
    return None if row is None else TakenSlice(**row)


async def list_to_do(straight: Straight, taken: TakenSlice) -> dict[int, str]:
    """Return the lines of a slice that are to be awarded, each with the id its award will have."""
    rows = await straight.connection.fetch(_TO_DO, taken.batch_id, taken.number)
    return {row["line"]: row["award_id"] for row in rows}


async def list_to_correct(straight: Straight, taken: TakenSlice) -> dict[int, UUID]:
    """Return the lines of a slice that correct an award, each with the id of that award."""
    rows = await straight.connection.fetch(_TO_CORRECT, taken.batch_id, taken.number)
    return {row["line"]: row["earlier_award_id"] for row in rows}


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


async def hold_slice(
    straight: Straight, taken: TakenSlice, *, now: datetime, until: datetime
) -> bool:
    """Note that the intents of a slice are durable; False when it is no longer ours."""
    held = await straight.ask(_HOLD, taken.batch_id, taken.number, taken.taken_until, now, until)
    return held is not None


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


async def keep_failures(
    straight: Straight, batch_id: UUID, failures: Iterable[tuple[int, str]]
) -> None:
    """Note of rows why they could not be awarded; the others go on."""
    failed = list(failures)
    if failed:
        lines, codes = [line for line, _ in failed], [code for _, code in failed]
        await straight.connection.execute(_FAIL, batch_id, lines, codes)


async def keep_corrected(straight: Straight, batch_id: UUID, line: int, *, now: datetime) -> None:
    """Note that a row's correction was made."""
    await straight.ask(
        "UPDATE batch_row SET done_at = $3 WHERE batch_id = $1 AND line = $2 RETURNING line",
        batch_id,
        line,
        now,
    )


async def list_kept(straight: Straight, taken: TakenSlice) -> list[KeptIntent]:
    """Return the intents of a slice that are awards not yet."""
    rows = await straight.connection.fetch(_KEPT, taken.batch_id, taken.number)
    return [KeptIntent(**row) for row in rows]


async def grant_intents(straight: Straight, award_ids: Sequence[str]) -> set[str]:
    """Make awards of intents; return of which, for somebody may have done so before."""
    rows = await straight.connection.fetch(_GRANT, award_ids)
    return {row["award_id"] for row in rows}


async def keep_signatures(
    straight: Straight, signed: Sequence[SignedAward], *, kid: str, now: datetime
) -> None:
    """Keep the signatures over the credentials of a slice, all by one key."""
    await straight.connection.execute(
        _SIGN,
        kid,
        now,
        [one.credential_id for one in signed],
        [one.jwt for one in signed],
        [one.enveloped for one in signed],
    )


async def log_signatures(
    straight: Straight,
    signed: Sequence[SignedAward],
    *,
    organisation: str,
    kid: str,
    now: datetime,
) -> None:
    """Log what was signed, as `signatures.log_signatures` does, without a record for each."""
    logged = LoggedSignature.of_credential(UUID(int=0), kid=kid, digest="")
    await straight.connection.execute(
        _LOG,
        organisation,
        now,
        kid,
        logged.purpose.value,
        logged.forms.value,
        [one.digest for one in signed],
        [one.credential_id for one in signed],
    )


async def void_intents(straight: Straight, award_ids: Sequence[str]) -> None:
    """Give up intents that can never be signed; their places are not given out again."""
    if award_ids:
        await straight.connection.execute(
            "UPDATE award SET state = 'voided'"
            " WHERE award_id = ANY($1::uuid[]) AND state = 'intended'",
            award_ids,
        )


async def copy_events(straight: Straight, topic: str, events: Sequence[tuple[str, bytes]]) -> None:
    """Announce many events at once; the rows of their subjects are written before."""
    if events:
        await straight.connection.copy_records_to_table(
            "outbox",
            columns=("topic", "key", "value"),
            records=[(topic, key, value) for key, value in events],
        )


async def list_mandators(straight: Straight, organisation: str) -> dict[str, str]:
    """Return our copies of everybody on whose behalf this organisation awards."""
    rows = await straight.connection.fetch(_MANDATORS, organisation)
    return {row["oin"]: row["record"] for row in rows}


async def find_key(straight: Straight, organisation: str) -> SealedKey | None:
    """Return the key this organisation signs with now."""
    row = await straight.ask(_KEY, organisation)
    return None if row is None else SealedKey(**row)


async def let_go(straight: Straight, taken: TakenSlice) -> None:
    """Let somebody else take a slice at once."""
    await straight.ask(_LET_GO, taken.batch_id, taken.number)


async def settle_slice(straight: Straight, taken: TakenSlice, *, now: datetime) -> bool:
    """Note that nothing is left to do for a slice; False when it is no longer ours."""
    settled = await straight.ask(_SETTLE, taken.batch_id, taken.number, taken.taken_until, now)
    return settled is not None


async def end_if_settled(straight: Straight, batch_id: UUID, *, now: datetime) -> bool:
    """End a batch of which every slice is settled."""
    return await straight.ask(_END, batch_id, now) is not None
