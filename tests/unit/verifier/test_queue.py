"""Questions to the register that come at the same time are asked as one, and each is answered."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from uuid import UUID, uuid4

import pytest

from services.verifier.repository.queue import Ask, Queue
from shared.contracts.registration import Registration
from tests.unit.verifier.world import a_registration

pytestmark = pytest.mark.anyio

HELD = a_registration(b"{}")


class Register:
    """A register that answers slowly, and remembers what it was asked."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[Sequence[UUID]] = []
        self.fails = fails

    async def ask(self, ids: Sequence[UUID]) -> Mapping[UUID, Registration]:
        self.asked.append(ids)
        await asyncio.sleep(0.01)
        if self.fails:
            raise ConnectionError
        return dict.fromkeys(ids, HELD)


async def test_who_comes_while_a_question_is_under_way_goes_with_the_next() -> None:
    register = Register()
    queue = Queue(lambda: nullcontext(register.ask))
    ids = [uuid4() for _ in range(100)]

    first = asyncio.create_task(queue.find(ids[0]))
    await asyncio.sleep(0.001)
    rest = await asyncio.gather(*(queue.find(one) for one in ids[1:]))

    assert await first is HELD
    assert rest == [HELD] * 99
    assert [len(asked) for asked in register.asked] == [1, 99]


async def test_an_answer_is_never_older_than_its_question() -> None:
    register = Register()
    queue = Queue(lambda: nullcontext(register.ask))
    one = uuid4()

    first = asyncio.create_task(queue.find(one))
    await asyncio.sleep(0.001)
    await queue.find(one)

    assert await first is HELD
    assert len(register.asked) == 2


async def test_everybody_hears_of_a_failure_and_the_next_may_try_again() -> None:
    register = Register(fails=True)
    queue = Queue(lambda: nullcontext(register.ask))

    results = await asyncio.gather(queue.find(uuid4()), queue.find(uuid4()), return_exceptions=True)
    register.fails = False

    assert [type(result) for result in results] == [ConnectionError] * 2
    assert await queue.find(uuid4()) is HELD


async def test_who_waits_while_there_is_no_way_to_the_register_hears_of_it() -> None:
    register, ways = Register(), iter([False, True])

    def open_register() -> nullcontext[Ask]:
        if not next(ways):
            raise ConnectionError
        return nullcontext(register.ask)

    queue = Queue(open_register)
    results = await asyncio.gather(queue.find(uuid4()), queue.find(uuid4()), return_exceptions=True)

    assert [type(result) for result in results] == [ConnectionError] * 2
    assert await queue.find(uuid4()) is HELD
    assert len(register.asked) == 1


async def test_the_way_is_kept_open_while_somebody_waits_and_opened_anew_after_a_failure() -> None:
    register, opened = Register(), []

    def open_register() -> nullcontext[Ask]:
        opened.append(len(register.asked))
        return nullcontext(register.ask)

    queue = Queue(open_register)
    first = asyncio.create_task(queue.find(uuid4()))
    await asyncio.sleep(0.001)
    await asyncio.gather(first, queue.find(uuid4()))
    register.fails = True
    await asyncio.gather(queue.find(uuid4()), return_exceptions=True)
    register.fails = False
    await queue.find(uuid4())

    assert opened == [0, 2, 3]


async def test_a_visitor_who_hangs_up_takes_no_answer_from_another() -> None:
    queue = Queue(lambda: nullcontext(Register().ask))
    one = uuid4()

    gone, waiting = asyncio.create_task(queue.find(one)), asyncio.create_task(queue.find(one))
    await asyncio.sleep(0.001)
    gone.cancel()

    assert await waiting is HELD
