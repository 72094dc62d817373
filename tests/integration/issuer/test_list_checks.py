"""The checker of status lists finds what differs from the record, the register and the rules."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.issuer.operations.list_checks import Checking, Fetch, ListReport, check_lists
from services.issuer.operations.status_lists import publish_status_lists
from services.issuer.status import FULL_ENOUGH, Trouble
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer
from tests.support.issuing import NHL, UTWENTE

pytestmark = pytest.mark.anyio


async def check(
    issuer: Issuer,
    *,
    register: Collection[UUID] | None = None,
    fetch: Fetch | None = None,
    later: timedelta = timedelta(0),
) -> ListReport:
    checking = Checking(
        public_url=PUBLIC_URL,
        open_lists=2,
        now=issuer.clock.now + later,
        fetch=fetch,
        register=register,
    )
    return await check_lists(issuer.database, checking)


async def publish(issuer: Issuer) -> None:
    await publish_status_lists(issuer.desk, now=issuer.clock.now)


async def tamper(issuer: Issuer, *statements: str) -> None:
    """Change the database as no code of ours can: its triggers look away."""
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(text("ALTER TABLE credential DISABLE TRIGGER USER"))
        for statement in statements:
            await session.execute(text(statement))
        await session.execute(text("ALTER TABLE credential ENABLE TRIGGER USER"))


async def a_revoked(issuer: Issuer) -> UUID:
    award_id = (await issuer.award()).json()["awardId"]
    await issuer.revoke(award_id)
    # The database has a clock of its own; the tests' stands still.
    moment = issuer.clock.now.isoformat()
    await tamper(
        issuer,
        f"UPDATE status_list SET changed_at = '{moment}' WHERE changed_at IS NOT NULL",
        f"UPDATE award SET changed_at = '{moment}' WHERE changed_at IS NOT NULL",
    )
    return UUID(award_id)


def troubles(report: ListReport) -> list[Trouble]:
    return sorted(finding.trouble for finding in report.findings)


async def test_all_is_well_with_lists_that_say_what_the_record_says(issuer: Issuer) -> None:
    await a_revoked(issuer)
    await publish(issuer)

    report = await check(issuer)

    assert (report.lists, report.places_raised, report.waiting) == (4, 1, 0)
    assert report.findings == []


async def test_a_change_may_wait_five_minutes_for_its_round_and_no_longer(issuer: Issuer) -> None:
    await a_revoked(issuer)

    early = await check(issuer, later=timedelta(minutes=5))
    late = await check(issuer, later=timedelta(minutes=6))

    assert (early.waiting, early.findings) == (1, [])
    assert troubles(late) == [Trouble.OVERDUE, Trouble.NOT_RAISED]


async def test_an_edition_of_yesterday_is_overdue(issuer: Issuer) -> None:
    report = await check(issuer, later=timedelta(hours=13))

    assert troubles(report) == [Trouble.OVERDUE] * 4


async def test_a_revocation_that_no_list_shows_is_found(issuer: Issuer) -> None:
    await issuer.award()
    await tamper(issuer, "UPDATE credential SET is_revoked = true")

    report = await check(issuer)

    [(index,)] = await issuer.ask("SELECT status_index FROM credential")
    [finding] = report.findings
    assert (finding.trouble, finding.about) == (Trouble.NOT_RAISED, str(index))


async def test_a_bit_that_nobody_raised_is_found(issuer: Issuer) -> None:
    await a_revoked(issuer)
    await publish(issuer)
    await tamper(issuer, "UPDATE credential SET is_revoked = false")

    assert troubles(await check(issuer)) == [Trouble.RAISED]


async def test_a_suspension_that_the_token_does_not_show_is_found(issuer: Issuer) -> None:
    await issuer.award()
    await tamper(issuer, "UPDATE award SET state = 'suspended'")

    assert troubles(await check(issuer)) == [Trouble.TOKEN_DIFFERS]


@pytest.mark.parametrize(
    ("statement", "trouble"),
    [
        (
            (
                "UPDATE status_list SET signed = (SELECT signed FROM status_list WHERE list_id = 3)"
                " WHERE list_id = 1"
            ),
            Trouble.UNSIGNED,
        ),
        (
            (
                "UPDATE status_list SET signed = (SELECT signed FROM status_list WHERE list_id = 2)"
                " WHERE list_id = 1"
            ),
            Trouble.ANOTHER_LIST,
        ),
        (
            (
                "UPDATE status_list SET token = (SELECT token FROM status_list WHERE list_id = 2)"
                " WHERE list_id = 1"
            ),
            Trouble.ANOTHER_LIST,
        ),
        (
            "UPDATE status_list SET signed = left(signed, -4) || 'AAAA' WHERE list_id = 1",
            Trouble.UNSIGNED,
        ),
        (
            "UPDATE status_list SET token = left(token, -4) || 'AAAA' WHERE list_id = 1",
            Trouble.UNSIGNED,
        ),
        ("UPDATE status_list SET token = NULL WHERE list_id = 1", Trouble.TOKEN_MISSING),
        ("UPDATE status_list SET is_open = false WHERE list_id = 1", Trouble.TOO_FEW_OPEN),
        ("UPDATE credential SET organisation = '" + NHL + "'", Trouble.OUTSIDE),
        ("UPDATE credential SET status_index = 131072", Trouble.OUTSIDE),
        ("UPDATE credential SET list_id = 77", Trouble.OUTSIDE),
    ],
)
async def test_whatever_is_wrong_with_a_list_is_found(
    issuer: Issuer, statement: str, trouble: Trouble
) -> None:
    await issuer.award()
    await tamper(issuer, statement)

    assert troubles(await check(issuer)) == [trouble]


async def test_a_place_used_twice_is_found_even_when_no_constraint_forbids_it(
    issuer: Issuer,
) -> None:
    await issuer.award()
    await issuer.award()
    await tamper(
        issuer,
        "ALTER TABLE credential DROP CONSTRAINT uq_credential_list_id",
        "UPDATE credential SET list_id = 1, status_index = 42",
    )

    [finding] = (await check(issuer)).findings
    assert (finding.trouble, finding.about) == (Trouble.USED_TWICE, "42")


async def test_an_open_list_far_beyond_half_is_found(issuer: Issuer) -> None:
    await issuer.ask(f"SELECT setval('status_position_1', {FULL_ENOUGH + 20_000})")

    assert troubles(await check(issuer)) == [Trouble.BEYOND_HALF]


async def test_a_compromised_key_signs_no_list_that_is_believed(issuer: Issuer) -> None:
    [(kid,)] = await issuer.ask(
        f"SELECT kid FROM signing_key WHERE organisation = '{UTWENTE}' ORDER BY kid LIMIT 1"
    )
    assert kid
    await tamper(
        issuer,
        f"UPDATE signing_key SET compromised_at = now(), state = 'compromised'"
        f" WHERE organisation = '{UTWENTE}'",
    )

    assert troubles(await check(issuer)) == [Trouble.UNSIGNED] * 2


async def test_what_the_register_revoked_and_the_lists_did_not_is_found_and_the_other_way_round(
    issuer: Issuer,
) -> None:
    revoked = await a_revoked(issuer)
    kept = UUID((await issuer.award()).json()["awardId"])
    await publish(issuer)
    hour = timedelta(hours=1)

    assert (await check(issuer, register={revoked}, later=hour)).findings == []
    [ahead] = (await check(issuer, register={revoked, kept, uuid4()}, later=hour)).findings
    [behind] = (await check(issuer, register=set(), later=hour)).findings

    assert (ahead.trouble, ahead.where) == (Trouble.REGISTER_AHEAD, f"award {kept}")
    assert (behind.trouble, behind.where) == (Trouble.REGISTER_BEHIND, f"award {revoked}")
    assert (await check(issuer, register=set())).findings == [], "it may not have heard of it yet"


async def test_what_is_served_is_what_was_published(issuer: Issuer) -> None:
    async def fetch(url: str) -> str | None:
        answer = await issuer.client.get(url.removeprefix(PUBLIC_URL))
        return answer.text if answer.status_code == 200 else None

    async def fetch_old(url: str) -> str | None:
        return old.get(url)

    lists = await issuer.ask("SELECT url FROM status_list")
    old = {str(url): await fetch(str(url)) for (url,) in lists}
    issuer.clock.now += timedelta(hours=12)
    await publish(issuer)

    assert (await check(issuer, fetch=fetch)).findings == []
    found = (await check(issuer, fetch=fetch_old)).findings
    assert [one.trouble for one in found] == [Trouble.NOT_SERVED] * 8
    assert sorted(one.about for one in found) == ["differs"] * 4 + ["no answer"] * 4
