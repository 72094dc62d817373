"""A description judged before it is a draft: by anybody, by any policy, and nothing is kept."""

from typing import Any

import pytest
from httpx import Response

from tests.integration.catalog.conftest import Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

EXPERIMENT: dict[str, Any] = {
    "minimum": 1,
    "validFrom": "2025-05-01",
    "validUntil": "2027-04-30",
}


async def evaluate(catalogue: Catalogue, **body: Any) -> Response:
    return await catalogue.http.post("/v1/policy-evaluations", json={"content": content(), **body})


def failed(answer: Response) -> list[str]:
    return [
        one["code"] for one in answer.json()["rules"] if not one["passed"] and not one["pending"]
    ]


async def test_a_description_is_judged_by_every_rule_without_an_account(
    catalogue: Catalogue,
) -> None:
    whole = await evaluate(catalogue, sector="wo")
    bare = await evaluate(catalogue, sector="wo", content={"title": {"en": "Quantum"}})

    assert (whole.status_code, whole.json()["on"]) == (200, "2026-11-22")
    assert whole.json()["meetsPolicy"] is True
    assert whole.json()["policy"]["policyId"] == "wo"
    assert bare.json()["meetsPolicy"] is False
    assert failed(bare) == ["learning-outcomes", "study-load", "level"]
    asked = [[one["code"] for one in each.json()["rules"]] for each in (whole, bare)]
    assert asked[0] == asked[1]
    assert len(await catalogue.events()) == 2


@pytest.mark.parametrize(
    ("on", "meets", "policy_id"),
    [
        ("2025-04-30", False, "wo"),
        ("2025-05-01", True, "wo-experiment"),
        ("2027-04-30", True, "wo-experiment"),
        ("2027-05-01", False, "wo"),
    ],
)
async def test_two_credits_are_enough_in_the_experiment_and_an_edubadge_outside(
    catalogue: Catalogue, on: str, *, meets: bool, policy_id: str
) -> None:
    await catalogue.publish_policy("wo-experiment", **EXPERIMENT)
    small = content(studyLoad={"unit": "ects", "value": 2})

    answer = await evaluate(catalogue, content=small, sector="wo", on=on)

    assert (answer.json()["meetsPolicy"], answer.json()["policy"]["policyId"]) == (meets, policy_id)
    if not meets:
        [rule] = [one for one in answer.json()["rules"] if one["code"] == "study-load-minimum"]
        assert "edubadge, geen microcredential" in rule["sentence"]["nl"]
        assert "edubadge, not a microcredential" in rule["sentence"]["en"]


async def test_a_policy_is_named_in_any_version(catalogue: Catalogue) -> None:
    await catalogue.publish_policy(minimum=10, validFrom="2028-01-01")

    newest = await evaluate(catalogue, policyId="wo", on="2028-01-01")
    first = await evaluate(catalogue, policyId="wo@1", on="2028-01-01")
    early = await evaluate(catalogue, policyId="wo@2")

    assert (newest.json()["policy"]["version"], failed(newest)) == (2, ["study-load-minimum"])
    assert (first.json()["policy"]["version"], failed(first)) == (1, [])
    assert failed(early) == ["policy-period", "study-load-minimum"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "one-policy"),
        ({"sector": "wo", "policyId": "wo"}, 400, "one-policy"),
        ({"sector": "mbo"}, 400, "no-policy"),
        ({"sector": "wo", "on": "1990-01-01"}, 400, "no-policy"),
        ({"policyId": "none"}, 404, "policy-unknown"),
        ({"policyId": "wo@9"}, 404, "policy-unknown"),
        ({"policyId": "wo@0"}, 400, "invalid-request"),
        ({"sector": "vo"}, 400, "invalid-request"),
        ({"sector": "wo", "on": "today"}, 400, "invalid-request"),
        ({"sector": "wo", "content": {}}, 400, "invalid-request"),
        ({"sector": "wo", "extra": 1}, 400, "invalid-request"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_a_problem(
    catalogue: Catalogue, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await evaluate(catalogue, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("value", ["0.1", "0.3", "2.9", "3.3", "30.1"])
async def test_sizes_that_do_not_fit_are_exact_on_the_way_in(
    catalogue: Catalogue, value: str
) -> None:
    body = b'{"sector": "wo", "content": {"title": {"nl": "T"}, "studyLoad": {"unit": "ects", '
    body += b'"value": ' + value.encode() + b"}}}"
    answer = await catalogue.http.post(
        "/v1/policy-evaluations", content=body, headers={"Content-Type": "application/json"}
    )

    assert "study-load-step" in failed(answer)
    assert ("study-load-minimum" in failed(answer)) is (float(value) < 3)
    assert ("study-load-maximum" in failed(answer)) is (float(value) > 30)


async def test_policies_are_found_by_sector_and_by_day(catalogue: Catalogue) -> None:
    await catalogue.publish_policy("wo-experiment", **EXPERIMENT)
    await catalogue.publish_policy("hbo", sector="hbo", validFrom="2022-01-01")

    async def found(**query: str) -> list[str]:
        answer = await catalogue.http.get("/v1/policies", params=query)
        return [one["policyId"] for one in answer.json()["items"]]

    assert await found() == ["hbo", "wo", "wo-experiment"]
    assert await found(sector="wo") == ["wo", "wo-experiment"]
    assert await found(on="2021-12-31") == ["wo"]
    assert await found(on="2026-11-22") == ["hbo", "wo-experiment"]
    assert await found(sector="wo", on="2027-05-01") == ["wo"]
    assert await found(sector="mbo", on="2027-05-01") == []
    wrong = await catalogue.http.get("/v1/policies", params={"on": "soon", "sector": "x"})
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/on", "/sector"}


async def test_every_version_of_a_policy_is_listed_oldest_first(catalogue: Catalogue) -> None:
    for minimum in (4, 5):
        await catalogue.publish_policy(minimum=minimum, validFrom=f"2027-0{minimum}-01")
    path = "/v1/policies/wo/versions"

    first = (await catalogue.http.get(path, params={"limit": 2})).json()
    rest = (await catalogue.http.get(path, params={"cursor": first["next"]})).json()
    none = await catalogue.http.get("/v1/policies/none/versions")
    bent = await catalogue.http.get(path, params={"cursor": "WyJ4Il0"})

    assert [one["version"] for one in first["items"] + rest["items"]] == [1, 2, 3]
    assert "next" not in rest
    assert (none.status_code, none.json()["code"]) == (404, "policy-unknown")
    assert (bent.status_code, bent.json()["errors"][0]["pointer"]) == (400, "/cursor")


async def test_where_the_whole_agreement_stands_is_told(catalogue: Catalogue) -> None:
    framework = {
        "name": {"nl": "Kader"},
        "version": "2",
        "document": "# Kader\n",
        "fullText": "https://npuls.nl/pilot-microcredentials/",
    }

    answer = await catalogue.publish_policy(validFrom="2027-01-01", framework=framework)

    assert answer.json()["framework"]["fullText"] == framework["fullText"]
