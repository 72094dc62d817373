"""A register that changes in a test, and what a copy of it must be equal to."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.registry import consumers
from services.registry.operations import registrations
from shared.contracts.events import Event
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import (
    NOW,
    an_award,
    corrected,
    erased,
    granted,
    reinstated,
    revoked,
    suspended,
)

Living = dict[UUID, tuple[str, int]]
"""The status and version of each award that is known."""


async def hear(register: Database, *events: Event, now: datetime = NOW) -> None:
    """Let the register hear these events."""
    subscriptions = consumers.subscribe(lambda: now)
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for event in events:
            await subscriptions.hear([event], session)


async def known_to(register: Database) -> dict[str, dict[str, Any]]:
    """Return what the register says of each award it knows, by id."""
    known: dict[str, dict[str, Any]] = {}
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for about in await session.scalars(text("SELECT registration_id FROM registration")):
            said = await registrations.read_registration(session, about)
            known[str(about)] = said.model_dump(mode="json", exclude_none=True)
    return known


def lives_of(chance: random.Random) -> Iterator[Event]:
    """Return what becomes of awards, one after another and through each other, without end."""
    living = Living()
    while True:
        if len(living) < 10 or chance.random() < 0.4:
            award = an_award()
            living[award.award_id] = "active", 1
            yield granted(award)
            continue
        about = chance.choice(list(living))
        status, version = living[about]
        following = version + 1
        if chance.random() < 0.3:
            del living[about]
            yield erased(about, record_version=following)
        elif status == "active":
            kind = chance.choice(("suspended", "revoked", "corrected"))
            living[about] = ("active" if kind == "corrected" else kind, following)
            if kind == "suspended":
                yield suspended(about, record_version=following)
            elif kind == "revoked":
                yield revoked(about, record_version=following)
            else:
                yield corrected(an_award(about), record_version=following)
        elif status == "suspended":
            living[about] = ("active", following)
            yield reinstated(about, record_version=following)
