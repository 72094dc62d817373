"""Nobody asked for a key gets into our network, holds us up, or makes a credential look bad."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response, StreamingResponse

from services.verifier.foreign.asking import LISTS, MOST_AT_ONCE, MOST_WAITING, REACH
from services.verifier.foreign.findings import ForeignCode, ForeignOutcome
from services.verifier.foreign.resolving import ForeignKeys
from shared.proofs.did_documents import PublishedKey, did_document
from tests.support.strangers import (
    DID_JSON,
    KEY,
    NAME,
    SANDBOX,
    ServeStranger,
    StrangersClock,
    as_json,
)

pytestmark = pytest.mark.anyio


async def test_a_redirect_is_not_followed(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        stranger.answers[DID_JSON] = RedirectResponse(f"{stranger.url}/elsewhere")
        stranger.answers["/elsewhere"] = as_json({})

        found = await foreign_keys.find(stranger.did, stranger.kid)

        assert (found.code, found.outcome) == (ForeignCode.REDIRECTED, ForeignOutcome.UNKNOWN)
        assert stranger.asked == [DID_JSON]


async def test_a_name_that_leads_inside_our_network_is_not_asked(strangers: ServeStranger) -> None:
    foreign_keys = ForeignKeys(allowed=True)
    async with strangers() as stranger:
        found = await foreign_keys.find(stranger.did, stranger.kid)
        listed = await foreign_keys.fetch_list(f"{stranger.url}/list")

        assert found.code is listed.code is ForeignCode.ADDRESS_REFUSED
        assert found.outcome is ForeignOutcome.UNKNOWN
        assert stranger.asked == []


async def test_a_name_that_changes_while_we_ask_changes_nothing(
    strangers: ServeStranger, foreign_keys: ForeignKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with strangers() as stranger:
        honest, looked_up = socket.getaddrinfo, []

        def look_up(host: str, *rest: Any, **more: Any) -> Any:
            if host != NAME:
                return honest(host, *rest, **more)
            looked_up.append(host)
            return honest("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2", *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        found = await foreign_keys.find(stranger.did, stranger.kid)

        assert found.outcome is ForeignOutcome.FOUND
        assert looked_up == [NAME]


async def test_a_silent_name_server_holds_up_nobody(
    strangers: ServeStranger, foreign_keys: ForeignKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with strangers() as stranger:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1))
        asking = [foreign_keys.find(f"{stranger.did}:{turn}", "#key") for turn in range(8)]

        found, other = await asyncio.gather(
            asyncio.gather(*asking), asyncio.wait_for(asyncio.to_thread(time.time), 0.4)
        )

        assert {one.code for one in found} == {ForeignCode.TOO_SLOW}
        assert other


async def test_who_drips_is_cut_off(strangers: ServeStranger, foreign_keys: ForeignKeys) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    async with strangers() as stranger:
        stranger.answers[DID_JSON] = StreamingResponse(drip(), media_type="application/json")
        began = time.monotonic()

        found = await foreign_keys.find(stranger.did, stranger.kid)

        assert (found.code, found.outcome) == (ForeignCode.TOO_SLOW, ForeignOutcome.UNKNOWN)
        assert time.monotonic() - began < SANDBOX.total_seconds + 0.5
    assert (REACH.connect_seconds, REACH.total_seconds, REACH.anywhere) == (3, 5, False)


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_large_answer_is_cut_off(
    strangers: ServeStranger, foreign_keys: ForeignKeys, *, is_announced: bool
) -> None:
    sent = 0

    async def pour() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(512):
            sent += 4096
            yield b" " * 4096

    async with strangers() as stranger:
        size = {"content-length": str(512 * 4096)} if is_announced else {}
        for path in (DID_JSON, "/list"):
            stranger.answers[path] = StreamingResponse(
                pour(), media_type="application/json", headers=size
            )

        found = await foreign_keys.find(stranger.did, stranger.kid)
        assert (found.code, found.outcome) == (ForeignCode.TOO_LARGE, ForeignOutcome.UNKNOWN)
        assert (await foreign_keys.fetch_list(f"{stranger.url}/list")).code is ForeignCode.TOO_LARGE
    assert LISTS.max_bytes == 1024 * 1024


async def test_a_key_document_has_64_kilobytes_at_most(
    strangers: ServeStranger, foreign_keys: ForeignKeys, strangers_clock: StrangersClock
) -> None:
    async with strangers() as stranger:
        document = json.dumps(did_document(stranger.did, [PublishedKey(key=KEY)]))
        for size, code in ((64 * 1024, ForeignCode.FOUND), (64 * 1024 + 1, ForeignCode.TOO_LARGE)):
            stranger.answers[DID_JSON] = Response(
                document.ljust(size), media_type="application/did+json"
            )
            assert (await foreign_keys.find(stranger.did, stranger.kid)).code is code
            strangers_clock.forward(600)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("<title>Log in</title>", media_type="text/html"), ForeignCode.ANSWER_REFUSED),
        (as_json({}, media_type="application/problem+json"), ForeignCode.ANSWER_REFUSED),
        (Response(b"{}"), ForeignCode.ANSWER_REFUSED),
        (as_json({}, content_encoding="gzip"), ForeignCode.ANSWER_REFUSED),
        (Response("<title>", media_type="application/json"), ForeignCode.DOCUMENT_UNREADABLE),
        (as_json({"id": "did:web:other.example.nl"}), ForeignCode.DOCUMENT_OF_ANOTHER),
        (Response(status_code=500), ForeignCode.UNREACHABLE),
        (Response(status_code=204), ForeignCode.ANSWER_REFUSED),
        (Response(status_code=410), ForeignCode.NOT_PUBLISHED),
        (Response(status_code=406), ForeignCode.NOT_PUBLISHED),
        (Response(status_code=429), ForeignCode.UNREACHABLE),
    ],
)
async def test_another_answer_than_was_asked_for_accuses_nobody(
    strangers: ServeStranger, foreign_keys: ForeignKeys, answer: Response, code: ForeignCode
) -> None:
    async with strangers() as stranger:
        stranger.answers[DID_JSON] = answer

        found = await foreign_keys.find(stranger.did, stranger.kid)

        assert (found.code, found.outcome) == (code, ForeignOutcome.UNKNOWN)


async def test_who_is_not_there_is_unknown(foreign_keys: ForeignKeys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        listed = await foreign_keys.fetch_list(f"https://localhost.example.invalid:{port}/list")

    assert (listed.code, listed.outcome) == (ForeignCode.UNREACHABLE, ForeignOutcome.UNKNOWN)


async def test_a_host_is_asked_thirty_times_a_minute(
    strangers: ServeStranger, foreign_keys: ForeignKeys, strangers_clock: StrangersClock
) -> None:
    async with strangers() as stranger:
        for turn in range(30):
            found = await foreign_keys.find(f"{stranger.did}:{turn}", "#key")
            assert found.code is ForeignCode.NOT_PUBLISHED
        busy = await foreign_keys.find(f"{stranger.did}:more", "#key")
        assert (busy.code, busy.outcome) == (ForeignCode.BUSY, ForeignOutcome.UNKNOWN)
        assert len(stranger.asked) == 30
        strangers_clock.forward(60)
        assert (
            await foreign_keys.find(f"{stranger.did}:more", "#key")
        ).code is ForeignCode.NOT_PUBLISHED


async def test_few_are_asked_at_once_and_few_may_wait(
    strangers: ServeStranger, foreign_keys: ForeignKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.verifier.foreign.answers.Pace.admits", lambda *_, **__: True)
    async with strangers() as stranger:
        stranger.pause = 0.05
        asking = [foreign_keys.find(f"{stranger.did}:{turn}", "#key") for turn in range(100)]

        found = await asyncio.gather(*asking)

        refused = [one for one in found if one.code is ForeignCode.BUSY]
        assert len(refused) >= 100 - MOST_WAITING
        assert 1 < stranger.most_at_once <= MOST_AT_ONCE
        assert {one.outcome for one in found} == {ForeignOutcome.UNKNOWN}
