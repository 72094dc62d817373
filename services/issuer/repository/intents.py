"""The way of a single award: what it is decided on, its intent, and its becoming an award.

Separate from the other questions about awards, because here each is one round trip, written out in
SQL and put to asyncpg: this is where an organisation waits.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.issuer.domain import SealedKey, Signatures
from services.issuer.domain.signatures import LoggedSignature
from services.issuer.repository.catalogue import read_microcredential, read_organisation
from services.issuer.status import OpenList, Place
from shared.contracts.award import Award
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.runtime.database import Straight
from shared.runtime.idempotency import Claim, StoredAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an award is decided on: who awards what, with which key, and from which list."""

    organisation: Organisation
    known: tuple[Microcredential, ...]
    earlier: UUID | None
    key: SealedKey | None
    opened: OpenList | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLearner:
    """A learner as one organisation knows them: a pseudonym, and what is sealed."""

    learner_id: UUID
    pseudonym: str
    wrapped_key: bytes = field(repr=False)
    sealed_identity: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """Everything that is durable before anything is signed."""

    award: Award
    enrolment_reference: str
    learner_id: UUID
    place: Place
    sealed_payload: bytes = field(repr=False)
    now: datetime


_GROUNDS = """
    SELECT o.record AS organisation,
           k.kid, k.wrapped_key AS key_wrapped, k.sealed_private,
           l.list_id, l.url, l.wrapped_key AS list_wrapped, l.sealed_key,
           ARRAY(
               SELECT m.record FROM microcredential m
               WHERE m.microcredential_id = $2 AND m.provider = o.oin
           ) AS known,
           (
               SELECT a.award_id FROM award a
               WHERE a.organisation = o.oin AND a.enrolment_reference = $3
               AND a.microcredential_id = $2 AND a.state NOT IN ('voided', 'erased')
               AND NOT a.is_recalled
           ) AS earlier
    FROM organisation o
    LEFT JOIN signing_key k
        ON k.organisation = o.oin AND k.algorithm = 'ES256' AND k.state = 'current'
    LEFT JOIN LATERAL (
        SELECT list_id, url, wrapped_key, sealed_key FROM status_list
        WHERE organisation = o.oin AND is_open ORDER BY random() LIMIT 1
    ) l ON true
    WHERE o.oin = $1
    """


async def find_grounds(
    straight: Straight, *, organisation: str, microcredential_id: UUID, enrolment_reference: str
) -> Grounds | None:
    """Return what to decide an award on, or None when we never heard of the organisation."""
    row = await straight.ask(
        _GROUNDS,
        organisation,
        microcredential_id,
        enrolment_reference,
    )
    if row is None:
        return None
    return Grounds(
        organisation=read_organisation(row["organisation"]),
        known=tuple(read_microcredential(record) for record in row["known"]),
        earlier=row["earlier"],
        key=row["kid"]
        and SealedKey(
            kid=row["kid"],
            organisation=organisation,
            wrapped_key=row["key_wrapped"],
            sealed_private=row["sealed_private"],
        ),
        opened=row["url"]
        and OpenList(
            list_id=row["list_id"],
            url=row["url"],
            wrapped_key=row["list_wrapped"],
            sealed_key=row["sealed_key"],
        ),
    )


_TAKE_POSITION = """
    WITH kept AS (
        INSERT INTO learner (learner_id, organisation, pseudonym, wrapped_key, sealed_identity)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organisation, pseudonym) DO UPDATE SET pseudonym = excluded.pseudonym
        RETURNING learner_id, wrapped_key
    )
    SELECT learner_id, wrapped_key,
           nextval(CAST('status_position_' || CAST($6 AS bigint) AS regclass)) AS position
    FROM kept
    """


async def keep_learner(
    straight: Straight, learner: SealedLearner, *, organisation: str, list_id: int
) -> tuple[UUID, bytes, int]:
    """Keep a learner unless known; return the id and wrapped key in force, and a list position."""
    found = await straight.ask(
        _TAKE_POSITION,
        learner.learner_id,
        organisation,
        learner.pseudonym,
        learner.wrapped_key,
        learner.sealed_identity,
        list_id,
    )
    return found["learner_id"], found["wrapped_key"], found["position"]


