"""edubadges' direct awards: a bundle of learners for one badge class, each awarded once.

A learner is known here by the e-mail address of the call. An eppn is an institution's account
name: it is given out anew and differs per institution, so no learner is named by it; it only spares
the names, which its account has, and comes back with a failure.
"""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import (
    AlreadyAwardedError,
    Learner,
    MicrocredentialNotKnownYetError,
    WantedAward,
    today,
)
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.operations.sandbox import grant_award
from services.issuer.repository import triggers_badges
from services.issuer.repository.triggers_badges import BadgeClass
from services.issuer.schemas.direct_awards import (
    BundleAnswer,
    BundleBody,
    DirectAwardBody,
    UnsuccessfulDirectAward,
)
from shared.errors import NotFoundError, Remedy, RuleError, WaarmerkError
from shared.runtime.database import act_for
from shared.runtime.idempotency import StillRunningError
from shared.runtime.language import Language
from shared.strict_json import load_object

LEASE: Final = timedelta(seconds=60)
_ID_LENGTH: Final = 22


class BadgeClassNotFoundError(NotFoundError):
    """Your organisation has not said which microcredential this badge class is here."""

    code: ClassVar[str] = "badge-class-not-found"
    dutch: ClassVar[str] = (
        "Uw organisatie heeft niet gezegd welke microcredential deze badge class hier is."
    )
    remedy: ClassVar[Remedy | None] = (
        "Say which it is: PUT /v1/badge-classes/{entityId} with its microcredentialId.",
        "Geef aan welke het is: PUT /v1/badge-classes/{entityId} met de microcredentialId.",
    )


class NothingAwardedError(RuleError):
    """Nothing was awarded to anybody in this bundle."""

    code: ClassVar[str] = "no-direct-award"
    dutch: ClassVar[str] = "Aan niemand in deze bundel is iets toegekend."


class NameMissingError(RuleError):
    """Without an eppn, first_name and surname are needed."""

    code: ClassVar[str] = "direct-award-name"
    dutch: ClassVar[str] = "Zonder eppn zijn first_name en surname nodig."


class EppnMissingError(RuleError):
    """With identifier_type eppn, an eppn such as s1234567@example.nl is needed."""

    code: ClassVar[str] = "direct-award-eppn"
    dutch: ClassVar[str] = "Bij identifier_type eppn is een eppn nodig, zoals s1234567@example.nl."


async def put_badge_class(
    session: AsyncSession,
    entity_id: str,
    microcredential_id: UUID,
    *,
    organisation: str,
    now: datetime,
) -> bool:
    """Say which microcredential a badge class is here; return whether that was new."""
    await act_for(session, organisation)
    if not await triggers_badges.is_known(session, organisation, microcredential_id):
        raise MicrocredentialNotKnownYetError
    return await triggers_badges.keep_badge_class(
        session, organisation, entity_id, microcredential_id, now
    )


async def read_badge_class(
    session: AsyncSession, entity_id: str, *, organisation: str
) -> BadgeClass:
    """Return which microcredential a badge class is: as was said here, or as it was imported."""
    await act_for(session, organisation)
    found = await triggers_badges.find_told(session, organisation, entity_id)
    found = found or await triggers_badges.find_imported(session, organisation, entity_id)
    if found is None:
        raise BadgeClassNotFoundError
    return found


async def award_bundle(
    desk: Desk,
    bundle: BundleBody,
    *,
    asking: Asking,
    language: Language,
    now: datetime,
) -> BundleAnswer:
    """Award a bundle, learner by learner; a repeated one tries again only who failed."""
    organisation = asking.organisation
    entity_id = _name(desk.blind(b"direct-award-bundle|" + asking.fingerprint))
    async with desk.database.transaction() as session:
        found = await read_badge_class(session, bundle.badgeclass, organisation=organisation)
        earlier = await triggers_badges.take_bundle(
            session,
            organisation,
            entity_id,
            bundle.badgeclass,
            taken_until=now + LEASE,
            now=now,
        )
    if earlier is None:
        raise StillRunningError(retry_after=1)
    before = earlier or [None] * len(bundle.direct_awards)
    awarded: list[UUID | None] = [*before]
    failed = []
    try:
        for index, one in enumerate(bundle.direct_awards):
            if before[index] is not None:
                continue
            key = f"directaward:{entity_id}:{index}"
            try:
                awarded[index] = await _award(
                    desk, found, bundle, one, asking=_asking(desk, organisation, key), now=now
                )
            except WaarmerkError as error:
                failed.append(_failure(error, bundle, one, language))
    finally:
        async with desk.database.transaction() as session:
            await act_for(session, organisation)
            await triggers_badges.let_bundle_go(session, organisation, entity_id, awarded)
    if not any(awarded):
        raise NothingAwardedError(
            "Nothing was awarded: " + "; ".join(one.error for one in failed[:3]),
            "Er is niets toegekend: " + "; ".join(one.error for one in failed[:3]),
        )
    return BundleAnswer(
        entity_id=entity_id,
        badgeclass=bundle.badgeclass,
        un_successful_direct_award=tuple(failed) or None,
    )


async def _award(
    desk: Desk,
    found: BadgeClass,
    bundle: BundleBody,
    one: DirectAwardBody,
    *,
    asking: Asking,
    now: datetime,
) -> UUID:
    learner = _learner(bundle, one)
    named = f"{found.microcredential_id}|{desk.pseudonym_of(learner.identifier)}"
    reference = f"edubadges-{_name(desk.blind(b'direct-award|' + named.encode()))}"
    wanted = WantedAward(
        microcredential_id=found.microcredential_id,
        enrolment_reference=reference,
        awarded_on=today(now),
        learner=learner,
        grade=one.grade_achieved or None,
    )
    answer = await grant_award(desk, wanted, asking=asking, now=now)
    return UUID(str(load_object(answer.body or b"{}")["awardId"]))


def _learner(bundle: BundleBody, one: DirectAwardBody) -> Learner:
    if bundle.identifier_type == "eppn":
        scope = (one.eppn or "").rpartition("@")
        if not (scope[0] and scope[2]):
            raise EppnMissingError
    elif not (one.first_name and one.surname):
        raise NameMissingError
    return Learner(
        email=one.recipient_email.lower(),
        given_name=one.first_name or None,
        family_name=one.surname or None,
    )


def _failure(
    error: WaarmerkError, bundle: BundleBody, one: DirectAwardBody, language: Language
) -> UnsuccessfulDirectAward:
    """Say why nothing was awarded: every reason there is, in one sentence after another."""
    is_dutch = language is Language.NL
    told = [error.detail_in_dutch if is_dutch else error.detail]
    if isinstance(error, RuleError) and error.faults:
        told = [(each.dutch if is_dutch else "") or each.detail for each in error.faults]
    if isinstance(error, AlreadyAwardedError):
        told = [AlreadyAwardedError.dutch if is_dutch else AlreadyAwardedError.sentence()]
    eppn = (one.eppn or "").lower() or None if bundle.identifier_type == "eppn" else None
    return UnsuccessfulDirectAward(
        error=" ".join(told), eppn=eppn, email=one.recipient_email.lower()
    )


def _asking(desk: Desk, organisation: str, key: str) -> Asking:
    return Asking(organisation=organisation, key=key, fingerprint=desk.blind(to_json(key)))


def _name(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode()[:_ID_LENGTH]
