"""Cases 57 to 61: lists packed or named in another way, and a status that was taken away."""

import base64
import gzip
import zlib
from dataclasses import replace
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from tests.unit.verifier.cases.entry import (
    HONEST,
    WITH_DOCUMENT,
    Case,
    Neighbours,
    a_document,
    assert_refused,
    registered_as,
)
from tests.unit.verifier.cases.saying import (
    in_doubt,
    led_astray,
    unregistered,
)
from tests.unit.verifier.forge import (
    INDEX,
    LIST_URL,
    a_list,
    a_token,
    bits,
    changed,
    drop,
    encoded,
    put,
)

pytestmark = pytest.mark.anyio
ENTRY: Final = "credentialStatus"


def packed(content: bytes) -> str:
    """Spell packed bits as an issuer does."""
    return "u" + base64.urlsafe_b64encode(content).rstrip(b"=").decode()


STRIPPED: Final = {
    name: it
    for name, it in changed(drop(ENTRY)).items()
    if name not in ("iss", "jti", "sub", "nbf")
}
PACKED: Final = {
    "a bomb": encoded(bytes(64 * 1024 * 1024)),
    "two members": packed(gzip.compress(bits()) + gzip.compress(bits(INDEX))),
    "something behind it": packed(gzip.compress(bits()) + b"x"),
    "broken off": packed(gzip.compress(bits())[:-9]),
    "no multibase": encoded(bits())[1:],
    "another multibase": "z" + encoded(bits())[1:],
    "zlib": packed(zlib.compress(bits())),
    "not packed": packed(bits()),
    "padded": encoded(bits()) + "=",
}
CASES: Final = (
    *(
        in_doubt(57, wrong, a_list(encoded_list=text), Code.STATUS_LIST_MALFORMED)
        for wrong, text in PACKED.items()
    ),
    in_doubt(
        58,
        "the list",
        a_list(changes=(put("credentialSubject/statusSize", 2),)),
        Code.STATUS_LIST_MALFORMED,
    ),
    led_astray(58, "the entry", put(f"{ENTRY}/statusSize", 2)),
    led_astray(58, "the entry, true", lambda payload: payload[ENTRY].update(statusSize=True)),
    in_doubt(59, "id", a_list(changes=(put("id", LIST_URL + "0"),)), Code.STATUS_LIST_MALFORMED),
    in_doubt(
        59,
        "type",
        a_list(changes=(put("type", ["VerifiableCredential"]),)),
        Code.STATUS_LIST_MALFORMED,
    ),
    in_doubt(
        59,
        "subject",
        a_list(changes=(put("credentialSubject/type", "TokenStatusList"),)),
        Code.STATUS_LIST_MALFORMED,
    ),
    led_astray(59, "the entry is the list", put(f"{ENTRY}/id", LIST_URL)),
    *(
        led_astray(
            60,
            wrong,
            put(ENTRY, value),
            code=Code.STATUS_TYPE_UNKNOWN,
            outcome=Outcome.UNKNOWN,
        )
        for wrong, value in {
            "of 1EdTech": {"id": "https://issuer.example.nl/r", "type": "1EdTechRevocationList"},
            "of 2021": {"id": f"{LIST_URL}#1", "type": "StatusList2021Entry"},
            "two, the second revoked": [{"type": "BitstringStatusListEntry"}] * 2,
            "none in a list": [],
        }.items()
    ),
    led_astray(61, "missing", drop(ENTRY), code=Code.STATUS_MISSING),
    led_astray(61, "null", put(ENTRY, None), code=Code.STATUS_MISSING),
    replace(
        led_astray(61, "missing, in a document its issuer signed", code=Code.STATUS_MISSING),
        made=a_document(drop(ENTRY)),
        world=Neighbours(registered=registered_as(STRIPPED)),
    ),
    Case(
        number=61,
        wrong="missing, and the register knows it with one",
        made=a_token(drop(ENTRY)),
        check=Check.REGISTER,
        code=Code.REGISTRATION_DIFFERS,
        state=State.ALTERED,
        world=Neighbours(registered=HONEST),
    ),
    Case(
        number=61,
        wrong="and so was the proof",
        made=a_document().partition(',"proof"')[0] + "}",
        check=Check.PROFILE,
        code=Code.UNSIGNED,
        state=State.NOT_A_CREDENTIAL,
        world=WITH_DOCUMENT,
    ),
    unregistered(61, "never registered", HONEST, Neighbours(is_registered=False)),
    unregistered(
        61,
        "another id, so that the register knows nothing of it",
        a_token(
            put("id", f"urn:uuid:{'0' * 8}-0000-4000-8000-{'0' * 12}"),
            put("jti", f"urn:uuid:{'0' * 8}-0000-4000-8000-{'0' * 12}"),
        ),
        Neighbours(),
    ),
)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)
