"""Who judges a batch: several processes side by side, each entry once, whoever dies meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import text

from services.verifier.batch_operations import crew as crews
from services.verifier.batch_operations import telling
from services.verifier.batch_operations.allowance import Allowance
from services.verifier.batch_operations.crew import LEASE
from services.verifier.batch_operations.desk import BatchDesk, open_batch_desk
from services.verifier.batch_operations.judging import MOST_ATTEMPTS
from services.verifier.batch_operations.receiving import Sender, WantedBatch, receive_batch
from services.verifier.batch_operations.wiring import unpack_alone
from services.verifier.batches.address import Address
from services.verifier.batches.entries import Entry, Part, Refusal
from services.verifier.domain.text import both
from services.verifier.domain.verdict import State
from services.verifier.repository import batches
from services.verifier.repository.batches import JudgedEntry, TakenEntry
from services.verifier.schemas.verification import VerificationAnswer
from shared.errors import UnavailableError
from shared.runtime.database import EVERY_ORGANISATION, Database
from tests.unit.verifier.forge import NOW

pytestmark = pytest.mark.anyio
SEEN: Final = Refusal("seen", both("Gezien"), State.NOT_A_CREDENTIAL)
Verdict = VerificationAnswer | Refusal
Instead = Callable[[], Awaitable[Verdict]]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """A judge that remembers what it was asked, and does with some entries what it is told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.moments: set[datetime] = set()
        self.instead: dict[str, Instead] = {}

    async def __call__(self, entry: Entry, *, now: datetime) -> Verdict:
        self.asked.append(entry.name)
        self.moments.add(now)
        await asyncio.sleep(0)
        return await self.instead[entry.name]() if entry.name in self.instead else SEEN


def a_desk(
    database: Database, judge: Bench, clock: Clock, *, lanes: int = crews.LANES
) -> BatchDesk:
    return open_batch_desk(
        database,
        judge=judge,
        unpack=unpack_alone,
        allowance=Allowance(address=0, client=0),
        read_clock=clock,
        lanes=lanes,
    )


def parts(count: int, prefix: str = "") -> list[Part]:
    return [Part(f"{prefix}{number}", b"%d" % number) for number in range(1, count + 1)]


async def receive(desk: BatchDesk, wanted: list[Part]) -> Address:
    return await receive_batch(desk, WantedBatch(wanted, Sender()), now=NOW)


