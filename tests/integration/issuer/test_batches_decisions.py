"""Four eyes: nothing of a large batch is signed before somebody else agreed to what was checked."""

import pytest

from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row
from tests.support.issuing import NHL

pytestmark = pytest.mark.anyio


@pytest.fixture
async def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente, where three rows ask for a second person."""
    anna = Institution(issuer, Workshop(issuer.desk))
    answer = await put_rules(anna, 3, '"0"')
    assert answer[0] == 200
    return anna


async def put_rules(
    institution: Institution, threshold: int | None, tag: str | None
) -> tuple[int, str]:
    answer = await institution.issuer.client.put(
        "/v1/issuing-rules",
        json={"approvalFrom": threshold},
        headers=institution.headers("issuing-rules:write") | ({"If-Match": tag} if tag else {}),
    )
    return answer.status_code, answer.headers.get("ETag", "")


async def decide(
    institution: Institution, batch: dict[str, str], *, verb: str = "approvals", digest: str = ""
) -> tuple[int, str]:
    answer = await institution.ask(
        f"{batch['batchId']}/{verb}",
        {"digest": digest or batch["digest"]},
        scope="awards:approve",
    )
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


async def a_waiting_batch(institution: Institution) -> dict[str, str]:
    batch = await institution.sent_and_checked(
        [a_row(number) for number in range(1, 5)], mode="run"
    )
    assert batch["state"] == "waiting-for-approval"
    return batch


async def test_a_large_batch_waits_for_a_second_person(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)
    assert await institution.run() == 0

    told = await decide(institution.acting("bob"), batch)
    await institution.run()

    assert told == (201, "running")
    assert (await institution.batch(batch["batchId"]))["progress"]["signed"] == 4


async def test_a_small_batch_does_not_wait(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")

    assert batch["state"] == "running"


async def test_rows_that_ask_for_nothing_do_not_make_a_batch_large(
    institution: Institution,
) -> None:
    batch = await institution.sent_and_checked(
        [a_row(1), a_row(2), a_row(1), a_row(4, Cijfer="2")], mode="run"
    )

    assert batch["state"] == "running"


async def test_nobody_approves_their_own_batch(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)

    told = await decide(institution, batch)

    assert told == (403, "second-person-needed")
    assert await institution.run() == 0


async def test_who_asked_for_the_run_does_not_approve_it_either(institution: Institution) -> None:
    checked = await institution.sent_and_checked([a_row(number) for number in range(1, 5)])
    bob = institution.acting("bob")
    await bob.ask(f"{checked['batchId']}/runs", {})

    assert await decide(bob, checked) == (403, "second-person-needed")
    assert await decide(institution, checked) == (403, "second-person-needed")
    assert await decide(institution.acting("carol"), checked) == (201, "running")


async def test_only_what_was_checked_is_approved(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)

    told = await decide(institution.acting("bob"), batch, digest="0" * 64)

    assert told == (409, "batch-digest")
    assert await institution.run() == 0


async def test_a_rejected_batch_is_never_signed(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)

    told = await decide(institution.acting("bob"), batch, verb="rejections")
    afterwards = await decide(institution.acting("carol"), batch)

    assert told == (201, "rejected")
    assert afterwards == (409, "nothing-to-approve")
    assert await institution.run() == 0
    assert await institution.issuer.ask("SELECT count(*) FROM award") == [(0,)]


async def test_another_organisation_finds_nothing_to_approve(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)

    assert await decide(institution.acting("bob", NHL), batch) == (404, "batch-not-found")


async def test_approving_asks_for_its_own_scope(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)

    answer = await institution.acting("bob").ask(
        f"{batch['batchId']}/approvals", {"digest": batch["digest"]}, scope="awards:write"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_the_same_approval_twice_is_one(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)
    bob = institution.acting("bob")
    body, scope = {"digest": batch["digest"]}, "awards:approve"

    first = await bob.ask(f"{batch['batchId']}/approvals", body, scope=scope, key="once")
    second = await bob.ask(f"{batch['batchId']}/approvals", body, scope=scope, key="once")

    assert (first.status_code, second.status_code) == (201, 201)
    assert await institution.issuer.ask("SELECT count(*) FROM batch_decision") == [(1,)]


async def test_a_batch_runs_once(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1)])

    first = await institution.ask(f"{batch['batchId']}/runs", {}, key="run")
    again = await institution.ask(f"{batch['batchId']}/runs", {}, key="run")
    other = await institution.ask(f"{batch['batchId']}/runs", {})

    assert (first.status_code, again.status_code) == (202, 202)
    assert (other.status_code, other.json()["code"]) == (409, "batch-closed")


async def test_rules_are_changed_only_by_who_read_them(institution: Institution) -> None:
    read = await institution.issuer.client.get(
        "/v1/issuing-rules", headers=institution.headers("issuing-rules:write")
    )

    assert read.json() == {"approvalFrom": 3, "studentDomains": []}
    assert read.headers["ETag"] == '"1"'
    assert (await put_rules(institution, 5, None))[0] == 428
    assert (await put_rules(institution, 5, '"0"'))[0] == 412
    assert await put_rules(institution, None, '"1"') == (200, '"2"')
    assert (await put_rules(institution.acting("eve", NHL), 9, '"2"'))[0] == 412


async def test_why_a_batch_was_rejected_reaches_who_must_mend_it(institution: Institution) -> None:
    batch = await a_waiting_batch(institution)
    bob = institution.acting("bob")

    await bob.ask(
        f"{batch['batchId']}/rejections",
        {"digest": batch["digest"], "note": "Rij 3 is van vorig jaar."},
        scope="awards:approve",
    )
    told = await institution.batch(batch["batchId"])
    kept = await institution.issuer.ask("SELECT sealed_note FROM batch_decision")

    assert told["decision"]["note"] == "Rij 3 is van vorig jaar."
    assert "vorig jaar" not in repr(kept)
