"""A provider's own desks: listed, copied from, and hidden from everybody else."""

from typing import Any

import pytest
from httpx import Response

from tests.integration.catalog.conftest import STRANGER, Catalogue
from tests.unit.catalog.builders import a_description, content

pytestmark = pytest.mark.anyio

WHOLE = content()
SHOWN = a_description().model_dump(mode="json", exclude_none=True)
CODES = {
    "primaryCode": "QC-101",
    "otherCodes": [{"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"}],
}


async def desks(catalogue: Catalogue, organisation: str | None = None, **query: Any) -> Any:
    headers = catalogue.headers(organisation) if organisation else catalogue.headers()
    answer = await catalogue.http.get("/v1/desks", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def copy(catalogue: Catalogue, source: str, body: Any = None, **who: Any) -> Response:
    return await catalogue.http.post(
        f"/v1/microcredentials/{source}/copies", json=body or {}, headers=catalogue.headers(**who)
    )


async def one_of_each(catalogue: Catalogue) -> dict[str, str]:
    """Have a desk in every state, each touched a second after the one before."""
    made: dict[str, str] = {}
    made["draft"] = (await catalogue.draft(WHOLE)).json()["microcredentialId"]
    catalogue.clock.pass_(seconds=1)
    made["submitted"] = (await catalogue.draft(WHOLE)).json()["microcredentialId"]
    await catalogue.submit(made["submitted"])
    catalogue.clock.pass_(seconds=1)
    made["approved"] = await catalogue.approved(WHOLE)
    catalogue.clock.pass_(seconds=1)
    made["published"] = await catalogue.published(WHOLE)
    catalogue.clock.pass_(seconds=1)
    made["archived"] = await catalogue.published(WHOLE)
    await catalogue.archive(made["archived"])
    catalogue.clock.pass_(seconds=1)
    return made


async def test_own_desks_are_listed_whatever_their_state(catalogue: Catalogue) -> None:
    made = await one_of_each(catalogue)

    listed = (await desks(catalogue))["items"]

    assert [(one["microcredentialId"], one["state"]) for one in listed] == [
        (microcredential_id, state) for state, microcredential_id in made.items()
    ]
    assert [one.get("version") for one in listed] == [None, None, None, 1, 1]
    assert [one.get("draft", {}).get("state") for one in listed] == [
        "draft",
        "submitted",
        "approved",
        None,
        None,
    ]
    for one in listed:
        assert one["etag"] == await catalogue.tag(one["microcredentialId"])


async def test_desks_are_found_by_the_state_of_the_draft_or_of_the_version(
    catalogue: Catalogue,
) -> None:
    made = await one_of_each(catalogue)
    await catalogue.put(made["published"], content(title={"nl": "Herzien"}))

    found = {
        state: [one["microcredentialId"] for one in (await desks(catalogue, state=state))["items"]]
        for state in made
    }

    assert found == {state: [one] for state, one in made.items()} | {
        "draft": [made["draft"], made["published"]]
    }
    [revised] = (await desks(catalogue, state="published"))["items"]
    assert (revised["state"], revised["draft"]["state"]) == ("published", "draft")
    assert (revised["title"], revised["draft"]["title"]) == (SHOWN["title"], {"nl": "Herzien"})


async def test_desks_come_in_pages(catalogue: Catalogue) -> None:
    made = await one_of_each(catalogue)

    first = await desks(catalogue, limit=3)
    second = await desks(catalogue, limit=3, cursor=first["next"])
    wrong = await catalogue.http.get("/v1/desks?cursor=WzFd", headers=catalogue.headers())

    found = [one["microcredentialId"] for one in first["items"] + second["items"]]
    assert found == [*made.values()]
    assert "next" not in second
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/cursor"]


async def test_desks_are_their_own_providers_only(catalogue: Catalogue) -> None:
    await catalogue.draft(WHOLE)

    assert (await desks(catalogue, STRANGER))["items"] == []
    assert (await catalogue.http.get("/v1/desks")).status_code == 401
    assert (
        await catalogue.http.get("/v1/desks?state=lost", headers=catalogue.headers())
    ).status_code == 400


async def test_a_copy_is_a_new_draft_without_what_others_call_the_original(
    catalogue: Catalogue,
) -> None:
    source = await catalogue.published(content(**CODES))

    answer = await copy(catalogue, source)

    body = answer.json()
    assert answer.status_code == 201
    assert body["microcredentialId"] != source
    assert body["copiedFrom"] == {"microcredentialId": source, "version": 1}
    assert (body["state"], body["draft"]["content"]) == ("draft", SHOWN)
    own = await catalogue.http.get(answer.headers["location"], headers=catalogue.headers())
    assert own.json() == body
    assert own.headers["etag"] == answer.headers["etag"] == '"1"'


async def test_a_copy_is_of_the_draft_unless_a_version_is_named(catalogue: Catalogue) -> None:
    source = await catalogue.published(WHOLE)
    await catalogue.put(source, content(title={"nl": "Herzien"}))

    newest = (await copy(catalogue, source)).json()
    first = (await copy(catalogue, source, {"version": 1})).json()
    absent = await copy(catalogue, source, {"version": 2})

    assert newest["draft"]["content"]["title"] == {"nl": "Herzien"}
    assert newest["copiedFrom"] == {"microcredentialId": source}
    assert first["draft"]["content"] == SHOWN
    assert absent.status_code == 404


async def test_a_copy_is_approved_anew(catalogue: Catalogue) -> None:
    source = await catalogue.published(WHOLE)
    copied = (await copy(catalogue, source)).json()["microcredentialId"]

    refused = await catalogue.publish_approved(copied)
    published = await catalogue.publish(copied)

    assert refused.json()["code"] == "not-approved"
    assert published.json()["version"] == 1
    shown = await catalogue.http.get(f"/v1/microcredentials/{copied}", headers=catalogue.headers())
    outside = await catalogue.http.get(f"/v1/microcredentials/{copied}")
    assert shown.json()["copiedFrom"]["microcredentialId"] == source
    assert "copiedFrom" not in outside.json()


async def test_another_providers_work_is_not_copied(catalogue: Catalogue) -> None:
    source = await catalogue.published(WHOLE)

    assert (await copy(catalogue, source, organisation=STRANGER)).status_code == 404
