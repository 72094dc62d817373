"""The second transaction of a group: signatures, their log, events, answers."""

from collections.abc import Sequence
from datetime import datetime

from services.issuer.domain import Signatures
from services.issuer.domain.signatures import LoggedSignature
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import GRANT_ROUTE, answer_of
from services.issuer.operations.groups.plans import Intended
from services.issuer.repository import groups, groups_intents, signatures
from services.issuer.repository.groups import Answered
from shared.contracts.events import AwardGranted
from shared.runtime.database import Straight
from shared.runtime.idempotency import StoredAnswer
from shared.runtime.outbox import announce_all


async def settle_group(
    straight: Straight,
    desk: Desk,
    signed: Sequence[tuple[Intended, Signatures]],
    *,
    now: datetime,
) -> dict[str, StoredAnswer]:
    """Make awards of signed intents; return the answer of each award that nobody made before."""
    organisation = signed[0][0].intent.award.organisation
    granted = await groups_intents.grant_intents(
        straight, sorted(one.award_id for one, _ in signed)
    )
    ours = [(one, signature) for one, signature in signed if one.award_id in granted]
    if not ours:
        return {}
    await groups.keep_signatures(
        straight,
        [(one.intent.award.credential_id, signature) for one, signature in ours],
        now=now,
    )
    with signatures.refuse_lost_key():
        await groups.log_signatures(
            straight,
            [(one.request.request_id, _logged(one, signature)) for one, signature in ours],
            organisation=organisation,
            now=now,
        )
    awards = [one.intent.award for one, _signature in ours]
    events = [AwardGranted(record_version=1, award_id=one.award_id, award=one) for one in awards]
    await announce_all(straight, events, now=now)
    answers = {str(one.award_id): answer_of(one, public_url=desk.public_url) for one in awards}
    kept = [_answered(one, answers[one.award_id]) for one, _signature in ours]
    await groups.keep_answers(straight, kept, organisation=organisation, route=GRANT_ROUTE)
    return answers


def _answered(one: Intended, answer: StoredAnswer) -> Answered:
    return Answered(one.request.asking.key, answer.body or b"", answer.headers["Location"])


def _logged(one: Intended, signature: Signatures) -> LoggedSignature:
    award = one.intent.award
    return LoggedSignature.of_credential(
        award.credential_id, kid=signature.kid, digest=award.credential_digest
    )
