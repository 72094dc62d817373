"""Every signature is in a log that only grows, and what is in no other place is found there."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.issuer.domain.keys import KeyLostError
from services.issuer.domain.signatures import LoggedSignature
from services.issuer.repository import signatures
from shared.contracts.identifiers import did_web
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer
from tests.integration.issuer.keys_at_work import award, found, lose, present_key
from tests.support.issuing import NHL, UTWENTE

pytestmark = pytest.mark.anyio
DID = did_web(PUBLIC_URL, UTWENTE)


async def test_a_signature_that_belongs_to_nothing_is_found(issuer: Issuer) -> None:
    key = await present_key(issuer)
    await award(issuer)
    assert await found(issuer, key.kid) == ()

    async with issuer.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO signature (organisation, kid, digest, purpose, forms, reference,"
                " signed_at) SELECT organisation, kid, repeat('f', 64), purpose, forms, reference,"
                " signed_at FROM signature WHERE kid = :kid"
            ),
            {"kid": key.kid},
        )

    assert set(await found(issuer, key.kid)) == {"f" * 64}


async def test_every_signature_is_logged_by_its_digest_with_its_request(issuer: Issuer) -> None:
    award_id = await award(issuer)
    [(digest, reference)] = await issuer.ask(
        "SELECT CAST(award.decision AS jsonb) ->> 'credentialDigest', credential_id FROM award"
        f" JOIN credential USING (award_id) WHERE award_id = '{award_id}'"
    )

    assert await issuer.ask(
        "SELECT kid, digest, forms, reference, request_id IS NOT NULL FROM signature"
        " WHERE purpose = 'credential'"
    ) == [((await present_key(issuer)).kid, digest, "jwt vc+jwt", str(reference), True)]
    assert await issuer.ask("SELECT DISTINCT forms FROM signature WHERE purpose = 'status-list'")


@pytest.mark.parametrize(
    "change", ["UPDATE signature SET kid = kid", "DELETE FROM signature", "TRUNCATE signature"]
)
async def test_the_log_of_signatures_only_grows(issuer: Issuer, change: str) -> None:
    await award(issuer)
    with pytest.raises(DBAPIError, match="only grows"):
        async with issuer.database.transaction() as session:
            await session.execute(text(change))


@pytest.mark.parametrize("kid", ["lost", "of another", "nobody's"])
async def test_no_signature_of_an_unfit_key_is_kept(issuer: Issuer, kid: str) -> None:
    own, other = await present_key(issuer), await present_key(issuer, NHL)
    await lose(issuer, own.kid)
    logged = LoggedSignature.of_credential(
        uuid4(),
        kid={"lost": own.kid, "of another": other.kid, "nobody's": f"{DID}#x"}[kid],
        digest="0" * 64,
    )

    with pytest.raises(KeyLostError), signatures.refuse_lost_key():
        async with issuer.database.transaction() as session:
            await signatures.log_signatures(
                session, [logged], organisation=UTWENTE, now=issuer.clock.now
            )
