"""A batch from outside: one key for one file, trying again, and tokens that are renewed."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services.demo.award_command import DONE, TO_MEND, WAITS, Order, carry_out
from services.demo.award_screen import Screen
from services.demo.batch_client import (
    BatchClient,
    KeyTokens,
    NoAccessError,
    RefusedError,
    Upload,
    read_key,
)
from services.demo.console import open_console

ISSUER, CATALOG = "https://issuer.example.nl", "https://catalog.example.nl/catalog"
Respond = Callable[[httpx.Request], httpx.Response]


def a_client(respond: Respond) -> BatchClient:
    client = BatchClient(
        ISSUER,
        lambda: "a-token",
        language="nl",
        http=httpx.Client(transport=httpx.MockTransport(respond)),
    )
    client._wait = lambda _: None  # noqa: SLF001 - a test does not wait
    return client


def a_batch(state: str = "checked", **changes: Any) -> dict[str, Any]:
    outcomes = {"ready": 2, "error": 0}
    progress = {"checked": 2, "toDo": 2, "signed": 2, "registered": 2, "corrected": 0, "failed": 0}
    links = {"page": f"{ISSUER}/batches/x"}
    batch = {"batchId": "b1", "state": state, "rows": 2, "links": links}
    return {**batch, "outcomes": outcomes, "progress": progress, **changes}


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """Give a small file."""
    file = tmp_path / "cijfers.csv"
    file.write_bytes(b"a;b\r\n" * 100)
    return Upload(file=file, media_type="text/csv", wishes={"awardedOn": "2026-11-13"})


def test_the_key_is_of_the_file_and_of_how_it_is_read(upload: Upload) -> None:
    other = Upload(file=upload.file, media_type="text/csv", wishes={})
    key = upload.key()

    assert key == upload.key()
    assert len({key, other.key(), upload.key(anew="x")}) == 3
    upload.file.write_bytes(b"a;c\r\n")
    assert upload.key() != key


def test_a_file_is_sent_whole_again_after_what_passes(upload: Upload) -> None:
    seen: list[tuple[str, bytes]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append((request.headers["idempotency-key"], request.read()))
        if len(seen) == 1:
            raise httpx.ConnectError("gone")
        if len(seen) == 2:
            return httpx.Response(503, headers={"retry-after": "1"})
        if len(seen) == 3:
            return httpx.Response(409, headers={"retry-after": "1"}, json={"title": "busy"})
        assert request.headers["content-length"] == str(len(seen[-1][1]))
        assert request.url.params["mode"] == "check"
        return httpx.Response(202, json=a_batch())

    sent: list[int] = []
    batch = a_client(respond).send(upload, key="k", sent=sent.append)

    assert batch["batchId"] == "b1"
    assert set(seen) == {("k", upload.file.read_bytes())}
    assert sent[-1] == upload.file.stat().st_size


def test_a_refusal_is_told_with_all_its_faults(upload: Upload) -> None:
    problem = {"title": "Geen lijst", "detail": "Nee.", "errors": [{"detail": "Kolom A."}]}
    client = a_client(lambda _: httpx.Response(400, json=problem))

    with pytest.raises(RefusedError) as caught:
        client.send(upload, key="k", sent=lambda _: None)

    assert (caught.value.title, caught.value.faults) == ("Geen lijst", ["Kolom A."])


def test_a_refusal_that_is_no_json_is_a_refusal_too() -> None:
    with pytest.raises(RefusedError) as caught:
        a_client(lambda _: httpx.Response(404, text="<html>")).read(a_batch())

    assert caught.value.status == 404


def test_events_are_followed_over_streams_that_end() -> None:
    heard: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers.get("last-event-id"))
        if len(heard) == 1:
            return httpx.Response(200, text='retry: 5\n\nid: 1\nevent: progress\ndata: {"n":1}\n\n')
        if len(heard) == 2:
            raise httpx.ReadError("gone")
        text = ': still here\n\nid: 2\nevent: done\ndata: {"n":2}\n\n'
        return httpx.Response(200, text=text)

    told = list(a_client(respond).follow(a_batch()))

    assert told == [{"n": 1}, {"n": 2}]
    assert heard == [None, "1", "1"]


def test_a_silence_without_end_is_an_error() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone")

    with pytest.raises(httpx.TransportError):
        list(a_client(respond).follow(a_batch()))


def test_rows_are_asked_page_by_page_up_to_so_many() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        first = "cursor" not in request.url.params
        items = [{"row": number} for number in range(int(request.url.params["limit"]))]
        return httpx.Response(200, json={"items": items, **({"next": "n"} if first else {})})

    assert len(a_client(respond).rows(a_batch(), outcome="error", most=130)) == 130


def test_tokens_are_asked_with_a_key_and_asked_again_before_they_end() -> None:
    key = ECKey.generate_key("P-256", parameters={"alg": "ES256", "kid": "k1"}, private=True)
    asked: list[dict[str, Any]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        form = dict(one.split("=") for one in request.read().decode().split("&"))
        token = jwt.decode(form["client_assertion"], key)
        assert str(request.url) == f"{CATALOG}/v1/oauth/token"
        assert token.header == {"alg": "ES256", "kid": "k1", "typ": "client-authentication+jwt"}
        asked.append(token.claims)
        seconds = 600 if len(asked) > 1 else 30
        return httpx.Response(200, json={"access_token": f"t{len(asked)}", "expires_in": seconds})

    http = httpx.Client(transport=httpx.MockTransport(respond))
    tokens = KeyTokens(f"{CATALOG}/", "c1", key, http=http)

    assert [tokens(), tokens(), tokens()] == ["t1", "t2", "t2"]
    assert asked[0]["aud"] == CATALOG
    assert asked[0]["iss"] == asked[0]["sub"] == "c1"
    assert asked[0]["exp"] - time.time() < 600
    assert len({one["jti"] for one in asked}) == 2


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"kty": "EC"}'])
def test_what_is_no_private_key_gives_no_access(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(text)

    with pytest.raises(NoAccessError):
        read_key(file)


def test_a_public_key_gives_no_access(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))

    with pytest.raises(NoAccessError):
        read_key(file)


class Service:
    """An issuer of one batch, in these states one after another."""

    def __init__(self, *batches: dict[str, Any]) -> None:
        self._batches: Iterator[dict[str, Any]] = iter(batches)
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        self.asked.append(f"{request.method} {last}")
        if last == "events":
            return httpx.Response(204)
        if last in {"results", "failures"}:
            return httpx.Response(200, content=b"kept")
        if last == "rows":
            return httpx.Response(200, json={"items": []})
        return httpx.Response(200, json=next(self._batches))


@pytest.mark.parametrize(
    ("batches", "is_check", "code"),
    [
        ((a_batch(),), True, DONE),
        ((a_batch(), a_batch("running"), a_batch("finished")), False, DONE),
        ((a_batch(), a_batch("waiting-for-approval")), False, WAITS),
        ((a_batch(outcomes={"ready": 0, "error": 2}),), False, TO_MEND),
        ((a_batch(outcomes={"ready": 0, "alreadyAwarded": 2}),), False, DONE),
        ((a_batch("checking"), a_batch(), a_batch("running"), a_batch("rejected")), False, TO_MEND),
        ((a_batch("running"), a_batch("finished")), False, DONE),
        ((a_batch("waiting-for-approval"),), False, WAITS),
        ((a_batch("running"), a_batch("running"), a_batch("recalled")), False, TO_MEND),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    upload: Upload, batches: tuple[dict[str, Any], ...], *, is_check: bool, code: int
) -> None:
    order = Order(
        file=upload.file,
        columns={},
        wishes={},
        is_check=is_check,
        is_agreed=True,
        with_corrections=False,
        anew="",
    )
    service = Service(*batches, *batches[-1:])
    screen = Screen(open_console(), "nl")

    assert carry_out(screen, order, a_client(service), upload) == code
    assert ("POST runs" in service.asked) == (
        not is_check and batches[0]["state"] in {"checked", "checking"} and len(batches) > 1
    )


@pytest.mark.parametrize("with_corrections", [True, False])
def test_whatever_stays_behind_is_said(
    upload: Upload, capsys: pytest.CaptureFixture[str], *, with_corrections: bool
) -> None:
    order = Order(
        file=upload.file,
        columns={},
        wishes={},
        is_check=True,
        is_agreed=True,
        with_corrections=with_corrections,
        anew="",
    )
    counted = {"ready": 1, "correction": 4, "duplicateInFile": 2}
    service = Service(a_batch(outcomes=counted))

    carry_out(Screen(open_console(), "nl"), order, a_client(service), upload)

    said = capsys.readouterr().out
    assert "GET rows" in service.asked
    assert ("Niet gecorrigeerd: 4." in said) is not with_corrections
    assert "--anew" in said
