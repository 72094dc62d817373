"""Cases 10 to 12 with somebody really asked: what a stranger answers that is no key.

Apart from the other cases, because these are the only ones that open a connection; to this machine.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from starlette.responses import RedirectResponse, Response

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import Look, State
from services.verifier.intake import Intake
from shared.proofs.did_documents import PublishedKey, did_document
from tests.support.strangers import DID_JSON, SANDBOX, ServeStranger, Stranger, as_json
from tests.unit.verifier.cases.entry import Neighbours
from tests.unit.verifier.forge import KEY, a_token, put
from tests.unit.verifier.world import finding

pytestmark = pytest.mark.anyio

ABROAD: Final = Neighbours(looks_abroad=True)
ON_THIS_MACHINE: Final = replace(ABROAD, reach=SANDBOX)
"""Where strangers may be on this machine, which is closed to them otherwise."""


def signed_by(stranger: Stranger) -> str:
    """Sign as somebody outside the national list."""
    did = stranger.did
    claims = (put("issuer/id", did), put("iss", did))
    return a_token(*claims, kid=f"{did}#{KEY.public.thumbprint}")


def a_key_set(_: Stranger) -> Response:
    """Answer several keys where one document should be."""
    return as_json({"keys": [KEY.public.jwk, KEY.public.jwk]}, "application/jwk-set+json")


def without_assertions(stranger: Stranger) -> Response:
    """Answer a document that lets its key do something else only."""
    document = did_document(stranger.did, [PublishedKey(key=KEY.public)])
    return as_json(
        {**document, "assertionMethod": [], "authentication": document["assertionMethod"]}
    )


def of_another(stranger: Stranger) -> Response:
    """Answer the document of somebody else."""
    return as_json(did_document(f"{stranger.did}0", [PublishedKey(key=KEY.public)]))


def too_large(stranger: Stranger) -> Response:
    """Answer a right document that is larger than any."""
    document = did_document(stranger.did, [PublishedKey(key=KEY.public)])
    return as_json({**document, "pad": "a" * 65_536})


ANSWERS: Final[dict[str, tuple[Callable[[Stranger], Response], Code, str]]] = {
    "10 key for something else": (
        without_assertions,
        Code.KEY_REFUSED,
        "foreign-key-not-for-assertion",
    ),
    "11 redirect": (
        lambda _: RedirectResponse("http://169.254.169.254/latest"),
        Code.KEY_OUT_OF_REACH,
        "foreign-redirected",
    ),
    "12 several keys": (a_key_set, Code.KEY_OUT_OF_REACH, "foreign-document-unreadable"),
    "12 page to log in": (
        lambda _: Response("<title>Log in</title>", media_type="text/html"),
        Code.KEY_OUT_OF_REACH,
        "foreign-answer-refused",
    ),
    "12 over 64 kB": (too_large, Code.KEY_OUT_OF_REACH, "foreign-too-large"),
    "12 of another": (of_another, Code.KEY_OUT_OF_REACH, "foreign-document-of-another"),
    "12 nothing": (
        lambda _: Response(status_code=404),
        Code.KEY_OUT_OF_REACH,
        "foreign-not-published",
    ),
}


@pytest.mark.parametrize(("answer", "code", "reason"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_what_is_no_key_of_the_issuer_makes_nothing_greener(
    strangers: ServeStranger,
    intake: Intake,
    answer: Callable[[Stranger], Response],
    code: Code,
    reason: str,
) -> None:
    async with strangers() as stranger:
        stranger.answers[DID_JSON] = answer(stranger)
        [one] = await ON_THIS_MACHINE.verify(signed_by(stranger), intake)

        judgement = one.verification.judgement
        found = finding(judgement, Check.KEY)
        assert (found.code, found.reason) == (code, reason)
        assert finding(judgement, Check.SIGNATURE).outcome is Outcome.NOT_RUN
        assert judgement.verdict.state in {State.ISSUER_UNKNOWN, State.ALTERED}
        assert judgement.credential is None
        assert stranger.asked == [DID_JSON]


async def test_11_a_stranger_whose_name_leads_to_our_own_network_is_not_asked(
    strangers: ServeStranger, intake: Intake
) -> None:
    async with strangers() as stranger:
        [one] = await ABROAD.verify(signed_by(stranger), intake)

        found = finding(one.verification.judgement, Check.KEY)
        assert (found.code, found.reason) == (Code.KEY_OUT_OF_REACH, "foreign-address-refused")
        assert stranger.asked == []


async def test_an_honest_stranger_is_amber_and_no_better(
    strangers: ServeStranger, intake: Intake
) -> None:
    async with strangers() as stranger:
        document = did_document(stranger.did, [PublishedKey(key=KEY.public)])
        stranger.answers[DID_JSON] = as_json(json.loads(json.dumps(document)))
        [one] = await ON_THIS_MACHINE.verify(signed_by(stranger), intake)

        judgement = one.verification.judgement
        assert finding(judgement, Check.KEY).code is Code.KEY_LOOKED_UP
        assert finding(judgement, Check.SIGNATURE).code is Code.SIGNATURE_HOLDS
        assert judgement.verdict.state is State.ISSUER_UNKNOWN
        assert judgement.verdict.look is Look.AMBER
