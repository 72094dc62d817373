"""What a large register is asked over HTTP, one question after another, from random places.

Apart from who runs the register: here is only what followers, holders and consumers ask it.
"""

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import asyncpg

from services.demo.sandbox import Sandbox
from shared.runtime import clock
from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.load import Target, connect
from tests.bench.register_rows import ORGANISATIONS, learner_of
from tests.bench.requests import encode
from tests.bench.search import QUESTIONS, Used, Waits, timed
from tests.bench.servers import Server

ERASED: Final = "nl.microcredentials.registration-erased.v1"
RECORDED: Final = "nl.microcredentials.registration-recorded.v1"
_EVENTS: Final = """
    SELECT f.event_id FROM unnest($1::bigint[]) AS wanted (number) JOIN fact f USING (number)
    """
_IDS: Final = """
    SELECT f.registration_id FROM unnest($1::bigint[]) AS wanted (number)
    JOIN fact f USING (number) WHERE f.content IS NOT NULL AND f.kind = 'issued'
    """


@dataclass(frozen=True, slots=True)
class Place:
    """A register that is served, who keeps its rows, and how long its log is."""

    server: Server
    postgres: EmbeddedPostgres
    sandbox: Sandbox
    entries: int


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    request: Callable[[int], bytes]


async def ask_all(place: Place) -> list[Waits]:
    """Ask what is asked of a register that nobody works for: what it holds is all there."""
    random = Random(11)
    numbers = [random.randrange(1, place.entries) for _ in range(2 * QUESTIONS)]
    connection = await asyncpg.connect(place.postgres.url("registry", user="postgres"))
    try:
        events = [row["event_id"] for row in await connection.fetch(_EVENTS, numbers)]
        ids = [row["registration_id"] for row in await connection.fetch(_IDS, numbers)]
    finally:
        await connection.close()
    kinds = [
        *_feed(place, random, events),
        *_filtered(place, random),
        *_registrations(ids),
        *_log(place, random),
        _search(place, random),
    ]
    return [await _ask(place, kind) for kind in kinds]


async def ask_about_copies(place: Place) -> list[Waits]:
    """Ask what is asked once everything has been counted."""
    days = [(clock.now() - timedelta(days=day)).date() for day in range(2, 1000)]
    pairs = list(itertools.product(days, ORGANISATIONS))
    Random(12).shuffle(pairs)
    asked = [f"/v1/reconciliations/{organisation}/{day}?limit=100" for day, organisation in pairs]
    by_day = [f"/v1/reconciliations?fromDay={day}&limit=100" for day in days]
    kinds = [
        _Kind("reconciliation, 100 counts from any day", _gets(by_day)),
        _Kind("reconciliation, 100 of an institution's day", _gets(asked)),
        _Kind("statistics, the page", _gets(["/statistics"])),
        _Kind("statistics, JSON", _gets(["/v1/statistics"])),
        _Kind("what the latest snapshot says of itself", _gets(["/v1/snapshots/latest"])),
    ]
    return [await _ask(place, kind) for kind in kinds]


def _feed(place: Place, random: Random, events: Sequence[UUID]) -> Iterator[_Kind]:
    after = [random.randrange(place.entries) for _ in range(QUESTIONS)]
    moments = [clock.now() - timedelta(days=random.randrange(2, 1000)) for _ in range(QUESTIONS)]
    last = place.entries - 100
    yield _Kind("feed, the first 100", _gets(_pages([{"limit": 100}])))
    yield _Kind("feed, 100 from anywhere", _gets(_pages({"afterSequence": at} for at in after)))
    yield _Kind("feed, the last 100", _gets(_pages([{"afterSequence": last}])))
    yield _Kind(
        "feed, 1000 from anywhere",
        _gets(_pages({"afterSequence": at, "limit": 1000} for at in after)),
    )
    yield _Kind(
        "feed, 100 after any event's id", _gets(_pages({"lastEventId": one} for one in events))
    )
    yield _Kind(
        "feed, 100 since any moment",
        _gets(_pages({"since": f"{moment:%Y-%m-%dT%H:%M:%SZ}"} for moment in moments)),
    )


