"""The register and its witnesses: they vouch for it, stop no log, and betray another history."""

import re
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from starlette.responses import Response

from services.registry import consumers
from services.registry.app import create_app
from services.registry.operations import log
from shared.proofs.merkle import CompactRange, leaf_hash
from shared.proofs.notes import open_note, read_note
from shared.proofs.tiles import grow
from shared.proofs.witnessing import read_request
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import NOW, an_award, granted
from tests.support.postgres import MakeDatabase
from tests.support.registering import a_sequencer, put_in_log, register_settings
from tests.support.watching import Watch, a_witness_signer

pytestmark = pytest.mark.anyio
SOURCE = "urn:nld:oin:00000099000000000000:systeem:registry"
OpenDatabase = Callable[..., Database]


@pytest.fixture
def register(make_database: MakeDatabase, open_database: OpenDatabase) -> Database:
    return open_database(make_database("services.registry"), SOURCE)


@pytest.fixture
def watch(register: Database, tmp_path: Path) -> Watch:
    return Watch(register, tmp_path)


@pytest.fixture
async def http(register: Database, watch: Watch) -> AsyncIterator[httpx.AsyncClient]:
    settings = register_settings(
        register.url,
        log_key=None,
        witnesses=tuple(place.model_dump() for place in watch.places.values()),
    )
    transport = httpx.ASGITransport(app=create_app(settings, register))
    async with httpx.AsyncClient(transport=transport, base_url="https://register") as client:
        yield client


async def record(register: Database, count: int) -> None:
    subscriptions = consumers.subscribe(lambda: NOW)
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await subscriptions.hear([granted(an_award()) for _ in range(count)], session)


async def rewrite(register: Database) -> None:
    """Edit the first entry as an insider would, and rebuild everything above it, signatures too."""
    async with register.acting_for(EVERY_ORGANISATION) as straight:
        rows = await straight.connection.fetch("SELECT entry FROM log_entry ORDER BY index")
        entries = [bytes(row["entry"]) for row in rows]
        entries[0] = entries[0].replace(b"issued", b"revoked")
        tree, tiles = grow(CompactRange(), [leaf_hash(entry) for entry in entries], {})
        note = a_sequencer(register).signer.sign(tree.head(), now=NOW).to_bytes()
        for table in ("log_entry", "log_tile", "log_state"):
            await straight.connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await straight.connection.execute("GRANT UPDATE ON log_entry TO CURRENT_USER")
        await straight.connection.execute(
            "UPDATE log_entry SET entry = $1 WHERE index = 0", entries[0]
        )
        for tile, hashes in tiles:
            await straight.connection.execute(
                "UPDATE log_tile SET hashes = $1 WHERE level = $2 AND index = $3",
                hashes,
                tile.level,
                tile.index,
            )
        await straight.connection.execute(
            "UPDATE log_state SET tree = $1, checkpoint = $2", tree.to_bytes(), note
        )


async def witnessed(http: httpx.AsyncClient) -> dict[str, dict[str, object]]:
    answer = (await http.get("/v1/log/witnesses")).json()
    return {one["name"].partition(".")[0]: one for one in answer["items"]}


