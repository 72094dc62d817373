"""The catalogue as a service: its schema, its description and its upkeep."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.catalog.app import create_worker
from services.catalog.operations.upkeep import forget_old_answers
from services.catalog.schemas import (
    ArchiveMicrocredential,
    DraftMicrocredential,
    MicrocredentialAnswer,
    PublishPolicyVersion,
    RecordOrganisation,
    examples,
)
from services.catalog.settings import Settings
from shared.contracts import topics
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation, Policy
from shared.runtime import migrations
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.schema import idempotency
from tests.integration.catalog.conftest import NOW, PROVIDER, Catalogue
from tests.support.bus import Heard, at_work, in_envelope, read_topic, send_events, until
from tests.support.trust import AnIssuer

pytestmark = pytest.mark.anyio


async def test_the_tables_in_code_and_database_are_the_same(settings: Settings) -> None:
    await migrations.check(settings.database_url, "services.catalog")


async def test_the_schema_goes_away_and_comes_back(settings: Settings) -> None:
    await migrations.downgrade(settings.database_url, "services.catalog")
    await migrations.upgrade(settings.database_url, "services.catalog")
    await migrations.check(settings.database_url, "services.catalog")


async def test_every_operation_shows_an_example(empty: Catalogue) -> None:
    document = (await empty.http.get("/v1/openapi.json")).json()

    operations = [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    assert len(operations) >= 14
    for path, method, operation in operations:
        good = [answer for status, answer in operation["responses"].items() if status[0] == "2"]
        assert good, (path, method)
        told = [one["content"] for one in good if "content" in one]
        assert told or "204" in operation["responses"], (path, method)
        assert all("example" in one["application/json"] for one in told), (path, method)
        if body := operation.get("requestBody"):
            (schema,) = body["content"].values()
            assert "examples" in schema.get("schema", {}) or "examples" in schema, (path, method)


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (RecordOrganisation, examples.RECORD_ORGANISATION),
        (PublishPolicyVersion, examples.PUBLISH_POLICY),
        (DraftMicrocredential, examples.DRAFT),
        (DraftMicrocredential, examples.TITLE_ONLY),
        (ArchiveMicrocredential, {"version": 1}),
        (Organisation, examples.ORGANISATION),
        (Policy, examples.POLICY),
        (Microcredential, examples.MICROCREDENTIAL),
        (MicrocredentialAnswer, examples.DRAFTED),
        (MicrocredentialAnswer, examples.SHOWN),
    ],
)
async def test_every_example_is_what_it_is_an_example_of(model: Any, example: Any) -> None:
    read = model.model_validate_json(json.dumps(example))
    written = json.loads(read.model_dump_json(by_alias=True, exclude_none=True))

    assert says(written, example)


def says(whole: object, part: object) -> bool:
    """Say whether everything in the part is in the whole, which may add defaults."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(name in whole and says(whole[name], part[name]) for name in part)
    return whole == part


async def test_it_is_not_ready_while_nobody_hears_for_it(empty: Catalogue) -> None:
    answer = await empty.http.get("/health/ready")

    assert (answer.status_code, answer.json()["consumer"]) == (503, "never-seen")


async def test_answers_are_forgotten_after_a_week_and_not_before(catalogue: Catalogue) -> None:
    await catalogue.draft({"title": {"nl": "Iets"}})

    async def kept() -> int | None:
        async with catalogue.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            return await session.scalar(select(func.count()).select_from(idempotency))

    async with catalogue.database.transaction() as session:
        assert await forget_old_answers(session, now=NOW + timedelta(days=7)) == 0
    assert await kept() == 2
    async with catalogue.database.transaction() as session:
        assert await forget_old_answers(session, now=NOW + timedelta(days=7, seconds=1)) == 2
    assert await kept() == 0


async def test_the_worker_brings_what_was_recorded_to_the_catalog_topic(
    settings: Settings, catalogue: Catalogue, broker: EmbeddedBroker
) -> None:
    on_broker = settings.model_copy(update={"kafka_servers": broker.servers})
    worker = create_worker(on_broker, catalogue.database)

    async def heard() -> list[Heard]:
        return await read_topic(broker.servers, topics.CATALOG)

    async def both_heard() -> bool:
        return len(await heard()) == 2

    async with at_work(worker.run):
        await until(both_heard)

    assert {(one.key, one.envelope.subject) for one in await heard()} == {
        (PROVIDER, PROVIDER),
        ("wo@1", "wo@1"),
    }


async def test_the_worker_hears_which_keys_issuers_sign_with(
    settings: Settings, catalogue: Catalogue, broker: EmbeddedBroker
) -> None:
    issuer = AnIssuer(PROVIDER)
    on_broker = settings.model_copy(update={"kafka_servers": broker.servers})
    told = (issuer.published(), issuer.retired(NOW), issuer.published())

    async def keys() -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = (await catalogue.http.get("/v1/trust-list")).json()["items"]
        return [key for item in listed for key in item["keys"]]

    async def it_is_retired() -> bool:
        return [key.get("retiredAt") for key in await keys()] == ["2026-11-22T09:30:00Z"]

    async def it_is_ready() -> bool:
        return (await catalogue.http.get("/health/ready")).is_success

    async with at_work(create_worker(on_broker, catalogue.database).run):
        await send_events(broker.servers, *((event, in_envelope(event)) for event in told))
        await until(it_is_retired)
        await until(it_is_ready)
