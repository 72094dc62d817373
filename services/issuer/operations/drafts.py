"""From a wish to an intent: decide, take a place, write down what will be signed, keep it sealed.

Separate from granting, because here nothing is signed yet and everything may still be refused.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from pydantic_core import to_json

from services.issuer import status
from services.issuer.credential import Naming, digest_of
from services.issuer.domain import (
    AlreadyAwardedError,
    Learner,
    MicrocredentialIncompleteError,
    OrganisationNotKnownYetError,
    SealedKey,
    WantedAward,
    check_award,
    choose_version,
)
from services.issuer.domain.keys import KeyLostError
from services.issuer.operations.desk import Desk
from services.issuer.operations.payloads import seal_payload
from services.issuer.repository import catalogue, intents, issuers
from services.issuer.repository.intents import Grounds, NewIntent, SealedLearner
from services.issuer.signing import Signer
from services.issuer.status import ListFullError
from shared.contracts.award import Award
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.errors import UnavailableError
from shared.proofs.identity import new_salt
from shared.proofs.sealing import DataKey, seal
from shared.runtime.database import Straight
from shared.runtime.idempotency import Claim, StoredAnswer


class NothingToSignWithError(UnavailableError):
    """Your organisation has no signing key at present; nothing was awarded."""

    code = "no-signing-key"
    dutch = "Uw organisatie heeft nu geen sleutel om mee te ondertekenen; er is niets toegekend."


async def sign_with_living_key(
    desk: Desk,
    key: SealedKey,
    *,
    organisation: str,
    sign: Callable[[SealedKey], Awaitable[StoredAnswer]],
) -> StoredAnswer:
    """Sign with a key, or with the one that came in its place when it was lost meanwhile."""
    try:
        return await sign(key)
    except KeyLostError:
        async with desk.database.transaction() as session:
            living = await issuers.find_key(session, organisation)
    if living is None:
        raise NothingToSignWithError
    return await sign(living)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What was made durable, and is to be signed."""

    award: Award
    payload: bytes = field(repr=False)
    key: SealedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptLearner:
    learner_id: UUID
    pseudonym: str
    data_key: DataKey


async def draft_award(
    straight: Straight, desk: Desk, wanted: WantedAward, *, claim: Claim, now: datetime
) -> Intent:
    """Keep the intent of an award, with everything its signature will be made of."""
    organisation = claim.organisation
    grounds, chosen = await _decide(straight, wanted, organisation=organisation, now=now)
    if grounds.key is None or grounds.opened is None or not desk.signer.can_use(grounds.key):
        raise NothingToSignWithError
    learner, position = await _keep_learner(
        straight, desk, wanted.learner, organisation=organisation, list_id=grounds.opened.list_id
    )
    if status.is_full(position):
        raise ListFullError(grounds.opened.list_id)
    place = status.take_place(
        grounds.opened, key=desk.signer.list_key(grounds.opened), position=position
    )
    credential_id = uuid4()
    payload = desk.templates.fill(
        wanted,
        naming=name_credential(credential_id, chosen, signer=desk.signer),
        organisation=grounds.organisation,
        microcredential=chosen,
        place=place,
        now=now,
        mandator=await find_mandator(straight, chosen),
    )
    new = NewIntent(
        award=award_of(
            wanted,
            chosen,
            award_id=uuid4(),
            credential_id=credential_id,
            learner=learner.pseudonym,
            digest=digest_of(payload),
            now=now,
        ),
        enrolment_reference=wanted.enrolment_reference,
        learner_id=learner.learner_id,
        place=place,
        sealed_payload=seal_payload(payload, key=learner.data_key, credential_id=credential_id),
        now=now,
    )
    await _keep(straight, new, claim=claim)
    return Intent(award=new.award, payload=payload, key=grounds.key)


def identity_context(learner: str) -> bytes:
    """Return what the identity of this learner is sealed to."""
    return f"identity|{learner}".encode()


def note_context(award_id: UUID) -> bytes:
    """Return what the private notes at this award's changes are sealed to."""
    return f"note|{award_id}".encode()


