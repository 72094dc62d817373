"""Searching a whole country: 20,000 microcredentials with 100,000 offerings, over HTTP.

Questions come one at a time, so that a waiting time is the work itself; `new` are words that no
earlier question had, `again` those that one had just now. The floors are PostgreSQL's own.
"""

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import psutil

from services.catalog.operations.listing import list_again, renew_listings
from shared.runtime import migrations
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.load import Target, connect
from tests.bench.requests import NumberedRequest, encode
from tests.bench.search_catalogue import DUTCH, Country
from tests.bench.servers import Server, free_port, serving

QUESTIONS: Final = int(os.environ.get("BENCH_QUESTIONS", "120"))
SOURCE: Final = "urn:nld:oin:00000099000000000000:systeem:bench"
ONE_ROW: Final = "SELECT state::text FROM microcredential WHERE microcredential_id = $1"
ONE_MATCH: Final = "SELECT count(*) FROM listing_words WHERE words @@ plainto_tsquery('dutch', $1)"


@dataclass(frozen=True, slots=True)
class Waits:
    """How long answers of one kind took, in milliseconds, sorted."""

    name: str
    waits: list[float]
    cpu_milliseconds: float | None = None
    """Processor time for each, of the service and of PostgreSQL: what no neighbour changes."""

    def share(self, share: float) -> float:
        """Return within how long this share of the answers came."""
        return self.waits[min(len(self.waits) - 1, int(share * len(self.waits)))]


def measure_search(folder: Path) -> Iterator[Waits]:
    """Move a country in, then ask its floors and its questions; costs are printed besides."""
    with EmbeddedPostgres(folder / "country") as postgres:
        url = postgres.create_database("catalog")
        country = Country()
        asyncio.run(_furnish(url, postgres.url("catalog", user="postgres"), country))
        yield from asyncio.run(_floors(url, country))
        with _serving_catalogue(url, folder) as server:
            before = server.peak_megabytes()
            both = Used(server, postgres.pid)
            yield asyncio.run(
                _ask(both, "first question, as soon as it listens", _plain(), count=1)
            )
            print(f"the index takes {server.peak_megabytes() - before:.0f} MB at its peak")
            for name, questions in _kinds(country):
                yield asyncio.run(_ask(both, name, questions))


async def _furnish(url: str, superuser_url: str, country: Country) -> None:
    await migrations.upgrade(url, "services.catalog")
    await country.move_in(superuser_url)
    database = Database(url, source=SOURCE, statement_seconds=60)
    began = time.perf_counter()
    listed = await renew_listings(database, now=datetime.now(UTC))
    spent = time.perf_counter() - began
    print(f"listing everything: {spent:.1f} s, {spent * 1000 / listed:.2f} ms for each")
    waits = [await timed(_list_one(database, one)) for one in country.ids[:100]]
    print(f"listing one again: p50 {sorted(waits)[50]:.1f} ms")
    await database.dispose()
    connection = await asyncpg.connect(superuser_url)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _list_one(database: Database, one: UUID) -> None:
    async with database.transaction() as session:
        await list_again(session, microcredential_ids=[one], now=datetime.now(UTC))


async def timed(act: Awaitable[object]) -> float:
    """Return how many milliseconds something took."""
    began = time.perf_counter()
    await act
    return (time.perf_counter() - began) * 1000


async def _floors(url: str, country: Country) -> list[Waits]:
    connection = await asyncpg.connect(url)
    try:
        rows = [await timed(connection.fetchrow(ONE_ROW, one)) for one in country.ids[:QUESTIONS]]
        words = itertools.islice(itertools.cycle(DUTCH[:40]), QUESTIONS)
        matches = [await timed(connection.fetchval(ONE_MATCH, word)) for word in words]
    finally:
        await connection.close()
    return [
        Waits("PostgreSQL, one row by its key", sorted(rows)),
        Waits("PostgreSQL, counting a common word", sorted(matches)),
    ]


