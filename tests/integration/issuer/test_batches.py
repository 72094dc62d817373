"""A file of awards, from its upload to its awards: each row once, whatever happens."""

import pytest

from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row

pytestmark = pytest.mark.anyio


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


async def test_a_file_is_checked_and_nothing_is_signed(institution: Institution) -> None:
    rows = [a_row(number) for number in range(1, 6)]

    batch = await institution.sent_and_checked(rows)

    assert batch["state"] == "checked"
    assert batch["outcomes"]["ready"] == 5
    assert batch["digest"]
    assert await institution.issuer.ask("SELECT count(*) FROM award") == [(0,)]


async def test_a_checked_file_is_run(institution: Institution) -> None:
    rows = [a_row(number) for number in range(1, 6)]
    batch = await institution.sent_and_checked(rows)

    answer = await institution.ask(f"{batch['batchId']}/runs", {})
    slices = await institution.run()
    finished = await institution.batch(batch["batchId"])

    assert answer.status_code == 202
    assert slices == 1
    assert finished["state"] == "finished"
    assert finished["progress"]["signed"] == 5
    results = await institution.results(batch["batchId"])
    assert [one["line"] for one in results] == [2, 3, 4, 5, 6]
    assert {one["state"] for one in results} == {"signed"}
    assert len(await institution.issuer.announced("awards")) == 5
