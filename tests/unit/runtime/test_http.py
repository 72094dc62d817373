"""Whatever comes in, what goes out is one of ours: status, problem document, headers."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message

from shared.runtime.http import MAX_BODY
from shared.runtime.observability import current_context
from tests.support.toy import SECRET, a_client, create_toy

pytestmark = pytest.mark.anyio
JSON = {"Content-Type": "application/json"}
THING = {"thingName": "Cup", "amount": 1}
Case = tuple[str, str, dict[str, Any], int, str]


def post(body: object, status: int = 400, code: str = "invalid-request") -> Case:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return "POST", "/v1/things", {"content": content, "headers": JSON}, status, code


def get(path: str, status: int = 400, code: str = "invalid-request") -> Case:
    return "GET", path, {}, status, code


HOSTILE: dict[str, Case] = {
    "nothing": post(b""),
    "only spaces": post(b"   ", code="json-refused"),
    "half an object": post(b'{"thingName": ', code="json-refused"),
    "not UTF-8": post(b'{"thingName": "\xff\xfe"}', code="json-refused"),
    "UTF-16": post('{"amount": 1}'.encode("utf-16"), code="json-refused"),
    "a byte order mark": post(b"\xef\xbb\xbf{}", code="json-refused"),
    "a name twice": post(b'{"amount": 1, "amount": 2}', code="json-refused"),
    "NaN": post(b'{"amount": NaN}', code="json-refused"),
    "Infinity": post(b'{"amount": Infinity}', code="json-refused"),
    "5,000 levels": post(b"[" * 5000 + b"]" * 5000, code="json-refused"),
    "5,000 open levels": post(b'{"a":' * 5000, code="json-refused"),
    "a number of 10,000 digits": post(b'{"amount": ' + b"9" * 10_000 + b"}", code="json-refused"),
    "half a surrogate pair": post(b'{"thingName": "\\ud800"}', code="json-refused"),
    "two texts": post(b"{} {}", code="json-refused"),
    "a comment": post(b"{/* */}", code="json-refused"),
    "null": post(b"null"),
    "a number": post(b"5"),
    "a list": post([]),
    "a string": post("thing"),
    "an empty object": post({}),
    "true for a number": post({**THING, "amount": True}),
    "a string for a number": post({**THING, "amount": "1"}),
    "a fraction for a whole number": post({**THING, "amount": 1.5}),
    "a number out of range": post({**THING, "amount": 2**31}),
    "a negative number": post({**THING, "amount": -1}),
    "a number for text": post({**THING, "thingName": 5}),
    "null for text": post({**THING, "thingName": None}),
    "empty text": post({**THING, "thingName": ""}),
    "long text": post({**THING, "thingName": "x" * 10_000}),
    "1 for true": post({**THING, "fragile": 1}),
    "a number for a date": post({**THING, "madeOn": 20260101}),
    "a date that is none": post({**THING, "madeOn": "2026-02-30"}),
    "a moment for a date": post({**THING, "madeOn": "2026-02-03T10:00:00Z"}),
    "an unknown member": post({**THING, "colour": "red"}),
    "our own name for a member": post({"thing_name": "Cup", "amount": 1}),
    "an unknown member deep inside": post(
        {**THING, "studyLoad": {"unit": "ects", "value": 5, "extra": 1}}
    ),
    "an unknown kind": post({**THING, "onTable": [{"kind": "spoon"}]}),
    "a kind that is missing": post({**THING, "onTable": [{}]}),
    "a thousand faults": post({f"member-{at}": at for at in range(1000)}),
    "plain text": ("POST", "/v1/things", {"content": b"x"}, 415, "unsupported-media-type"),
    "a form": ("POST", "/v1/things", {"data": {"a": "b"}}, 415, "unsupported-media-type"),
    "a file": ("POST", "/v1/things", {"files": {"a": b"b"}}, 415, "unsupported-media-type"),
    "a media type that is none": (
        "POST",
        "/v1/things",
        {"content": b"{}", "headers": {"Content-Type": ";;;/"}},
        415,
        "unsupported-media-type",
    ),
    "a body too large": post(b" " * (MAX_BODY + 1), 413, "too-large"),
    "a page too long": get("/v1/things?limit=101"),
    "a page of none": get("/v1/things?limit=0"),
    "a huge page": get("/v1/things?limit=99999999999999999999"),
    "a page of words": get("/v1/things?limit=ten"),
    "a cursor of nobody": get("/v1/things?cursor=AAAA"),
    "a cursor that is no base64": get("/v1/things?cursor=%F0%9F%98%80"),
    "a cursor of objects": get("/v1/things?cursor=W3t9XQ"),
    "an id that is none": get("/v1/things/5"),
    "an id with SQL": get("/v1/things/';drop table entry;--"),
    "NUL in a path": get("/v1/things/a%00b"),
    "NUL in a query": get("/v1/things?cursor=%00"),
    "an unknown path": get("/v1/nothing", 404, "not-found"),
    "a trailing slash": get("/v1/things/", 404, "not-found"),
    "two slashes": get("/v1//things", 404, "not-found"),
    "an unknown asset": get("/assets/waarmerk.css", 404, "not-found"),
    "a path out of the house": get("/assets/..%2F..%2Fetc%2Fpasswd", 404, "not-found"),
    "an unknown thing": get("/v1/things/7c9e6679-7425-40de-944b-e07fc1f90ae7", 404, "not-found"),
    "a wrong method": ("DELETE", "/v1/things", {}, 405, "method-not-allowed"),
    "a method nobody knows": ("BREW", "/v1/things", {}, 405, "method-not-allowed"),
    "no token": ("POST", "/v1/entries", {"json": THING}, 401, "unauthenticated"),
    "a conflict": get("/v1/failures/conflict", 409, "conflict"),
    "a broken rule": get("/v1/failures/rule", 400, "cup-broken"),
    "too often": get("/v1/failures/limit", 429, "too-many-requests"),
    "not now": get("/v1/failures/unavailable", 503, "unavailable"),
    "a refused connection": get("/v1/failures/refused", 503, "unavailable"),
    "a time-out": get("/v1/failures/slow", 503, "unavailable"),
    "a fault of ours": get("/v1/failures/unknown", 500, "internal-error"),
    "a database that is down": get("/v1/slow", 503, "unavailable"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_every_hostile_request_gets_a_problem_document(toy: AsyncClient, name: str) -> None:
    method, path, sent, status, code = HOSTILE[name]

    answer = await toy.request(method, path, **sent)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"https://toy.waarmerk.test/toy/problems/{code}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["requestId"] == answer.headers["x-request-id"]
    assert ("errors" in problem) == (status == 400)
    check_headers(answer)


def check_headers(answer: Response) -> None:
    assert answer.headers["api-version"] == "1.0.0"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers


async def faults_of(toy: AsyncClient, body: object) -> list[tuple[str, str]]:
    answer = await toy.post("/v1/things", json=body)
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_every_fault_in_a_body_is_named_at_once_with_its_pointer(toy: AsyncClient) -> None:
    faults = await faults_of(
        toy,
        {
            "thingName": 5,
            "fragile": "yes",
            "studyLoad": {"unit": "points", "value": 5, "more": 1},
            "onTable": [
                {"kind": "cup", "handles": 2},
                {"kind": "plate", "width": "wide", "lid": 0},
            ],
        },
    )

    assert sorted(faults) == [
        ("/amount", "missing"),
        ("/fragile", "bool-type"),
        ("/onTable/1/lid", "extra-forbidden"),
        ("/onTable/1/width", "float-type"),
        ("/studyLoad/more", "extra-forbidden"),
        ("/studyLoad/unit", "enum"),
        ("/thingName", "string-type"),
    ]


async def test_every_fault_in_a_query_is_named_at_once(toy: AsyncClient) -> None:
    answer = await toy.get("/v1/things?limit=0&minLevel=9")

    assert [(fault["in"], fault["pointer"]) for fault in answer.json()["errors"]] == [
        ("query", "/limit"),
        ("query", "/minLevel"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {**THING, SECRET: 1},
        {**THING, "amount": SECRET},
        {**THING, "thingName": SECRET},
        {**THING, "madeOn": SECRET},
        {**THING, "onTable": [{"kind": SECRET}]},
        {**THING, "studyLoad": {"unit": SECRET, "value": SECRET}},
        {**THING, "studyLoad": {SECRET: {SECRET: SECRET}}},
        [SECRET],
        SECRET,
    ],
)
async def test_what_was_sent_is_never_sent_back(toy: AsyncClient, body: object) -> None:
    answer = await toy.post("/v1/things", json=body)

    assert answer.status_code == 400
    assert "jansen" not in answer.text.casefold()


async def test_a_name_that_a_stranger_chose_is_not_in_a_pointer(toy: AsyncClient) -> None:
    assert ("", "extra-forbidden") in await faults_of(toy, {**THING, SECRET: 1})
    assert ("/x-1", "extra-forbidden") in await faults_of(toy, {**THING, "x-1": 1})
    assert ("", "extra-forbidden") in await faults_of(toy, {**THING, "x" * 65: 1})


async def test_a_good_request_is_answered(toy: AsyncClient) -> None:
    sent = {**THING, "madeOn": "2026-05-31", "studyLoad": {"unit": "ects", "value": 2.5}}

    answer = await toy.post("/v1/things", json=sent)

    assert answer.status_code == 201
    assert answer.json() == {"thingName": "Cup", "amount": 1}
    check_headers(answer)


async def test_a_body_that_grows_too_large_on_the_way_is_stopped(toy: AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 10_000
            yield b" " * 10_000

    answer = await toy.post("/v1/things", content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too-large"
    assert sent < 2 * MAX_BODY


@pytest.mark.parametrize(("announced", "all_read"), [(5_000_000, True), (50_000_000, False)])
async def test_who_announces_a_body_too_large_can_finish_and_read_why(
    toy: AsyncClient, announced: int, *, all_read: bool
) -> None:
    sent = 0

    async def announced_body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(announced // 10_000):
            sent += 10_000
            yield b" " * 10_000

    told = {**JSON, "Content-Length": str(announced)}
    answer = await toy.post("/v1/things", content=announced_body(), headers=told)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert (sent == announced) is all_read


async def test_a_route_may_take_a_larger_body(toy: AsyncClient) -> None:
    fits = await toy.post("/v1/large-things", content=b" " * 1024 * 1024)
    does_not = await toy.post("/v1/large-things", content=b" " * (1024 * 1024 + 1))

    assert (fits.status_code, does_not.status_code) == (204, 413)
    assert does_not.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_is_told_every_right_one(toy: AsyncClient) -> None:
    answer = await toy.put("/v1/things", json={})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_options_says_what_is_allowed(toy: AsyncClient) -> None:
    known = await toy.options("/v1/things")
    unknown = await toy.options("/v1/nothing")

    assert (known.status_code, known.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert unknown.status_code == 404
    check_headers(known)


async def test_head_is_get_without_a_body(toy: AsyncClient) -> None:
    get_answer = await toy.get("/v1/hello")
    head_answer = await toy.head("/v1/hello")

    assert head_answer.status_code == 200
    assert head_answer.content == b""
    assert head_answer.headers["content-length"] == get_answer.headers["content-length"]
    check_headers(head_answer)


async def test_head_sends_no_body_to_the_server_either() -> None:
    sent: list[Message] = []
    scope = {
        "type": "http",
        "method": "HEAD",
        "path": "/v1/hello",
        "raw_path": b"/v1/hello",
        "query_string": b"",
        "headers": [],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    await create_toy()(scope, receive, send)

    assert [message.get("status") for message in sent] == [200, None]
    assert b"".join(message.get("body", b"") for message in sent) == b""
    assert current_context() is None


async def test_a_refusal_says_when_to_try_again(toy: AsyncClient) -> None:
    waits = [
        (await toy.get(f"/v1/failures/{kind}")).headers["retry-after"]
        for kind in ("conflict", "limit", "unavailable")
    ]

    assert waits == ["7", "3", "4"]


async def test_a_request_id_comes_back_if_it_is_fit_to(toy: AsyncClient) -> None:
    kept = await toy.get("/v1/hello", headers={"X-Request-Id": "integration-42"})
    for unfit in ("short", "x" * 65, "two words in it", "a@b.example.nl", '{"a":"bcdefg"}'):
        replaced = await toy.get("/v1/hello", headers={"X-Request-Id": unfit})
        assert replaced.headers["x-request-id"] != unfit
        assert len(replaced.headers["x-request-id"]) == 32

    assert kept.headers["x-request-id"] == "integration-42"


async def test_a_service_below_a_path_answers_the_same() -> None:
    outer = Starlette(routes=[Mount("/toy", create_toy())])
    async with a_client(outer) as mounted:
        assert (await mounted.get("/toy/v1/hello")).json() == {"hello": "world"}
        assert (await mounted.get("/toy/v1/things/")).status_code == 404
        assert (await mounted.options("/toy/v1/things")).status_code == 204


async def test_many_requests_at_once_keep_their_own_ids(toy: AsyncClient) -> None:
    ids = [f"request-{at:04}" for at in range(50)]

    answers = await asyncio.gather(
        *(toy.get("/v1/failures/rule", headers={"X-Request-Id": name}) for name in ids)
    )

    assert [answer.json()["requestId"] for answer in answers] == ids
