"""The way of awards that are asked for at the same moment: each question is about all of them.

Separate from the way of a single one (`intents`), which must not wait for others, and from that of
a batch, which has no Idempotency-Keys and no grounds to look up for each row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.issuer.domain import SealedKey, Signatures
from services.issuer.domain.signatures import LoggedSignature
from services.issuer.repository.catalogue import read_microcredential, read_organisation
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.runtime.database import Straight


class Asked(NamedTuple):
    """One request of a group: its key, and the digest that tells it from another one."""

    key: str
    fingerprint: bytes


class Answered(NamedTuple):
    """What one request of a group is answered, from now on whenever it is repeated."""

    key: str
    body: bytes
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGrounds:
    """What the awards of a group are decided on."""

    organisation: Organisation
    known: Mapping[UUID, Sequence[Microcredential]]
    key: SealedKey | None
    mandators: Mapping[str, Organisation]


_CLAIM = """
    INSERT INTO idempotency (
        organisation, route, key, fingerprint, state, lease_until, created_at
    )
    SELECT $1, $2, asked.key, asked.fingerprint, 'running', $3, $4
    FROM unnest($5::text[], $6::bytea[]) AS asked (key, fingerprint)
    ORDER BY asked.key
    ON CONFLICT DO NOTHING
    RETURNING key
    """
_GROUNDS = """
    SELECT o.record, k.kid, k.wrapped_key, k.sealed_private,
           ARRAY(
               SELECT m.record FROM microcredential m
               WHERE m.provider = o.oin AND m.microcredential_id = ANY($2::uuid[])
           ) AS known
    FROM organisation o
    LEFT JOIN signing_key k
        ON k.organisation = o.oin AND k.algorithm = 'ES256' AND k.state = 'current'
    WHERE o.oin = $1
    """
_MANDATORS = "SELECT oin, record FROM organisation WHERE oin = ANY($1::text[])"
_EARLIER = """
    SELECT a.enrolment_reference, a.microcredential_id, a.award_id
    FROM unnest($2::text[], $3::uuid[]) AS asked (enrolment_reference, microcredential_id)
    CROSS JOIN LATERAL (
        SELECT * FROM award WHERE organisation = $1
        AND enrolment_reference = asked.enrolment_reference
        AND microcredential_id = asked.microcredential_id
        AND state NOT IN ('voided', 'erased') AND NOT is_recalled
        LIMIT 1
    ) a
    """
_GIVE_UP = """
    DELETE FROM idempotency WHERE organisation = $1 AND route = $2 AND key = ANY($3::text[])
    """
_NOTE = """
    UPDATE idempotency SET resource = noted.award_id
    FROM unnest($3::text[], $4::text[]) AS noted (key, award_id)
    WHERE organisation = $1 AND route = $2 AND idempotency.key = noted.key
    """
_SIGN = """
    UPDATE credential SET signed_at = $1, kid = signed.kid, jwt_signature = signed.jwt,
        enveloped_signature = signed.enveloped
    FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::bytea[])
        AS signed (credential_id, kid, jwt, enveloped)
    WHERE credential.credential_id = signed.credential_id
    """
_LOG = """
    INSERT INTO signature (
        organisation, signed_at, request_id, kid, digest, purpose, forms, reference
    )
    SELECT $1, $2, * FROM unnest(
        $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]
    )
    """
_ANSWER = """
    UPDATE idempotency SET state = 'done', lease_until = NULL, status = 201,
        body = answered.body, headers = jsonb_build_object('Location', answered.location)
    FROM unnest($3::text[], $4::bytea[], $5::text[]) AS answered (key, body, location)
    WHERE organisation = $1 AND route = $2 AND idempotency.key = answered.key
    """


async def claim_keys(
    straight: Straight,
    asked: Sequence[Asked],
    *,
    organisation: str,
    route: str,
    until: datetime,
    now: datetime,
) -> set[str]:
    """Claim the keys nobody used yet; return which those are."""
    rows = await straight.connection.fetch(
        _CLAIM,
        organisation,
        route,
        until,
        now,
        [one.key for one in asked],
        [one.fingerprint for one in asked],
    )
    return {row["key"] for row in rows}


async def find_grounds(
    straight: Straight, organisation: str, microcredential_ids: Sequence[UUID]
) -> GroupGrounds | None:
    """Return what to decide awards on, or None when we never heard of the organisation."""
    row = await straight.connection.fetchrow(_GROUNDS, organisation, microcredential_ids)
    if row is None:
        return None
    known: dict[UUID, list[Microcredential]] = {}
    for record in row["known"]:
        one = read_microcredential(record)
        known.setdefault(one.microcredential_id, []).append(one)
    behalf = {one.on_behalf_of for versions in known.values() for one in versions}
    named = sorted(oin for oin in behalf if oin is not None)
    mandators = await straight.connection.fetch(_MANDATORS, named) if named else []
    return GroupGrounds(
        organisation=read_organisation(row["record"]),
        known=known,
        key=row["kid"]
        and SealedKey(
            kid=row["kid"],
            organisation=organisation,
            wrapped_key=row["wrapped_key"],
            sealed_private=row["sealed_private"],
        ),
        mandators={one["oin"]: read_organisation(one["record"]) for one in mandators},
    )


async def list_earlier(
    straight: Straight, organisation: str, enrolments: Sequence[tuple[str, UUID]]
) -> dict[tuple[str, UUID], UUID]:
    """Return which of these enrolments have an award of that microcredential, and which award."""
    references, microcredentials = zip(*enrolments, strict=True)
    rows = await straight.connection.fetch(
        _EARLIER, organisation, list(references), list(microcredentials)
    )
    return {
        (row["enrolment_reference"], row["microcredential_id"]): row["award_id"] for row in rows
    }


async def give_up_keys(
    straight: Straight, keys: Sequence[str], *, organisation: str, route: str
) -> None:
    """Give back the keys of requests that were refused: mended, they may be sent again."""
    if keys:
        await straight.connection.execute(_GIVE_UP, organisation, route, keys)


async def note_awards(
    straight: Straight, noted: Mapping[str, str], *, organisation: str, route: str
) -> None:
    """Note at each key which award its request came to, so that a later attempt goes on."""
    await straight.connection.execute(_NOTE, organisation, route, list(noted), list(noted.values()))


async def keep_answers(
    straight: Straight, answers: Sequence[Answered], *, organisation: str, route: str
) -> None:
    """Remember what was answered to each request."""
    await straight.connection.execute(
        _ANSWER,
        organisation,
        route,
        [one.key for one in answers],
        [one.body for one in answers],
        [one.location for one in answers],
    )


async def keep_signatures(
    straight: Straight, signed: Sequence[tuple[UUID, Signatures]], *, now: datetime
) -> None:
    """Keep the signatures over credentials, by the ids of those."""
    await straight.connection.execute(
        _SIGN,
        now,
        [credential_id for credential_id, _made in signed],
        [made.kid for _id, made in signed],
        [made.jwt for _id, made in signed],
        [made.enveloped for _id, made in signed],
    )


async def log_signatures(
    straight: Straight,
    logged: Sequence[tuple[str | None, LoggedSignature]],
    *,
    organisation: str,
    now: datetime,
) -> None:
    """Log what was signed, each with the request that asked for it."""
    await straight.connection.execute(
        _LOG,
        organisation,
        now,
        [request_id for request_id, _one in logged],
        [one.kid for _id, one in logged],
        [one.digest for _id, one in logged],
        [one.purpose.value for _id, one in logged],
        [one.forms.value for _id, one in logged],
        [one.reference for _id, one in logged],
    )
