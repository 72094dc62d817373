"""What checking makes of each row of a file, and what its sender gets to see of that."""

import io
from collections import Counter

import pytest
from openpyxl import load_workbook

from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer, archived
from tests.support.batches import Institution, a_row
from tests.support.issuing import NHL, a_microcredential, an_award_request

pytestmark = pytest.mark.anyio


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


async def rows_of(institution: Institution, batch_id: str, **query: str) -> list[dict[str, object]]:
    answer = await institution.issuer.client.get(
        f"/v1/award-batches/{batch_id}/rows",
        params={"limit": "100"} | query,
        headers=institution.headers("awards:read"),
    )
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, object]] = answer.json()["items"]
    return rows


async def award_the_seventh(issuer: Issuer) -> None:
    """Award by itself what the seventh row of a file asks."""
    learner = {
        "email": "student7@student.example.nl",
        "givenName": "Zoë",
        "familyName": "Voorbeeld7",
    }
    answer = await issuer.award(
        an_award_request(
            enrolmentReference="2026-QC-000007",
            awardedOn="2026-11-13",
            learner=learner,
            result={"grade": "7.5"},
        )
    )
    assert answer.status_code == 201


async def test_each_row_comes_to_one_thing(institution: Institution) -> None:
    await award_the_seventh(institution.issuer)

    batch = await institution.sent_and_checked(
        [
            a_row(1),
            a_row(2, Datum="13-11-2062"),
            a_row(3, Cijfer="4,5"),
            a_row(4, Microcredential="Onbekend"),
            a_row(1),
            a_row(6, Kenmerk="2026-QC-000001"),
            a_row(7),
            a_row(8),
        ]
    )
    rows = await rows_of(institution, batch["batchId"])

    assert [(row["row"], row["outcome"], row.get("code")) for row in rows] == [
        (2, "ready", None),
        (3, "error", "award.date.future"),
        (4, "error", "award.grade.insufficient"),
        (5, "error", "award.microcredential.unknown"),
        (6, "duplicate-in-file", "award.duplicate.file"),
        (7, "error", "award.duplicate.reference"),
        (8, "already-awarded", "award.exists.same"),
        (9, "ready", None),
    ]
    assert batch["outcomes"] == {
        "ready": 2,
        "alreadyAwarded": 1,
        "correction": 0,
        "duplicateInFile": 1,
        "error": 4,
    }
    assert [row["row"] for row in batch["firstFaults"]] == [3, 4, 5, 7]


async def test_a_fault_names_its_cell_in_both_languages(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1, Datum="31-02-2026")])

    [fault] = batch["firstFaults"][0]["faults"]

    assert fault["cell"] == "G2"
    assert fault["column"] == "Datum"
    assert fault["found"] == "31-02-2026"
    assert fault["message"]["nl"].startswith("G2: ")
    assert fault["message"]["en"].startswith("G2: ")


@pytest.mark.parametrize(
    ("changes", "is_correction"),
    [
        ({}, False),
        ({"Cijfer": "7.5"}, False),
        ({"Cijfer": "8,0"}, True),
        ({"Achternaam": "Anders"}, True),
        ({"Datum": "12-11-2026"}, True),
    ],
)
async def test_a_file_that_is_sent_again_asks_only_what_changed(
    institution: Institution, changes: dict[str, str], *, is_correction: bool
) -> None:
    first = await institution.sent_and_checked([a_row(1)], mode="run")
    await institution.run()

    again = await institution.sent_and_checked([a_row(1, **changes)])

    [row] = await rows_of(institution, again["batchId"])
    assert row["outcome"] == ("correction" if is_correction else "already-awarded")
    [before] = await institution.results(first["batchId"])
    assert row["awardId"] == before["awardId"]


async def test_a_revoked_award_is_not_given_back_by_a_file(institution: Institution) -> None:
    first = await institution.sent_and_checked([a_row(1)], mode="run")
    await institution.run()
    [row] = await institution.results(first["batchId"])
    await institution.issuer.revoke(row["awardId"])

    again = await institution.sent_and_checked([a_row(1)])

    [refused] = await rows_of(institution, again["batchId"])
    assert (refused["outcome"], refused["code"]) == ("error", "award.not-allowed")


async def test_what_is_archived_is_an_error_at_its_cell(institution: Institution) -> None:
    await institution.issuer.hear(archived(a_microcredential()))

    batch = await institution.sent_and_checked([a_row(1)])

    [fault] = batch["firstFaults"][0]["faults"]
    assert (fault["cell"], fault["code"]) == ("A2", "microcredential-archived")