async def test_a_checkpoint_carries_the_cosignatures_of_just_that_checkpoint(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    await watch.ask()
    await record(register, 3)
    assert await watch.sequence() == 3
    alone = read_note((await http.get("/log/checkpoint")).content)
    await watch.ask()
    cosigned = read_note((await http.get("/log/checkpoint")).content)

    log_keys = a_sequencer(register).signer.keys
    keys = [signer.key for signer in watch.signers.values()]
    assert [one.key for one in open_note(alone, [*log_keys, *keys])] == [*log_keys]
    found = open_note(cosigned, [*log_keys, *keys])
    assert found[0].key == log_keys[0]
    assert {one.key for one in found[1:]} == set(keys)
    assert all(one.at and abs(one.at - time.time()) < 60 for one in found[1:])


async def test_witnesses_follow_a_log_however_it_grows(register: Database, watch: Watch) -> None:
    await watch.ask()
    for count in (1, 2, 250, 700):
        await record(register, count)
        await watch.sequence()
        await watch.ask()

    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        rows = await session.execute(text("SELECT stand, cosigned_size FROM log_witness"))
        assert [tuple(row) for row in rows] == [("agrees", 953)] * 2


async def test_a_witness_that_is_down_or_lies_is_seen_and_stops_nothing(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    await watch.ask()
    await watch.sequence()
    stranger = a_witness_signer("w1.example.nl")
    for lie, stand in (
        (lambda _: Response("", 502), "silent"),
        (lambda _: Response("999999\n", 409), "ahead"),
        (lambda _: Response("nonsense", 409), "untrue"),
        (lambda _: Response("", 422), "disputes"),
        (lambda _: Response("", 403), "refuses"),
        (lambda _: Response("— w1.example.nl AAAAAAA=\n", 200), "untrue"),
        (lambda _: Response("x" * 100_000, 200), "silent"),
        (
            lambda body: Response(
                stranger.cosign(read_request(body).note.text, at=int(time.time())).line
            ),
            "untrue",
        ),
        (
            lambda body: Response(
                watch.signers["w1"].cosign(read_request(body).note.text, at=1).line
            ),
            "untrue",
        ),
    ):
        watch.answers["w1"] = lie
        await record(register, 1)
        assert await watch.sequence() == 1
        await watch.ask()
        seen = await witnessed(http)
        assert (seen["w1"]["stand"], seen["w1"]["isBehind"]) == (stand, True)
        assert (seen["w2"]["stand"], seen["w2"]["isBehind"]) == ("agrees", False)

    del watch.answers["w1"]
    await watch.ask()
    assert (await witnessed(http))["w1"]["stand"] == "agrees"


async def test_an_insider_who_rewrites_history_gets_no_cosignature_again(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    await watch.ask()
    await record(register, 300)
    await watch.sequence()
    await watch.ask()
    await rewrite(register)

    # Everything in the database is in order again, and the log goes on.
    await record(register, 7)
    assert await watch.sequence() == 7
    await watch.ask()

    seen = await witnessed(http)
    assert {one["stand"] for one in seen.values()} == {"disputes"}
    assert {one["cosignedSize"] for one in seen.values()} == {300}
    note = read_note((await http.get("/log/checkpoint")).content)
    assert {one.name for one in note.signatures} == {"register.example.nl/log"}

    # And a worker that starts then does not sign at all.
    watch.restart()
    await watch.ask()
    await record(register, 1)
    assert await watch.sequence() == 0


async def test_a_root_changed_at_the_same_size_loses_its_cosignatures(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    await watch.ask()
    await record(register, 3)
    await watch.sequence()
    await watch.ask()
    await rewrite(register)

    note = read_note((await http.get("/log/checkpoint")).content)
    assert len(note.signatures) == 1


async def test_the_keys_of_the_log_are_told_to_whoever_wants_to_watch_it(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    before = (await http.get("/v1/log/witnesses")).json()
    await watch.sequence()
    after = (await http.get("/v1/log/witnesses")).json()

    assert (before["size"], before["vkeys"], before["items"][0]["stand"]) == (0, [], "unheard")
    assert after["vkeys"] == [key.vkey for key in a_sequencer(register).signer.keys]
    assert after["origin"] == "register.example.nl/log"


async def test_few_checkpoints_are_kept_and_the_best_one_among_them(
    register: Database, watch: Watch
) -> None:
    await watch.ask()
    await record(register, 1)
    await watch.sequence()
    await watch.ask()
    for _ in range(70):
        await record(register, 1)
        await watch.sequence()
        await watch.ask("w2")

    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        query = text("SELECT size FROM log_checkpoint ORDER BY size")
        sizes = [*await session.scalars(query)]
    assert sizes[0] == 1
    assert sizes[-64:] == [*range(8, 72)]
    assert len(sizes) in {65, 66}  # the hour may end meanwhile


async def test_of_each_hour_the_checkpoint_that_most_cosigned_is_kept(
    register: Database, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = datetime(2026, 11, 20, 9, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: hour)
    await watch.ask()
    for number in range(1, 81):
        await record(register, 1)
        # One every twenty minutes; the first of each hour is cosigned by both.
        moment = hour + timedelta(minutes=20 * (number - 1))
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        await watch.sequence()
        await watch.ask(*(("w1", "w2") if number % 3 == 1 else ("w2",)))

    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        query = text("SELECT size FROM log_checkpoint WHERE size > 0 ORDER BY size")
        sizes = [*await session.scalars(query)]
    assert sizes == [*(one for one in range(1, 17) if one % 3 == 1), *range(17, 81)]


async def test_the_log_of_a_register_without_witnesses_goes_on(register: Database) -> None:
    await record(register, 2)
    assert await put_in_log(register) == 2
    assert read_note(await log.read_checkpoint(register) or b"").signatures


async def test_the_page_says_how_many_witnesses_watch_and_where_the_proof_is(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    award = an_award()
    subscriptions = consumers.subscribe(lambda: NOW)
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await subscriptions.hear([granted(award)], session)
    await watch.ask()
    await watch.sequence()
    await watch.ask()

    dutch = await http.get("/?lang=nl")
    watch.answers["w1"] = lambda _: Response("", 422)
    await record(register, 1)
    await watch.sequence()
    await watch.ask()
    english = await http.get(f"/?lang=en&id={award.award_id}")

    assert "Regels in het logboek van het register: 1. 2 van de 2 getuigen zien nu" in dutch.text
    assert "Entries in the log of the register: 2. 1 of the 2 witnesses see now" in english.text
    [link] = re.findall(r'href="([^"]+/proof)"', english.text)
    assert (await http.get(link)).text.startswith("c2sp.org/tlog-proof@v1")
