"""The DCC's own clients find a Dutch issuer in our registry and in our federation, and no other."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
import pytest
import uvicorn

from services.catalog.app import create_app
from services.catalog.operations.organisations import record_organisation
from services.catalog.operations.trust import keep_key
from services.catalog.settings import Settings
from shared.runtime.database import Database
from shared.strict_json import JsonValue
from tests.contract.interop_dcc import DCC
from tests.support.postgres import MakeDatabase
from tests.support.trust import AnIssuer, a_private_jwk
from tests.unit.catalog.builders import HVA, UT, an_organisation

pytestmark = [pytest.mark.node, pytest.mark.anyio]

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
KNOWN = AnIssuer(UT, url="http://127.0.0.1:8002/issuer")
LAPSED = AnIssuer(HVA, url="http://127.0.0.1:8002/issuer")


@dataclass(frozen=True)
class Served:
    """A catalogue that others can reach."""

    address: str

    @property
    def legacy(self) -> JsonValue:
        """Return our entry in a verifier's list of registries of the older kind."""
        where = f"{self.address}/registries/dcc.json"
        return [{"name": "Waarmerk", "type": "dcc-legacy", "url": where}]

    @property
    def federation(self) -> JsonValue:
        """Return our entry in a verifier's list of registries of the newer kind."""
        where = f"{self.address}/.well-known/openid-federation"
        return [{"name": "Waarmerk", "type": "oidf", "trustAnchorEC": where}]


@asynccontextmanager
async def serving(
    settings: Settings, database: Database, listener: socket.socket
) -> AsyncIterator[None]:
    app = create_app(settings, database)
    app.state.clock = lambda: NOW
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listener])
        while not server.started:
            await anyio.sleep(0.02)
        try:
            yield
        finally:
            server.should_exit = True


@pytest.fixture
async def served(
    make_database: MakeDatabase, open_database: Callable[[str, str], Database]
) -> AsyncIterator[Served]:
    """Serve a catalogue that knows one recognised issuer, and one that was."""
    DCC.install()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings.model_validate(
            {
                "database_url": make_database("services.catalog"),
                "public_url": address,
                "operator_name": "Waarmerk test",
                "trust_key": a_private_jwk(),
            }
        )
        database = open_database(settings.database_url, settings.source)
        ended = [{"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": "2026-01-01"}]
        about = {"city": "Enschede", "website": "https://www.utwente.nl"}
        async with database.transaction() as session:
            for organisation in (
                an_organisation(**about),
                an_organisation(oin=HVA, recognitions=ended),
            ):
                await record_organisation(session, organisation, public_url=address, now=NOW)
            for issuer in (KNOWN, LAPSED):
                event = issuer.published()
                await keep_key(session, event.key, record_version=1, now=NOW)
        async with serving(settings, database, listener):
            yield Served(address)


async def test_their_client_finds_our_issuer_in_our_federation(served: Served) -> None:
    told = await DCC.ask_while_serving("lookup", registries=served.federation, did=KNOWN.did)

    assert told["uncheckedRegistries"] == []
    [match] = told["matchingIssuers"]
    assert match["issuer"]["federation_entity"]["organization_name"] == "Universiteit Twente"
    assert match["issuer"]["federation_entity"]["homepage_uri"] == "https://www.utwente.nl/"
    assert match["registry"]["federation_entity"]["organization_name"] == "Waarmerk test"


async def test_their_client_finds_our_issuer_in_our_registry(served: Served) -> None:
    told = await DCC.ask_while_serving("lookup", registries=served.legacy, did=KNOWN.did)

    [match] = told["matchingIssuers"]
    assert match["issuer"] == {
        "federation_entity": {
            "organization_name": "Universiteit Twente",
            "homepage_uri": "https://www.utwente.nl/",
            "location": "Enschede, Netherlands",
        }
    }


async def test_their_stable_client_finds_our_issuer_too(served: Served) -> None:
    assert await DCC.ask_while_serving("load", registries=served.legacy, did=KNOWN.did) == {
        "loaded": [True],
        "entry": {
            "name": "Universiteit Twente",
            "url": "https://www.utwente.nl/",
            "location": "Enschede, Netherlands",
            "where": ["Waarmerk"],
        },
    }


@pytest.mark.parametrize("did", [LAPSED.did, "did:web:elsewhere.example"])
async def test_they_find_nobody_whom_we_do_not_vouch_for(served: Served, did: str) -> None:
    for registries in (served.federation, served.legacy):
        told = await DCC.ask_while_serving("lookup", registries=registries, did=did)
        assert told == {"matchingIssuers": [], "uncheckedRegistries": []}
