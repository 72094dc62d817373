"""The first transaction of a group: what may be granted is made durable, the rest refused."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from services.issuer.credential import digest_of
from services.issuer.domain import (
    AlreadyAwardedError,
    OrganisationNotKnownYetError,
    check_award,
    choose_version,
)
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import (
    Intent,
    NothingToSignWithError,
    award_of,
    identity_context,
    identity_of,
    name_credential,
)
from services.issuer.operations.granting import GRANT_ROUTE
from services.issuer.operations.groups.plans import Draft, Intended, Plan, Request
from services.issuer.operations.payloads import seal_payload
from services.issuer.operations.status_lists import take_places
from services.issuer.repository import batches_intents, groups, groups_intents, intents
from services.issuer.repository.batches_intents import NewLearner
from services.issuer.repository.groups import Asked, GroupGrounds
from services.issuer.repository.groups_intents import GroupIntent
from services.issuer.status import Place
from shared.errors import WaarmerkError
from shared.proofs.sealing import DataKey, seal
from shared.runtime.database import Straight


async def intend_group(
    straight: Straight,
    desk: Desk,
    requests: Sequence[Request],
    *,
    organisation: str,
    now: datetime,
) -> Plan:
    """Make the intents of a group durable, as far as nothing forbids them."""
    return await _Intending(desk, straight, organisation, now).intend(requests)


class _Intending:
    """The first transaction of a group."""

    def __init__(self, desk: Desk, straight: Straight, organisation: str, now: datetime) -> None:
        self._desk = desk
        self._straight = straight
        self._organisation = organisation
        self._now = now

    async def intend(self, requests: Sequence[Request]) -> Plan:
        """Make the intents of a group durable."""
        plan = Plan()
        fresh = await self._claim(requests)
        if not fresh:
            return plan
        grounds = await groups.find_grounds(
            self._straight,
            self._organisation,
            [one.wanted.microcredential_id for one in fresh],
        )
        if grounds is None:
            plan.refused += [(one, OrganisationNotKnownYetError()) for one in fresh]
        elif grounds.key is None or not self._desk.signer.can_use(grounds.key):
            plan.refused += [(one, NothingToSignWithError()) for one in fresh]
        else:
            drafts = await self._decide(fresh, grounds, plan)
            if drafts:
                await self._keep(drafts, grounds, plan)
        refused = [request.asking.key for request, _error in plan.refused]
        await groups.give_up_keys(
            self._straight, refused, organisation=self._organisation, route=GRANT_ROUTE
        )
        return plan

    async def _claim(self, requests: Sequence[Request]) -> list[Request]:
        """Claim the keys that are new here, each once, and with it each enrolment once."""
        first: dict[str, Request] = {}
        enrolments: set[tuple[str, UUID]] = set()
        for one in requests:
            if one.asking.key not in first and one.enrolment not in enrolments:
                first[one.asking.key] = one
                enrolments.add(one.enrolment)
        claimed = await groups.claim_keys(
            self._straight,
            [Asked(key, self._desk.blind(one.asking.fingerprint)) for key, one in first.items()],
            organisation=self._organisation,
            route=GRANT_ROUTE,
            until=self._now + self._desk.lease,
            now=self._now,
        )
        return [one for key, one in first.items() if key in claimed]

    async def _decide(
        self, requests: Sequence[Request], grounds: GroupGrounds, plan: Plan
    ) -> list[Draft]:
        """Decide about each request by itself."""
        earlier = await groups.list_earlier(
            self._straight, self._organisation, [one.enrolment for one in requests]
        )
        drafts = []
        for one in requests:
            wanted = one.wanted
            try:
                if one.enrolment in earlier:
                    raise AlreadyAwardedError(earlier[one.enrolment])
                chosen = choose_version(
                    grounds.known.get(wanted.microcredential_id, ()),
                    organisation=self._organisation,
                    version=wanted.microcredential_version,
                )
                check_award(wanted, organisation=grounds.organisation, now=self._now)
                if chosen.on_behalf_of and chosen.on_behalf_of not in grounds.mandators:
                    raise OrganisationNotKnownYetError
                pseudonym = self._desk.pseudonym_of(wanted.learner.identifier)
            except WaarmerkError as error:
                plan.refused.append((one, error))
            else:
                drafts.append(Draft(one, chosen, pseudonym))
        return drafts

    async def _keep(self, drafts: Sequence[Draft], grounds: GroupGrounds, plan: Plan) -> None:
        """Keep learners and intents, and note at each key how far its request came."""
        keys = await self._keep_learners(drafts)
        places = await take_places(
            self._straight, self._desk.signer, organisation=self._organisation, count=len(drafts)
        )
        rows: list[GroupIntent] = []
        made: list[Intended] = []
        for draft, place in zip(drafts, places, strict=True):
            learner_id, key = keys[draft.pseudonym]
            try:
                intent = self._draft(draft, grounds, place)
            except WaarmerkError as error:
                plan.refused.append((draft.request, error))
                continue
            made.append(Intended(draft.request, intent))
            rows.append(_row(draft, intent, learner_id=learner_id, key=key, place=place))
        added = await groups_intents.add_intents(
            self._straight, rows, organisation=self._organisation, now=self._now
        )
        for one in made:
            if one.award_id in added:
                plan.intended.append(one)
            else:
                plan.refused.append((one.request, await self._in_the_way(one.request)))
        await groups.note_awards(
            self._straight,
            {one.request.asking.key: one.award_id for one in plan.intended},
            organisation=self._organisation,
            route=GRANT_ROUTE,
        )

    async def _keep_learners(self, drafts: Sequence[Draft]) -> dict[str, tuple[str, DataKey]]:
        new: dict[str, NewLearner] = {}
        keys: dict[str, DataKey] = {}
        for draft in drafts:
            learner = draft.pseudonym
            if learner in new:
                continue
            keys[learner], wrapped = self._desk.new_learner_key(
                organisation=self._organisation, learner=learner
            )
            identity = identity_of(draft.request.wanted.learner)
            new[learner] = NewLearner(
                learner_id=str(uuid4()),
                pseudonym=learner,
                wrapped_key=wrapped,
                sealed_identity=seal(
                    identity, key=keys[learner], context=identity_context(learner)
                ),
            )
        known = await batches_intents.keep_learners(
            self._straight, list(new.values()), organisation=self._organisation
        )
        return {
            learner: (
                kept.learner_id,
                keys[learner]
                if kept.learner_id == new[learner].learner_id
                else self._desk.learner_key(
                    kept.wrapped_key, organisation=self._organisation, learner=learner
                ),
            )
            for learner, kept in known.items()
        }

    def _draft(self, draft: Draft, grounds: GroupGrounds, place: Place) -> Intent:
        wanted, chosen, credential_id = draft.request.wanted, draft.chosen, uuid4()
        if grounds.key is None:
            raise NothingToSignWithError
        payload = self._desk.templates.fill(
            wanted,
            naming=name_credential(credential_id, chosen, signer=self._desk.signer),
            organisation=grounds.organisation,
            microcredential=chosen,
            place=place,
            now=self._now,
            mandator=grounds.mandators.get(chosen.on_behalf_of or ""),
        )
        award = award_of(
            wanted,
            chosen,
            award_id=uuid4(),
            credential_id=credential_id,
            learner=draft.pseudonym,
            digest=digest_of(payload),
            now=self._now,
        )
        return Intent(award=award, payload=payload, key=grounds.key)

    async def _in_the_way(self, request: Request) -> AlreadyAwardedError:
        return AlreadyAwardedError(
            await intents.get_award_of_enrolment(
                self._straight,
                organisation=self._organisation,
                enrolment_reference=request.wanted.enrolment_reference,
                microcredential_id=request.wanted.microcredential_id,
            )
        )


def _row(
    draft: Draft, intent: Intent, *, learner_id: str, key: DataKey, place: Place
) -> GroupIntent:
    award, wanted = intent.award, draft.request.wanted
    return GroupIntent(
        award_id=str(award.award_id),
        enrolment_reference=wanted.enrolment_reference,
        microcredential_id=str(wanted.microcredential_id),
        learner_id=learner_id,
        decision=award.model_dump_json(exclude_none=True),
        valid_until=award.valid_until,
        credential_id=str(award.credential_id),
        list_id=place.list_id,
        status_index=place.index,
        sealed_payload=seal_payload(intent.payload, key=key, credential_id=award.credential_id),
    )
