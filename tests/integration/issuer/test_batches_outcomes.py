"""What a run makes of rows: what changed since the check, corrections, and one learner each."""

import pytest

from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer, archived
from tests.support.batches import Institution, a_row
from tests.support.issuing import a_microcredential, an_award_request

pytestmark = pytest.mark.anyio


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


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


async def test_a_learner_of_two_files_is_one_learner_under_one_key(
    institution: Institution,
) -> None:
    issuer = institution.issuer
    await institution.sent_and_checked([a_row(1)], mode="run")
    await institution.run()
    await institution.sent_and_checked([{**a_row(1), "Kenmerk": "2026-QC-again"}], mode="run")
    await institution.run()

    awards = await issuer.ask("SELECT award_id FROM award")
    answers = [await issuer.read(f"/v1/awards/{one}/credential") for (one,) in awards]
    assert await issuer.ask("SELECT count(*) FROM learner") == [(1,)]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_the_credentials_of_a_batch_hold_like_any_other(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    await institution.run()
    [row, _] = await institution.results(batch["batchId"])

    answer = await institution.issuer.read(f"/v1/awards/{row['awardId']}/credential")
    award = await institution.issuer.read(f"/v1/awards/{row['awardId']}")

    assert answer.status_code == 200
    assert answer.text.count(".") == 2
    assert award.json()["status"] == "granted"