async def take(database: Database, address: Address, now: datetime) -> list[TakenEntry]:
    """Take entries as a process that then dies."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        return await batches.take_entries(straight, address.place, now=now, until=now + LEASE)


async def codes(desk: BatchDesk, address: Address, now: datetime) -> list[str]:
    return [row.code for row in await telling.read_rows(desk, address, now=now)]


async def test_two_processes_judge_each_of_500_entries_once(database: Database) -> None:
    clock, judge, other = Clock(), Bench(), Bench()
    here, there = a_desk(database, judge, clock), a_desk(database, other, clock)

    address = await receive(here, parts(500))
    await telling.read_progress(there, address, now=NOW)
    await asyncio.gather(here.crew.settle(), there.crew.settle())
    rows = await telling.read_rows(there, address, now=NOW)

    assert [row.name for row in rows] == [str(number) for number in range(1, 501)]
    assert [row.number for row in rows] == [*range(1, 501)]
    assert set(Counter(judge.asked + other.asked).values()) == {1}
    assert judge.asked
    assert other.asked


async def test_an_entry_that_breaks_the_judge_stops_nobody_else(database: Database) -> None:
    async def breaks() -> Verdict:
        raise RuntimeError

    judge = Bench()
    judge.instead = {"3": breaks, "7": breaks}
    desk = a_desk(database, judge, Clock())

    address = await receive(desk, parts(20))
    await desk.crew.settle()

    found = await codes(desk, address, NOW)
    assert [at for at, code in enumerate(found, 1) if code == "internal-error"] == [3, 7]
    assert found.count("seen") == 18


async def test_what_cannot_be_answered_now_is_answered_to_who_asks_again(
    database: Database,
) -> None:
    async def not_now() -> Verdict:
        raise UnavailableError

    judge = Bench()
    judge.instead = {"2": not_now}
    desk = a_desk(database, judge, Clock())
    address = await receive(desk, parts(3))
    await desk.crew.settle()
    before = await telling.read_progress(desk, address, now=NOW)
    judge.instead = {}
    await telling.read_progress(desk, address, now=NOW)
    await desk.crew.settle()

    assert (before.done, before.is_done) == (1, False)
    assert await codes(desk, address, NOW) == ["seen"] * 3
    assert judge.asked.count("1") == 1


async def test_what_a_killed_process_had_is_finished_by_another_once_its_time_is_up(
    database: Database,
) -> None:
    clock, judge = Clock(), Bench()
    dying = a_desk(database, Bench(), clock, lanes=0)
    other = a_desk(database, judge, clock)
    address = await receive(dying, parts(20))
    killed = await take(database, address, NOW)

    await telling.read_progress(other, address, now=NOW)
    await other.crew.settle()
    meanwhile = await telling.read_progress(other, address, now=NOW)
    clock.now = NOW + LEASE + timedelta(seconds=1)
    await telling.read_progress(other, address, now=clock.now)
    await other.crew.settle()

    assert meanwhile.done == 20 - len(killed)
    assert await codes(other, address, clock.now) == ["seen"] * 20
    assert set(Counter(judge.asked).values()) == {1}


async def test_who_was_overtaken_writes_nothing(database: Database) -> None:
    clock = Clock()
    desk = a_desk(database, Bench(), clock)
    address = await receive(a_desk(database, Bench(), clock, lanes=0), parts(1))
    (slow,) = await take(database, address, NOW)
    clock.now = NOW + LEASE + timedelta(seconds=1)
    await telling.read_progress(desk, address, now=clock.now)
    await desk.crew.settle()

    async with database.acting_for(EVERY_ORGANISATION) as straight:
        late = JudgedEntry(slow.number, slow.attempts, b"late", "valid")
        await batches.keep_rows(straight, address.place, [late])
        held = await batches.hold_on(straight, address.place, [slow], until=clock.now)

    assert not held
    assert await codes(desk, address, clock.now) == ["seen"]


async def test_what_ends_its_process_is_taken_alone_and_given_up_at_last(
    database: Database,
) -> None:
    clock, judge = Clock(), Bench()
    desk = a_desk(database, judge, clock)
    address = await receive(a_desk(database, Bench(), clock, lanes=0), parts(4))
    together = await take(database, address, NOW)
    suspects = []
    for _ in range(MOST_ATTEMPTS * 4):
        clock.now += LEASE + timedelta(seconds=1)
        suspects.append(await take(database, address, clock.now))
    clock.now += LEASE + timedelta(seconds=1)
    await telling.read_progress(desk, address, now=clock.now)
    await desk.crew.settle()

    assert len(together) == 4
    assert {len(taken) for taken in suspects} == {1}
    assert await codes(desk, address, clock.now) == ["given-up"] * 4
    assert judge.asked == []


async def test_who_stops_in_an_orderly_way_gives_back_what_is_not_judged(
    database: Database,
) -> None:
    reached = asyncio.Event()

    async def hangs() -> Verdict:
        reached.set()
        await asyncio.Event().wait()
        return SEEN

    judge, other = Bench(), Bench()
    judge.instead = {"3": hangs}
    desk, next_one = a_desk(database, judge, Clock()), a_desk(database, other, Clock())
    address = await receive(desk, parts(4))
    await reached.wait()
    await desk.crew.leave()
    await telling.read_progress(next_one, address, now=NOW)
    await next_one.crew.settle()

    assert await codes(next_one, address, NOW) == ["seen"] * 4
    assert "3" in other.asked
    assert "1" not in other.asked


async def test_a_small_batch_does_not_wait_for_a_large_one(database: Database) -> None:
    judge = Bench()
    idle = a_desk(database, Bench(), Clock(), lanes=0)
    desk = a_desk(database, judge, Clock(), lanes=1)
    large = await receive(idle, parts(100, "large "))
    small = await receive(idle, parts(3, "small "))
    await telling.read_progress(desk, large, now=NOW)
    await telling.read_progress(desk, small, now=NOW)
    await desk.crew.settle()

    assert len(judge.asked) == 103
    assert judge.asked.index("small 3") < 20


async def test_who_takes_long_keeps_what_it_took(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crews, "PUT_DOWN_AFTER", 0.0)
    clock, judge, other = Clock(), Bench(), Bench()

    async def takes_long() -> Verdict:
        clock.now += LEASE - timedelta(seconds=1)
        return SEEN

    judge.instead = {str(number): takes_long for number in range(1, 5)}
    desk, rival = a_desk(database, judge, clock), a_desk(database, other, clock)
    address = await receive(desk, parts(4))
    while len(judge.asked) < 3:
        await asyncio.sleep(0.001)
    await telling.read_progress(rival, address, now=clock.now)
    await asyncio.gather(desk.crew.settle(), rival.crew.settle())

    assert other.asked == []
    assert Counter(judge.asked) == {"1": 1, "2": 1, "3": 1, "4": 1}


async def test_a_batch_that_is_wiped_meanwhile_leaves_no_row_behind(database: Database) -> None:
    goes_on, reached = asyncio.Event(), asyncio.Event()

    async def waits() -> Verdict:
        reached.set()
        await goes_on.wait()
        return SEEN

    judge = Bench()
    judge.instead = {"2": waits}
    desk = a_desk(database, judge, Clock())
    address = await receive(desk, parts(3))
    await reached.wait()
    await telling.wipe_batch(desk, address, now=NOW)
    goes_on.set()
    await desk.crew.settle()

    async with database.acting_for(EVERY_ORGANISATION) as straight:
        assert await batches.list_rows(straight, address.place) == []


async def test_what_was_damaged_where_it_is_kept_is_unknown_and_holds_nobody_up(
    database: Database,
) -> None:
    idle, desk = (a_desk(database, Bench(), Clock(), lanes=lanes) for lanes in (0, 2))
    address = await receive(idle, parts(3))
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE verification_batch_entry SET sealed_content = 'x' WHERE number = 2")
        )
    await telling.read_progress(desk, address, now=NOW)
    await desk.crew.settle()

    assert await codes(desk, address, NOW) == ["seen", "internal-error", "seen"]
