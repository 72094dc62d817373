"""What becomes of an award, in the register: versions, replaced credentials, and nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.registry import consumers
from services.registry.domain.registrations import RegistrationErasedError
from services.registry.operations import registrations as operations
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import Event
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.relay import Outgoing
from tests.support.awards import (
    NOW,
    an_award,
    corrected,
    erased,
    expired,
    granted,
    reinstated,
    revoked,
    suspended,
)
from tests.support.registering import put_in_log, tell_all

pytestmark = pytest.mark.anyio
LATER = NOW + timedelta(hours=1)


async def hear(register: Database, *events: Event) -> None:
    subscriptions = consumers.subscribe(lambda: LATER)
    for event in events:
        async with register.transaction() as session:
            await subscriptions.hear([event], session)


async def held(register: Database, award_id: object) -> Registration:
    async with register.transaction() as session:
        return await operations.read_registration(session, award_id)  # type: ignore[arg-type] # an id


async def told(register: Database) -> list[tuple[str, str, int]]:
    await put_in_log(register)
    told = await tell_all(register)
    envelopes = [CloudEvent.model_validate_json(one.value) for one in told if one.value]
    facts = [one for one in envelopes if "registration-state" not in one.type]
    return [
        (one.type.split(".")[2], one.subject, int(str(one.data["recordVersion"]))) for one in facts
    ]


async def ask(register: Database, question: str) -> list[tuple[object, ...]]:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return [tuple(row) for row in await session.execute(text(question))]


async def test_every_change_is_a_version_that_stays_readable(register: Database) -> None:
    award = an_award()
    about = award.award_id
    again = an_award(about, credential_digest="c" * 64)
    await hear(
        register,
        granted(award),
        suspended(about),
        reinstated(about),
        corrected(again, record_version=4),
        expired(about, record_version=5),
    )

    registration = await held(register, about)

    assert (registration.record_version, registration.status) == (5, RegistrationStatus.EXPIRED)
    assert registration.credential_id == again.credential_id
    [replaced] = registration.replaced or ()
    assert replaced.credential_id == award.credential_id
    async with register.transaction() as session:
        versions = [await operations.read_version(session, about, n) for n in range(1, 6)]
    assert [one.status.value for one in versions] == [
        "active",
        "suspended",
        "active",
        "active",
        "expired",
    ]
    assert await told(register) == [
        ("registration-recorded", str(about), 1),
        ("registration-status-changed", str(about), 2),
        ("registration-status-changed", str(about), 3),
        ("registration-corrected", str(about), 4),
        ("registration-status-changed", str(about), 5),
    ]


@pytest.mark.parametrize("change", [suspended, reinstated, expired, revoked])
async def test_hearing_it_twice_is_hearing_it_once(
    register: Database, change: Callable[..., Event]
) -> None:
    award = an_award()
    await hear(register, granted(award), change(award.award_id), change(award.award_id))

    assert (await held(register, award.award_id)).record_version == 2


async def test_an_erased_registration_is_gone_but_known_as_erased(register: Database) -> None:
    award = an_award()
    about = award.award_id
    await hear(register, granted(award), suspended(about), erased(about, record_version=3))

    with pytest.raises(RegistrationErasedError):
        await held(register, about)
    with pytest.raises(RegistrationErasedError):
        async with register.transaction() as session:
            await operations.read_version(session, about, 1)
    assert await ask(register, "SELECT count(*) FROM registration") == [(0,)]
    kept = "SELECT kind, content IS NULL, salt IS NULL FROM fact ORDER BY number"
    assert await ask(register, kept) == [
        ("issued", True, True),
        ("suspended", True, True),
        ("erased", False, False),
    ]
    assert (await told(register))[-1] == ("registration-erased", str(about), 3)
    tombstones = [one for one in await tell_all(register) if one.value is None]
    assert tombstones == [Outgoing("registrations-state", str(about), None, ())]
    remains = str(await ask(register, "SELECT * FROM erased_registration"))
    assert award.learner not in remains
    assert str(award.credential_id) not in remains


async def test_who_was_erased_does_not_come_back_by_a_replay(register: Database) -> None:
    award = an_award()
    await hear(register, granted(award), erased(award.award_id))
    before = await told(register)

    await hear(register, granted(award), erased(award.award_id))

    with pytest.raises(RegistrationErasedError):
        await held(register, award.award_id)
    assert await told(register) == before


async def test_an_award_that_was_corrected_may_be_heard_of_again(register: Database) -> None:
    award = an_award()
    await hear(register, granted(award), corrected(an_award(award.award_id)))

    await hear(register, granted(award))

    assert (await held(register, award.award_id)).record_version == 2
