"""From a wish to correct to an intent: compare, take a place, write down what will be signed.

Separate from `corrections`, as `drafts` is from `granting`: nothing is signed here, and everything
may still be refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.credential import build_credential, digest_of, payload_of
from services.issuer.credential.reading import about_the_same, read_payload, said_in, subject_of
from services.issuer.domain import (
    Learner,
    OrganisationNotKnownYetError,
    RecordedAward,
    SealedKey,
    WantedAward,
    check_award,
    choose_version,
)
from services.issuer.domain.changes import Change, NothingChangedError, check_change
from services.issuer.domain.corrections import (
    Said,
    WantedCorrection,
    compare,
    corrected,
)
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import (
    NothingToSignWithError,
    award_of,
    find_mandator,
    identity_context,
    identity_of,
    name_credential,
    note_context,
)
from services.issuer.operations.payloads import open_payload, seal_payload
from services.issuer.operations.status_lists import take_places
from services.issuer.repository import awards, corrections, intents
from services.issuer.repository.corrections import CorrectionIntent
from services.issuer.repository.intents import SealedLearner
from services.issuer.status import Place
from shared.contracts.award import Award, Correction
from shared.contracts.credential import AchievementCredential
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import AwardElement
from shared.proofs.sealing import DataKey, seal
from shared.runtime.database import straight_within


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was made durable of a correction, and is to be signed."""

    award: Award
    correction: Correction
    payload: bytes = field(repr=False)
    key: SealedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Present:
    """An award as it is: what its credential says, and whose key seals it."""

    recorded: RecordedAward
    version: int
    credential: AchievementCredential
    said: Said
    data_key: DataKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """How it should read, and what it is decided on."""

    award: WantedAward
    learner: str
    changed: tuple[AwardElement, ...]
    organisation: Organisation
    chosen: Microcredential
    mandator: Organisation | None
    key: SealedKey

    @property
    def is_about_another(self) -> bool:
        """Whether somebody else turns out to have earned it."""
        return AwardElement.LEARNER_IDENTIFIER in self.changed

    @property
    def names_anew(self) -> bool:
        """Whether the learner is to be written down again."""
        return self.is_about_another or AwardElement.LEARNER_NAME in self.changed


async def draft_correction(
    session: AsyncSession, desk: Desk, wanted: WantedCorrection, *, now: datetime
) -> Draft:
    """Keep the intent of a correction, with everything its signature will be made of."""
    present = await _read_present(session, desk, wanted.award_id, now=now)
    wish = await _decide(session, desk, wanted, present, now=now)
    organisation = present.recorded.award.organisation
    [place] = await take_places(
        await straight_within(session), desk.signer, organisation=organisation, count=1
    )
    learner_id, data_key = await _keep_learner(session, desk, wish, present)
    credential_id = uuid4()
    payload = _write(desk, wish, present, place, credential_id=credential_id, now=now)
    award = award_of(
        wish.award,
        wish.chosen,
        award_id=wanted.award_id,
        credential_id=credential_id,
        learner=wish.learner,
        digest=digest_of(payload),
        now=now,
    )
    correction = Correction(
        version=present.version + 1, reason=wanted.reason, changed=wish.changed, corrected_at=now
    )
    context = note_context(wanted.award_id)
    intent = CorrectionIntent(
        award=award,
        correction=correction,
        learner_id=learner_id,
        place=place,
        sealed_payload=seal_payload(payload, key=data_key, credential_id=credential_id),
        sealed_note=(
            seal(wanted.note.encode(), key=data_key, context=context) if wanted.note else None
        ),
    )
    await corrections.add_intent(session, intent, now=now)
    return Draft(award=award, correction=correction, payload=payload, key=wish.key)


async def _read_present(
    session: AsyncSession, desk: Desk, award_id: UUID, *, now: datetime
) -> _Present:
    recorded, version = await corrections.lock_award(session, award_id)
    check_change(recorded, Change.CORRECTED, now=now)
    stored = await awards.get_credential(session, award_id)
    data_key = desk.learner_key(
        stored.wrapped_key, organisation=recorded.award.organisation, learner=stored.learner
    )
    payload = open_payload(stored.sealed_payload, key=data_key, credential_id=stored.credential_id)
    credential = read_payload(payload)
    return _Present(
        recorded=recorded,
        version=version,
        credential=credential,
        said=said_in(recorded.award, credential),
        data_key=data_key,
    )


