"""Keys of a system are read where it publishes them: seldom, with bounds, and never lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.catalog.operations import tokens
from services.catalog.operations.clients import KEY_SET_REACH
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.integration.catalog.systems import System, a_description, codes, register
from tests.support.serving import serving
from tests.support.token_clients import Key, an_ec_key, public

pytestmark = pytest.mark.anyio


@dataclass
class KeyPlace:
    """An address where a system publishes its keys, and what it was asked."""

    keys: list[Key]
    asked: int = 0
    instead: Response | None = None
    url: str = ""

    async def answer(self, _request: Request) -> Response:
        self.asked += 1
        await asyncio.sleep(0.05)
        return self.instead or JSONResponse({"keys": [public(key) for key in self.keys]})


@asynccontextmanager
async def a_key_place(*keys: Key) -> AsyncIterator[KeyPlace]:
    place = KeyPlace([*keys])
    async with serving(Starlette(routes=[Route("/jwks", place.answer)])) as url:
        place.url = f"{url}/jwks"
        yield place


@pytest.fixture
def sandbox(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """Give a catalogue that fetches keys from this machine too."""
    settings = catalogue.app.state.settings.model_copy(update={"fetch_anywhere": True})
    monkeypatch.setattr(catalogue.app.state, "settings", settings)
    desk = tokens.TokenDesk.of(settings, catalogue.database, catalogue.clock)
    monkeypatch.setattr(catalogue.app.state, "tokens", desk)
    return catalogue


async def a_system_at(catalogue: Catalogue, place: KeyPlace) -> System:
    described = a_description(jwksUrl=place.url, organisation=PROVIDER)
    made = await register(catalogue, described)
    assert made.status_code == 201, made.text
    return System(catalogue, made.json()["clientId"], place.keys[0])


async def test_keys_are_read_where_the_system_publishes_them(sandbox: Catalogue) -> None:
    async with a_key_place(an_ec_key("mc_test_one")) as place:
        system = await a_system_at(sandbox, place)

        assert [(await system.ask()).status_code for _ in range(3)] == [200] * 3
        assert place.asked == 1


async def test_a_new_key_is_read_once_however_many_ask(sandbox: Catalogue) -> None:
    async with a_key_place(an_ec_key("mc_test_one")) as place:
        system = await a_system_at(sandbox, place)
        system.key = an_ec_key("mc_test_two")
        place.keys.append(system.key)
        sandbox.clock.pass_(minutes=2)

        answers = await asyncio.gather(*(system.ask() for _ in range(8)))

        assert [one.status_code for one in answers] == [200] * 8
        assert place.asked == 2


async def test_an_unknown_key_is_no_way_to_make_us_fetch(sandbox: Catalogue) -> None:
    async with a_key_place(an_ec_key("mc_test_one")) as place:
        system = await a_system_at(sandbox, place)
        system.key = an_ec_key("mc_test_never")
        sandbox.clock.pass_(minutes=2)

        assert [(await system.ask()).status_code for _ in range(5)] == [401] * 5
        assert place.asked == 2


@pytest.mark.parametrize(
    "instead", [PlainTextResponse("gone", 503), JSONResponse({"keys": []}), JSONResponse([])]
)
async def test_the_last_good_keys_stay_when_there_are_no_others(
    sandbox: Catalogue, instead: Response
) -> None:
    async with a_key_place(an_ec_key("mc_test_one")) as place:
        system = await a_system_at(sandbox, place)
        place.instead = instead
        sandbox.clock.pass_(hours=2)

        assert [(await system.ask()).status_code for _ in range(2)] == [200] * 2
        await asyncio.sleep(0.3)
        assert (await system.ask()).status_code == 200
        assert place.asked == 2


async def test_a_key_taken_away_is_gone_within_the_hour(sandbox: Catalogue) -> None:
    async with a_key_place(an_ec_key("mc_test_one")) as place:
        system = await a_system_at(sandbox, place)
        place.keys[:] = [an_ec_key("mc_test_two")]
        sandbox.clock.pass_(hours=2)

        assert (await system.ask()).status_code == 200
        await asyncio.sleep(0.3)
        assert (await system.ask()).status_code == 401


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://lms.example.nl/jwks", "address-refused"),
        ("https://127.0.0.1/jwks", "address-refused"),
        ("https://user@lms.example.nl/jwks", "address-refused"),
        ("file:///etc/passwd", "address-refused"),
    ],
)
async def test_an_address_of_our_own_network_is_refused(
    catalogue: Catalogue, address: str, code: str
) -> None:
    refused = await register(catalogue, a_description(jwksUrl=address), by=PROVIDER)

    assert codes(refused) == [("/jwksUrl", code)]


async def test_an_address_without_keys_is_refused_at_once(sandbox: Catalogue) -> None:
    async with a_key_place() as place:
        refused = await register(sandbox, a_description(jwksUrl=place.url), by=PROVIDER)

    assert codes(refused) == [("/jwksUrl", "key-set-empty")]


def test_a_fetch_of_keys_is_bounded() -> None:
    assert KEY_SET_REACH.total_seconds <= 5
    assert KEY_SET_REACH.max_bytes <= 65536
    assert not KEY_SET_REACH.anywhere
