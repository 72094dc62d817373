"""Running a batch: whoever dies in between, each row is awarded once, and a bad one fails alone."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from services.issuer.operations.batches import running
from services.issuer.operations.batches.receiving import ROWS_OF_SLICE
from services.issuer.operations.batches.signing import sign_slice
from services.issuer.operations.batches.workshop import Hand, Workshop
from services.issuer.repository import batches_grants, batches_intents, batches_runs
from services.issuer.signing import Signer, SigningRefusedError
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row
from tests.support.issuing import an_award_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio
PLACES = "SELECT list_id, status_index FROM credential ORDER BY award_id"
INTENTS = "SELECT length(manifest), voided_at IS NOT NULL FROM batch_intent ORDER BY number"
LOGGED = """
    SELECT count(*), count(DISTINCT reference) FROM signature WHERE purpose = 'credential'
    """


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
        "grants": batches_grants,
        "running": running,
        "hand": Hand,
    }[module]
    asked = "do" if owner is Hand else name
    real: Callable[..., Any] = getattr(owner, asked)

    async def die(*args: Any, **named: object) -> Any:
        if owner is Hand and args[1].__name__ != name:
            return await real(*args, **named)
        if after:
            await real(*args, **named)
        raise KilledError

    with monkeypatch.context() as killing:
        killing.setattr(owner, asked, die)
        with pytest.raises(KilledError):
            await running.run_slice(
                institution.issuer.desk, institution.workshop, now=institution.issuer.clock.now
            )


@pytest.mark.parametrize(
    ("where", "after", "intents"),
    [
        ("runs.list_to_do", True, 0),
        ("hand.prepare_learners", False, 0),
        ("hand.prepare_learners", True, 0),
        ("hand.draft_slice", True, 0),
        ("hand.sign_slice", True, 1),
        ("intents.keep_learners", True, 0),
        ("running.reserve_places", True, 0),
        ("intents.list_awarded", True, 0),
        ("intents.keep_intent", True, 0),
        ("running._intend", True, 1),
        ("running._sign", True, 1),
        ("grants.grant", True, 1),
        ("intents.settle_intent", True, 1),
        ("runs.settle_slice", True, 1),
        ("running._grant", True, 0),
    ],
)
async def test_a_worker_killed_anywhere_leaves_nothing_lost_and_nothing_double(
    institution: Institution,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    *,
    after: bool,
    intents: int,
) -> None:
    rows = [a_row(number) for number in range(1, 8)]
    batch = await institution.sent_and_checked(rows, mode="run")

    await run_and_die(institution, monkeypatch, where, after=after)
    left = await institution.issuer.ask(INTENTS)
    await lapse(institution.issuer)
    await institution.run()

    finished = await institution.batch(batch["batchId"])
    assert finished["state"] == "finished"
    assert [one["state"] for one in await institution.results(batch["batchId"])] == ["signed"] * 7
    places = await institution.issuer.ask(PLACES)
    assert len(places) == len(set(places)) == 7
    assert len(await institution.issuer.announced("awards")) == 7
    assert await institution.issuer.ask(LOGGED) == [(7, 7)]
    # What was to be signed and never came to be is on record: 60 bytes for each credential.
    assert left == [(7 * 60, False)] * intents
    assert await institution.issuer.ask(INTENTS) == [(7 * 60, True)] * intents


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
        held = await batches_runs.hold_slice(straight, overtaken, until=later)
        settled = await batches_runs.settle_slice(straight, overtaken, now=now)
        by_taker = await batches_runs.settle_slice(straight, taker, now=now)

    assert (held, settled, by_taker) == (False, False, True)


def while_signing(monkeypatch: pytest.MonkeyPatch, act: "Callable[[], Awaitable[Any]]") -> None:
    """Let something happen between the signatures of a slice and their becoming awards."""
    work = Hand.do

    async def work_slowly(hand: Any, craft: Any, *orders: Any) -> Any:
        made = await work(hand, craft, *orders)
        if craft is sign_slice:
            await act()
        return made

    monkeypatch.setattr(Hand, "do", work_slowly)


async def test_what_is_at_hand_of_a_slice_shows_nobody(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    await institution.sent_and_checked([a_row(1)], mode="run")
    shown, work = [], Hand.do

    async def show(hand: Any, craft: Any, *orders: Any) -> Any:
        def craft_in_the_open(piece: Any, *told: Any) -> Any:
            made = craft(piece, *told)
            shown.append(f"{piece!r} {[*piece.drafts.values()]!r} {told!r} {made!r}")
            return made

        return await work(hand, craft_in_the_open, *orders)

    monkeypatch.setattr(Hand, "do", show)
    await institution.run()

    [pseudonym] = (await institution.issuer.ask("SELECT pseudonym FROM learner"))[0]
    assert len(shown) == 3
    assert not any(said in "".join(shown[-1:]) for said in (pseudonym, "2026-QC", "student1"))
    assert not any(said in "".join(shown) for said in ("2026-QC", "student1"))


async def test_who_was_overtaken_while_signing_grants_nothing(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    while_signing(monkeypatch, lambda: lapse(institution.issuer))
    await running.run_slice(
        institution.issuer.desk, institution.workshop, now=institution.issuer.clock.now
    )
    monkeypatch.undo()
    nothing = await institution.issuer.ask("SELECT count(*) FROM award")
    await institution.run()

    assert nothing == [(0,)]
    assert [one["state"] for one in await institution.results(batch["batchId"])] == ["signed"] * 2
    assert await institution.issuer.ask(LOGGED) == [(2, 2)]
    assert await institution.issuer.ask(INTENTS) == [(120, True)]


async def test_an_award_made_while_we_signed_is_not_made_again(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    single = an_award_request(enrolmentReference="2026-QC-000002")
    while_signing(monkeypatch, lambda: institution.issuer.award(single))
    await institution.run()

    first, second = await institution.results(batch["batchId"])
    assert first["state"] == "signed"
    assert (second["state"], second["code"]) == ("failed", "already-awarded")
    assert await institution.issuer.ask("SELECT count(*) FROM award") == [(2,)]
    # The signature that nobody will ever see is on record as void, and in no log as given.
    assert await institution.issuer.ask(INTENTS) == [(60, True)]
    assert await institution.issuer.ask(LOGGED) == [(2, 2)]


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


async def test_what_is_recalled_while_we_sign_is_not_awarded(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    while_signing(
        monkeypatch,
        lambda: institution.ask(f"{batch['batchId']}/recalls", {"rows": [2]}),
    )
    await institution.run()

    assert await institution.issuer.ask("SELECT state FROM award") == [("granted",)]
    results = await institution.results(batch["batchId"])
    assert [one["state"] for one in results] == ["recalled", "signed"]
    assert await institution.issuer.ask(INTENTS) == [(60, True)]


async def test_two_who_settle_the_last_two_slices_at_once_end_the_batch(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [a_row(number) for number in range(1, ROWS_OF_SLICE + 2)]
    batch = await institution.sent_and_checked(rows, mode="run")
    settle, both = batches_runs.settle_slice, asyncio.Barrier(2)

    async def settle_together(*args: Any, **named: Any) -> bool:
        settled = await settle(*args, **named)
        await both.wait()
        return settled

    monkeypatch.setattr(batches_runs, "settle_slice", settle_together)
    await asyncio.gather(
        *(
            running.run_slice(
                institution.issuer.desk, institution.workshop, now=institution.issuer.clock.now
            )
            for _ in range(2)
        )
    )

    assert (await institution.batch(batch["batchId"]))["state"] == "finished"
