"""`POST /v1/verification-batches`: up to 500 at once, a row each, and nothing that stays."""

import csv
import io
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from openpyxl import load_workbook

from shared.runtime.database import Database
from tests.integration.verifier.sending import (
    PATH,
    as_form,
    as_zip,
    count_rows,
    desk_of,
    rows_of,
    send,
    without_hands,
)

pytestmark = pytest.mark.anyio
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
async def at_rest(app: FastAPI) -> AsyncIterator[None]:
    """Wait until nothing is being judged any more, before the database goes."""
    crew = desk_of(app).crew
    yield
    await crew.settle()


async def test_a_batch_is_taken_judged_and_told_in_its_order(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await send(verifier, token, "hello", token[:-8] + "AAAAAAAA")
    await desk_of(app).crew.settle()
    progress = await verifier.get(sent.headers["location"])

    assert sent.status_code == 202
    assert sent.headers["location"].endswith(f"{PATH}/{sent.json()['batchId']}")
    assert progress.json() | {"links": None, "batchId": None} == {
        "batchId": None,
        "done": True,
        "total": 3,
        "verified": 3,
        "states": {"valid": 1, "not-a-credential": 1, "altered": 1},
        "receivedAt": "2026-11-22T12:00:00Z",
        "wipedAt": "2026-11-22T12:59:00Z",
        "links": None,
    }
    rows = await rows_of(verifier, sent)
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert [row["name"] for row in rows] == [f"/credentials/{at}" for at in range(3)]
    assert [row["state"] for row in rows] == ["valid", "not-a-credential", "altered"]


async def test_a_row_says_what_a_verdict_says_and_nothing_of_what_is_not_believed(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await send(verifier, token, token[:-8] + "AAAAAAAA")
    await desk_of(app).crew.settle()
    genuine, altered = await rows_of(verifier, sent)

    assert genuine["title"] == {"nl": "Echt en geldig", "en": "Genuine and valid"}
    assert genuine["earnedBy"] == "Sam de Vries"
    assert genuine["microcredential"] == "Inleiding kwantumcomputers"
    assert genuine["studyLoad"]["en"] == "5 EC, about 140 hours"
    assert genuine["awardedOn"] == "2026-01-14"
    assert genuine["test"] is True
    assert genuine["firstFailingCheck"] is None
    assert altered["earnedBy"] is None
    assert altered["microcredential"] is None
    assert altered["firstFailingCheck"]["code"] == "signature-broken"
    assert altered["look"] == "red"


async def test_500_files_of_an_archive_have_a_row_each_once_and_in_order(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    names = [f"{number % 7}/bewijs {number}.jwt" for number in range(500)]
    files = {
        name: token.encode() if number % 2 else f"niets, {number}!".encode()
        for number, name in enumerate(names)
    }
    sent = await verifier.post(
        PATH, content=as_zip(files), headers={"Content-Type": "application/zip"}
    )
    await desk_of(app).crew.settle()
    rows = await rows_of(verifier, sent)

    assert [row["name"] for row in rows] == names
    assert [row["number"] for row in rows] == [*range(1, 501)]
    assert [row["state"] for row in rows] == ["not-a-credential", "valid"] * 250


async def test_files_of_a_form_are_rows_and_a_bundle_among_them_is_taken_apart(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    files = {
        "a.jwt": token.encode(),
        "b.zip": as_zip({"c.jwt": token.encode(), "leeg.txt": b""}),
        "d.csv": f"naam;bewijs\nSam;{token}\nKim;{token}\n".encode(),
        "kapot.zip": b"PK\x03\x04",
    }
    sent = await verifier.post(PATH, files=as_form(files))
    await desk_of(app).crew.settle()
    rows = await rows_of(verifier, sent)

    assert [(row["name"], row["state"]) for row in rows] == [
        ("a.jwt", "valid"),
        ("b.zip/c.jwt", "valid"),
        ("b.zip/leeg.txt", "not-a-credential"),
        ("d.csv #2", "valid"),
        ("d.csv #3", "valid"),
        ("kapot.zip", "not-a-credential"),
    ]
    assert [row["sameAs"] for row in rows] == [None, 1, None, 1, 1, None]


async def test_the_results_can_be_had_as_a_table_that_names_nobody(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await verifier.post(PATH, files=as_form({"=1+1.jwt": token.encode()}))
    await desk_of(app).crew.settle()
    results = sent.json()["links"]["results"]

    as_csv = await verifier.get(results, headers={"Accept": "text/csv"})
    in_dutch = await verifier.get(
        results, params={"format": "csv"}, headers={"Accept-Language": "nl"}
    )
    as_xlsx = await verifier.get(results, params={"format": "xlsx"})

    _, line = csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"), newline=""))
    assert line[:4] == ["1", "'=1+1.jwt", "Genuine and valid", "valid"]
    assert "Echt en geldig" in in_dutch.text
    assert as_xlsx.headers["content-type"] == XLSX
    book = load_workbook(io.BytesIO(as_xlsx.content))
    cells = next(iter(book.worksheets[0].iter_rows(min_row=2)))
    assert cells[1].value == "=1+1.jwt"
    assert cells[1].data_type == "s"
    for answer in (as_csv, in_dutch, as_xlsx):
        assert "Sam" not in answer.text
        assert sent.json()["batchId"] not in answer.headers["content-disposition"]


@pytest.mark.parametrize("accept", ["image/png", "text/html"])
async def test_results_in_a_form_we_do_not_have_are_refused(
    app: FastAPI, verifier: AsyncClient, token: str, accept: str
) -> None:
    sent = await send(verifier, token)
    await desk_of(app).crew.settle()

    answer = await verifier.get(sent.json()["links"]["results"], headers={"Accept": accept})

    assert answer.status_code == 406


async def test_more_than_500_is_refused_and_nothing_of_it_is_kept(
    verifier: AsyncClient, database: Database
) -> None:
    files = {f"{number}.jwt": b"eyJ" for number in range(501)}
    answers = [
        await send(verifier, *["eyJ"] * 501),
        await verifier.post(PATH, files=as_form(files)),
        await verifier.post(
            PATH, content=as_zip(files), headers={"Content-Type": "application/zip"}
        ),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert {answer.json()["code"] for answer in answers} == {"too-many-credentials"}
    assert await count_rows(database, "verification_batch") == 0


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b'{"credentials": []}', "application/json", 400, "no-credentials"),
        (b"", "application/zip", 400, "no-credentials"),
        (as_zip({}), "application/zip", 400, "no-credentials"),
        (b"{", "application/json", 400, "json-refused"),
        (b'{"credentials": "eyJ"}', "application/json", 400, "invalid-request"),
        (b'{"credentials": ["eyJ"], "more": 1}', "application/json", 400, "invalid-request"),
        (b"eyJ", "text/html", 415, "unsupported-media-type"),
        (b"eyJ", "multipart/form-data", 415, "unsupported-media-type"),
    ],
)
async def test_a_broken_request_is_a_problem(
    verifier: AsyncClient, content: bytes, media_type: str, status: int, code: str
) -> None:
    answer = await verifier.post(PATH, content=content, headers={"Content-Type": media_type})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_what_is_no_text_in_a_list_has_its_row_all_the_same(
    app: FastAPI, verifier: AsyncClient
) -> None:
    sent = await verifier.post(PATH, json={"credentials": [5, None, {}, [], "", {"a": 1}]})
    await desk_of(app).crew.settle()

    rows = await rows_of(verifier, sent)

    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert {row["look"] for row in rows} == {"grey"}


async def test_what_is_compressed_on_its_way_is_not_opened(verifier: AsyncClient) -> None:
    answer = await verifier.post(
        PATH,
        content=b"x",
        headers={"Content-Type": "application/zip", "Content-Encoding": "gzip"},
    )

    assert answer.status_code == 415


@pytest.mark.parametrize("batch_id", ["nonsense", "A" * 43, "%00", "a" * 90])
async def test_an_address_that_nobody_was_given_finds_nothing(
    verifier: AsyncClient, batch_id: str
) -> None:
    answers = [
        await verifier.get(f"{PATH}/{batch_id}"),
        await verifier.get(f"{PATH}/{batch_id}/results"),
        await verifier.delete(f"{PATH}/{batch_id}"),
    ]

    assert {answer.status_code for answer in answers} <= {404, 400}
    assert {answer.json()["code"] for answer in answers} <= {
        "verification-batch-not-found",
        "invalid-request",
    }


async def test_results_are_told_only_when_all_of_them_are_there(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    app.state.batch_desk = without_hands(desk_of(app))
    sent = await send(verifier, token, token)

    progress = await verifier.get(sent.headers["location"])
    results = await verifier.get(sent.json()["links"]["results"])

    assert (progress.json()["done"], progress.json()["verified"]) == (False, 0)
    assert progress.headers["retry-after"] == "1"
    assert (results.status_code, results.json()["code"]) == (409, "verification-batch-not-done")
    assert results.headers["retry-after"] == "1"
