"""A file on its way in: whole or not at all, once however often it is sent, sealed in any case."""

import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from services.issuer.operations.batches.checking import LONGEST_UNKNOWN, check_batches
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.repository import batches_uploads
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer, archived
from tests.support.batches import HEADER, Institution, a_csv, a_row
from tests.support.issuing import NHL, QUANTUM, a_microcredential

pytestmark = pytest.mark.anyio
STRANGER = "00000099000000770000"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVERYTHING = "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM batch_slice)"


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


def a_cohort(size: int) -> bytes:
    return a_csv([a_row(number) for number in range(1, size + 1)])


async def test_a_file_that_breaks_off_leaves_nothing(institution: Institution) -> None:
    file = a_cohort(3000)

    async def half() -> AsyncIterator[bytes]:
        for start in range(0, len(file) // 2, 10_000):
            yield file[start : start + 10_000]
        raise ConnectionResetError

    answer = await institution.issuer.client.post(
        "/v1/award-batches",
        content=half(),
        headers=institution.headers("awards:write")
        | {"Idempotency-Key": "half", "Content-Type": "text/csv"},
    )
    left = await institution.issuer.ask(EVERYTHING)
    whole = await institution.send(file, key="half")

    assert answer.status_code == 503
    assert left == [(0, 0)]
    assert whole.status_code == 202
    assert whole.json()["rows"] == 3000


async def test_a_sender_who_fell_silent_is_followed_by_the_same_request(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_args: object, **_kwargs: object) -> bool:
        raise KeyboardInterrupt

    async def stay(*_args: object, **_kwargs: object) -> None:
        """Forget nothing, as a process that was killed does."""

    with monkeypatch.context() as killed:
        killed.setattr(batches_uploads, "end_upload", die)
        killed.setattr(batches_uploads, "forget_upload", stay)
        with pytest.raises(KeyboardInterrupt):
            await institution.send(a_cohort(10), key="silent")
    assert await institution.issuer.ask(EVERYTHING) == [(1, 1)]
    assert (
        await institution.issuer.client.get(
            "/v1/award-batches", headers=institution.headers("awards:read")
        )
    ).json()["items"] == []

    async with institution.issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(text("UPDATE batch SET lease_until = now() - interval '1 second'"))
    answer = await institution.send(a_cohort(10), key="silent")

    assert answer.status_code == 202
    assert await institution.issuer.ask(EVERYTHING) == [(1, 1)]


async def test_ten_equal_uploads_at_once_do_the_work_once(institution: Institution) -> None:
    file = a_cohort(1200)

    answers = await asyncio.gather(*(institution.send(file, key="ten") for _ in range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len({answer.json()["batchId"] for answer in answers}) == 1
    assert await institution.issuer.ask(EVERYTHING) == [(1, 3)]


async def test_another_file_under_the_same_key_is_refused(institution: Institution) -> None:
    await institution.send(a_cohort(3), key="same")

    other = await institution.send(a_cohort(4), key="same")
    other_mode = await institution.send(a_cohort(3), key="same", mode="run")
    elsewhere = await institution.acting("anna", NHL).send(a_cohort(4), key="same")

    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert other_mode.json()["code"] == "idempotency-key-reused"
    assert elsewhere.status_code == 202


async def test_what_is_no_list_of_awards_is_refused_and_forgotten(
    institution: Institution,
) -> None:
    pdf = await institution.send(b"%PDF-1.7 and so on", key="pdf", content_type="text/csv")
    empty = await institution.send(b"", key="empty")
    no_header = await institution.send(b"1;2;3\r\n4;5;6\r\n", key="numbers")
    only_header = await institution.send(a_csv([]), key="header")

    for answer in (pdf, empty, no_header, only_header):
        assert (answer.status_code, answer.json()["code"]) == (400, "file-refused")
    assert await institution.issuer.ask(EVERYTHING) == [(0, 0)]


async def test_no_cell_is_kept_in_clear(institution: Institution) -> None:
    await institution.sent_and_checked(
        [a_row(1), a_row(2, Datum="31-02-2026"), a_row(1, Achternaam="Dubbelganger")]
    )

    for table in ("batch", "batch_slice", "batch_row"):
        for row in await institution.issuer.ask(f"SELECT {table}::text FROM {table}"):
            kept = str(row[0])
            for written in ("Voorbeeld", "Dubbelganger", "student.example", "31-02"):
                assert written not in kept
                assert written.encode().hex() not in kept


async def test_a_workbook_is_read_as_well(institution: Institution) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for number in range(1, 8):
        sheet.append(list(a_row(number).values()))
    file = io.BytesIO()
    book.save(file)

    sent = await institution.send(file.getvalue(), content_type=XLSX)
    await institution.check()
    batch = await institution.batch(sent.json()["batchId"])

    assert batch["format"] == "xlsx"
    assert batch["outcomes"]["ready"] == 7, batch["firstFaults"]


async def test_a_form_may_bring_the_file_and_its_mapping(institution: Institution) -> None:
    rows = [{**a_row(1), "Kenmerk": "2026-QC-77"}]
    file = a_csv(rows).replace(b"Kenmerk", b"Dossier")

    answer = await institution.issuer.client.post(
        "/v1/award-batches",
        files={"file": ("cohort.csv", file, "text/csv")},
        data={"mapping": '{"Dossier": "enrolmentReference"}'},
        headers=institution.headers("awards:write") | {"Idempotency-Key": uuid4().hex},
    )

    assert answer.status_code == 202, answer.text
    columns = {one["header"]: one.get("field") for one in answer.json()["columns"]}
    assert columns["Dossier"] == "enrolmentReference"


async def test_a_file_of_megabytes_is_taken_where_other_bodies_are_not(
    institution: Institution,
) -> None:
    file = a_cohort(20_000)
    assert len(file) > 2 * 1024 * 1024

    answer = await institution.send(file)

    assert answer.status_code == 202
    assert answer.json()["rows"] == 20_000


async def test_a_refused_mapping_says_so_without_keeping_anything(
    institution: Institution,
) -> None:
    not_json = await institution.send(a_cohort(2), mapping="nonsense")
    unknown = await institution.send(a_cohort(2), mapping='{"Cijfer": "favouriteColour"}')

    assert (not_json.status_code, not_json.json()["errors"][0]["pointer"]) == (400, "/mapping")
    assert unknown.status_code == 400
    assert await institution.issuer.ask(EVERYTHING) == [(0, 0)]


async def test_a_file_of_who_the_catalogue_has_not_told_of_is_refused_at_once(
    institution: Institution,
) -> None:
    answer = await institution.acting("eve", STRANGER).send(a_cohort(2))

    assert (answer.status_code, answer.json()["code"]) == (409, "organisation-not-known-yet")
    assert int(answer.headers["Retry-After"]) > 0
    assert await institution.issuer.ask(EVERYTHING) == [(0, 0)]


async def test_a_file_for_what_is_not_theirs_has_one_fault(institution: Institution) -> None:
    unknown = await institution.send(a_cohort(2), microcredentialId=str(UUID(int=7)))
    version = await institution.send(
        a_cohort(2), microcredentialId=str(QUANTUM), microcredentialVersion="9"
    )
    theirs = await institution.acting("eve", NHL).send(a_cohort(2), microcredentialId=str(QUANTUM))
    await institution.issuer.hear(archived(a_microcredential()))
    old = await institution.send(a_cohort(2), microcredentialId=str(QUANTUM))

    told = [(one.status_code, one.json()["code"]) for one in (unknown, version, theirs, old)]
    assert told == [(409, "microcredential-not-known-yet")] * 3 + [
        (409, "microcredential-archived")
    ]
    assert await institution.issuer.ask(EVERYTHING) == [(0, 0)]


async def test_a_check_that_cannot_end_lapses(institution: Institution) -> None:
    sent = await institution.send(a_cohort(2))
    async with institution.issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(text("DELETE FROM microcredential"))
        await session.execute(text("DELETE FROM organisation"))

    states = []
    for waited in (LONGEST_UNKNOWN, LONGEST_UNKNOWN + timedelta(seconds=1)):
        later = institution.issuer.clock.now + waited
        await check_batches(institution.issuer.desk, institution.workshop, now=later)
        states.append((await institution.batch(sent.json()["batchId"]))["state"])

    assert states == ["checking", "lapsed"]


@pytest.mark.parametrize("content_type", ["", "; boundary=another", '; boundary=""'])
async def test_a_form_that_cannot_be_read_says_so(
    institution: Institution, content_type: str
) -> None:
    form = b'--ours\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'

    answer = await institution.send(
        form + a_cohort(2) + b"\r\n--ours--\r\n",
        content_type=f"multipart/form-data{content_type}",
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert "boundary" in answer.json()["detail"]


async def test_a_header_without_rows_is_not_called_empty(institution: Institution) -> None:
    answer = await institution.send(a_csv([]))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "file.rows.none")
    assert await institution.issuer.ask(EVERYTHING) == [(0, 0)]


async def test_a_compressed_file_is_refused_as_that(institution: Institution) -> None:
    answer = await institution.issuer.client.post(
        "/v1/award-batches",
        content=gzip.compress(a_cohort(2)),
        headers=institution.headers("awards:write")
        | {"Idempotency-Key": "gzip", "Content-Type": "text/csv", "Content-Encoding": "gzip"},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert "Content-Encoding" in answer.json()["detail"]


async def test_a_fault_in_json_names_its_member_not_a_cell(institution: Institution) -> None:
    wanted = [
        {
            "microcredentialId": str(QUANTUM),
            "enrolmentReference": "2026-QC-1",
            "awardedOn": "2062-11-13",
            "learner": {
                "email": "student1@student.example.nl",
                "givenName": "Zo\u00eb",
                "familyName": "Voorbeeld",
            },
        }
    ]

    sent = await institution.send(json.dumps(wanted).encode(), content_type="application/json")
    await institution.check()
    [row] = (await institution.batch(sent.json()["batchId"]))["firstFaults"]
    failures = await institution.read(f"{sent.json()['batchId']}/failures")

    assert row["faults"][0]["cell"] == "/awardedOn"
    sheet = load_workbook(io.BytesIO(failures.content)).worksheets[0]
    [filled] = [one.value for one in next(sheet.iter_rows(min_row=2)) if one.fill.fill_type]
    assert filled == "2062-11-13"
