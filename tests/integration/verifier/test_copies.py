"""The verifier's copies: the last word of each, and never an older one."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from services.verifier import consumers
from services.verifier.app import create_app
from services.verifier.repository import copies
from services.verifier.settings import Settings
from shared.contracts import topics
from shared.contracts.events import IssuerKeyCompromised, IssuerKeyPublished, OrganisationRecorded
from shared.contracts.vocabulary import RegistrationStatus
from shared.errors import RuleError
from shared.proofs.did_documents import key_id
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.runtime import migrations
from shared.runtime.database import Database
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.news import a_published_list, a_state
from tests.unit.verifier.forge import INDEX, NOW, REGISTRATION
from tests.unit.verifier.world import an_issuer_key, an_organisation

pytestmark = pytest.mark.anyio


async def state_of(verifier: AsyncClient, token: str) -> str:
    answer = await verifier.post("/v1/verifications", json={"credential": token})
    return str(answer.json()["verdict"]["state"])


async def test_the_tables_are_the_models(settings: Settings) -> None:
    await migrations.check(settings.database_url, "services.verifier")


async def test_every_event_may_be_heard_twice(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    await hear(a_state(token), a_published_list(), a_state(token))

    assert await state_of(verifier, token) == "valid"


async def test_an_older_edition_of_a_list_is_not_believed_again(
    settings: Settings, verifier: AsyncClient, database: Database, hear: Hear, token: str
) -> None:
    await hear(a_published_list(INDEX, edition=3), a_published_list(edition=2))
    assert await state_of(verifier, token) == "revoked"

    # Nor after a restart, when all is read again and nothing is known of what came before.
    async with database.transaction() as session:
        for table in ("consumer_offset", "subject_version"):
            await session.execute(text(f"DELETE FROM {table}"))
    restarted = create_app(settings, database)
    restarted.state.clock = lambda: NOW
    await hear(a_published_list(edition=1), a_published_list(edition=2))
    async with AsyncClient(
        transport=ASGITransport(restarted), base_url="https://verifier.example"
    ) as client:
        assert await state_of(client, token) == "revoked"


async def test_a_key_in_wrong_hands_is_known_at_once(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    assert await state_of(verifier, token) == "valid"

    await hear(IssuerKeyCompromised(record_version=2, key=an_issuer_key(compromised_at=NOW)))

    assert await state_of(verifier, token) == "altered"


async def test_a_key_for_embedded_proofs_is_kept_beside_the_others_and_checks_no_token(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    edwards = Ed25519SigningKey.generate().public
    beside = an_issuer_key().model_copy(
        update={
            "kid": key_id(an_issuer_key().issuer, edwards),
            "algorithm": "Ed25519",
            "public_jwk": edwards.jwk,
            "signs_from": NOW + timedelta(hours=48),
        }
    )
    await hear(IssuerKeyPublished(record_version=1, key=beside))

    assert await state_of(verifier, token) == "valid"

    posing = beside.model_copy(update={"kid": an_issuer_key().kid})
    await hear(IssuerKeyPublished(record_version=1, key=posing))
    assert await state_of(verifier, token) == "altered"


async def test_an_organisation_recorded_anew_is_known_at_once(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    assert await state_of(verifier, token) == "valid"

    left = an_organisation(until=(NOW - timedelta(days=1)).date())
    await hear(OrganisationRecorded(record_version=2, organisation=left))

    assert await state_of(verifier, token) == "issuer-left"


async def test_an_erased_registration_is_known_as_erased_and_as_nothing_else(
    verifier: AsyncClient, hear: Hear, database: Database, token: str
) -> None:
    async with database.transaction() as session:
        await consumers.subscribe().hear_gone(
            topics.REGISTRATIONS_STATE.name, str(REGISTRATION), session
        )

    before_the_list = await verifier.post("/v1/verifications", json={"credential": token})
    await hear(a_published_list(INDEX, edition=2))
    after = await verifier.post("/v1/verifications", json={"credential": token})

    for answer in (before_the_list.json(), after.json()):
        assert (answer["verdict"]["state"], answer["verdict"]["look"]) == ("erased", "grey")
        assert "credential" not in answer or answer["credential"] is None
        assert answer.get("registration") is None
    async with database.transaction() as session:
        rows = (await session.execute(text("SELECT body FROM registration"))).all()
    assert [tuple(row) for row in rows] == [(None,)]


async def test_an_old_credential_says_that_it_was_replaced_and_not_by_what(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    await hear(a_state(token, version=2, replaced=True))

    before_the_list = await verifier.post("/v1/verifications", json={"credential": token})
    await hear(a_published_list(INDEX, edition=2))
    after = await verifier.post("/v1/verifications", json={"credential": token})

    for answer in (before_the_list.json(), after.json()):
        verdict = answer["verdict"]
        assert (verdict["state"], verdict["look"]) == ("replaced", "amber")
        assert verdict["title"]["nl"].startswith("Echt, maar vervangen door een verbeterde versie")
        assert answer["registration"]["supersededBy"] == {
            "version": 2,
            "reason": "reassessed",
            "name": {"nl": "opnieuw beoordeeld", "en": "assessed again"},
            "changed": ["grade"],
            "recordedAt": "2026-11-21T12:00:00Z",
        }
        assert "c" * 64 not in str(answer)


async def test_each_state_of_the_register_is_a_verdict_of_its_own(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    said = {}
    for version, status in enumerate(
        (
            RegistrationStatus.ACTIVE,
            RegistrationStatus.SUSPENDED,
            RegistrationStatus.EXPIRED,
            RegistrationStatus.REVOKED,
        ),
        start=2,
    ):
        await hear(a_state(token, status=status, version=version))
        said[status.value] = await state_of(verifier, token)

    assert said == {
        "active": "valid",
        "suspended": "suspended",
        "expired": "expired",
        "revoked": "revoked",
    }


async def test_a_key_nobody_can_read_is_refused_when_it_is_heard(hear: Hear) -> None:
    broken = an_issuer_key().model_copy(update={"public_jwk": {"kty": "RSA"}})

    with pytest.raises(RuleError):
        await hear(IssuerKeyPublished(record_version=1, key=broken))


async def test_memory_is_asked_and_not_the_database(
    app: FastAPI, verifier: AsyncClient, database: Database, token: str
) -> None:
    await state_of(verifier, token)
    async with database.transaction() as session:
        for table in ("organisation", "policy", "microcredential", "issuer_key", "status_list"):
            await session.execute(text(f"DELETE FROM {table}"))

    assert await state_of(verifier, token) == "valid"


async def complete(database: Database, *, minutes_ago: int) -> None:
    """Write up to when everything was heard, however late that is."""
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE completeness SET complete_at = :at WHERE consumer = 'verifier'"),
            {"at": NOW - timedelta(minutes=minutes_ago)},
        )


async def test_it_says_how_old_its_knowledge_is(
    verifier: AsyncClient, database: Database, token: str
) -> None:
    await complete(database, minutes_ago=30)

    answer = (await verifier.post("/v1/verifications", json={"credential": token})).json()

    assert answer["knowledge"]["asOf"] == "2026-11-22T11:30:00Z"
    assert answer["verdict"]["state"] == "valid"


async def test_knowledge_of_days_ago_makes_nothing_green_and_bad_news_no_better(
    verifier: AsyncClient, database: Database, hear: Hear, token: str
) -> None:
    await complete(database, minutes_ago=3 * 24 * 60)
    assert await state_of(verifier, token) == "cannot-check"

    await hear(a_state(token, status=RegistrationStatus.REVOKED, version=2))
    await complete(database, minutes_ago=3 * 24 * 60)
    assert await state_of(verifier, token) == "revoked"


async def test_what_was_heard_lately_does_not_make_it_know_everything(
    verifier: AsyncClient, database: Database, token: str
) -> None:
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM completeness"))

    answer = (await verifier.post("/v1/verifications", json={"credential": token})).json()

    assert answer["verdict"]["state"] == "cannot-check"
    assert answer["knowledge"].get("asOf") is None


async def test_knowledge_grows_and_never_shrinks(database: Database, hear: Hear) -> None:
    await hear()
    for moment in (NOW - timedelta(hours=1), NOW - timedelta(hours=2)):
        async with database.transaction() as session:
            await copies.note_complete(session, moment)

    async with database.engine.connect() as connection:
        assert (await copies.read_freshness(connection)).knowledge.as_of == NOW
