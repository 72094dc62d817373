"""How far a batch is: over the API, as events, on a page; recalled until delivered; forgotten."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.issuer import consumers
from services.issuer.operations.batches import recalling
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.repository import batches_recalls, batches_retention
from services.issuer.routes import batches_following
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row, register
from tests.support.issuing import QUANTUM, an_award_request

pytestmark = pytest.mark.anyio


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_following, "POLL_SECONDS", 0.01)


async def a_finished_batch(institution: Institution, size: int = 3) -> str:
    rows = [a_row(number) for number in range(1, size + 1)]
    batch = await institution.sent_and_checked(rows, mode="run")
    await institution.run()
    return str(batch["batchId"])


async def states(institution: Institution, batch_id: str) -> list[str]:
    return [one["state"] for one in await institution.results(batch_id)]


async def test_a_row_goes_from_queued_to_delivered(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    batch_id = batch["batchId"]
    seen = [await states(institution, batch_id)]
    await institution.run()
    seen.append(await states(institution, batch_id))
    await register(institution.issuer)
    seen.append(await states(institution, batch_id))
    first, _ = await institution.results(batch_id)
    handed = await institution.issuer.read(f"/v1/awards/{first['awardId']}/credential")
    seen.append(await states(institution, batch_id))

    assert handed.status_code == 200
    assert seen == [
        ["queued", "queued"],
        ["signed", "signed"],
        ["registered", "registered"],
        ["delivered", "registered"],
    ]
    progress = (await institution.batch(batch_id))["progress"]
    assert (progress["signed"], progress["registered"], progress["delivered"]) == (2, 2, 1)


async def test_what_the_register_tells_again_changes_nothing_even_after_an_erasure(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer, keep, heard = institution.issuer, batches_recalls.keep_registered, []

    async def keep_and_note(session: Any, told: Any) -> None:
        heard.extend(told)
        await keep(session, told)

    monkeypatch.setattr(batches_recalls, "keep_registered", keep_and_note)
    batch_id = await a_finished_batch(institution)
    await register(issuer)
    known = await issuer.ask("SELECT * FROM registered ORDER BY award_id")
    erasure = {"email": "student2@student.example.nl", "reason": "learner-request"}
    await issuer.post("/v1/learner-erasures", erasure, scope="learners:erase")
    before = await states(institution, batch_id)
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await keep(session, [*reversed(heard), *heard])

    assert consumers.subscribe(issuer.desk).is_in_any_order("registrations")
    assert len(known) == 3
    assert await issuer.ask("SELECT * FROM registered ORDER BY award_id") == known
    assert await states(institution, batch_id) == before == ["registered", "erased", "registered"]


async def test_events_tell_each_step_and_then_end(institution: Institution) -> None:
    batch_id = await a_finished_batch(institution)
    await register(institution.issuer)

    answer = await institution.read(f"{batch_id}/events")
    events = [part for part in answer.text.split("\n\n") if "event:" in part]
    fields = [dict(line.split(": ", 1) for line in part.splitlines()) for part in events]
    again = await institution.read(f"{batch_id}/events", **{"Last-Event-ID": fields[-1]["id"]})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [one["event"] for one in fields] == ["progress", "done"]
    assert json.loads(fields[-1]["data"])["registered"] == 3
    assert json.loads(fields[-1]["data"])["state"] == "finished"
    assert (again.status_code, again.content) == (204, b"")


async def test_the_page_shows_counts_to_who_has_the_link(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2, Cijfer="3")], mode="run")
    path = httpx.URL(batch["links"]["page"]).path.removeprefix("/issuer")
    client = institution.issuer.client

    running = await client.get(path, headers={"Accept": "text/html"})
    still = await client.get(path, params={"still": "1"}, headers={"Accept": "text/html"})
    english = await client.get(path, params={"lang": "en"}, headers={"Accept": "text/html"})
    guessed = await client.get(f"{path[:-1]}0", headers={"Accept": "text/html"})
    await institution.run()
    await register(institution.issuer)
    finished = await client.get(path, headers={"Accept": "text/html"})

    assert running.status_code == 200
    assert running.headers["Refresh"] == "5"
    assert running.headers["Cache-Control"] == "no-store"
    assert "De toekenningen worden gemaakt" in running.text
    assert "The awards are being made" in english.text
    assert "Refresh" not in still.headers
    assert guessed.status_code == 404
    assert "Refresh" not in finished.headers
    assert "De toekenningen zijn klaar" in finished.text
    for said in ("Voorbeeld", "student1", "2026-QC"):
        assert said not in running.text + finished.text


async def test_a_whole_batch_is_recalled_before_anything_is_signed(
    institution: Institution,
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")

    answer = await institution.ask(f"{batch['batchId']}/recalls", {})
    await institution.run()

    assert (answer.status_code, answer.json()["state"]) == (202, "recalled")
    assert await states(institution, batch["batchId"]) == ["recalled", "recalled"]
    assert await institution.issuer.ask("SELECT count(*) FROM award") == [(0,)]


async def test_what_is_signed_is_revoked_when_it_is_recalled(institution: Institution) -> None:
    batch_id = await a_finished_batch(institution)

    answer = await institution.ask(f"{batch_id}/recalls", {"rows": [3]})
    revoked = await recalling.revoke_recalled(
        institution.issuer.desk, now=institution.issuer.clock.now
    )

    assert answer.status_code == 202
    assert revoked == 1
    assert await states(institution, batch_id) == ["signed", "recalled", "signed"]
    assert await institution.issuer.ask(
        "SELECT state, reason FROM award WHERE enrolment_reference = '2026-QC-000002'"
    ) == [("revoked", "administrative-error")]
    assert await institution.issuer.ask("SELECT count(*) FROM credential WHERE is_revoked") == [
        (1,)
    ]
    types = [one["type"] for one in await institution.issuer.announced("awards")]
    assert types[-1] == "nl.microcredentials.award-revoked.v1"


async def test_what_was_recalled_may_be_awarded_again_once_it_is_mended(
    institution: Institution,
) -> None:
    batch_id = await a_finished_batch(institution, size=2)
    await institution.ask(f"{batch_id}/recalls", {})
    await recalling.revoke_recalled(institution.issuer.desk, now=institution.issuer.clock.now)

    mended = await institution.sent_and_checked([a_row(1), a_row(2, Cijfer="9,0")], mode="run")
    await institution.run()
    third = await institution.issuer.award(
        an_award_request(enrolmentReference="2026-QC-000002", microcredentialId=str(QUANTUM))
    )

    assert await states(institution, mended["batchId"]) == ["signed", "signed"]
    assert await institution.issuer.ask(
        "SELECT enrolment_reference, state FROM award ORDER BY enrolment_reference, state"
    ) == [
        ("2026-QC-000001", "granted"),
        ("2026-QC-000001", "revoked"),
        ("2026-QC-000002", "granted"),
        ("2026-QC-000002", "revoked"),
    ]
    assert third.json()["code"] == "already-awarded"


async def test_what_is_delivered_is_not_recalled_and_the_other_way_round(
    institution: Institution,
) -> None:
    batch_id = await a_finished_batch(institution, size=2)
    first, second = await institution.results(batch_id)
    await institution.issuer.read(f"/v1/awards/{first['awardId']}/credential")

    delivered = await institution.ask(f"{batch_id}/recalls", {"rows": [first["line"]]})
    recalled = await institution.ask(f"{batch_id}/recalls", {"rows": [second["line"]]})
    handed = await institution.issuer.read(f"/v1/awards/{second['awardId']}/credential")

    assert (delivered.status_code, delivered.json()["code"]) == (409, "nothing-to-recall")
    assert recalled.status_code == 202
    assert handed.status_code == 404


async def test_the_credentials_of_a_batch_come_in_one_file(institution: Institution) -> None:
    batch_id = await a_finished_batch(institution, size=4)
    await institution.ask(f"{batch_id}/recalls", {"rows": [3]})

    answer = await institution.read(f"{batch_id}/credentials")
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert [line["row"] for line in lines] == [2, 4, 5]
    assert all(line["credential"].count(".") == 2 for line in lines)
    assert await states(institution, batch_id) == [
        "delivered",
        "recalled",
        "delivered",
        "delivered",
    ]


async def test_after_thirty_days_only_counts_and_results_are_left(
    institution: Institution,
) -> None:
    rows = [a_row(1), a_row(2, Cijfer="3")]
    batch = await institution.sent_and_checked(rows, mode="run")
    await institution.run()
    before = await institution.results(batch["batchId"])
    now = institution.issuer.clock.now
    for days, wiped in ((29, 0), (31, 1)):
        async with institution.issuer.database.acting_for("*") as straight:
            assert wiped == await batches_retention.wipe_batches(
                straight, before=now + timedelta(days=days - 30), now=now + timedelta(days=days)
            )

    after = await institution.batch(batch["batchId"])
    failures = await institution.read(f"{batch['batchId']}/failures")

    assert "faults" in before[1]
    assert await institution.results(batch["batchId"]) == [
        {name: value for name, value in one.items() if name != "faults"} for one in before
    ]
    assert after["outcomes"]["ready"] == 1
    assert after["columns"] == []
    assert (failures.status_code, failures.json()["code"]) == (409, "batch-wiped")
    assert await institution.issuer.ask(
        "SELECT count(sealed_cells), count(sealed_wishes) FROM batch_slice"
    ) == [(0, 0)]
    assert await institution.issuer.ask(
        "SELECT count(sealed_faults), count(award_key) FROM batch_row"
    ) == [(0, 0)]


async def test_a_checked_batch_that_nobody_runs_lapses(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1)])
    now = institution.issuer.clock.now + timedelta(days=31)

    async with institution.issuer.database.acting_for("*") as straight:
        await batches_retention.wipe_batches(straight, before=now - timedelta(days=30), now=now)
    run = await institution.ask(f"{batch['batchId']}/runs", {})

    assert (await institution.batch(batch["batchId"]))["state"] == "lapsed"
    assert (run.status_code, run.json()["code"]) == (409, "batch-closed")