async def _decide(
    session: AsyncSession,
    desk: Desk,
    wanted: WantedCorrection,
    present: _Present,
    *,
    now: datetime,
) -> _Wish:
    """Compare what is wished with what is said, and judge the difference as a new award is."""
    award = present.recorded.award
    pseudonym = desk.pseudonym_of(wanted.learner.identifier) if wanted.learner else award.learner
    after = corrected(wanted, present.said, learner=pseudonym)
    changed = tuple(one.element for one in compare(present.said, after))
    if not changed and not wanted.is_reissue:
        raise NothingChangedError
    straight = await straight_within(session)
    grounds = await intents.find_grounds(
        straight,
        organisation=award.organisation,
        microcredential_id=award.microcredential_id,
        enrolment_reference="",
    )
    if grounds is None:
        raise OrganisationNotKnownYetError
    wish = WantedAward(
        microcredential_id=award.microcredential_id,
        microcredential_version=after.microcredential_version,
        enrolment_reference="",
        awarded_on=after.awarded_on,
        learner=wanted.learner or Learner(),
        grade=after.grade,
        valid_until=after.valid_until,
    )
    if changed:
        check_award(wish, organisation=grounds.organisation, now=now)
    if grounds.key is None or not desk.signer.can_use(grounds.key):
        raise NothingToSignWithError
    chosen = _choose(grounds.known, present.said, after, organisation=award.organisation)
    return _Wish(
        award=wish,
        learner=after.learner,
        changed=changed,
        organisation=grounds.organisation,
        chosen=chosen,
        mandator=await find_mandator(straight, chosen),
        key=grounds.key,
    )


def _choose(
    known: Sequence[Microcredential], before: Said, after: Said, *, organisation: str
) -> Microcredential:
    """Return the version it points at: another one as for a new award, its own also if archived."""
    version = after.microcredential_version
    if version == before.microcredential_version:
        own = [one for one in known if one.version == version and one.provider == organisation]
        if own:
            return own[0]
    return choose_version(known, organisation=organisation, version=version)


async def _keep_learner(
    session: AsyncSession, desk: Desk, wish: _Wish, present: _Present
) -> tuple[UUID, DataKey]:
    """Return whom it will be about and the key that seals it, and keep how they are called."""
    award, learner = present.recorded.award, wish.award.learner
    context = identity_context(wish.learner)
    if not wish.is_about_another:
        learner_id = await corrections.get_learner_id(session, award.award_id)
        if wish.names_anew:
            identity = seal(identity_of(learner), key=present.data_key, context=context)
            await corrections.keep_identity(session, learner_id, identity)
        return learner_id, present.data_key
    data_key, wrapped = desk.new_learner_key(organisation=award.organisation, learner=wish.learner)
    new = SealedLearner(
        learner_id=uuid4(),
        pseudonym=wish.learner,
        wrapped_key=wrapped,
        sealed_identity=seal(identity_of(learner), key=data_key, context=context),
    )
    learner_id, in_force = await corrections.keep_learner(
        session, new, organisation=award.organisation
    )
    if learner_id != new.learner_id:
        data_key = desk.learner_key(in_force, organisation=award.organisation, learner=wish.learner)
    return learner_id, data_key


def _write(
    desk: Desk,
    wish: _Wish,
    present: _Present,
    place: Place,
    *,
    credential_id: UUID,
    now: datetime,
) -> bytes:
    """Return the bytes to sign; who is not corrected is told in the very words of before."""
    built = build_credential(
        wish.award,
        naming=name_credential(
            credential_id,
            wish.chosen,
            signer=desk.signer,
            subject_id=None if wish.is_about_another else subject_of(present.credential),
        ),
        organisation=wish.organisation,
        microcredential=wish.chosen,
        place=place,
        now=now,
        mandator=wish.mandator,
    )
    return payload_of(built if wish.names_anew else about_the_same(built, present.credential))
