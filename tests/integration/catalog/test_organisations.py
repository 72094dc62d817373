"""Organisations over HTTP."""

import asyncio
from typing import Any

import pytest

from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, STRANGER, Catalogue

pytestmark = pytest.mark.anyio


async def test_the_steward_records_an_organisation_and_everybody_reads_it(
    empty: Catalogue,
) -> None:
    recorded = await empty.record(brin="21PH", kvk="12345678", website="https://www.utwente.nl")
    read = await empty.http.get(f"/v1/organisations/{PROVIDER}")

    assert (recorded.status_code, read.status_code) == (201, 200)
    assert read.json() == recorded.json()
    assert read.json()["recognitions"] == [{"recogniser": "OCW", "validFrom": "2021-10-01"}]
    [event] = await empty.events()
    assert event.type == "nl.microcredentials.organisation-recorded.v1"
    assert (event.subject, event.data["recordVersion"]) == (PROVIDER, 1)
    assert event.data["organisation"] == read.json()
    assert event.dataref == f"{PUBLIC_URL}/v1/organisations/{PROVIDER}"


async def test_the_same_organisation_again_announces_nothing(empty: Catalogue) -> None:
    first = await empty.record()
    empty.clock.pass_(minutes=1)
    again = await empty.record()

    assert again.status_code == 200
    assert again.json() == first.json()
    assert len(await empty.events()) == 1


async def test_a_change_is_announced_as_the_next_whole_state(empty: Catalogue) -> None:
    await empty.record()
    period = {"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": "2026-12-31"}
    await empty.record(recognitions=[period])

    events = await empty.events()

    assert [event.data["recordVersion"] for event in events] == [1, 2]
    assert events[1].data["organisation"]["recognitions"] == [period]  # type: ignore[index] # JSON


async def test_twins_record_an_organisation_once(empty: Catalogue) -> None:
    answers = await asyncio.gather(*(empty.record() for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len(await empty.events()) == 1


async def test_only_the_steward_may_record(empty: Catalogue) -> None:
    body = {"name": {"nl": "Ik"}, "sector": "wo"}
    path = f"/v1/organisations/{PROVIDER}"

    nobody = await empty.http.put(path, json=body)
    provider = await empty.http.put(
        path, json=body, headers=empty.headers(PROVIDER, ["organisations:write"])
    )
    scopeless = await empty.http.put(
        path, json=body, headers=empty.headers(TEST_OIN, ["policies:write"])
    )

    assert [nobody.status_code, provider.status_code, scopeless.status_code] == [401, 403, 403]
    assert (provider.json()["code"], scopeless.json()["code"]) == (
        "not-the-steward",
        "scope-missing",
    )
    assert not await empty.events()


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"brin": "21 PH"}, "/brin"),
        ({"kvk": "1234567"}, "/kvk"),
        ({"sector": "vo"}, "/sector"),
        ({"name": {}}, "/name"),
        ({"website": "ftp:/x"}, "/website"),
        ({"recognitions": [{"recogniser": "KNVB", "validFrom": "2021-01-01"}]},
         "/recognitions/0/recogniser"),
        ({"recognitions": [{"recogniser": "OCW", "validFrom": "2021-02-30"}]},
         "/recognitions/0/validFrom"),
        ({"recognitions": [{"recogniser": "OCW", "validFrom": "2021-01-01"},
                           {"recogniser": "OCW", "validFrom": "2022-01-01"}]},
         "/recognitions/1/validFrom"),
        ({"recognition": []}, "/recognition"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named_by_its_pointer(
    empty: Catalogue, changed: dict[str, Any], pointer: str
) -> None:
    answer = await empty.record(**changed)

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("oin", ["12", "00000050000000210000", "0000009900000021000x"])
async def test_an_oin_that_is_none_is_refused(empty: Catalogue, oin: str) -> None:
    assert (await empty.record(oin)).status_code == 400


async def test_an_organisation_nobody_recorded_is_not_found(empty: Catalogue) -> None:
    answer = await empty.http.get(f"/v1/organisations/{STRANGER}")

    assert (answer.status_code, answer.json()["code"]) == (404, "organisation-unknown")


async def test_the_list_is_read_page_by_page(empty: Catalogue) -> None:
    oins = [f"00000099000000{number:02}0000" for number in range(1, 6)]
    for oin in reversed(oins):
        await empty.record(oin)

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await empty.http.get("/v1/organisations", params={"limit": 2, **cursor})).json()
        seen += [item["oin"] for item in page["items"]]
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}

    assert seen == oins
