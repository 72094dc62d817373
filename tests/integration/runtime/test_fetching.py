"""What is fetched comes from the address that was looked at, under the certificate of its name."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import certifi
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from shared.runtime.fetching import (
    AddressRefusedError,
    Reach,
    TooSlowError,
    UnreachableError,
    fetch,
    open_site,
)
from tests.support.certificates import write_certificate
from tests.support.serving import serving

pytestmark = pytest.mark.anyio
NAME = "oeapi.example.nl"
SANDBOX = Reach(anywhere=True, silence_seconds=0.3, total_seconds=2)
Serve = Callable[[str], AbstractAsyncContextManager[str]]


async def answer(request: Request) -> JSONResponse:
    """Say what was asked, and try to be remembered."""
    told = {"host": request.headers["host"], "path": request.url.path, "cookies": request.cookies}
    return JSONResponse(told, headers={"Set-Cookie": "session=1; Path=/"})


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Serve under a certificate that is trusted, while every name leads to this machine."""
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith("example.nl") else host, *rest, **more)

    @asynccontextmanager
    async def serve(name: str) -> AsyncIterator[str]:
        pem, key = write_certificate(tmp_path, name)
        monkeypatch.setattr(certifi, "where", lambda: str(pem))
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        app = Starlette(routes=[Route("/{path:path}", answer)])
        async with serving(app, certificate=pem, key=key) as url:
            yield url.rpartition(":")[2]

    return serve


async def test_the_certificate_is_judged_by_the_name_and_not_by_the_address(
    somewhere: Serve,
) -> None:
    async with somewhere(NAME) as port:
        found = await fetch(f"https://{NAME}:{port}/a?b=c", reach=SANDBOX)

        assert (found.status, found.media_type) == (200, "application/json")
        assert f'"host":"{NAME}:{port}","path":"/a"'.encode() in found.body
        with pytest.raises(UnreachableError):
            await fetch(f"https://other.example.nl:{port}/", reach=SANDBOX)


async def test_no_cookie_is_kept_and_no_other_host_is_asked(somewhere: Serve) -> None:
    async with somewhere(NAME) as port, open_site(f"https://{NAME}:{port}/", SANDBOX) as site:
        for _ in range(2):
            assert b'"cookies":{}' in (await site.get(f"https://{NAME}:{port}/")).body
        for other in (f"https://other.example.nl:{port}/", f"http://{NAME}:{port}/"):
            with pytest.raises(AddressRefusedError):
                await site.get(other)


async def test_outside_a_sandbox_a_name_that_leads_to_this_machine_is_refused(
    somewhere: Serve,
) -> None:
    async with somewhere(NAME) as port:
        with pytest.raises(AddressRefusedError):
            await fetch(f"https://{NAME}:{port}/")


async def test_who_sends_us_elsewhere_is_not_followed() -> None:
    asked: list[str] = []

    async def send_away(request: Request) -> RedirectResponse:
        asked.append(f"{request.method} {request.url.path}")
        return RedirectResponse("/metadata", 307)

    app = Starlette(routes=[Route("/{path:path}", send_away, methods=["GET", "POST"])])
    async with serving(app) as url, open_site(url, SANDBOX) as site:
        got = await site.get(f"{url}/course")
        told = await site.tell(f"{url}/hook", method="POST", headers={}, content=b"{}")

    assert (got.status, told.status) == (307, 307)
    assert asked == ["GET /course", "POST /hook"]


async def test_who_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TooSlowError):
            await fetch(f"http://127.0.0.1:{port}/", reach=SANDBOX)
