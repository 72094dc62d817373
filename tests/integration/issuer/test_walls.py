"""Three walls between organisations, and none of a learner outside the seal."""

import logging
from typing import Final
from uuid import UUID, uuid4

import pytest
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.issuer.domain import AwardNotFoundError, SealedKey
from services.issuer.operations import records
from services.issuer.operations.desk import Desk
from services.issuer.repository import awards
from services.issuer.signing import SigningRefusedError
from shared.proofs.sealing import SealBrokenError
from shared.runtime import migrations
from shared.runtime.database import act_for
from shared.runtime.idempotency import fingerprint
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import (
    CANARY_EDU_ID,
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    CANARY_GIVEN_NAME,
    NHL,
    UTWENTE,
    an_award_request,
)
from tests.support.postgres import MakeDatabase, in_own_loop

pytestmark = pytest.mark.anyio
TENANT_TABLES = ("learner", "award", "credential", "idempotency")
CANARIES = (
    CANARY_EMAIL,
    CANARY_GIVEN_NAME,
    CANARY_FAMILY_NAME,
    CANARY_EDU_ID,
    CANARY_EDU_ID.removeprefix("urn:uuid:"),
)


async def test_a_question_that_forgets_for_whom_it_asks_fails(issuer: Issuer) -> None:
    await issuer.award()

    for table in TENANT_TABLES:
        with pytest.raises(DBAPIError, match="organisation"):
            async with issuer.database.transaction() as session:
                await session.execute(text(f"SELECT * FROM {table}"))


# Of nobody's learner: keys and lists are public, the log of signatures holds digests only.
NO_TENANTS: Final = {"key_reissue", "signature", "signing_key", "status_list"}


async def test_every_table_of_organisations_is_walled_off_from_its_owner_too(
    issuer: Issuer,
) -> None:
    found = await issuer.ask(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
        " JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'organisation'"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )

    assert {name for name, is_walled in found if not is_walled} == NO_TENANTS
    assert len(found) > len(TENANT_TABLES) + len(NO_TENANTS)


async def test_the_database_itself_hides_anothers_rows(issuer: Issuer) -> None:
    award_id = UUID((await issuer.award()).json()["awardId"])

    async with issuer.database.transaction() as session:
        await act_for(session, NHL)
        for table in TENANT_TABLES:
            seen = await session.scalar(text(f"SELECT count(*) FROM {table}"))
            assert seen == 0, table
        with pytest.raises(AwardNotFoundError):
            await awards.get_award(session, award_id)


async def test_the_database_itself_refuses_rows_for_another(issuer: Issuer) -> None:
    foreign = text("INSERT INTO learner VALUES (gen_random_uuid(), :oin, 'p', '', '')")

    async with issuer.database.sessions() as session:
        await act_for(session, NHL)
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(foreign, {"oin": UTWENTE})


async def test_every_read_acts_for_its_caller(issuer: Issuer) -> None:
    award_id = UUID((await issuer.award()).json()["awardId"])

    async with issuer.database.transaction() as session:
        await records.read_award(session, award_id, organisation=UTWENTE)
        with pytest.raises(AwardNotFoundError):
            await records.read_award(session, award_id, organisation=NHL)


async def test_the_signer_signs_for_nobody_with_anothers_key(issuer: Issuer) -> None:
    keys = {
        str(oin): SealedKey(kid=str(kid), organisation=str(oin), wrapped_key=w, sealed_private=s)
        for kid, oin, w, s in await issuer.ask(
            "SELECT kid, organisation, wrapped_key, sealed_private FROM signing_key"
            " WHERE algorithm = 'ES256'"
        )
    }
    signer = Desk.of(issuer.settings, issuer.database).signer
    own = {"issuer": signer.issuer_of(UTWENTE)}
    foreign = {"issuer": {"id": signer.issuer_of(NHL)}}
    stolen = SealedKey(
        kid=keys[UTWENTE].kid,
        organisation=UTWENTE,
        wrapped_key=keys[NHL].wrapped_key,
        sealed_private=keys[NHL].sealed_private,
    )

    with pytest.raises(SealBrokenError):
        signer.sign_list(stolen, organisation=UTWENTE, unsigned=own)
    assert signer.sign_list(keys[UTWENTE], organisation=UTWENTE, unsigned=own)
    with pytest.raises(SigningRefusedError):
        signer.sign_list(keys[NHL], organisation=UTWENTE, unsigned=own)
    with pytest.raises(SigningRefusedError):
        signer.sign_list(keys[UTWENTE], organisation=UTWENTE, unsigned=foreign)


async def test_a_learner_is_nowhere_outside_the_seal(
    issuer: Issuer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    by_mail = await issuer.award()
    by_edu_id = await issuer.award(
        an_award_request(
            learner={"eduId": CANARY_EDU_ID, "givenName": CANARY_GIVEN_NAME}, result=None
        )
    )
    refused = await issuer.award(an_award_request(awardedOn="2030-01-01"))
    misspelt = await issuer.award(
        an_award_request(learner={"email": CANARY_EMAIL, CANARY_FAMILY_NAME: CANARY_GIVEN_NAME})
    )
    revoked = await issuer.revoke(
        by_mail.json()["awardId"], {"reason": "fraud", "note": CANARY_FAMILY_NAME}
    )

    assert [one.status_code for one in (by_mail, by_edu_id, refused, misspelt, revoked)] == [
        *(201, 201, 400, 400, 201)
    ]
    answers = b"".join(
        answer.content + str(answer.headers).encode()
        for answer in (by_mail, by_edu_id, refused, misspelt, revoked)
    )
    printed = capsys.readouterr()
    stored = await everything(issuer)
    assert b"2026-QC-" in stored, "the scan must be able to find what is in the clear"
    for place in (answers, (printed.out + printed.err + caplog.text).encode(), stored):
        for canary in CANARIES:
            assert canary.casefold().encode() not in place.lower(), canary
            assert to_json(canary)[1:-1].lower() not in place.lower(), canary


async def everything(issuer: Issuer) -> bytes:
    """Return every row of every table, bytes and all."""
    tables = await issuer.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = b""
    for (table,) in tables:
        for row in await issuer.ask(f"SELECT * FROM {table}"):
            found += b"|".join(
                value if isinstance(value, bytes) else str(value).encode() for value in row
            )
    return found.lower().replace(b"2026-qc-", b"2026-QC-")


async def test_a_repeated_request_leaves_no_hash_that_could_be_tried_out(issuer: Issuer) -> None:
    request = an_award_request()
    await issuer.award(request, key=uuid4().hex)

    [(kept,)] = await issuer.ask("SELECT fingerprint FROM idempotency")
    assert kept != fingerprint(request)  # type: ignore[arg-type] # JSON


def test_the_tables_are_what_the_migrations_make(make_database: MakeDatabase) -> None:
    url = make_database("services.issuer")

    in_own_loop(lambda: migrations.check(url, "services.issuer"))
    in_own_loop(lambda: migrations.downgrade(url, "services.issuer"))
    in_own_loop(lambda: migrations.upgrade(url, "services.issuer"))
