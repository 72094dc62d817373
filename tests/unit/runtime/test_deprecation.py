"""What goes out of use says since when, until when, and what is better."""

from datetime import date

import pytest
from fastapi import APIRouter
from httpx import AsyncClient

from shared.runtime.database import Database
from shared.runtime.deprecation import deprecated, ending_of
from shared.runtime.service import create_service_app
from tests.support.toy import NOWHERE, a_client, toy_settings

pytestmark = pytest.mark.anyio
router = APIRouter()


@router.get("/old")
@deprecated(since=date(2026, 11, 25), see="/v2/new", sunset=date(2028, 1, 1))
async def read_old() -> dict[str, str]:
    """Answer as ever."""
    return {"still": "here"}


@router.get("/present")
async def read_present() -> dict[str, str]:
    """Answer."""
    return {"still": "here"}


def a_service() -> AsyncClient:
    settings = toy_settings()
    return a_client(
        create_service_app(
            settings=settings,
            database=Database(NOWHERE, source=settings.source),
            title="Toy",
            summary="A toy.",
            description="A service to try the runtime with.",
            routers=[router],
            consumer=None,
        )
    )


async def test_every_answer_of_what_goes_out_of_use_says_so() -> None:
    async with a_service() as service:
        answer = await service.get("/v1/old")

    assert answer.headers["Deprecation"] == "@1795564800"
    assert answer.headers["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert answer.headers["Link"] == (
        '<https://toy.waarmerk.test/toy/v2/new>; rel="successor-version"'
    )


async def test_what_stays_says_nothing_of_the_kind() -> None:
    async with a_service() as service:
        answer = await service.get("/v1/present")

    assert answer.status_code == 200
    assert {"Deprecation", "Sunset", "Link"}.isdisjoint(answer.headers)


def test_an_end_may_not_be_decided_yet() -> None:
    @deprecated(since=date(2026, 11, 25), see="/v2")
    def read() -> None:
        """Answer nothing."""

    names = [name for name, _value in ending_of(read, public_url="https://a.example")]
    assert names == [b"deprecation", b"link"]
