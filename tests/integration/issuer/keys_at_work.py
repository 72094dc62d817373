"""What tests about keys that are lost, and about what they signed, have in common."""

from typing import Any

from services.issuer.domain import SealedKey
from services.issuer.domain.keys import CompromiseReason
from services.issuer.operations import keys
from services.issuer.operations.keys import Loss
from services.issuer.repository import issuers
from shared.proofs import vc_jwt
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import UTWENTE, an_award_request


async def present_key(issuer: Issuer, organisation: str = UTWENTE) -> SealedKey:
    async with issuer.database.transaction() as session:
        key = await issuers.find_key(session, organisation)
    assert key is not None
    return key


async def lose(issuer: Issuer, kid: str) -> keys.Replaced:
    loss = Loss(kid=kid, reason=CompromiseReason.STOLEN, since=issuer.clock.now)
    async with issuer.database.transaction() as session:
        return await keys.compromise_key(session, issuer.desk, loss, now=issuer.clock.now)


async def award(issuer: Issuer, **changes: object) -> str:
    answer = await issuer.award(an_award_request(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["awardId"])


async def signed(issuer: Issuer, award_id: str) -> tuple[str, dict[str, Any]]:
    """Return with which key an award's present credential is signed, and what it says."""
    read, claims = vc_jwt.read((await issuer.read(f"/v1/awards/{award_id}/credential")).text)
    return str(read.header["kid"]), dict(claims)


async def found(issuer: Issuer, kid: str) -> tuple[str, ...]:
    told = await keys.compare_signatures(issuer.desk, kid)
    return (*told.without_credential, *told.without_list, *told.unlogged)
