"""The proof of a registration: what a holder keeps, and checks decades later with nothing else."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from services.registry import consumers
from services.registry.app import create_app
from shared.contracts.events import Event
from shared.contracts.registration import Registration
from shared.proofs.log_entries import EntryKind
from shared.proofs.log_proofs import LoggedEntry, QuorumError, check_log_proof, read_log_proof
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import NOW, an_award, erased, granted, revoked, suspended
from tests.support.registering import a_sequencer, register_settings
from tests.support.watching import Watch

pytestmark = pytest.mark.anyio


@pytest.fixture
async def watch(register: Database, tmp_path: Path) -> Watch:
    watch = Watch(register, tmp_path)
    await watch.ask()
    return watch


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(register_settings(register.url, log_key=None), register)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://register") as client:
        yield client


async def hear(register: Database, *events: Event) -> None:
    subscriptions = consumers.subscribe(lambda: NOW)
    for event in events:
        async with register.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            await subscriptions.hear([event], session)


async def record(register: Database, count: int) -> Sequence[UUID]:
    awards = [an_award() for _ in range(count)]
    subscriptions = consumers.subscribe(lambda: NOW)
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await subscriptions.hear([granted(award) for award in awards], session)
    return [award.award_id for award in awards]


async def prove(
    http: httpx.AsyncClient, watch: Watch, award_id: UUID, *, quorum: int = 0, query: str = ""
) -> LoggedEntry:
    answer = await http.get(f"/v1/registrations/{award_id}/proof{query}")
    assert answer.status_code == 200, answer.text
    return check_log_proof(
        read_log_proof(answer.content),
        log_keys=a_sequencer(watch.register).signer.keys,
        witnesses=[signer.key for signer in watch.signers.values()],
        quorum=quorum,
    )


async def test_every_version_has_a_proof_that_opens_what_was_said(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    await record(register, 300)
    award = an_award()
    await hear(register, granted(award), suspended(award.award_id), revoked(award.award_id))
    await record(register, 300)
    await watch.sequence()
    await watch.ask()

    proven = [
        await prove(http, watch, award.award_id, quorum=2, query=f"?recordVersion={number}")
        for number in (1, 2, 3)
    ]
    latest = await prove(http, watch, award.award_id, quorum=2)

    assert [one.entry.kind for one in proven] == [
        EntryKind.ISSUED,
        EntryKind.SUSPENDED,
        EntryKind.REVOKED,
    ]
    assert [one.index for one in proven] == [300, 301, 302]
    assert latest == proven[-1]
    said = [Registration.model_validate_json(one.content) for one in proven]
    assert [one.record_version for one in said] == [1, 2, 3]
    assert {one.registration_id for one in said} == {award.award_id}
    assert {name for _at, name in latest.witnessed} == {"w1.example.nl", "w2.example.nl"}


async def test_every_registration_of_a_log_of_any_size_is_proven(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    known: list[UUID] = []
    for count in (1, 1, 5, 249, 3):
        known += await record(register, count)
        await watch.sequence()
        for index in {0, len(known) // 2, len(known) - 1}:
            assert (await prove(http, watch, known[index])).size == len(known)


async def test_a_proof_leads_to_the_checkpoint_that_most_witnesses_cosigned(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    [old] = await record(register, 1)
    await watch.sequence()
    await watch.ask()
    [new] = await record(register, 1)
    await watch.sequence()

    assert (await prove(http, watch, old, quorum=2)).size == 1
    assert (await prove(http, watch, new)).size == 2
    with pytest.raises(QuorumError):
        await prove(http, watch, new, quorum=1)
    await watch.ask("w1")
    assert (await prove(http, watch, new, quorum=1)).size == 2
    assert (await prove(http, watch, old, quorum=2)).size == 1


async def test_a_proof_from_before_a_moment_leads_to_what_witnesses_had_seen_by_then(
    register: Database, watch: Watch, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    known: list[UUID] = []
    for hours in range(4):
        moment = noon + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        known += await record(register, 1)
        await watch.sequence()
        await watch.ask(*(("w1",) if hours == 2 else ()))

    async def shown(number: int, before: str) -> tuple[int, int]:
        query = f"?witnessedBefore=2026-11-20T{before}"
        proven = await prove(http, watch, known[number], quorum=1, query=query)
        cut = datetime.fromisoformat(f"2026-11-20T{before}").timestamp()
        assert all(at < cut for at, _ in proven.witnessed)
        return proven.size, len(proven.witnessed)

    assert await shown(0, "12:00:01Z") == (1, 2)
    assert await shown(0, "13:59:59Z") == (2, 2)
    assert await shown(0, "14:30:00Z") == (2, 2)  # rather than a later one of one witness
    assert await shown(2, "14:30:00Z") == (3, 1)
    assert await shown(2, "16:00:00Z") == (4, 2)
    for number, before, status, code in (
        (0, "12:00:00Z", 404, "not-witnessed-then"),
        (1, "12:30:00Z", 404, "not-witnessed-then"),
        (3, "14:30:00Z", 404, "not-witnessed-then"),
        (0, "14:30:00", 400, "invalid-request"),
    ):
        answer = await http.get(
            f"/v1/registrations/{known[number]}/proof?witnessedBefore=2026-11-20T{before}"
        )
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_where_there_is_nothing_to_prove_it_says_why(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    gone, waiting = an_award(), an_award()
    await hear(register, granted(gone), erased(gone.award_id, record_version=2))
    await watch.sequence()
    await hear(register, granted(waiting))

    for path, status, code in (
        (f"{uuid4()}/proof", 404, "registration-unknown"),
        (f"{gone.award_id}/proof", 404, "registration-erased"),
        (f"{gone.award_id}/proof?recordVersion=1", 404, "registration-erased"),
        (f"{waiting.award_id}/proof", 404, "not-logged-yet"),
        (f"{waiting.award_id}/proof?recordVersion=2", 404, "registration-version-unknown"),
        (f"{waiting.award_id}/proof?recordVersion=0", 400, "invalid-request"),
        (f"{gone.award_id}/proof?witnessedBefore=2099-01-01T00:00:00Z", 404, "registration-erased"),
        (f"{waiting.award_id}/proof?witnessedBefore=2099-01-01T00:00:00Z", 404, "not-logged-yet"),
        ("nonsense/proof", 400, "invalid-request"),
    ):
        answer = await http.get(f"/v1/registrations/{path}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


async def test_an_erasure_takes_the_opening_with_it_and_no_other_proof(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    gone, stays = an_award(), an_award()
    await hear(register, granted(gone), granted(stays))
    await watch.sequence()
    await watch.ask()
    kept = await http.get(f"/v1/registrations/{gone.award_id}/proof")
    await hear(register, erased(gone.award_id, record_version=2))
    await watch.sequence()
    await watch.ask()

    assert (await http.get(f"/v1/registrations/{gone.award_id}/proof")).status_code == 404
    assert (await prove(http, watch, stays.award_id, quorum=2)).size == 3
    # What a holder kept stays true: the log did not change.
    still = check_log_proof(
        read_log_proof(kept.content),
        log_keys=a_sequencer(register).signer.keys,
        witnesses=[signer.key for signer in watch.signers.values()],
        quorum=2,
    )
    assert still.index == 0


async def test_a_proof_is_a_file_to_keep(
    register: Database, watch: Watch, http: httpx.AsyncClient
) -> None:
    [one] = await record(register, 1)
    await watch.sequence()

    answer = await http.get(f"/v1/registrations/{one}/proof")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{one}.tlog-proof"'
    assert answer.text.startswith("c2sp.org/tlog-proof@v1\n")
