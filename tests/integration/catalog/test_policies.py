"""Policies over HTTP, and the framework documents they are pinned to."""

import hashlib

import pytest

from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, Catalogue

pytestmark = pytest.mark.anyio


async def test_a_version_is_published_announced_and_readable_for_ever(empty: Catalogue) -> None:
    first = await empty.publish_policy()
    second = await empty.publish_policy(minimum=5, validFrom="2027-01-01")

    latest = await empty.http.get("/v1/policies/wo")
    old = await empty.http.get("/v1/policies/wo/versions/1")
    listed = await empty.http.get("/v1/policies")

    assert [first.status_code, second.status_code] == [201, 201]
    assert first.headers["location"] == f"{PUBLIC_URL}/v1/policies/wo/versions/1"
    assert latest.json() == second.json()
    assert (latest.json()["version"], latest.json()["step"]) == (2, 0.5)
    assert old.json() == first.json()
    assert listed.json()["items"] == [second.json()]
    events = await empty.events()
    assert [event.subject for event in events] == ["wo@1", "wo@2"]
    assert events[0].data == {"recordVersion": 1, "policy": old.json()}


async def test_the_framework_is_served_byte_for_byte_as_it_was_pinned(empty: Catalogue) -> None:
    framework = (await empty.publish_policy()).json()["framework"]

    served = await empty.http.get(framework["url"])

    assert served.content == "# Één\r\n".encode()
    assert hashlib.sha256(served.content).hexdigest() == framework["sha256"]
    assert served.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_repeated_request_publishes_one_version(empty: Catalogue) -> None:
    first = await empty.publish_policy(key="once")
    again = await empty.publish_policy(key="once")
    other = await empty.publish_policy(key="once", minimum=4)

    assert again.content == first.content
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert len(await empty.events()) == 1


async def test_an_unclear_policy_is_refused(empty: Catalogue) -> None:
    await empty.publish_policy()

    clash = await empty.publish_policy("wo-also")
    backwards = await empty.publish_policy(validUntil="2020-01-01")
    moved = await empty.publish_policy(sector="hbo", validFrom="2027-01-01")

    assert (clash.status_code, clash.json()["code"]) == (409, "policy-clash")
    assert moved.status_code == 400
    assert [one["code"] for one in moved.json()["errors"]] == ["policy-sector"]
    assert (backwards.status_code, backwards.json()["errors"][0]["pointer"]) == (
        400,
        "/validUntil",
    )


async def test_only_the_steward_publishes_policies(empty: Catalogue) -> None:
    answer = await empty.http.post(
        "/v1/policies/wo/versions",
        json=(await _body()),
        headers=empty.headers(PROVIDER, ["policies:write"]),
    )
    keyless = await empty.http.post(
        "/v1/policies/wo/versions",
        json=(await _body()),
        headers={"Authorization": empty.headers(TEST_OIN, ["policies:write"])["Authorization"]},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not-the-steward")
    assert keyless.status_code == 400


async def _body() -> dict[str, object]:
    return {
        "sector": "wo",
        "validFrom": "2021-10-01",
        "unit": "ects",
        "minimum": 3,
        "step": 1,
        "requiredElements": ["title"],
        "framework": {"name": {"nl": "Kader"}, "version": "1", "document": "x"},
    }


@pytest.mark.parametrize(
    "path",
    ["/v1/policies/none", "/v1/policies/none/versions/1", "/v1/policies/wo/versions/2"],
)
async def test_a_policy_that_is_not_there_is_not_found(catalogue: Catalogue, path: str) -> None:
    answer = await catalogue.http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "policy-unknown")


async def test_the_list_of_policies_is_paged(empty: Catalogue) -> None:
    for number, policy_id in enumerate(("c", "a", "b"), 1):
        await empty.publish_policy(policy_id, validFrom=f"2021-10-0{number}")

    first = (await empty.http.get("/v1/policies", params={"limit": 2})).json()
    rest = (await empty.http.get("/v1/policies", params={"cursor": first["next"]})).json()

    assert [one["policyId"] for one in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert "next" not in rest
