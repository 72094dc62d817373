"""Erasing somebody from what batches keep of them, wherever their rows are by then."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from services.issuer.operations.batches import checking
from services.issuer.operations.batches.drafting import draft_slice, prepare_learners
from services.issuer.operations.batches.reading import read_slice
from services.issuer.operations.batches.signing import sign_slice
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.batches.workshop import Hand, Workshop
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_csv, a_row

pytestmark = pytest.mark.anyio
ERASED = "student2@student.example.nl"
NOBODY = (ERASED, "Voorbeeld2", "000002")
STEPS = (prepare_learners, draft_slice, sign_slice)


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


async def erase(issuer: Issuer, identifier: str = ERASED) -> None:
    answer = await issuer.post(
        "/v1/learner-erasures",
        {"email": identifier, "reason": "learner-request"},
        scope="learners:erase",
    )
    assert answer.status_code == 201, answer.text


async def kept(issuer: Issuer) -> str:
    """Open all that batches keep under seal, and return it with the rest of their tables."""
    said = []
    slices: Any = await issuer.ask(
        "SELECT batch_id, wrapped_key, s.number, sealed_cells, sealed_wishes"
        " FROM batch_slice s JOIN batch USING (batch_id) WHERE sealed_cells IS NOT NULL"
    )
    for batch_id, wrapped, number, cells, wishes in slices:
        seals = Seals(issuer.desk, batch_id, wrapped)
        said.append(seals.open(cells, f"cells|{number}"))
        if wishes is not None:
            said.append(seals.open(wishes, f"wishes|{number}"))
    rows: Any = await issuer.ask(
        "SELECT batch_id, wrapped_key, line, sealed_faults"
        " FROM batch_row JOIN batch USING (batch_id) WHERE sealed_faults IS NOT NULL"
    )
    for batch_id, wrapped, line, faults in rows:
        said.append(Seals(issuer.desk, batch_id, wrapped).open(faults, f"faults|{line}"))
    return b"\n".join(said).decode()


async def learners(issuer: Issuer) -> object:
    [(count,)] = await issuer.ask("SELECT count(*) FROM learner")
    return count


async def failures(institution: Institution, batch_id: str) -> list[list[Any]]:
    answer = await institution.read(f"{batch_id}/failures")
    assert answer.status_code == 200, answer.text
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


async def test_what_a_batch_kept_of_an_award_goes_with_it(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(n) for n in range(1, 4)], mode="run")
    await institution.run()

    await erase(institution.issuer)

    rest = await kept(institution.issuer)
    results = await institution.results(batch["batchId"])
    told = await institution.batch(batch["batchId"])
    assert not any(text in rest for text in NOBODY)
    assert "student1@" in rest
    assert "student3@" in rest
    assert [(one["line"], one["state"]) for one in results] == [
        (2, "signed"),
        (3, "erased"),
        (4, "signed"),
    ]
    assert results[1]["code"] == "row.erased"
    assert "awardId" not in results[1]
    assert (told["progress"]["signed"], told["progress"]["erased"]) == (3, 1)
    assert await institution.issuer.ask(
        "SELECT award_key, person_key, award_id FROM batch_row WHERE line = 3"
    ) == [(None, None, None)]


@pytest.mark.parametrize("when", ["before the check", "after the check"])
async def test_who_is_erased_is_awarded_by_no_slice_that_waits(
    institution: Institution, when: str
) -> None:
    sent = await institution.send(a_csv([a_row(n) for n in range(1, 4)]), mode="run")
    batch_id = sent.json()["batchId"]
    if when == "after the check":
        await institution.check()

    await erase(institution.issuer)
    await institution.check()
    await institution.run()

    results = await institution.results(batch_id)
    [failed] = await failures(institution, batch_id)
    told = await institution.batch(batch_id)
    assert [(one["line"], one["state"]) for one in results] == [
        (2, "signed"),
        (3, "erased"),
        (4, "signed"),
    ]
    assert results[1]["code"] == "row.erased"
    assert told["state"] == "finished"
    assert told["progress"]["signed"] == 2
    assert not any(failed[:7])
    assert "gewist" in " ".join(str(cell) for cell in failed[7:])
    rest = await kept(institution.issuer)
    assert not any(text in rest for text in NOBODY)
    assert await learners(institution.issuer) == 2


async def test_a_person_is_found_in_rows_that_are_no_award_and_in_columns_nobody_reads(
    institution: Institution,
) -> None:
    rows = [
        a_row(1),
        a_row(2, Datum="gisteren"),
        a_row(3, E_mail="zoe <STUDENT2@student.example.nl>"),
        a_row(4, Achternaam="x", Cijfer=ERASED),
        a_row(5, E_mail=f" {ERASED.upper()} "),
        a_row(6, E_mail=ERASED),
    ]
    batch = await institution.sent_and_checked(rows)

    await erase(institution.issuer)

    rest = (await kept(institution.issuer)).lower()
    results = await institution.results(batch["batchId"])
    assert ERASED not in rest
    assert [one["line"] for one in results] == [2, 3, 4, 5, 6, 7]
    assert [one["line"] for one in results if one["state"] == "erased"] == [3, 4, 5, 6, 7]


async def test_a_row_goes_when_its_award_became_that_of_who_is_erased(
    institution: Institution,
) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    await institution.run()
    [(award_id,)] = await institution.issuer.ask("SELECT award_id FROM batch_row WHERE line = 2")
    learner = {"email": "mus@student.example.nl", "givenName": "Mus", "familyName": "Mees"}
    corrected = await institution.issuer.post(
        f"/v1/awards/{award_id}/corrections", {"reason": "administrative-error", "learner": learner}
    )
    assert corrected.status_code == 201, corrected.text

    await erase(institution.issuer, "mus@student.example.nl")

    results = await institution.results(batch["batchId"])
    assert [one["state"] for one in results] == ["erased", "signed"]
    assert "student1@" not in await kept(institution.issuer)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
async def test_an_erasure_while_a_slice_is_worked_on_brings_nobody_back(
    institution: Institution, monkeypatch: pytest.MonkeyPatch, step: Callable[..., object]
) -> None:
    batch = await institution.sent_and_checked([a_row(n) for n in range(1, 4)], mode="run")
    do = Hand.do
    erased: list[object] = []

    async def do_and_erase(hand: Any, craft: Any, *orders: Any) -> Any:
        made = await do(hand, craft, *orders)
        if craft is step and not erased:
            erased.append(craft)
            await erase(institution.issuer)
        return made

    monkeypatch.setattr(Hand, "do", do_and_erase)
    await institution.run()

    assert erased
    assert [one["state"] for one in await institution.results(batch["batchId"])] == [
        "signed",
        "erased",
        "signed",
    ]
    assert (await institution.batch(batch["batchId"]))["state"] == "finished"
    assert await learners(institution.issuer) == 2
    assert await institution.issuer.ask("SELECT count(*) FROM award WHERE state = 'granted'") == [
        (2,)
    ]


async def test_an_erasure_while_a_slice_is_read_is_not_undone_by_its_check(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await institution.send(a_csv([a_row(1), a_row(2)]), mode="run")
    do = institution.workshop.do
    erased: list[object] = []

    async def do_and_erase(craft: Any, *orders: Any) -> Any:
        made = await do(craft, *orders)
        if craft is read_slice and not erased:
            erased.append(craft)
            await erase(institution.issuer)
        return made

    monkeypatch.setattr(institution.workshop, "do", do_and_erase)
    for _ in range(3):
        await checking.check_batches(
            institution.issuer.desk, institution.workshop, now=institution.issuer.clock.now
        )
    await institution.run()

    results = await institution.results(sent.json()["batchId"])
    assert [one["state"] for one in results] == ["signed", "erased"]
    rest = await kept(institution.issuer)
    assert not any(text in rest for text in NOBODY)


async def test_the_same_file_sent_anew_awards_afresh(institution: Institution) -> None:
    rows = [a_row(1), a_row(2)]
    await institution.sent_and_checked(rows, mode="run")
    await institution.run()
    await erase(institution.issuer)

    again = await institution.sent_and_checked(rows, mode="run")
    await institution.run()

    assert again["outcomes"]["ready"] == 1
    assert again["outcomes"]["alreadyAwarded"] == 1
    assert await learners(institution.issuer) == 2