def _filtered(place: Place, random: Random) -> Iterator[_Kind]:
    after = [random.randrange(place.entries // 2) for _ in range(QUESTIONS)]
    issuers = itertools.cycle(ORGANISATIONS)
    filters: tuple[tuple[str, Callable[[], dict[str, object]]], ...] = (
        ("of one institution of 40", lambda: {"issuer": next(issuers)}),
        ("erasures only, 1 of 1,000", lambda: {"type": ERASED}),
        ("erasures of one institution", lambda: {"type": ERASED, "issuer": next(issuers)}),
        ("awards in one sector of 4", lambda: {"type": RECORDED, "sector": "wo"}),
        ("of who never awarded anything", lambda: {"issuer": "00000099000009990000"}),
    )
    for name, asked in filters:
        pages = _pages({"afterSequence": at, **asked()} for at in after)
        yield _Kind(f"feed, 100 {name}", _gets(pages))


def _registrations(ids: Sequence[UUID]) -> Iterator[_Kind]:
    moment = f"{clock.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    own = [f"/v1/registrations/{one}" for one in ids[:QUESTIONS]]
    yield _Kind("a registration", _gets(own))
    yield _Kind("its first version", _gets([f"{one}/versions/1" for one in own]))
    yield _Kind("what it said yesterday", _gets([f"{one}?asOf={moment}" for one in own]))
    yield _Kind("the proof that it is in the log", _gets([f"{one}/proof" for one in own]))


def _log(place: Place, random: Random) -> Iterator[_Kind]:
    places = [random.randrange(place.entries // 256) for _ in range(QUESTIONS)]
    spelled = [f"x{at // 1000:03}/{at % 1000:03}" if at >= 1000 else f"{at:03}" for at in places]
    yield _Kind("the checkpoint", _gets(["/log/checkpoint"]))
    yield _Kind("a tile of 256 hashes", _gets([f"/log/tile/0/{one}" for one in spelled]))
    yield _Kind("a bundle of 256 entries", _gets([f"/log/tile/entries/{one}" for one in spelled]))


def _search(place: Place, random: Random) -> _Kind:
    token = place.sandbox.token(ORGANISATIONS[0], ("registrations:search",))
    bodies = [
        (
            f'{{"learners": [{{"email": "{learner_of(random.randrange(place.entries))}"}}],'
            ' "purpose": "admission", "legalBasis": "public-task", "reference": "ADM-1"}'
        ).encode()
        for _ in range(QUESTIONS)
    ]
    headers = {"Authorization": f"Bearer {token}"}
    requests = [
        encode("POST", "/v1/registrations/_search", body, headers=headers) for body in bodies
    ]
    return _Kind("what is registered of a learner", lambda number: requests[number])


def _pages(asked: Iterable[dict[str, object]]) -> list[str]:
    return [f"/v1/events?{urlencode(one)}" for one in asked]


def _gets(paths: Sequence[str]) -> Callable[[int], bytes]:
    requests = [encode("GET", path) for path in paths]
    return lambda number: requests[number % len(requests)]


async def _ask(place: Place, kind: _Kind) -> Waits:
    """Ask so many questions of a kind, one after another; the first of all is among them."""
    used = Used(place.server, place.postgres.pid)
    target = Target(place.server.port, kind.request)
    [connection] = await connect(target, 1)
    before = used.cpu_seconds()
    try:
        waits = [await timed(connection.ask(kind.request(at))) for at in range(QUESTIONS)]
    finally:
        connection.close()
    spent = used.cpu_seconds() - before
    found = Waits(kind.name, sorted(waits), spent * 1000 / QUESTIONS)
    print(
        f"measured: {found.name}: {found.share(0.5):.1f} {found.share(0.95):.1f}"
        f" {found.share(0.99):.1f} ms, {found.cpu_milliseconds:.1f} ms of a processor",
        file=sys.stderr,
    )
    return found