_ADD_INTENT = """
    WITH intended AS (
        INSERT INTO award (
            award_id, organisation, enrolment_reference, microcredential_id, learner_id, state,
            record_version, decision, valid_until, intended_at
        )
        VALUES (
            $1, $2, $3, $4, $5,
            'intended', 0, $6, $14, $9
        )
        ON CONFLICT (organisation, enrolment_reference, microcredential_id)
            WHERE state NOT IN ('voided', 'erased') AND NOT is_recalled DO NOTHING
        RETURNING award_id, organisation
    ), noted AS (
        UPDATE idempotency SET resource = CAST(award_id AS text) FROM intended
        WHERE idempotency.organisation = intended.organisation
        AND idempotency.route = $12 AND idempotency.key = $13
    )
    INSERT INTO credential (
        credential_id, award_id, version, organisation, list_id, status_index, sealed_payload
    )
    SELECT $10, award_id, 1, organisation, $7, $8, $11 FROM intended
    RETURNING award_id
    """


async def add_intent(straight: Straight, intent: NewIntent, *, claim: Claim) -> bool:
    """Keep what will be signed, and note it at the claim; False when there is an award already.

    One statement does what `idempotency.keep_resource` would do in a second one.
    """
    award = intent.award
    added = await straight.ask(
        _ADD_INTENT,
        award.award_id,
        award.organisation,
        intent.enrolment_reference,
        award.microcredential_id,
        intent.learner_id,
        award.model_dump_json(exclude_none=True),
        intent.place.list_id,
        intent.place.index,
        intent.now,
        award.credential_id,
        intent.sealed_payload,
        claim.route,
        claim.key,
        award.valid_until,
    )
    return added is not None


_IN_THE_WAY = """
    SELECT award_id FROM award
    WHERE organisation = $1 AND enrolment_reference = $2 AND microcredential_id = $3
    AND state NOT IN ('voided', 'erased') AND NOT is_recalled
    """


async def get_award_of_enrolment(
    straight: Straight, *, organisation: str, enrolment_reference: str, microcredential_id: UUID
) -> UUID:
    """Return the award that is in the way of another one."""
    found = await straight.ask(_IN_THE_WAY, organisation, enrolment_reference, microcredential_id)
    award_id: UUID = found["award_id"]
    return award_id


_KEEP_SIGNATURES = """
    WITH granted AS (
        UPDATE award SET state = 'granted', record_version = 1
        WHERE award_id = $1 AND state = 'intended'
        RETURNING award_id, organisation
    ), signed AS (
        UPDATE credential
        SET kid = $2, jwt_signature = $3, enveloped_signature = $4, signed_at = $10
        FROM granted WHERE credential.award_id = granted.award_id
    ), answered AS (
        UPDATE idempotency SET state = 'done', lease_until = NULL, status = $5,
            body = $6, headers = jsonb_build_object('Location', CAST($7 AS text))
        FROM granted WHERE idempotency.organisation = granted.organisation
        AND idempotency.route = $8 AND idempotency.key = $9
    ), logged AS (
        INSERT INTO signature (
            organisation, kid, digest, purpose, forms, reference, request_id, signed_at
        )
        SELECT organisation, $2, $11, $12, $13, $14, $15, $10 FROM granted
    )
    SELECT award_id FROM granted
    """


async def grant_intent(
    straight: Straight,
    award: Award,
    signatures: Signatures,
    *,
    claim: Claim | None,
    answer: StoredAnswer,
    request_id: str | None,
    now: datetime,
) -> bool:
    """Make an award of an intent, log its signature, keep the answer; False when somebody did so.

    One statement does what `signatures.log_signatures` and `idempotency.keep_answer` would do in a
    second and a third one.
    """
    logged = LoggedSignature.of_credential(
        award.credential_id, kid=signatures.kid, digest=award.credential_digest
    )
    granted = await straight.ask(
        _KEEP_SIGNATURES,
        award.award_id,
        signatures.kid,
        signatures.jwt,
        signatures.enveloped,
        answer.status,
        answer.body,
        answer.headers["Location"],
        claim.route if claim else None,
        claim.key if claim else None,
        now,
        logged.digest,
        logged.purpose.value,
        logged.forms.value,
        logged.reference,
        request_id,
    )
    return granted is not None
