"""A canary flies from the issuer to everybody who follows the register, and is seen nowhere.

Its name, address, eduID and day of birth are planted where an institution gives such things: in
awards, corrections and notes. Then everything is looked through that leaves the issuer's seal: both
databases, the outbox, the log and its tiles, the feed, every answer, and what was logged. A scan
that finds nothing proves nothing, so it is shown to find a leak in each of these places.
"""

import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from shared.contracts.envelopes import CloudEvent
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.observability import configure_logging, get_logger
from tests.integration.issuer.conftest import Issuer, an_issuer
from tests.support.canary import find, needles, read_tables
from tests.support.consulting import Register, open_register
from tests.support.issuing import (
    CANARY_EDU_ID,
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    CANARY_GIVEN_NAME,
    an_award_request,
)
from tests.support.postgres import MakeDatabase
from tests.support.registering import put_in_log

pytestmark = pytest.mark.anyio
BIRTH_DATE = "1987-03-14"
WANTED = needles(
    CANARY_EMAIL,
    CANARY_GIVEN_NAME,
    CANARY_FAMILY_NAME,
    CANARY_EDU_ID.removeprefix("urn:uuid:"),
    BIRTH_DATE,
    "14 maart 1987",
)
NOTE = f"{CANARY_GIVEN_NAME} {CANARY_FAMILY_NAME}, geboren 14 maart 1987 ({BIRTH_DATE})"
BY_EMAIL, BY_EDU_ID = {"email": CANARY_EMAIL}, {"eduId": CANARY_EDU_ID}


@dataclass
class Chain:
    """An issuer and a register that hears it, and everything that was ever said aloud."""

    issuer: Issuer
    register: Register
    postgres: EmbeddedPostgres
    said: dict[str, bytes] = field(default_factory=dict)
    heard: int = 0

    async def post(self, path: str, body: Mapping[str, object], scope: str) -> dict[str, Any]:
        """Ask the issuer for something, and keep what it answers."""
        answer = await self.issuer.post(path, body, scope=scope)
        assert answer.status_code == 201, answer.text
        self.said[f"issuer {path}"] = answer.content + str(answer.headers).encode()
        told: dict[str, Any] = answer.json()
        return told

    async def ask(self, path: str, body: Mapping[str, object] | None = None, **more: str) -> bytes:
        """Ask the register for something, and keep what it answers."""
        scopes = ("registrations:search", "learners:access")
        if body is None:
            answer = await self.register.client.get(path)
        else:
            answer = await self.register.post(path, body, *scopes, **more)
        assert answer.status_code == 200, (path, answer.text)
        self.said[f"register {path} {more}"] = answer.content + str(answer.headers).encode()
        return answer.content

    async def follow(self) -> None:
        """Let the register hear what the issuer announced since, and put it in its log."""
        told = await self.issuer.announced("awards")
        for one in told[self.heard :]:
            event = CloudEvent.model_validate(one).event()
            assert event is not None
            await self.register.hear(event)
        self.heard = len(told)
        await put_in_log(self.register.database)

    async def places(self) -> dict[str, bytes]:
        """Return everything there is to look through, by where it is."""
        found = dict(self.said)
        for name, database in (
            ("issuer", self.issuer.database),
            ("registry", self.register.database),
        ):
            url = self.postgres.url(urlsplit(database.url).path.lstrip("/"), user="postgres")
            for table, rows in (await read_tables(url)).items():
                found[f"{name}.{table}"] = rows
        return found


@pytest.fixture
async def chain(
    make_database: MakeDatabase,
    open_database: Callable[..., Database],
    postgres: EmbeddedPostgres,
) -> AsyncIterator[Chain]:
    async with an_issuer(make_database("services.issuer")) as issuer:
        source = "urn:nld:oin:00000099000000000000:systeem:registry"
        register = open_register(
            open_database(make_database("services.registry"), source),
            learner_key=SecretStr(issuer.settings.pseudonym_key.get_secret_value()),
            legal_profile="statutory",
        )
        async with register.client:
            yield Chain(issuer, register, postgres)


async def live(chain: Chain) -> str:
    """Lead a whole life of awards, and be looked at by everybody; return the award that stays."""
    by_edu_id = {"eduId": CANARY_EDU_ID, "givenName": CANARY_GIVEN_NAME}
    first = (await chain.post("/v1/awards", an_award_request(), "awards:write"))["awardId"]
    second = (await chain.post("/v1/awards", an_award_request(learner=by_edu_id), "awards:write"))[
        "awardId"
    ]
    about = f"/v1/awards/{first}"
    for act, body in (
        ("corrections", {"reason": "reassessed", "result": {"grade": "9"}, "note": NOTE}),
        ("suspensions", {"reason": "under-investigation", "note": NOTE}),
        ("reinstatements", {"reason": "cleared", "note": NOTE}),
        ("revocations", {"reason": "fraud", "note": NOTE}),
    ):
        await chain.post(f"{about}/{act}", body, "awards:write")
    await chain.follow()
    await look_at_everything(chain, first)
    await chain.post(
        "/v1/learner-erasures", BY_EMAIL | {"reason": "learner-request"}, "learners:erase"
    )
    await chain.follow()
    await look_at_everything(chain, second)
    return str(second)


