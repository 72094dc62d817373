"""One entry judged: whatever happens, it has a row, and no row is greener than the truth."""

import asyncio
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import pytest

from services.verifier.batch_operations import judging
from services.verifier.batch_operations.allowance import Allowance, TooBusyError
from services.verifier.batch_operations.judging import MOST_ATTEMPTS, judge_entry
from services.verifier.batch_operations.wiring import judge_with, unpack_with
from services.verifier.batches.entries import Entry, Part, Refusal
from services.verifier.batches.refusals import TooManyEntriesError
from services.verifier.batches.rows import Row
from services.verifier.checks.judgement import Verification
from services.verifier.containers.limits import Limits
from services.verifier.domain.handed import Form, Handed
from services.verifier.domain.knowledge import Knowledge
from services.verifier.domain.text import both
from services.verifier.domain.verdict import LOOKS, Look, State
from services.verifier.intake import Intake
from services.verifier.schemas.verification import VerificationAnswer
from shared.errors import NotFoundError, UnavailableError
from shared.runtime.problems import TooManyRequestsError
from tests.unit.verifier.forge import NOW, a_token
from tests.unit.verifier.world import World

pytestmark = pytest.mark.anyio
ENTRY: Final = Entry("bewijs.jwt", b"content")


def an_answer(*, state: State = State.VALID) -> VerificationAnswer:
    """Answer as to an honest credential, in another state if asked."""
    world, token = World(), a_token()
    answer = VerificationAnswer.of(
        Verification(
            verification_id=uuid4(),
            judgement=world.judge(token),
            is_test=True,
            issuer=world.issuer,
            registration=world.registration(token),
            microcredential=world.microcredential,
            knowledge=Knowledge(NOW),
            checked_at=NOW,
        )
    )
    verdict = answer.verdict.model_copy(update={"state": state, "look": LOOKS[state]})
    return answer.model_copy(update={"verdict": verdict})


async def row_of(judge: Any, entry: Entry = ENTRY, *, attempts: int = 1) -> Row:
    return await judge_entry(judge, 7, entry, attempts=attempts, read_clock=lambda: NOW)


def raising(error: Exception) -> Callable[..., Any]:
    async def judge(entry: Entry, *, now: datetime) -> VerificationAnswer:
        raise error

    return judge


async def test_a_verdict_becomes_a_row() -> None:
    async def judge(entry: Entry, *, now: datetime) -> VerificationAnswer:
        return an_answer()

    row = await row_of(judge)

    assert (row.number, row.name, row.state, row.look) == (
        7,
        "bewijs.jwt",
        State.VALID,
        Look.GREEN,
    )
    assert row.who == "Sam de Vries"
    assert row.stumble is None
    assert row.credential_id


@pytest.mark.parametrize("error", [ValueError("Sam"), RuntimeError(), KeyError("x")])
async def test_a_judge_that_fails_leaves_an_unknown_and_says_nothing_of_the_entry(
    error: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    row = await row_of(raising(error))

    assert (row.state, row.look, row.code) == (State.CANNOT_CHECK, Look.GREY, "internal-error")
    assert "Sam" not in "".join(capfd.readouterr())


async def test_a_refusal_is_the_sentence_of_its_row() -> None:
    row = await row_of(raising(NotFoundError()))

    assert (row.state, row.code) == (State.NOT_A_CREDENTIAL, "not-found")
    assert row.title.nl == NotFoundError.dutch


@pytest.mark.parametrize("error", [UnavailableError(), ConnectionResetError(), OSError()])
async def test_what_cannot_be_answered_now_has_no_row_yet(error: Exception) -> None:
    with pytest.raises(UnavailableError):
        await row_of(raising(error))


async def test_who_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "ENTRY_SECONDS", 0.01)

    async def judge(entry: Entry, *, now: datetime) -> VerificationAnswer:
        await asyncio.Event().wait()
        raise AssertionError

    row = await row_of(judge)

    assert (row.state, row.code) == (State.CANNOT_CHECK, "took-too-long")


async def test_what_ended_its_process_again_and_again_is_given_up() -> None:
    row = await row_of(raising(AssertionError()), attempts=MOST_ATTEMPTS + 1)

    assert (row.state, row.code) == (State.CANNOT_CHECK, "given-up")


async def test_of_several_proofs_in_one_file_the_gravest_verdict_is_the_row() -> None:
    asked: list[Handed] = []

    async def verify(handed: Handed, now: datetime) -> VerificationAnswer:
        asked.append(handed)
        return an_answer(state=State.REVOKED) if len(asked) == 2 else an_answer()

    content = f"{a_token()}\n{a_token()}\n{a_token()}\n".encode()
    row = await row_of(judge_with(Intake(), verify), Entry("drie.txt", content))

    assert [one.form for one in asked] == [Form.VC_JWT] * 3
    assert row.state is State.REVOKED


