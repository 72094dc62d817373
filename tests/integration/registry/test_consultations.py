"""Asking about learners: who may, what they get, and that every time is remembered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from services.registry.operations.consultations import Counter
from services.registry.repository import consultations as repository
from shared.runtime import migrations
from shared.runtime.database import Database
from tests.support.awards import DELFT, NOW, TWENTE, erased
from tests.support.consulting import MERLE, ROBIN, Register, name_of, open_register
from tests.support.postgres import MakeDatabase, in_own_loop

pytestmark = pytest.mark.anyio
LINES = "/v1/consultations/_search"
KEYS = "/v1/pseudonym-keys"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
async def register(
    make_database: MakeDatabase, open_database: Callable[..., Database]
) -> AsyncIterator[Register]:
    opened = open_register(
        open_database(
            make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
        )
    )
    async with opened.client:
        yield opened


async def lines_for(
    register: Register, learner: dict[str, str], scope: str = "learners:access", query: str = ""
) -> list[dict[str, Any]]:
    answer = await register.post(f"{LINES}{query}", {"learner": learner}, scope)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_the_migrations_make_the_tables_that_the_code_knows(make_database: MakeDatabase) -> None:
    url = make_database("services.registry")

    in_own_loop(lambda: migrations.check(url, "services.registry"))


async def test_who_asks_by_identifier_gets_what_every_institution_registered(
    register: Register,
) -> None:
    one = await register.award(ROBIN)
    two = await register.award(ROBIN, organisation=DELFT)
    await register.award(MERLE)

    answer = await register.search({"email": " Robin.Jansen@Student.Example.NL "}, MERLE)

    assert answer.status_code == 200, answer.text
    robin, merle = answer.json()["items"]
    assert {found["registrationId"] for found in robin["registrations"]} == {
        str(one.award_id),
        str(two.award_id),
    }
    assert len(merle["registrations"]) == 1
    assert answer.headers["cache-control"] == "no-store"
    assert "robin" not in answer.text.lower()


async def test_every_learner_is_one_line_also_of_whom_nothing_is_known(register: Register) -> None:
    await register.award(ROBIN)

    answer = await register.search(
        ROBIN, MERLE, ROBIN, traceparent=f"00-{TRACE}-{SPAN}-01", legal_basis="contract"
    )

    lines = await register.ask(
        "SELECT trace_id, operation_id, parent_operation_id, foreign_operation_id, name,"
        " status_code, organisation, client, activity, purpose, legal_basis, reference, found,"
        " subject FROM consultation ORDER BY number"
    )
    assert [len(one["registrations"]) for one in answer.json()["items"]] == [1, 0, 1]
    assert [line[12] for line in lines] == [1, 0, 1]
    assert len({line[1] for line in lines}) == 3
    assert len({line[2] for line in lines}) == 1
    assert lines[0][13] == lines[2][13] != lines[1][13]
    for line in lines:
        assert (line[0], line[3]) == (TRACE, SPAN)
        assert line[4:12] == (
            "search registrations",
            "ok",
            TWENTE,
            "sis",
            "admission",
            "admission",
            "contract",
            "ADM-2026-1",
        )


async def test_no_answer_leaves_without_its_line(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register.award(ROBIN)

    async def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(repository, "add_lines", fail)
    answer = await register.search(ROBIN)

    assert answer.status_code == 503
    assert str(ROBIN) not in answer.text
    assert await register.ask("SELECT count(*) FROM consultation") == [(0,)]
    assert await register.ask("SELECT count(*) FROM consumer_key") == [(0,)]


async def test_a_line_names_nobody_and_cannot_be_joined_with_a_registration(
    register: Register,
) -> None:
    await register.award(ROBIN)
    await register.search(ROBIN)

    rows = str(await register.ask("SELECT * FROM consultation"))

    assert name_of(ROBIN) not in rows
    assert "robin" not in rows


async def test_two_consumers_cannot_tell_by_its_name_that_a_learner_is_the_same(
    register: Register,
) -> None:
    await register.award(ROBIN)

    ours = (await register.search(ROBIN)).json()["items"][0]["learner"]
    again = (await register.search(ROBIN)).json()["items"][0]["learner"]
    theirs = (await register.search(ROBIN, organisation=DELFT)).json()["items"][0]["learner"]

    assert ours == again
    assert ours["pseudonym"] != theirs["pseudonym"]
    assert name_of(ROBIN) not in {ours["pseudonym"], theirs["pseudonym"]}


async def test_after_a_rotation_the_earlier_names_are_still_told(register: Register) -> None:
    before = (await register.search(ROBIN)).json()["items"][0]
    key = {"Idempotency-Key": uuid4().hex}

    rotated = await register.post(KEYS, {}, "keys:write", **key)
    repeated = await register.post(KEYS, {}, "keys:write", **key)
    after = (await register.search(ROBIN)).json()["items"][0]
    others = (await register.search(ROBIN, organisation=DELFT)).json()["items"][0]

    assert (rotated.status_code, rotated.json()["version"]) == (201, 2)
    assert repeated.json() == rotated.json()
    assert after["learner"]["version"] == 2
    assert after["learner"]["pseudonym"] != before["learner"]["pseudonym"]
    assert after["earlier"] == [before["learner"]]
    assert others["learner"]["version"] == 1


async def test_the_key_of_a_consumer_is_sealed_for_that_consumer_alone(register: Register) -> None:
    await register.search(ROBIN)
    await register.change(f"UPDATE consumer_key SET organisation = '{DELFT}'")

    answer = await register.search(ROBIN, organisation=DELFT)

    assert answer.status_code == 500
    assert await register.ask("SELECT count(*) FROM consultation") == [(1,)]


async def test_the_first_questions_of_a_consumer_at_once_make_one_key(register: Register) -> None:
    answers = await asyncio.gather(*(register.search(ROBIN) for _ in range(5)))

    assert len({str(answer.json()["items"][0]["learner"]) for answer in answers}) == 1
    assert await register.ask("SELECT count(*) FROM consumer_key") == [(1,)]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"learners": []}, "/learners"),
        ({"learners": [ROBIN] * 101}, "/learners"),
        ({"learners": [ROBIN | MERLE]}, "/learners/0"),
        ({"learners": [{}]}, "/learners/0"),
        ({"purpose": "curiosity"}, "/purpose"),
        ({"legalBasis": "because"}, "/legalBasis"),
        ({"reference": "robin.jansen@student.example.nl"}, "/reference"),
        ({"extra": "1"}, "/extra"),
    ],
)
async def test_a_question_that_is_not_one_is_refused_without_repeating_it(
    register: Register, changes: dict[str, object], pointer: str
) -> None:
    whole = {
        "learners": [ROBIN],
        "purpose": "admission",
        "legalBasis": "public-task",
        "reference": "A-1",
    }

    answer = await register.post("/v1/registrations/_search", whole | changes)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")
    assert pointer in {
        fault.get("pointer", "").removeprefix("#") for fault in faults_of(answer.json())
    }
    assert "robin" not in answer.text
    assert await register.ask("SELECT count(*) FROM consultation") == [(0,)]


def faults_of(problem: dict[str, Any]) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = problem["errors"]
    return faults


async def test_a_purpose_asks_for_a_basis_that_fits_it(register: Register) -> None:
    answer = await register.search(ROBIN, purpose="funding", legal_basis="consent")

    assert (answer.status_code, answer.json()["code"]) == (400, "legal-basis")
    assert await register.ask("SELECT count(*) FROM consultation") == [(0,)]


async def test_a_hundred_learners_are_asked_for_at_once(register: Register) -> None:
    await register.award(ROBIN)
    many = [{"email": f"learner{number}@student.example.nl"} for number in range(99)]

    answer = await register.search(*many, ROBIN)

    assert [len(one["registrations"]) for one in answer.json()["items"]] == [0] * 99 + [1]
    assert await register.ask("SELECT count(*) FROM consultation") == [(100,)]


@pytest.mark.parametrize("path", ["/v1/registrations/_search", LINES, KEYS, "/v1/access-exports"])
async def test_without_the_scope_nobody_is_told_anything(register: Register, path: str) -> None:
    answer = await register.post(path, {}, "registrations:read", **{"Idempotency-Key": "k" * 20})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_a_register_without_keys_answers_no_question_about_learners(
    register: Register,
) -> None:
    closed = open_register(register.database, learner_key=None, export_key=None)
    async with closed.client:
        search = await closed.search(ROBIN)
        keys = await closed.client.get("/v1/access-export-keys")

    assert (search.status_code, search.json()["code"]) == (503, "search-closed")
    assert (keys.status_code, keys.json()["code"]) == (503, "exports-closed")


async def test_a_learner_sees_everybody_who_looked_and_a_consumer_only_itself(
    register: Register,
) -> None:
    await register.search(ROBIN)
    register.clock.now += timedelta(minutes=1)
    await register.search(ROBIN, MERLE, organisation=DELFT, purpose="exemption")

    own = await lines_for(register, ROBIN, "consultations:read")
    everybody = await lines_for(register, ROBIN)
    merles = await lines_for(register, MERLE)

    assert [line["organisation"] for line in own] == [TWENTE]
    assert [line["name"] for line in everybody] == [
        "read own consultations",
        "search registrations",
        "search registrations",
    ]
    assert [line["organisation"] for line in everybody] == [TWENTE, DELFT, TWENTE]
    assert [line["organisation"] for line in merles] == [DELFT]
    line = everybody[1]
    assert line["attributes"] == {
        "dpl.core.processing_activity_id": (
            "https://register.example.nl/v1/processing-activities/exemption"
        ),
        "dpl.core.data_subject_id": line["attributes"]["dpl.core.data_subject_id"],
    }
    assert line["startTime"] == "2026-11-22T12:01:00Z"
    assert len(line["traceId"]) == 32
    assert len(line["operationId"]) == len(line["parentOperationId"]) == 16
    activity = await register.client.get(line["attributes"]["dpl.core.processing_activity_id"])
    assert activity.json()["controller"] == "consumer"


async def test_looking_who_looked_is_a_line_too(register: Register) -> None:
    await lines_for(register, ROBIN)

    [line] = await lines_for(register, ROBIN)

    assert (line["name"], line["found"]) == ("read consultations", 0)


async def test_lines_come_by_pages_newest_first(register: Register) -> None:
    for _ in range(5):
        await register.search(ROBIN)
    first = await register.post(f"{LINES}?limit=2", {"learner": ROBIN}, "learners:access")
    cursor = first.json()["next"]
    rest = await lines_for(register, ROBIN, query=f"?limit=50&cursor={cursor}")

    assert len(first.json()["items"]) == 2
    assert len(rest) == 3
    strange = await register.post(f"{LINES}?cursor=WyJhIl0", {"learner": ROBIN}, "learners:access")
    assert strange.status_code == 400


async def test_a_line_leads_to_the_log_of_the_process_by_its_trace(
    register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    await register.search(ROBIN)

    [(trace, parent)] = await register.ask("SELECT trace_id, parent_operation_id FROM consultation")

    printed = capsys.readouterr().err
    assert f'"trace_id":"{trace}","span_id":"{parent}"' in printed


async def test_a_line_can_be_changed_by_nobody(register: Register) -> None:
    await register.search(ROBIN)

    with pytest.raises(DBAPIError, match="permission denied"):
        await register.change("UPDATE consultation SET found = 0")


async def test_what_is_erased_is_found_by_nobody(register: Register) -> None:
    award = await register.award(ROBIN)
    await register.hear(erased(award.award_id))

    answer = await register.search(ROBIN)

    assert answer.json()["items"][0]["registrations"] == []


async def test_a_key_is_not_shown_by_repr(register: Register) -> None:
    counter = Counter.of(register.settings)
    key = counter.open_key(TWENTE, counter.new_key(TWENTE, 1, now=NOW))

    assert len(key.secret) == 32
    for shown in (repr(counter), repr(key)):
        assert "bytes" not in shown
        assert "\\x" not in shown
