"""What a sender chooses of how a file is read, and what an organisation says of its addresses."""

import httpx
import pytest

from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_csv, a_row
from tests.support.spreadsheets import an_xlsx

pytestmark = pytest.mark.anyio
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAFF = {"domain": "Example.nl", "studentDomain": "student.example.nl"}


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


async def put_domains(
    institution: Institution, domains: list[dict[str, str]] | None, tag: str
) -> httpx.Response:
    body = {"approvalFrom": None} | ({} if domains is None else {"studentDomains": domains})
    return await institution.issuer.client.put(
        "/v1/issuing-rules",
        json=body,
        headers=institution.headers("issuing-rules:write") | {"If-Match": tag},
    )


async def test_the_sheet_that_is_chosen_is_read(institution: Institution) -> None:
    last_year, this_year = ([list(row), list(row.values())] for row in (a_row(1), a_row(2)))
    book = an_xlsx(last_year, **{"Dit jaar": this_year}).read()

    for chosen in ("Dit jaar", "2"):
        sent = await institution.send(book, content_type=XLSX, sheet=chosen)
        assert sent.status_code == 202, sent.text
        notices = [one["message"]["en"] for one in sent.json()["notices"]]
        assert "Read: sheet Dit jaar." in notices
    absent = await institution.send(book, content_type=XLSX, sheet="Volgend jaar")
    assert (absent.status_code, absent.json()["errors"][0]["code"]) == (400, "file.sheet.absent")


async def test_the_encoding_that_is_chosen_is_read(institution: Institution) -> None:
    file = a_csv([a_row(1)]).decode("cp1252").encode("cp850")

    found = await institution.send(file)
    chosen = await institution.send(file, encoding="cp850", delimiter="semicolon")
    await institution.check()

    assert (await institution.batch(found.json()["batchId"]))["outcomes"]["error"] == 1
    assert (await institution.batch(chosen.json()["batchId"]))["outcomes"]["ready"] == 1


@pytest.mark.parametrize(
    ("choice", "value", "code"),
    [
        ("delimiter", ";", "enum"),
        ("encoding", "latin-9000", "enum"),
        ("sheet", "", "string_too_short"),
        ("sheet", "Cijfers", "file.choice"),
    ],
)
async def test_a_wrong_choice_is_refused_by_its_name(
    institution: Institution, choice: str, value: str, code: str
) -> None:
    answer = await institution.send(a_csv([a_row(1)]), **{choice: value})

    [fault] = answer.json()["errors"]
    assert answer.status_code == 400
    assert choice in str(fault)
    assert fault["code"].endswith(code) or code in {"enum", "string_too_short"}
    assert await institution.issuer.ask("SELECT count(*) FROM batch") == [(0,)]


async def test_the_same_file_read_otherwise_is_another_request(institution: Institution) -> None:
    file = a_csv([a_row(1)])

    first = await institution.send(file, key="one-key-for-both", encoding="cp1252")
    other = await institution.send(file, key="one-key-for-both", encoding="iso-8859-15")

    assert first.status_code == 202
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


async def test_an_address_of_staff_is_a_fault_with_that_of_a_student_proposed(
    institution: Institution,
) -> None:
    rows = [a_row(1, E_mail="jo@EXAMPLE.nl"), a_row(2)]
    before = await institution.sent_and_checked(rows)

    put = await put_domains(institution, [STAFF], '"0"')
    after = await institution.sent_and_checked(rows)

    assert put.json()["studentDomains"] == [STAFF | {"domain": "example.nl"}]
    assert before["outcomes"]["ready"] == 2
    [fault] = after["firstFaults"][0]["faults"]
    assert fault["code"] == "person.identifier.domain"
    assert "jo@student.example.nl" in fault["message"]["nl"]
    assert after["outcomes"]["ready"] == 1


async def test_domains_stay_when_left_out_and_go_when_emptied(institution: Institution) -> None:
    await put_domains(institution, [STAFF], '"0"')

    kept = await put_domains(institution, None, '"1"')
    emptied = await put_domains(institution, [], '"2"')
    wrong = await put_domains(institution, [STAFF | {"domain": "no domain"}], '"3"')

    assert len(kept.json()["studentDomains"]) == 1
    assert emptied.json()["studentDomains"] == []
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/studentDomains/0/domain"


async def test_the_events_say_at_once_that_a_batch_goes_no_further_by_itself(
    institution: Institution,
) -> None:
    batch = await institution.sent_and_checked([a_row(1)])

    told = await institution.read(f"{batch['batchId']}/events")
    events = [one for one in told.text.split("\n\n") if "event:" in one]
    last = events[-1].splitlines()[0].removeprefix("id: ")
    again = await institution.read(f"{batch['batchId']}/events", **{"Last-Event-ID": last})

    assert [one.splitlines()[1] for one in events] == ["event: progress", "event: waiting"]
    assert again.status_code == 204
