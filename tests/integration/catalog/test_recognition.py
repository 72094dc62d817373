"""What the steward records of recognition over HTTP, what is refused, and how it is found."""

import asyncio
from typing import Any

import pytest
from httpx import Response

from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue

pytestmark = pytest.mark.anyio

WHERE = f"/v1/organisations/{PROVIDER}"
OCW = {"recogniser": "OCW", "code": "21PH", "validFrom": "2021-10-01"}
NRTO = {"recogniser": "NRTO", "validFrom": "2023-01-01"}


def faults(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def ask(catalogue: Catalogue, where: str = WHERE, **query: str) -> Any:
    answer = await catalogue.http.get(where, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_recognition_that_has_begun_is_not_dropped_but_ended(empty: Catalogue) -> None:
    await empty.record(recognitions=[OCW, NRTO])

    dropped = await empty.record(recognitions=[NRTO])
    ended = await empty.record(recognitions=[{**OCW, "validUntil": "2026-11-22"}, NRTO])

    assert faults(dropped) == [("/recognitions", "recognition-taken-back")]
    assert "OCW" in dropped.json()["errors"][0]["detail"]
    assert ended.status_code == 200
    assert len(await empty.events()) == 2


async def test_every_fault_is_named_at_once_and_nothing_is_recorded(empty: Catalogue) -> None:
    refused = await empty.record(
        "00000003123456780000",
        kvk="87654321",
        recognitions=[
            {**NRTO, "validUntil": "2023-01-01"},
            OCW,
            {**OCW, "validFrom": "2022-01-01"},
        ],
    )

    assert faults(refused) == [
        ("/recognitions/0/validUntil", "recognition-empty"),
        ("/recognitions/2/validFrom", "recognition-overlap"),
        ("/kvk", "number-contradicts-oin"),
    ]
    assert "87654321" not in refused.text
    assert not await empty.events()


@pytest.mark.parametrize(
    ("oin", "code"),
    [
        ("00000001822477349000", "oin-rsin"),
        ("00000003123456789000", "oin-kvk"),
        ("00000005123456789000", "oin-prefix-free"),
        ("0000000725BE00000000", "oin-brin"),
        ("00000004ABCDEFGHI000", "oin-number"),
    ],
)
async def test_an_oin_with_a_number_that_is_none_is_refused(
    empty: Catalogue, oin: str, code: str
) -> None:
    assert faults(await empty.record(oin)) == [("/oin", code)]


@pytest.mark.parametrize(
    ("oin", "said"),
    [
        ("0000000700025BE00000", {"brin": "25BE"}),
        ("00000003123456780000", {"kvk": "12345678", "sector": "private"}),
        ("00000001822477348000", {}),
        ("00000004194049711000", {}),
    ],
)
async def test_public_and_private_providers_are_recorded_alike(
    empty: Catalogue, oin: str, said: dict[str, Any]
) -> None:
    assert (await empty.record(oin, **said)).status_code == 201


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"recognitions": [{**OCW, "code": ""}]}, "/recognitions/0/code"),
        ({"recognitions": [{**OCW, "code": "21PH\u0000"}]}, "/recognitions/0/code"),
        ({"recognitions": [{**OCW, "code": "2" * 23}]}, "/recognitions/0/code"),
        ({"recognitions": [{**OCW, "since": "2021-01-01"}]}, "/recognitions/0/since"),
        ({"recognitions": [OCW] * 101}, "/recognitions"),
        ({"city": "  "}, "/city"),
        ({"region": "NL-XX"}, "/region"),
        ({"kind": "charity"}, "/kind"),
        ({"educationOffererCode": "100B123"}, "/educationOffererCode"),
        ({"reason": ""}, "/reason"),
        ({"country": "nl"}, "/country"),
    ],
)
async def test_a_body_that_is_wrong_is_named_by_its_pointer(
    empty: Catalogue, changed: dict[str, Any], pointer: str
) -> None:
    assert {where for where, _ in faults(await empty.record(**changed))} == {pointer}


async def test_where_a_provider_is_and_what_it_is_are_kept(empty: Catalogue) -> None:
    said = {
        "city": "Enschede",
        "region": "NL-OV",
        "kind": "public",
        "educationOffererCode": "100A123",
    }

    assert said.items() <= (await empty.record(**said)).json().items()