@pytest.mark.parametrize("content", [b"", b"{", b"PK\x03\x04", b"Rar!", b"\0"])
async def test_what_holds_no_proof_is_no_credential(content: bytes) -> None:
    async def verify(handed: Handed, now: datetime) -> VerificationAnswer:
        raise AssertionError

    row = await row_of(judge_with(Intake(), verify), Entry("iets", content))

    assert row.state is State.NOT_A_CREDENTIAL
    assert row.look is Look.GREY


async def test_what_was_read_only_in_part_is_not_green() -> None:
    async def verify(handed: Handed, now: datetime) -> VerificationAnswer:
        return an_answer(state=state)

    content = f"{a_token()}\n{a_token()}\n".encode()
    judge = judge_with(Intake(limits=Limits(rows=1)), verify)
    state = State.VALID
    green = await row_of(judge, Entry("half.txt", content))
    state = State.REVOKED
    red = await row_of(judge, Entry("half.txt", content))

    assert (green.state, green.code) == (State.CANNOT_CHECK, "table-rows-left")
    assert red.state is State.REVOKED


def a_zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


async def unpacked(name: str, content: bytes) -> list[Entry]:
    return [entry async for entry in unpack_with(Intake())(Part(name, content))]


async def test_an_archive_is_an_entry_for_each_file_also_for_those_that_cannot_be_read() -> None:
    content = a_zip(a=b"eyJ", inner=a_zip(b=b"x"), leeg=b"")

    entries = await unpacked("alles.zip", content)

    assert [entry.name for entry in entries] == ["alles.zip/a", "alles.zip/inner", "alles.zip/leeg"]
    assert [entry.refusal and entry.refusal.code for entry in entries] == [
        None,
        "archive-nested",
        None,
    ]


async def test_a_broken_archive_is_one_entry_that_says_so() -> None:
    (entry,) = await unpacked("kapot.zip", b"PK\x03\x04nonsense")

    assert entry.refusal is not None
    assert entry.refusal.code == "archive-damaged"


async def test_a_table_is_an_entry_for_each_proof_and_one_text_is_one_entry() -> None:
    tokens = [a_token(), a_token(), "eyJa.b.c"]
    table = "naam;bewijs\n" + "".join(f"Sam;{token}\n" for token in tokens)

    rows = await unpacked("lijst.csv", table.encode())
    one = await unpacked("bewijs.jwt", tokens[0].encode())

    assert [entry.content.decode() for entry in rows] == tokens
    assert [entry.name for entry in rows] == [f"lijst.csv #{row}" for row in (2, 3, 4)]
    assert one == [Entry("bewijs.jwt", tokens[0].encode())]


@pytest.mark.parametrize(
    "content",
    [
        a_zip(**{f"{number}": b"x" for number in range(501)}),
        "\n".join(["eyJhbGciOiJFUzI1NiJ9.e30.AA"] * 501).encode(),
    ],
)
async def test_a_bundle_of_more_than_500_is_refused_and_not_cut(content: bytes) -> None:
    with pytest.raises(TooManyEntriesError):
        await unpacked("veel", content)


def test_files_are_counted_by_client_or_else_by_address() -> None:
    allowance = Allowance(address=10, client=20)

    allowance.charge(site="192.0.2.7", client=None, files=10)
    with pytest.raises(TooManyRequestsError) as refused:
        allowance.charge(site="192.0.2.7", client=None, files=1)
    allowance.charge(site="192.0.2.8", client=None, files=10)
    allowance.charge(site="192.0.2.7", client="ats", files=20)
    with pytest.raises(TooManyRequestsError):
        allowance.charge(site="192.0.2.7", client="ats", files=1)

    assert 1 <= refused.value.retry_after <= 6
    assert allowance.charge(site=None, client=None, files=1000) is None


def test_files_that_do_not_fit_cost_nothing() -> None:
    allowance = Allowance(address=10, client=0)

    with pytest.raises(TooManyRequestsError):
        allowance.charge(site="192.0.2.7", client=None, files=11)

    assert allowance.charge(site="192.0.2.7", client=None, files=10) is not None
    assert allowance.charge(site="192.0.2.7", client="ats", files=1000) is None


def test_no_more_is_held_than_fits_and_what_is_let_go_fits_again() -> None:
    allowance = Allowance(address=0, client=0, held_bytes=10)

    with allowance.holding() as hold:
        hold(6)
        with allowance.holding() as other, pytest.raises(TooBusyError):
            other(5)
        hold(4)
    with allowance.holding() as hold:
        hold(10)


async def test_a_refusal_is_an_answer_too() -> None:
    async def judge(entry: Entry, *, now: datetime) -> Refusal:
        return Refusal("other-file", both("Iets anders"))

    assert (await row_of(judge)).code == "other-file"
