"""The history of recognition over HTTP: every state that was recorded, and the two clocks."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from services.catalog.schemas import examples_organisations as examples
from services.catalog.schemas.organisations import (
    OrganisationAnswer,
    OrganisationVersion,
    RecordOrganisation,
)
from shared.runtime import migrations
from tests.integration.catalog.conftest import STRANGER, Catalogue
from tests.integration.catalog.test_recognition import NRTO, OCW, WHERE, ask, faults

pytestmark = pytest.mark.anyio


async def test_every_state_that_was_recorded_stays_readable(empty: Catalogue) -> None:
    first = (await empty.record(recognitions=[OCW])).json()
    empty.clock.pass_(days=1)
    ended = {**OCW, "validUntil": "2027-01-01"}
    second = (await empty.record(recognitions=[ended])).json()

    page = await ask(empty, f"{WHERE}/versions")

    assert page == {
        "items": [
            {
                "version": 1,
                "recordedAt": first["recordedAt"],
                "replacedAt": second["recordedAt"],
                "organisation": first,
            },
            {"version": 2, "recordedAt": second["recordedAt"], "organisation": second},
        ]
    }
    assert await ask(empty, f"{WHERE}/versions/1") == page["items"][0]
    assert await ask(empty, f"{WHERE}/versions/2") == page["items"][1]


async def test_versions_are_read_page_by_page_and_each_knows_when_it_was_replaced(
    empty: Catalogue,
) -> None:
    for number in range(5):
        await empty.record(name={"nl": f"Naam {number}"})
        empty.clock.pass_(hours=1)

    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await ask(empty, f"{WHERE}/versions", limit="2", **cursor)
        seen += page["items"]
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}

    assert [one["version"] for one in seen] == [1, 2, 3, 4, 5]
    assert [one.get("replacedAt") for one in seen] == [
        *(one["recordedAt"] for one in seen[1:]),
        None,
    ]


async def test_a_version_that_never_was_is_not_found(empty: Catalogue) -> None:
    await empty.record()

    answers = [
        await empty.http.get(where)
        for where in (
            f"{WHERE}/versions/2",
            f"/v1/organisations/{STRANGER}/versions",
            f"/v1/organisations/{STRANGER}/versions/1",
        )
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (404, "organisation-version-unknown"),
        (404, "organisation-unknown"),
        (404, "organisation-unknown"),
    ]
    assert (await empty.http.get(f"{WHERE}/versions/0")).status_code == 400
    cursor = await empty.http.get(f"{WHERE}/versions", params={"cursor": "WyJhIl0"})
    assert faults(cursor) == [("/cursor", "cursor")]


@pytest.mark.parametrize(
    ("day", "by"),
    [
        ("2021-09-30", []),
        ("2021-10-01", ["OCW"]),
        ("2023-06-01", ["OCW", "NRTO"]),
        ("2026-12-31", ["OCW", "NRTO"]),
        ("2027-01-01", ["NRTO"]),
    ],
)
async def test_the_register_says_who_recognised_an_organisation_on_a_day(
    empty: Catalogue, day: str, by: list[str]
) -> None:
    await empty.record(recognitions=[{**OCW, "validUntil": "2027-01-01"}, NRTO])

    standing = (await ask(empty, on=day))["standing"]

    assert standing["recognised"] is bool(by)
    assert [one["recogniser"] for one in standing["recognisedBy"]] == by
    assert (standing["on"], standing["version"]) == (day, 1)


async def test_the_register_says_what_it_said_before_it_was_corrected(empty: Catalogue) -> None:
    wrong = {**OCW, "validFrom": "2020-10-01"}
    await empty.record(recognitions=[wrong])
    before = empty.clock.moment.isoformat()
    empty.clock.pass_(days=1)
    await empty.record(recognitions=[OCW], reason="The year was wrong.")
    after = empty.clock.moment.isoformat()

    then = await ask(empty, on="2021-01-01", asOf=before)
    now = await ask(empty, on="2021-01-01")
    later = await ask(empty, on="2021-01-01", asOf=after)

    assert (then["standing"]["recognised"], then["standing"]["version"]) == (True, 1)
    assert (now["standing"]["recognised"], now["standing"]["version"]) == (False, 2)
    assert (later["standing"]["recognised"], later["standing"]["version"]) == (False, 2)
    assert then["recognitions"] == [wrong]
    assert (await ask(empty, f"{WHERE}/versions/2"))["reason"] == "The year was wrong."


async def test_nothing_was_on_record_before_the_first_time(empty: Catalogue) -> None:
    await empty.record()

    answer = await empty.http.get(WHERE, params={"asOf": "2026-11-22T09:29:59Z"})

    assert (answer.status_code, answer.json()["code"]) == (404, "organisation-version-unknown")


async def test_without_a_day_the_day_in_the_netherlands_is_meant(empty: Catalogue) -> None:
    await empty.record(recognitions=[{**OCW, "validFrom": "2026-11-23"}])

    late = await ask(empty, asOf="2026-11-22T23:30:00Z")
    early = await ask(empty, asOf="2026-11-22T22:59:00Z")

    assert (late["standing"]["on"], late["standing"]["recognised"]) == ("2026-11-23", True)
    assert (early["standing"]["on"], early["standing"]["recognised"]) == ("2026-11-22", False)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"on": "2026-02-30"}, "/on"),
        ({"on": "yesterday"}, "/on"),
        ({"on": "20260101"}, "/on"),
        ({"asOf": "1700000000"}, "/asOf"),
        ({"asOf": "2026-02-30T09:00:00Z"}, "/asOf"),
        ({"asOf": "2026-11-22"}, "/asOf"),
        ({"asOf": "2026-11-22T09:00:00"}, "/asOf"),
    ],
)
async def test_a_day_or_moment_that_is_none_is_named(
    empty: Catalogue, query: dict[str, str], pointer: str
) -> None:
    await empty.record()

    answer = await empty.http.get(WHERE, params=query)

    assert [pointer for pointer, _ in faults(answer)] == [pointer]
    assert "yesterday" not in answer.text


async def test_states_from_before_the_history_was_kept_are_found_in_the_outbox(
    empty: Catalogue,
) -> None:
    for number in range(3):
        await empty.record(name={"nl": f"Naam {number}"})
        empty.clock.pass_(hours=1)
    before = await ask(empty, f"{WHERE}/versions")
    url = empty.database.url

    await empty.database.dispose()
    await migrations.downgrade(url, "services.catalog", "0002")
    await migrations.upgrade(url, "services.catalog")

    assert await ask(empty, f"{WHERE}/versions") == before


async def test_the_present_state_is_history_too_when_the_outbox_was_emptied(
    empty: Catalogue,
) -> None:
    await empty.record()
    await empty.record(name={"nl": "Anders"})
    async with empty.database.transaction() as session:
        await session.execute(text("DELETE FROM outbox"))
    url = empty.database.url

    await empty.database.dispose()
    await migrations.downgrade(url, "services.catalog", "0002")
    await migrations.upgrade(url, "services.catalog")

    [kept] = (await ask(empty, f"{WHERE}/versions"))["items"]
    assert (kept["version"], kept["organisation"]["name"]) == (2, {"nl": "Anders"})


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (RecordOrganisation, examples.CORRECT_ORGANISATION),
        (OrganisationAnswer, examples.STANDING),
        (OrganisationVersion, examples.VERSION),
    ],
)
async def test_every_example_is_what_it_is_an_example_of(model: Any, example: Any) -> None:
    read = model.model_validate_json(json.dumps(example))
    assert (
        json.loads(read.model_dump_json(by_alias=True, exclude_none=True)).items()
        >= {name: value for name, value in example.items() if name != "recognitions"}.items()
    )
