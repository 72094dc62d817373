"""What every service stands on leaves nothing behind."""

import gc
import weakref

import anyio
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from tests.support.settings import SERVICES, app_of

pytestmark = pytest.mark.parametrize("service", SERVICES)


def test_an_application_that_nobody_holds_is_gone(service: str) -> None:
    app = app_of(service)
    anyio.run(ask, app)
    seen = weakref.ref(app)

    del app
    gc.collect()

    assert seen() is None


async def ask(app: FastAPI) -> None:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://service") as client:
        assert (await client.get("/v1/openapi.json")).status_code == 200
        assert (await client.get("/health/live")).status_code == 200
