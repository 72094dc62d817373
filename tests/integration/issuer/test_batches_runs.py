"""Running a batch: whoever dies in between, each row is awarded once, and a bad one fails alone."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from services.issuer.operations import granting
from services.issuer.operations.batches import recalling, running
from services.issuer.operations.batches.signing import sign_slice
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.repository import batches_intents, batches_runs
from services.issuer.signing import Signer, SigningRefusedError
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer, archived
from tests.support.batches import Institution, a_row
from tests.support.issuing import a_microcredential, an_award_request

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio
PLACES = "SELECT award_id, credential_id, list_id, status_index FROM credential ORDER BY award_id"


class KilledError(Exception):
    pass


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


async def change(issuer: Issuer, *statements: str) -> None:
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for statement in statements:
            await session.execute(text(statement))


async def lapse(issuer: Issuer) -> None:
    """Let the time pass after which somebody else may take a slice."""
    await change(issuer, "UPDATE batch_slice SET taken_until = now() - interval '1 second'")


async def run_and_die(
    institution: Institution, monkeypatch: pytest.MonkeyPatch, where: str, *, after: bool
) -> None:
    """Run a slice, and be killed before or after this is done for the first time."""
    module, _, name = where.rpartition(".")
    owner = {
        "runs": batches_runs,
        "intents": batches_intents,
        "workshop": institution.workshop,
        "running": running,
    }[module]
    real: Callable[..., Any] = getattr(owner, name)

    async def die(*args: object, **named: object) -> None:
        if after:
            await real(*args, **named)
        raise KilledError

    with monkeypatch.context() as killing:
        killing.setattr(owner, name, die)
        with pytest.raises(KilledError):
            await running.run_slice(
                institution.issuer.desk, institution.workshop, now=institution.issuer.clock.now
            )


@pytest.mark.parametrize(
    ("where", "after"),
    [
        ("runs.list_to_do", True),
        ("workshop.do", False),
        ("intents.keep_learners", True),
        ("running.reserve_places", True),
        ("intents.add_intents", True),
        ("runs.keep_failures", True),
        ("running._keep_intents", True),
        ("running._sign", False),
        ("running._sign", True),
        ("runs.grant_intents", True),
        ("runs.keep_signatures", True),
        ("runs.copy_events", True),
        ("runs.settle_slice", True),
        ("running._grant", True),
    ],
)
async def test_a_worker_killed_anywhere_leaves_nothing_lost_and_nothing_double(
    institution: Institution, monkeypatch: pytest.MonkeyPatch, where: str, *, after: bool
) -> None:
    rows = [a_row(number) for number in range(1, 8)]
    batch = await institution.sent_and_checked(rows, mode="run")

    await run_and_die(institution, monkeypatch, where, after=after)
    intended = await institution.issuer.ask(PLACES)
    await lapse(institution.issuer)
    await institution.run()

    finished = await institution.batch(batch["batchId"])
    assert finished["state"] == "finished"
    assert [one["state"] for one in await institution.results(batch["batchId"])] == ["signed"] * 7
    places = await institution.issuer.ask(PLACES)
    assert len(places) == 7
    assert intended in ([], places)
    assert len({(place[2], place[3]) for place in places}) == 7
    assert len(await institution.issuer.announced("awards")) == 7
    assert await institution.issuer.ask(
        "SELECT count(*), count(DISTINCT reference) FROM signature WHERE purpose = 'credential'"
    ) == [(7, 7)]


async def test_the_sweeper_may_finish_a_slice_of_a_killed_worker(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    await run_and_die(institution, monkeypatch, "running._sign", after=False)

    later = institution.issuer.clock.now + timedelta(minutes=1)
    await granting.finish_intents(
        institution.issuer.desk, older_than=timedelta(seconds=30), now=later
    )
    swept = await institution.results(batch["batchId"])
    await lapse(institution.issuer)
    await institution.run()

    assert [one["state"] for one in swept] == ["signed", "signed"]
    assert (await institution.batch(batch["batchId"]))["state"] == "finished"
    assert len(await institution.issuer.announced("awards")) == 2


async def test_a_slice_is_not_taken_twice_at_once(institution: Institution) -> None:
    await institution.sent_and_checked([a_row(1)], mode="run")
    now = clock.now()

    async with institution.issuer.database.acting_for("*") as straight:
        first = await batches_runs.take_slice(straight, now=now, until=now + running.LEASE)
    async with institution.issuer.database.acting_for("*") as straight:
        second = await batches_runs.take_slice(straight, now=now, until=now + running.LEASE)

    assert first is not None
    assert second is None


async def test_who_was_overtaken_changes_nothing(institution: Institution) -> None:
    await institution.sent_and_checked([a_row(1)], mode="run")
    now = clock.now()
    later = now + running.LEASE
    async with institution.issuer.database.acting_for("*") as straight:
        overtaken = await batches_runs.take_slice(straight, now=now, until=later)
        after = later + timedelta(seconds=1)
        taker = await batches_runs.take_slice(straight, now=after, until=after + running.LEASE)
    assert overtaken is not None
    assert taker is not None

    async with institution.issuer.database.acting_for(taker.organisation) as straight:
        held = await batches_runs.hold_slice(straight, overtaken, now=now, until=later)
        settled = await batches_runs.settle_slice(straight, overtaken, now=now)
        by_taker = await batches_runs.settle_slice(straight, taker, now=now)

    assert (held, settled, by_taker) == (False, False, True)


async def test_what_the_sweeper_granted_meanwhile_is_told_once(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    work = institution.workshop.do

    async def work_slowly(craft: Any, *orders: Any) -> Any:
        made = await work(craft, *orders)
        if craft is sign_slice:
            await granting.finish_intents(
                institution.issuer.desk,
                older_than=timedelta(seconds=30),
                now=institution.issuer.clock.now + timedelta(minutes=1),
            )
        return made

    monkeypatch.setattr(institution.workshop, "do", work_slowly)
    await institution.run()

    assert [one["state"] for one in await institution.results(batch["batchId"])] == ["signed"] * 2
    assert len(await institution.issuer.announced("awards")) == 2
    logged = "SELECT count(*) FROM signature WHERE purpose = 'credential'"
    assert await institution.issuer.ask(logged) == [(2,)]


async def test_a_row_the_database_refuses_fails_alone(institution: Institution) -> None:
    batch = await institution.sent_and_checked(
        [a_row(number) for number in range(1, 8)], mode="run"
    )
    await change(
        institution.issuer,
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.enrolment_reference = '2026-QC-000003' THEN
                RAISE EXCEPTION 'not this one' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER refuse BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION refuse()",
    )

    await institution.run()

    results = await institution.results(batch["batchId"])
    assert [(one["line"], one["state"], one.get("code")) for one in results if "code" in one] == [
        (4, "failed", "not-storable")
    ]
    assert sum(one["state"] == "signed" for one in results) == 6
    assert (await institution.batch(batch["batchId"]))["progress"]["failed"] == 1


async def test_what_the_signer_refuses_fails_alone(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked(
        [a_row(number) for number in range(1, 4)], mode="run"
    )
    sign, seen = Signer.sign_credential, []

    def refuse_second(self: Signer, *args: Any, **named: Any) -> Any:
        seen.append(1)
        if len(seen) == 2:
            raise SigningRefusedError
        return sign(self, *args, **named)

    monkeypatch.setattr(Signer, "sign_credential", refuse_second)
    await institution.run()

    results = await institution.results(batch["batchId"])
    assert [one["state"] for one in results] == ["signed", "failed", "signed"]
    assert results[1]["code"] == "signing-refused"
    progress = (await institution.batch(batch["batchId"]))["progress"]
    assert (progress["signed"], progress["failed"]) == (2, 1)


async def test_what_was_intended_when_it_was_recalled_is_finished_and_revoked(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    await run_and_die(institution, monkeypatch, "running._sign", after=False)

    await institution.ask(f"{batch['batchId']}/recalls", {})
    later = institution.issuer.clock.now + timedelta(minutes=1)
    await granting.finish_intents(
        institution.issuer.desk, older_than=timedelta(seconds=30), now=later
    )
    await recalling.revoke_recalled(institution.issuer.desk, now=later)

    assert await institution.issuer.ask("SELECT state FROM award") == [("revoked",), ("revoked",)]
    results = await institution.results(batch["batchId"])
    assert [one["state"] for one in results] == ["recalled", "recalled"]


async def test_an_award_made_meanwhile_is_not_made_again(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)])
    single = await institution.issuer.award(an_award_request(enrolmentReference="2026-QC-000002"))
    await institution.ask(f"{batch['batchId']}/runs", {})

    await institution.run()

    first, second = await institution.results(batch["batchId"])
    assert single.status_code == 201
    assert first["state"] == "signed"
    assert (second["state"], second["code"]) == ("failed", "already-awarded")
    assert await institution.issuer.ask("SELECT count(*) FROM award") == [(2,)]


async def test_what_is_archived_since_the_check_is_not_awarded(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1)])
    await institution.issuer.hear(archived(a_microcredential()))
    await institution.ask(f"{batch['batchId']}/runs", {})

    await institution.run()

    [row] = await institution.results(batch["batchId"])
    assert (row["state"], row["code"]) == ("failed", "microcredential-archived")


async def test_a_correction_is_made_only_when_it_is_asked(institution: Institution) -> None:
    await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    await institution.run()
    changed = [a_row(1, Cijfer="9"), a_row(2)]

    left = await institution.sent_and_checked(changed, mode="run")
    await institution.run()
    not_asked = await institution.results(left["batchId"])
    made = await institution.sent_and_checked(changed, mode="run", corrections="true")
    await institution.run()
    asked = await institution.results(made["batchId"])

    assert [one["state"] for one in not_asked] == ["skipped", "skipped"]
    assert [one["state"] for one in asked] == ["corrected", "skipped"]
    assert await institution.issuer.ask(
        "SELECT max(version), count(*) FROM credential JOIN award USING (award_id)"
        " WHERE enrolment_reference = '2026-QC-000001'"
    ) == [(2, 2)]
    third = await institution.sent_and_checked(changed)
    assert third["outcomes"]["alreadyAwarded"] == 2


async def test_a_learner_of_two_files_is_one_learner(institution: Institution) -> None:
    await institution.sent_and_checked([a_row(1)], mode="run")
    await institution.run()
    await institution.sent_and_checked([{**a_row(1), "Kenmerk": "2026-QC-again"}], mode="run")
    await institution.run()

    assert await institution.issuer.ask("SELECT count(*) FROM learner") == [(1,)]
    assert await institution.issuer.ask("SELECT count(*) FROM award") == [(2,)]


async def test_the_credentials_of_a_batch_hold_like_any_other(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    await institution.run()
    [row, _] = await institution.results(batch["batchId"])

    answer = await institution.issuer.read(f"/v1/awards/{row['awardId']}/credential")
    award = await institution.issuer.read(f"/v1/awards/{row['awardId']}")

    assert answer.status_code == 200
    assert answer.text.count(".") == 2
    assert award.json()["status"] == "granted"
