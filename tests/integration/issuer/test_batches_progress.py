"""How far a batch is, read from sums of slices: always what counting its rows one by one gives."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.issuer.domain.batches import RowOutcome
from services.issuer.operations.batches import receiving
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.repository import batches_rows
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row, register

pytestmark = pytest.mark.anyio
COUNTED = """
    SELECT count(*) FILTER (
               WHERE r.outcome = 'ready' AND r.failure IS NULL AND s.settled_at IS NOT NULL
               AND NOT coalesce(r.recalled_at < s.settled_at, false)
           ),
           (SELECT count(*) FROM registered WHERE batch_id = r.batch_id),
           (SELECT count(*) FROM delivered WHERE batch_id = r.batch_id),
           count(r.done_at), count(r.failure), count(r.recalled_at), count(r.erased_at)
    FROM batch_row r JOIN batch_slice s ON s.batch_id = r.batch_id AND s.number = r.slice
    GROUP BY r.batch_id
    """


@pytest.fixture
def institution(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Institution:
    """Give somebody at Twente, whose files are cut small."""
    monkeypatch.setattr(receiving, "ROWS_OF_SLICE", 3)
    return Institution(issuer, Workshop(issuer.desk))


async def sum_up(issuer: Issuer) -> int:
    async with issuer.database.acting_for("*") as straight:
        return await batches_rows.sum_up(straight, since=issuer.clock.now - timedelta(days=1))


async def compare(issuer: Issuer, batch_id: str) -> Any:
    """Return the progress of a batch, the same by sums as by counting every row."""
    async with issuer.database.acting_for("*") as straight:
        told = await batches_rows.find_progress(straight, UUID(batch_id))
    counted: Any = await issuer.ask("SELECT outcome, count(*) FROM batch_row GROUP BY outcome")
    assert told.outcomes == {RowOutcome(outcome): rows for outcome, rows in counted}
    assert [
        (
            told.signed,
            told.registered,
            told.delivered,
            told.corrected,
            told.failed,
            told.recalled,
            told.erased,
        )
    ] == await issuer.ask(COUNTED)
    return told


async def test_sums_say_what_counting_says_at_every_step(institution: Institution) -> None:
    issuer = institution.issuer
    rows = [a_row(n, **({"Cijfer": "3"} if n in {2, 5} else {})) for n in range(1, 14)]
    batch_id = (await institution.sent_and_checked(rows))["batchId"]
    await compare(issuer, batch_id)
    for path, body in (("recalls", {"rows": [4]}), ("runs", {})):
        issuer.clock.now += timedelta(seconds=1)
        answer = await institution.ask(f"{batch_id}/{path}", body)
        assert answer.status_code == 202, answer.text
        await compare(issuer, batch_id)
    await institution.run()
    signed = await compare(issuer, batch_id)
    assert await sum_up(issuer) == 0

    await register(issuer)
    before = await compare(issuer, batch_id)
    summed = await sum_up(issuer)
    after = await compare(issuer, batch_id)

    assert (signed.signed, signed.recalled) == (10, 1)
    assert before == after
    assert after.registered == 10
    assert summed == 5
    assert await sum_up(issuer) == 0
    issuer.clock.now += timedelta(seconds=1)
    await institution.ask(f"{batch_id}/recalls", {"rows": [9]})
    await compare(issuer, batch_id)
    await issuer.post(
        "/v1/learner-erasures",
        {"email": "student7@student.example.nl", "reason": "learner-request"},
        scope="learners:erase",
    )
    last = await compare(issuer, batch_id)
    assert (last.signed, last.registered, last.recalled, last.erased) == (10, 10, 2, 1)


async def test_a_slice_of_which_not_all_is_registered_is_summed_up_later(
    institution: Institution,
) -> None:
    issuer = institution.issuer
    batch_id = (await institution.sent_and_checked([a_row(n) for n in range(1, 4)], mode="run"))[
        "batchId"
    ]
    await institution.run()
    await register(issuer, most=2)

    assert await sum_up(issuer) == 0
    assert (await compare(issuer, batch_id)).registered == 2
    await register(issuer)
    assert await sum_up(issuer) == 1
    assert (await compare(issuer, batch_id)).registered == 3
