"""Who may only audit reads every credential, and hands out none."""

import pytest

from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import UTWENTE

pytestmark = pytest.mark.anyio


async def read(issuer: Issuer, path: str, scope: str) -> int:
    return (await issuer.client.get(path, headers=issuer.headers(UTWENTE, scope))).status_code


async def test_an_auditor_reads_a_credential_and_it_is_not_delivered(issuer: Issuer) -> None:
    award_id = (await issuer.award()).json()["awardId"]
    credential = f"/v1/awards/{award_id}/versions/1/credential"
    delivered = "SELECT count(*) FROM delivered"

    for path in ("/v1/awards", f"/v1/awards/{award_id}/versions", credential):
        assert await read(issuer, path, "awards:audit") == 200, path
    assert await issuer.ask(delivered) == [(0,)]

    assert await read(issuer, credential, "awards:read") == 200
    assert await issuer.ask(delivered) == [(1,)]


async def test_an_auditor_may_do_nothing_else(issuer: Issuer) -> None:
    award_id = (await issuer.award()).json()["awardId"]

    for path in (f"/v1/awards/{award_id}", f"/v1/awards/{award_id}/credential"):
        assert await read(issuer, path, "awards:audit") == 403, path
    revoked = await issuer.client.post(
        f"/v1/awards/{award_id}/revocations",
        json={"reason": "fraud"},
        headers=issuer.headers(UTWENTE, "awards:audit") | {"Idempotency-Key": "x" * 20},
    )
    assert revoked.status_code == 403