async def test_one_code_recognises_one_organisation_at_a_time(empty: Catalogue) -> None:
    await empty.record(recognitions=[{**OCW, "validUntil": "2027-01-01"}])

    taken = await empty.record(STRANGER, recognitions=[OCW])
    after = await empty.record(STRANGER, recognitions=[{**OCW, "validFrom": "2027-01-01"}])

    assert (taken.status_code, taken.json()["code"]) == (409, "recognition-code-taken")
    assert after.status_code == 201


async def test_twins_do_not_share_a_code(empty: Catalogue) -> None:
    oins = [f"00000099000000{number:02}0000" for number in range(1, 6)]

    answers = await asyncio.gather(*(empty.record(oin, recognitions=[OCW]) for oin in oins))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_a_record_is_only_replaced_by_who_saw_it(empty: Catalogue) -> None:
    first = await empty.record()
    seen = (await empty.http.get(WHERE)).headers["ETag"]
    body = {"name": {"nl": "Anders"}, "sector": "wo", "recognitions": [{**OCW, "code": None}]}

    async def put(tag: str) -> Response:
        headers = empty.headers(TEST_OIN, ["organisations:write"]) | {"If-Match": tag}
        return await empty.http.put(WHERE, json=body, headers=headers)

    assert seen == first.headers["ETag"] == '"1"'
    changed, late = await put(seen), await put(seen)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert faults(await put("1")) == [("/If-Match", "entity-tags")]


async def test_nothing_is_made_by_who_expects_something_there(empty: Catalogue) -> None:
    headers = empty.headers(TEST_OIN, ["organisations:write"]) | {"If-Match": '"1"'}
    body = {"name": {"nl": "Nieuw"}, "sector": "wo"}

    assert (await empty.http.put(WHERE, json=body, headers=headers)).status_code == 412
    assert (await empty.http.get(WHERE)).status_code == 404


async def recorded_four(empty: Catalogue) -> list[str]:
    oins = [f"00000099000000{number:02}0000" for number in range(1, 5)]
    four: list[dict[str, Any]] = [
            {"name": {"nl": "Hogeschool 100%", "en": "One"}, "sector": "hbo",
             "recognitions": [{"recogniser": "OCW", "validFrom": "2021-10-01"}]},
            {"name": {"nl": "Universiteit Utrecht", "en": "Utrecht University"}, "sector": "wo",
             "recognitions": [{"recogniser": "OCW", "validFrom": "2021-10-01",
                               "validUntil": "2024-01-01"}]},
            {"name": {"nl": "Taalinstituut Utrecht"}, "sector": "private",
             "recognitions": [{"recogniser": "NRTO", "validFrom": "2024-01-01"}]},
            {"name": {"en": "Nowhere"}, "sector": "wo", "recognitions": []},
    ]  # fmt: skip
    for oin, changed in zip(oins, four, strict=True):
        assert (await empty.record(oin, **changed)).status_code == 201
    return oins


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [0, 1, 2, 3]),
        ({"sector": "wo"}, [1, 3]),
        ({"recogniser": "OCW"}, [0, 1]),
        ({"recogniser": "EVC"}, []),
        ({"recognisedOn": "2023-12-31"}, [0, 1]),
        ({"recognisedOn": "2024-01-01"}, [0, 2]),
        ({"recognisedOn": "2024-01-01", "recogniser": "OCW"}, [0]),
        ({"q": "utrecht"}, [1, 2]),
        ({"q": "UNIVERSITY utrecht"}, [1]),
        ({"q": "%"}, [0]),
        ({"q": "nl"}, []),
        ({"q": "utrecht", "sector": "private", "recognisedOn": "2026-11-22"}, [2]),
    ],
)
async def test_organisations_are_found_by_what_is_asked(
    empty: Catalogue, query: dict[str, str], found: list[int]
) -> None:
    oins = await recorded_four(empty)

    page = await ask(empty, "/v1/organisations", **query)

    assert [one["oin"] for one in page["items"]] == [oins[at] for at in found]


async def test_a_question_that_is_none_is_named_in_full(empty: Catalogue) -> None:
    query = {"sector": "vo", "recogniser": "KNVB", "recognisedOn": "2026-13-01", "q": ""}

    answer = await empty.http.get("/v1/organisations", params=query)

    assert sorted(pointer for pointer, _ in faults(answer)) == [
        "/q",
        "/recognisedOn",
        "/recogniser",
        "/sector",
    ]