def name_credential(
    credential_id: UUID, chosen: Microcredential, *, signer: Signer, subject_id: UUID | None = None
) -> Naming:
    """Name a subject that nobody can join with another award of the same person."""
    mandator = chosen.on_behalf_of
    return Naming(
        credential_id=credential_id,
        subject_id=subject_id or uuid4(),
        issuer=signer.issuer_of(chosen.provider),
        salt=new_salt(),
        mandator=mandator and signer.issuer_of(mandator),
        pictures=f"{signer.public_url}/pictures",
    )


async def find_mandator(straight: Straight, chosen: Microcredential) -> Organisation | None:
    """Return on whose behalf this is awarded; only such an award costs the question."""
    if chosen.on_behalf_of is None:
        return None
    mandator = await catalogue.find_organisation(straight, chosen.on_behalf_of)
    if mandator is None:
        raise OrganisationNotKnownYetError
    return mandator


async def _decide(
    straight: Straight, wanted: WantedAward, *, organisation: str, now: datetime
) -> tuple[Grounds, Microcredential]:
    grounds = await intents.find_grounds(
        straight,
        organisation=organisation,
        microcredential_id=wanted.microcredential_id,
        enrolment_reference=wanted.enrolment_reference,
    )
    if grounds is None:
        raise OrganisationNotKnownYetError
    if grounds.earlier is not None:
        raise AlreadyAwardedError(grounds.earlier)
    chosen = choose_version(
        grounds.known, organisation=organisation, version=wanted.microcredential_version
    )
    check_award(wanted, organisation=grounds.organisation, now=now)
    return grounds, chosen


async def _keep_learner(
    straight: Straight, desk: Desk, learner: Learner, *, organisation: str, list_id: int
) -> tuple[_KeptLearner, int]:
    """Keep the learner unless known here, and take the next position of the list with it."""
    pseudonym = desk.pseudonym_of(learner.identifier)
    data_key, wrapped = desk.new_learner_key(organisation=organisation, learner=pseudonym)
    new = SealedLearner(
        learner_id=uuid4(),
        pseudonym=pseudonym,
        wrapped_key=wrapped,
        sealed_identity=seal(
            identity_of(learner), key=data_key, context=identity_context(pseudonym)
        ),
    )
    learner_id, in_force, position = await intents.keep_learner(
        straight, new, organisation=organisation, list_id=list_id
    )
    if learner_id != new.learner_id:
        data_key = desk.learner_key(in_force, organisation=organisation, learner=pseudonym)
    return _KeptLearner(learner_id=learner_id, pseudonym=pseudonym, data_key=data_key), position


def identity_of(learner: Learner) -> bytes:
    """Return a learner as they are kept under seal."""
    members = {
        "eduId": learner.edu_id,
        "email": learner.email,
        "givenName": learner.given_name,
        "familyName": learner.family_name,
    }
    return to_json({name: text for name, text in members.items() if text})


def award_of(
    wanted: WantedAward,
    chosen: Microcredential,
    *,
    award_id: UUID,
    credential_id: UUID,
    learner: str,
    digest: str,
    now: datetime,
) -> Award:
    """Return the decision as everybody hears of it."""
    load, level = chosen.content.study_load, chosen.content.level
    if load is None or level is None:
        raise MicrocredentialIncompleteError
    return Award(
        award_id=award_id,
        organisation=chosen.provider,
        microcredential_id=chosen.microcredential_id,
        microcredential_version=chosen.version,
        learner=learner,
        study_load=load,
        level=level,
        awarded_on=wanted.awarded_on,
        valid_from=now.replace(microsecond=0),
        valid_until=wanted.valid_until and wanted.valid_until.replace(microsecond=0),
        credential_id=credential_id,
        credential_digest=digest,
        recorded_at=now,
    )


async def _keep(straight: Straight, new: NewIntent, *, claim: Claim) -> None:
    if await intents.add_intent(straight, new, claim=claim):
        return
    award = new.award
    raise AlreadyAwardedError(
        await intents.get_award_of_enrolment(
            straight,
            organisation=award.organisation,
            enrolment_reference=new.enrolment_reference,
            microcredential_id=award.microcredential_id,
        )
    )
