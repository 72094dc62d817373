"""An SD-JWT VC of a stranger: its Token Status List is fetched from where it says it is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from services.verifier.checks.judgement import Judgement
from services.verifier.domain.findings import Check, Code, Finding, Outcome
from services.verifier.domain.verdict import Look, State
from services.verifier.intake import Intake
from shared.proofs.did_documents import PublishedKey, did_document, key_id
from shared.proofs.token_status_lists import status_list_claims, token_list
from tests.support.strangers import DID_JSON, SANDBOX, ServeStranger, Stranger, as_json
from tests.unit.proofs.sd_jwts import ISSUER, presented, signed
from tests.unit.proofs.sd_jwts import STRANGER as ANOTHER
from tests.unit.verifier.cases.entry import Neighbours
from tests.unit.verifier.forge import NOW
from tests.unit.verifier.world import finding

pytestmark = pytest.mark.anyio

PLACE = "/token-status-lists/1"
ABROAD = Neighbours(looks_abroad=True, reach=SANDBOX)
INVALID, SUSPENDED = 7, 8


@pytest.fixture
async def intake() -> AsyncIterator[Intake]:
    intake = Intake()
    yield intake
    await intake.close()


@pytest.fixture
async def stranger(strangers: ServeStranger) -> AsyncIterator[Stranger]:
    """Give a stranger that publishes its key and a list with a revoked and a suspended place."""
    async with strangers() as stranger:
        own = did_document(stranger.did, [PublishedKey(key=ISSUER.public)])
        stranger.answers[DID_JSON] = as_json(own)
        publish(stranger)
        yield stranger


def kid_of(stranger: Stranger) -> str:
    return key_id(stranger.did, ISSUER.public)


def publish(
    stranger: Stranger, *, by: Any = ISSUER, kid: str | None = None, **changes: Any
) -> None:
    listed = token_list(invalid={INVALID}, suspended={SUSPENDED}, size=1024)
    url = f"{stranger.url}{PLACE}"
    claims = status_list_claims(
        url=url, issuer=stranger.did, listed=listed, now=NOW, aggregation_url=stranger.url
    )
    token = signed({**claims, **changes}, by, typ="statuslist+jwt", kid=kid or kid_of(stranger))
    stranger.answers[PLACE] = Response(token, media_type="application/statuslist+jwt")


def a_credential(stranger: Stranger, index: int = 3, **claims: Any) -> str:
    """Make an SD-JWT VC of the stranger that stands at a place in its list."""
    said = {
        "iss": stranger.did,
        "vct": f"{stranger.url}/vct/1",
        "iat": int(NOW.timestamp()) - 60,
        "status": {"status_list": {"uri": f"{stranger.url}{PLACE}", "idx": index}},
    }
    return presented({**said, **claims}, kid=kid_of(stranger))


async def judge(
    made: str, intake: Intake, *, world: Neighbours = ABROAD
) -> tuple[Judgement, Finding]:
    [one] = await world.verify(made, intake)
    judgement = one.verification.judgement
    assert judgement.verdict.look is not Look.GREEN
    return judgement, finding(judgement, Check.STATUS)


async def test_a_strangers_list_is_fetched_and_each_place_read(
    stranger: Stranger, intake: Intake
) -> None:
    good, found = await judge(a_credential(stranger), intake)
    assert finding(good, Check.SIGNATURE).code is Code.SIGNATURE_HOLDS
    assert (found.outcome, found.code) == (Outcome.OK, Code.NOT_REVOKED)
    assert good.verdict.state is State.ISSUER_UNKNOWN

    revoked, found = await judge(a_credential(stranger, INVALID), intake)
    assert (found.code, revoked.verdict.state) == (Code.REVOKED, State.REVOKED)
    _, found = await judge(a_credential(stranger, SUSPENDED), intake)
    assert found.code is Code.STATUS_SUSPENDED
    _, found = await judge(a_credential(stranger, 1024), intake)
    assert found.code is Code.STATUS_INDEX_OUT_OF_RANGE
    assert set(stranger.asked) == {DID_JSON, PLACE}
    assert all("cookie" not in one and "referer" not in one for one in stranger.headers)


async def test_nobody_is_asked_where_the_operator_does_not_allow_it(
    stranger: Stranger, intake: Intake
) -> None:
    judgement, found = await judge(
        a_credential(stranger), intake, world=replace(ABROAD, looks_abroad=False)
    )

    assert found.outcome is Outcome.NOT_RUN
    assert judgement.verdict.state is State.ISSUER_UNKNOWN
    assert stranger.asked == []


async def test_a_list_by_anybody_else_says_nothing(stranger: Stranger, intake: Intake) -> None:
    publish(stranger, by=ANOTHER)
    _, found = await judge(a_credential(stranger), intake)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.STATUS_LIST_UNSIGNED)

    publish(stranger, kid="did:web:issuer.example.com#1")
    _, found = await judge(a_credential(stranger), intake)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.STATUS_LIST_UNSIGNED)

    publish(stranger, iss="did:web:issuer.example.com")
    _, found = await judge(a_credential(stranger), intake)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.STATUS_LIST_OF_ANOTHER)

    publish(stranger, sub=f"{stranger.url}/token-status-lists/2")
    _, found = await judge(a_credential(stranger), intake)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.STATUS_LIST_OF_ANOTHER)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(status_code=404), Code.STATUS_LIST_UNKNOWN),
        (Response(status_code=500), Code.STATUS_LIST_UNKNOWN),
        (RedirectResponse("https://issuer.example.nl/elsewhere"), Code.STATUS_LIST_UNKNOWN),
        (
            Response(b"x" * (1024 * 1024 + 1), media_type="application/statuslist+jwt"),
            Code.STATUS_LIST_UNKNOWN,
        ),
        (Response("<p>", media_type="text/html"), Code.STATUS_LIST_UNKNOWN),
        (
            Response("no list", media_type="application/statuslist+jwt"),
            Code.STATUS_LIST_MALFORMED,
        ),
    ],
    ids=["not there", "broken", "sent on", "too large", "a page", "no token"],
)
async def test_what_cannot_be_had_or_read_is_unknown(
    stranger: Stranger, intake: Intake, answer: Response, code: Code
) -> None:
    stranger.answers[PLACE] = answer

    _, found = await judge(a_credential(stranger), intake)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, code)
    assert stranger.asked.count(PLACE) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://issuer.example.nl/list?person=7",
        "http://issuer.example.nl/list",
    ],
    ids=["a question", "unsealed"],
)
async def test_an_address_that_asks_about_a_person_or_is_not_sealed_is_not_asked(
    stranger: Stranger, intake: Intake, address: str
) -> None:
    status = {"status_list": {"uri": address, "idx": 3}}
    _, found = await judge(a_credential(stranger, status=status), intake)

    assert found.outcome is Outcome.UNKNOWN
    assert stranger.asked == [DID_JSON]


async def test_a_status_of_another_kind_is_unknown(stranger: Stranger, intake: Intake) -> None:
    _, found = await judge(a_credential(stranger, status={"other": {}}), intake)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.STATUS_TYPE_UNKNOWN)

    assert stranger.asked == [DID_JSON]
