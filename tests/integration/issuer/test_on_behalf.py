"""An award on behalf of another organisation: one signs, and both are named."""

from uuid import uuid4

import pytest

from shared.contracts.credential import AchievementCredential
from shared.proofs import vc_jwt
from tests.integration.issuer.conftest import Issuer, published, recorded
from tests.support.issuing import UTWENTE, a_microcredential, a_provider, an_award_request

pytestmark = pytest.mark.anyio
MANDATOR = "00000099000000770000"


async def test_what_is_awarded_on_behalf_of_another_names_both(issuer: Issuer) -> None:
    mandated = a_microcredential(microcredential_id=uuid4(), on_behalf_of=MANDATOR)
    await issuer.hear(published(mandated))
    request = an_award_request(microcredentialId=str(mandated.microcredential_id))

    too_early = await issuer.award(request, key="mandated")
    await issuer.hear(recorded(a_provider(MANDATOR)))
    award = (await issuer.award(request, key="mandated")).json()

    assert (too_early.status_code, too_early.json()["code"]) == (409, "organisation-not-known-yet")
    token = (await issuer.read(f"/v1/awards/{award['awardId']}/credential")).text
    credential = AchievementCredential.model_validate_json(vc_jwt.read(token)[0].payload)
    assert credential.issuer.id.endswith(UTWENTE)
    creator = credential.credential_subject.achievement.creator
    assert creator is not None
    assert creator.id.endswith(MANDATOR)