async def look_at_everything(chain: Chain, award_id: str) -> None:
    """Read all that the register shows, of an award and of a learner."""
    size = int((await chain.ask("/log/checkpoint")).split(b"\n")[1])
    for path in (
        f"/v1/registrations/{award_id}",
        f"/v1/registrations/{award_id}/versions/1",
        f"/v1/registrations/{award_id}/proof",
        "/v1/events",
        "/v1/processing-activities",
        f"/log/tile/0/000.p/{size}",
        f"/log/tile/entries/000.p/{size}",
    ):
        await chain.ask(path)
    await chain.ask(
        "/v1/registrations/_search",
        {
            "learners": [BY_EMAIL, BY_EDU_ID],
            "purpose": "admission",
            "legalBasis": "public-task",
            "reference": "ADM-1",
        },
    )
    for learner in (BY_EMAIL, BY_EDU_ID):
        await chain.ask("/v1/consultations/_search", {"learner": learner})
        await chain.ask("/v1/access-exports", {"learner": learner})
        await chain.ask("/v1/access-exports", {"learner": learner}, accept="application/pdf")
    refused = await chain.register.post(
        "/v1/registrations/_search", {"learners": [{CANARY_EMAIL: CANARY_FAMILY_NAME}]}
    )
    assert refused.status_code == 400
    chain.said["a refusal"] = refused.content


async def test_the_canary_is_nowhere_outside_the_seal(
    chain: Chain, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    award_id = await live(chain)

    places = await chain.places()
    printed = capsys.readouterr()
    places["logs"] = (printed.out + printed.err + caplog.text).encode()

    assert {place: find(WANTED, hay) for place, hay in places.items() if find(WANTED, hay)} == {}
    # The same scan does find what stands there in the clear.
    seen = {place for place, hay in places.items() if find(needles(award_id), hay)}
    assert seen >= {
        "issuer.award",
        "issuer.outbox",
        "registry.registration",
        "registry.fact",
        "register /v1/events {}",
        "register /v1/registrations/_search {}",
    }
    assert find(needles("search registrations"), places["registry.consultation"])
    assert places["registry.restricted_opening"]
    assert b"/v1/registrations/_search" in places["logs"]


async def test_the_register_finds_the_canary_by_what_only_the_asker_knows(chain: Chain) -> None:
    award_id = await live(chain)

    found = json.loads(
        await chain.ask(
            "/v1/registrations/_search",
            {
                "learners": [BY_EDU_ID, BY_EMAIL],
                "purpose": "stacking",
                "legalBasis": "contract",
                "reference": "S-1",
            },
        )
    )

    assert [
        [one["registrationId"] for one in learner["registrations"]] for learner in found["items"]
    ] == [[award_id], []]


@pytest.mark.parametrize(
    ("place", "leak"),
    [
        ("registry.registration", "UPDATE registration SET level_registration_id = '%s'"),
        ("registry.consultation", None),
        ("registry.idempotency", None),
        ("issuer.award", "UPDATE award SET enrolment_reference = '%s'"),
    ],
)
async def test_a_leak_into_any_table_would_be_seen(
    chain: Chain, place: str, leak: str | None
) -> None:
    await live(chain)
    statement = (
        leak
        or {
            "registry.consultation": (
                "INSERT INTO consultation (trace_id, operation_id, name, status_code, started_at,"
                " ended_at, organisation, client, activity, subject, found) VALUES ('t', 'o', 'n',"
                " 'ok', now(), now(), 'o', 'c', 'a', '%s', 0)"
            ),
            "registry.idempotency": (
                "INSERT INTO idempotency (organisation, route, key, fingerprint, state, body,"
                " created_at) VALUES ('o', 'r', 'k', '', 'done', convert_to('%s', 'UTF8'), now())"
            ),
        }[place]
    )
    database = (chain.issuer if place.startswith("issuer") else chain.register).database
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        connection = await session.connection()
        await connection.exec_driver_sql(statement.replace("%s", CANARY_EMAIL.upper()))

    leaked = {name for name, hay in (await chain.places()).items() if find(WANTED, hay)}

    assert leaked == {place}


async def test_a_leak_into_an_answer_or_a_log_would_be_seen(
    chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(level="info")  # whatever another test asked for
    chain.said["an answer"] = json.dumps({"name": CANARY_FAMILY_NAME}).encode()
    get_logger("tests").info("leaking", reason=CANARY_GIVEN_NAME)

    places = await chain.places() | {"logs": capsys.readouterr().err.encode()}

    assert {name for name, hay in places.items() if find(WANTED, hay)} == {"an answer", "logs"}
