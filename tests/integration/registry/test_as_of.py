"""What the register said on a day: two clocks, and no guess about what is to come."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.runtime.database import Database
from tests.support.awards import erased, suspended
from tests.support.consulting import ROBIN, Register, open_register
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture
async def register(
    make_database: MakeDatabase, open_database: Callable[..., Database]
) -> AsyncIterator[Register]:
    opened = open_register(
        open_database(
            make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
        )
    )
    async with opened.client:
        yield opened


async def test_what_the_register_said_on_a_day(register: Register) -> None:
    award = await register.award(ROBIN)
    register.clock.now += timedelta(days=2)
    await register.hear(suspended(award.award_id))
    path = f"/v1/registrations/{award.award_id}"

    async def as_of(moment: str) -> Any:
        answer = await register.client.get(path, params={"asOf": moment})
        return answer.json()

    then, now = await as_of("2026-11-23T12:00:00Z"), await as_of("2026-11-24T12:00:00+00:00")
    assert (then["status"], then["recordVersion"]) == ("active", 1)
    assert (now["status"], now["recordVersion"]) == ("suspended", 2)
    assert now["validFrom"] == "2026-11-22T12:00:00Z"
    assert now["recordedAt"] == then["changedAt"] == "2026-11-22T12:00:00Z"
    assert (await as_of("2026-11-22T11:59:59Z"))["code"] == "registration-not-known-yet"
    assert (await as_of("2026-11-24T12:00:01Z"))["code"] == "moment-to-come"
    assert (await as_of("2026-11-23T12:00:00"))["code"] == "invalid-request"
    await register.hear(erased(award.award_id, record_version=3))
    assert (await as_of("2026-11-23T12:00:00Z"))["code"] == "registration-erased"
    register.clock.now += timedelta(days=2)
    assert (await as_of("2026-11-25T12:00:00Z"))["code"] == "registration-erased"
    for version in (1, 3):
        answer = await register.client.get(f"{path}/versions/{version}")
        assert (answer.status_code, answer.json()["code"]) == (404, "registration-erased")
    unknown = await register.client.get(
        f"/v1/registrations/{UUID(int=7)}", params={"asOf": "2026-11-23T12:00:00Z"}
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "registration-unknown")