async def test_a_title_will_do_for_an_id(institution: Institution) -> None:
    batch = await institution.sent_and_checked(
        [a_row(1, Microcredential="inleiding QUANTUMCOMPUTING")]
    )

    assert batch["outcomes"]["ready"] == 1, batch["firstFaults"]


async def test_duplicates_are_found_across_slices(institution: Institution) -> None:
    rows = [a_row(number) for number in range(1, 1101)]

    batch = await institution.sent_and_checked([*rows, a_row(3), a_row(700)])
    found = await rows_of(institution, batch["batchId"], outcome="duplicate-in-file")

    assert [row["row"] for row in found] == [1102, 1103]
    assert batch["outcomes"]["ready"] == 1100


async def test_rows_are_paged_and_each_is_shown_once(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(number) for number in range(1, 120)])
    seen: list[int] = []
    cursor: str | None = None
    while True:
        answer = await institution.issuer.client.get(
            f"/v1/award-batches/{batch['batchId']}/rows",
            params={"limit": "50"} | ({"cursor": cursor} if cursor else {}),
            headers=institution.headers("awards:read"),
        )
        seen += [row["row"] for row in answer.json()["items"]]
        cursor = answer.json().get("next")
        if cursor is None:
            break

    assert seen == list(range(2, 121))


async def test_failures_come_back_as_a_sheet_that_can_be_sent_again(
    institution: Institution,
) -> None:
    batch = await institution.sent_and_checked(
        [a_row(1), a_row(2, Datum="31-02-2026", Achternaam="=1+1"), a_row(3)]
    )

    answer = await institution.read(f"{batch['batchId']}/failures", **{"Accept-Language": "nl"})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)

    assert answer.status_code == 200
    assert header[-4:] == (
        "Rij in het bestand",
        "Wat is er mis",
        "What is wrong",
        "Foutcode",
    )
    assert len(rows) == 1
    assert rows[0][1] == "2026-QC-000002"
    assert "G3: " in str(rows[0][-3])
    assert "Expected" in str(rows[0][-2])
    assert sheet["E2"].data_type != "f"
    assert sheet["G2"].fill.fill_type == "solid"


async def test_results_name_each_row_once_in_every_form(institution: Institution) -> None:
    batch = await institution.sent_and_checked([a_row(1), a_row(2, Cijfer="3"), a_row(1), a_row(4)])
    path = f"{batch['batchId']}/results"

    csv = await institution.read(path, Accept="text/csv", **{"Accept-Language": "en"})
    dutch = await institution.read(path, Accept="text/csv")
    ndjson = await institution.results(batch["batchId"])
    sheet = await institution.read(
        path, Accept="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    other = await institution.read(path, Accept="image/png")

    lines = csv.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Row", "2", "3", "4", "5"]
    assert dutch.content.startswith(b"\xef\xbb\xbfRij;")
    assert Counter(row["outcome"] for row in ndjson) == {
        "ready": 2,
        "error": 1,
        "duplicate-in-file": 1,
    }
    book = load_workbook(io.BytesIO(sheet.content)).worksheets[0]
    assert [row[0] for row in book.iter_rows(min_row=2, values_only=True)] == ["2", "3", "4", "5"]
    assert (other.status_code, other.json()["code"]) == (406, "not-acceptable")


@pytest.mark.parametrize("what", ["", "/rows", "/failures", "/results", "/events", "/credentials"])
async def test_another_organisation_sees_nothing(institution: Institution, what: str) -> None:
    batch = await institution.sent_and_checked([a_row(1)])
    stranger = institution.acting("eve", NHL)

    answer = await stranger.read(f"{batch['batchId']}{what}")
    run = await stranger.ask(f"{batch['batchId']}/runs", {})

    assert (answer.status_code, answer.json()["code"]) == (404, "batch-not-found")
    assert run.status_code == 404


async def test_batches_are_listed_newest_first(institution: Institution) -> None:
    first = await institution.sent_and_checked([a_row(1)])
    second = await institution.sent_and_checked([a_row(2)])

    answer = await institution.issuer.client.get(
        "/v1/award-batches", headers=institution.headers("awards:read")
    )
    items = answer.json()["items"]

    assert [one["batchId"] for one in items] == [second["batchId"], first["batchId"]]
