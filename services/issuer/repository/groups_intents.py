"""Intents of awards that are asked for at the same moment: made durable, and made awards.

A row each, because each belongs to a request that may be repeated alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.runtime.database import Straight


class GroupIntent(NamedTuple):
    """Everything of one award that is durable before it is signed."""

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
_GRANT = """
    UPDATE award SET state = 'granted', record_version = 1
    WHERE award_id = ANY($1::uuid[]) AND state = 'intended'
    RETURNING CAST(award_id AS text) AS award_id
    """


async def add_intents(
    straight: Straight, intents: Sequence[GroupIntent], *, organisation: str, now: datetime
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


async def grant_intents(straight: Straight, award_ids: Sequence[str]) -> set[str]:
    """Make awards of intents; return of which, for somebody may have done so before."""
    rows = await straight.connection.fetch(_GRANT, award_ids)
    return {row["award_id"] for row in rows}
