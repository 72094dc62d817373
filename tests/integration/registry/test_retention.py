"""Letting go with the clock forward: what must go is gone, and a replay still has all it needs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registry.domain.retention import Kept, RetentionReport
from services.registry.operations.retention import Retention, keep_terms
from services.registry.repository import retention as repository
from shared.contracts.award import Award
from shared.contracts.envelopes import CloudEvent
from shared.runtime import migrations
from shared.runtime.database import Database
from shared.runtime.relay import Outgoing
from tests.support.awards import NOW, erased, granted, revoked, suspended
from tests.support.consulting import (
    MERLE,
    ROBIN,
    Register,
    an_erasure_path,
    days,
    open_register,
)
from tests.support.postgres import MakeDatabase, in_own_loop
from tests.support.registering import put_in_log, tell_all

pytestmark = pytest.mark.anyio
BACKUPS = days(30)


@pytest.fixture
def database(make_database: MakeDatabase, open_database: Callable[..., Database]) -> Database:
    return open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )


@pytest.fixture
async def register(database: Database) -> AsyncIterator[Register]:
    opened = open_register(database)
    async with opened.client:
        yield opened


async def let_go(register: Register, after: timedelta, *, dry: bool = False) -> RetentionReport:
    """Run with the clock forward, of this process and of the rows the database dated itself."""
    return await keep_terms(
        Retention(database=register.database, backups_kept=BACKUPS), now=NOW + after, dry=dry
    )


async def term_of(register: Register, registration_id: UUID) -> dict[str, Any]:
    answer = await register.client.get(an_erasure_path(registration_id))
    said: dict[str, Any] = answer.json()
    return said


def said_of(award: Award, told: Sequence[Outgoing]) -> str:
    """Return all that was told of an award."""
    return str([one.value for one in told if one.key == str(award.award_id)])


async def test_consultations_are_kept_for_five_years_and_not_a_day_longer(
    register: Register,
) -> None:
    await register.search(ROBIN, MERLE)

    kept = await let_go(register, datetime(2031, 11, 22, 12, tzinfo=UTC) - NOW)
    gone = await let_go(register, datetime(2031, 11, 22, 12, 0, 1, tzinfo=UTC) - NOW)

    assert kept.gone[Kept.CONSULTATIONS] == 0
    assert gone.gone[Kept.CONSULTATIONS] == 2
    assert await register.ask("SELECT count(*) FROM consultation") == [(0,)]


async def test_keys_of_requests_go_after_seven_days_and_silent_workers_after_ninety(
    register: Register,
) -> None:
    await register.post("/v1/pseudonym-keys", {}, "keys:write", **{"Idempotency-Key": "0123456789"})
    await register.change(
        "INSERT INTO consumer_state (consumer, worker, partitions, lag, progressed_at, beat_at)"
        f" VALUES ('registry', 'gone', 0, 0, '{NOW}', '{NOW}')"
    )

    week = await let_go(register, days(7))
    quarter = await let_go(register, days(90) + timedelta(seconds=1))

    assert (week.gone[Kept.IDEMPOTENCY], week.gone[Kept.WORKERS]) == (0, 0)
    assert (quarter.gone[Kept.IDEMPOTENCY], quarter.gone[Kept.WORKERS]) == (1, 1)
    assert await register.ask("SELECT count(*) FROM consumer_key") == [(1,)]


async def test_much_goes_in_small_pieces(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces: list[int] = []
    delete_old = repository.delete_old

    async def count_piece(*about: Any) -> int:
        pieces.append(await delete_old(*about))
        return pieces[-1]

    monkeypatch.setattr(repository, "delete_old", count_piece)
    await register.search(ROBIN)
    await register.change(
        "INSERT INTO consultation (trace_id, operation_id, name, status_code, started_at,"
        " ended_at, organisation, client, activity, subject, found)"
        " SELECT trace_id, operation_id, name, status_code, started_at, ended_at, organisation,"
        " client, activity, subject, found FROM consultation, generate_series(1, 2499)"
    )

    report = await let_go(register, days(3000))

    assert report.gone[Kept.CONSULTATIONS] == 2500
    assert pieces[:3] == [1000, 1000, 500]


async def test_a_dry_run_counts_the_same_and_touches_nothing(register: Register) -> None:
    award = await register.award(ROBIN)
    await register.hear(suspended(award.award_id), erased(award.award_id, record_version=3))
    await register.search(ROBIN)
    await put_in_log(register.database)

    dry = await let_go(register, days(4000), dry=True)
    wet = await let_go(register, days(4000))

    assert dry.is_dry
    assert dry.gone == wet.gone
    assert sum(wet.gone.values()) == 1
    assert sum((await let_go(register, days(4000))).gone.values()) == 0


async def test_an_empty_broker_hears_of_the_past_only_what_the_history_still_keeps(
    register: Register,
) -> None:
    one, two = await register.award(ROBIN), await register.award(MERLE)
    await register.hear(revoked(one.award_id))
    await put_in_log(register.database)
    await register.change("ALTER TABLE fact DISABLE TRIGGER only_erased")
    await register.change(
        f"UPDATE fact SET recorded_at = recorded_at - interval '3651 days'"
        f" WHERE registration_id = '{one.award_id}' AND record_version = 1"
    )

    states = await register.told("registrations-state")

    assert [event["sequence"] for event in await register.told()] == [f"{n:016}" for n in (2, 3)]
    assert [(state["subject"], state["data"]["recordVersion"]) for state in states] == [
        (str(one.award_id), 1),
        (str(two.award_id), 1),
        (str(one.award_id), 2),
    ]


async def test_a_replay_after_an_erasure_has_every_number_and_brings_nobody_back(
    register: Register,
) -> None:
    gone, stays = await register.award(ROBIN), await register.award(MERLE)
    await register.hear(suspended(gone.award_id))
    await put_in_log(register.database)
    assert "credentialDigest" in said_of(gone, await tell_all(register.database))
    await register.hear(erased(gone.award_id, record_version=3))
    await put_in_log(register.database)

    told = await register.told()
    assert [event["sequence"] for event in told] == [f"{number:016}" for number in (1, 2, 3, 4)]
    assert [event["type"].split(".")[2] for event in told] == [
        "registration-erased",
        "registration-recorded",
        "registration-erased",
        "registration-erased",
    ]
    assert [event["data"]["recordVersion"] for event in told] == [1, 1, 2, 3]
    assert all(CloudEvent.model_validate(event).event() for event in told)
    assert [state["subject"] for state in await register.told("registrations-state")] == [
        str(stays.award_id)
    ]
    everything = await tell_all(register.database)
    assert "credentialDigest" not in said_of(gone, everything)
    assert [one.key for one in everything if one.value is None] == [str(gone.award_id)]


async def test_the_clock_of_an_erasure_tells_when_it_is_complete_in_backups_too(
    register: Register,
) -> None:
    award = await register.award(ROBIN)
    register.clock.now += timedelta(hours=1)
    await register.hear(erased(award.award_id))
    await put_in_log(register.database)

    before = await term_of(register, award.award_id)
    await let_go(register, timedelta(hours=1, minutes=4))
    still = await term_of(register, award.award_id)
    await let_go(register, days(1))
    after = await term_of(register, award.award_id)
    await let_go(register, days(2))

    assert before == {
        "outcome": "erased",
        "requestedAt": "2026-11-22T12:00:00Z",
        "dueAt": "2026-12-22T12:00:00Z",
        "settledAt": "2026-11-22T13:00:00Z",
    }
    assert still == before
    assert after == before | {
        "copiesGoneAt": "2026-11-23T12:00:00Z",
        "backupsGoneAt": "2026-12-23T12:00:00Z",
    }
    assert await term_of(register, award.award_id) == after
    unknown = await register.client.get(an_erasure_path(UUID(int=7)))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "erasure-unknown")


async def test_where_a_law_says_keep_an_erasure_hides_and_destroys_nothing_yet(
    database: Database,
) -> None:
    register = open_register(database, legal_profile="statutory")
    async with register.client:
        award = await register.award(ROBIN)
        await register.hear(erased(award.award_id), erased(award.award_id))
        await put_in_log(database)

        now = await register.client.get(f"/v1/registrations/{award.award_id}")
        proof = await register.client.get(f"/v1/registrations/{award.award_id}/proof")
        search = await register.search(ROBIN)
        term = await term_of(register, award.award_id)
        kinds = [event["type"].split(".")[2] for event in await register.told()]

        assert (now.status_code, now.json()["code"]) == (404, "registration-restricted")
        assert proof.status_code == 404
        assert search.json()["items"][0]["registrations"] == []
        assert (term["outcome"], term["keepUntil"]) == ("restricted", "2086-11-22T12:00:00Z")
        await let_go(register, days(1))
        assert await term_of(register, award.award_id) == term
        assert kinds == ["registration-erased", "registration-erased"]
        assert not any("registration" in event["data"] for event in await register.told())
        assert await register.ask("SELECT count(*) FROM fact WHERE content IS NULL") == [(1,)]
        assert await register.ask("SELECT count(*) FROM restricted_opening") == [(1,)]

        # Hearing of it again, as after an empty broker, brings it back to nobody's sight.
        await register.hear(granted(award))
        assert (await register.search(ROBIN)).json()["items"][0]["registrations"] == []


async def test_what_a_law_keeps_is_destroyed_when_its_term_has_passed(database: Database) -> None:
    register = open_register(database, legal_profile="statutory")
    async with register.client:
        award = await register.award(ROBIN)
        await register.hear(erased(award.award_id))
        await put_in_log(database)
        end = datetime(2086, 11, 22, 12, tzinfo=UTC) - NOW

        early = await let_go(register, end - timedelta(seconds=1))
        due = await let_go(register, end)

        assert (early.gone[Kept.RESTRICTED], due.gone[Kept.RESTRICTED]) == (0, 1)
        assert await register.ask("SELECT count(*) FROM restricted_opening") == [(0,)]
        assert await register.ask("SELECT count(*) FROM restricted_registration") == [(0,)]
        term = await term_of(register, award.award_id)
        assert term["outcome"] == "erased"
        assert term["copiesGoneAt"] == "2086-11-22T12:00:00Z"
        now = await register.client.get(f"/v1/registrations/{award.award_id}")
        assert now.json()["code"] == "registration-erased"


async def test_two_workers_let_go_side_by_side(register: Register) -> None:
    award = await register.award(ROBIN)
    await register.hear(erased(award.award_id))
    await put_in_log(register.database)
    await register.search(*({"email": f"l{number}@x.nl"} for number in range(100)))

    reports = await asyncio.gather(*(let_go(register, days(3000)) for _ in range(3)))

    assert sum(report.gone[Kept.CONSULTATIONS] for report in reports) == 100
    assert await register.ask("SELECT count(*) FROM consultation") == [(0,)]


async def test_what_was_erased_before_there_were_clocks_gets_one(
    register: Register, make_database: MakeDatabase
) -> None:
    award = await register.award(ROBIN)
    await register.hear(erased(award.award_id))
    url = register.database.url
    await register.database.dispose()

    in_own_loop(lambda: migrations.downgrade(url, "services.registry", "0006"))
    in_own_loop(lambda: migrations.upgrade(url, "services.registry"))

    term = await term_of(register, award.award_id)
    assert (term["outcome"], term["requestedAt"]) == ("erased", "2026-11-22T12:00:00Z")
    assert (term["dueAt"], term["settledAt"]) == ("2026-12-22T12:00:00Z", "2026-11-22T12:00:00Z")
    assert "copiesGoneAt" not in term