@contextmanager
def _serving_catalogue(url: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    environment = {
        "WAARMERK_DATABASE_URL": url,
        "WAARMERK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WAARMERK_PORT": str(port),
    }
    command = ["-m", "services.catalog", "serve"]
    with serving(command, port=port, environment=environment, log=folder / "search.log") as server:
        yield server


@dataclass(frozen=True, slots=True)
class Used:
    """The two that work for an answer, and their processor time so far."""

    server: Server
    postgres: int

    def cpu_seconds(self) -> float:
        """Return the processor time of both."""
        backends = psutil.Process(self.postgres).children()
        times = [backend.cpu_times() for backend in backends]
        spent: float = sum(one.user + one.system for one in times)
        return self.server.cpu_seconds() + spent


async def _ask(
    both: Used, name: str, questions: Iterable[dict[str, object]], *, count: int = QUESTIONS
) -> Waits:
    """Ask so many questions, one after another."""
    asked = list(itertools.islice(questions, count))
    target = Target(both.server.port, _requests(asked))
    [connection] = await connect(target, 1)
    before = both.cpu_seconds()
    try:
        waits = [
            await timed(connection.ask(target.request(number))) for number in range(len(asked))
        ]
    finally:
        connection.close()
    spent = both.cpu_seconds() - before
    return Waits(name, sorted(waits), spent * 1000 / len(asked))


def _requests(questions: list[dict[str, object]]) -> NumberedRequest:
    paths = [f"/v1/microcredentials?{urlencode(one, doseq=True)}" for one in questions]
    requests = [encode("GET", path) for path in paths]
    return lambda number: requests[number]


def _plain() -> Iterator[dict[str, object]]:
    while True:
        yield {"facets": "true", "earnable": "true"}


def _kinds(country: Country) -> list[tuple[str, Iterator[dict[str, object]]]]:
    """Return the kinds of questions, by how many microcredentials have the words that are asked."""
    random = Random(7)
    most = DUTCH[:40]  # each in half of them or more
    many = [*country.dutch.words[100:260], *country.english.words[100:260]]  # in one of ten or so
    few = list(country.dutch.words[400:])
    random.shuffle(many)
    random.shuffle(few)
    narrow = {"level": "eqf_6", "region": "NL-OV", "price": "free"}
    filters = {"level": ["eqf_6", "eqf_7"], "price": ["free", "up-to-250"], "facets": "true"}

    def of(words: Iterable[str], **more: object) -> Iterator[dict[str, object]]:
        return ({"q": word, "facets": "true", **more} for word in words)

    def mistyped(word: str) -> str:
        at = random.randrange(1, len(word) - 1)
        return word[:at] + word[at + 1 :]

    def mixed() -> Iterator[dict[str, object]]:
        rest = iter(few[3000:])
        while True:
            yield from itertools.islice(_plain(), 4)
            yield from itertools.repeat({**filters, "earnable": "true"}, 3)
            yield from of(itertools.islice(rest, 6))
            yield from of(random.sample(many, 3))
            yield from of([" ".join(random.sample(many, 2)), random.choice(most)])
            yield from of(map(mistyped, itertools.islice(rest, 2)))

    return [
        ("no words", _plain()),
        ("filters", ({**filters, "earnable": "true"} for _ in itertools.count())),
        ("a word that few have, new", of(few[:1000])),
        ("a word that one of ten has, new", of(many)),
        ("a word that most have, new", of(itertools.cycle(most))),
        ("a word that most have, again", of(itertools.repeat(most[0]))),
        ("two words that one of ten has", of(" ".join(pair) for pair in itertools.pairwise(many))),
        ("a word that most have and filters", of(itertools.cycle(most), **filters)),
        ("the same, and filters that few pass", of(itertools.cycle(most), **narrow)),
        ("a typing error", of(map(mistyped, few[1000:2000]))),
        ("a word that is nowhere", of(f"xq{word}zv" for word in few[2000:3000])),
        ("as people ask: 20 of all these", mixed()),
    ]
