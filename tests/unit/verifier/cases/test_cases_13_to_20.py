"""Cases 13 to 20: tokens of another type or spelling, and signatures that are none (JOSE)."""

import json
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from tests.unit.verifier.cases.entry import HONEST, Case, assert_refused
from tests.unit.verifier.cases.forging import (
    cut_sd_jwt,
    der_signature,
    head,
    in_json,
    other_last_bits,
    resigned,
    tampered,
)
from tests.unit.verifier.cases.saying import (
    outside,
    unreadable,
    unsigned,
)
from tests.unit.verifier.forge import (
    KID,
    OTHER_KEY,
    STRANGER,
    a_payload,
    a_token,
    both,
    header,
    put,
    sign,
)

pytestmark = pytest.mark.anyio
SHAPES: Final = (
    *(
        outside(13, f"typ {typ}", head(typ=typ), Code.TYP_REFUSED)
        for typ in ("at+jwt", "statuslist+jwt", "dc+sd-jwt", "kb+jwt", "bad+typ", "jwt", "")
    ),
    outside(13, "typ vp+jwt", head(typ="vp+jwt"), Code.PRESENTATION_REFUSED),
    outside(13, "typ a number", head(typ=5), Code.TYP_REFUSED),
    outside(14, "crit unknown", head(crit=["exp"], exp=1), Code.HEADER_REFUSED),
    outside(14, "crit empty", head(crit=[]), Code.HEADER_REFUSED),
    outside(14, "crit names what is not there", head(crit=["b64"]), Code.HEADER_REFUSED),
    outside(15, "b64 false", head(b64=False), Code.HEADER_REFUSED),
    outside(15, "b64 false and crit", head(b64=False, crit=["b64"]), Code.HEADER_REFUSED),
    unreadable(
        16,
        "alg twice",
        sign(a_payload(), head=(json.dumps(header())[:-1] + ', "alg": "none"}').encode()),
        Code.HEADER_UNREADABLE,
    ),
    unreadable(
        16,
        "kid twice",
        sign(
            a_payload(), head=f'{{"kid": "{STRANGER}#1", "alg": "ES256", "kid": "{KID}"}}'.encode()
        ),
        Code.HEADER_UNREADABLE,
    ),
    unreadable(17, "two segments", HONEST.rpartition(".")[0], Code.NOT_A_JWS),
    unreadable(17, "four segments", HONEST + ".AA", Code.NOT_A_JWS),
    unreadable(17, "padding", HONEST + "==", Code.NOT_CANONICAL),
    unreadable(17, "padding within", HONEST.replace(".", "=.", 1), Code.NOT_CANONICAL),
    unreadable(17, "+ of the other alphabet", HONEST[:50] + "+" + HONEST[51:], Code.NOT_CANONICAL),
    unreadable(17, "/ of the other alphabet", HONEST[:-9] + "/" + HONEST[-8:], Code.NOT_CANONICAL),
    unreadable(17, "bits that mean nothing", other_last_bits, Code.NOT_CANONICAL),
    unreadable(17, "a letter outside ASCII", HONEST + "é", Code.NOT_CANONICAL),
    *(
        Case(
            number=17,
            wrong=f"JSON serialization, {'flattened' if flattened else 'general'}",
            made=in_json(flattened=flattened),
            check=Check.CONTAINER,
            code=Code.NOTHING_FOUND,
            state=State.NOT_A_CREDENTIAL,
        )
        for flattened in (True, False)
    ),
)
SIGNATURES: Final = (
    unsigned(18, "DER", resigned(der_signature())),
    unsigned(18, "r and s zero", resigned(bytes(64))),
    unsigned(18, "r zero", resigned(bytes(32) + b"\1" * 32)),
    unsigned(18, "a byte short", resigned(bytes(63))),
    unsigned(18, "a byte long", resigned(bytes(65))),
    unreadable(18, "empty", HONEST.rpartition(".")[0] + ".", Code.NOT_A_JWS),
    unsigned(18, "of another payload", tampered),
    unsigned(18, "by another key", sign(a_payload(), key=OTHER_KEY)),
    outside(19, "typ JWT", cut_sd_jwt("JWT"), Code.DISCLOSURE_CUT),
    outside(19, "typ vc+jwt", cut_sd_jwt("vc+jwt"), Code.DISCLOSURE_CUT),
    outside(19, "typ vc+sd-jwt", cut_sd_jwt("vc+sd-jwt"), Code.TYP_REFUSED),
    outside(19, "only the hash named", a_token(put("_sd_alg", "sha-256")), Code.DISCLOSURE_CUT),
    outside(20, "vc claim", a_token(put("vc", a_payload())), Code.ENVELOPE_CLAIM),
    outside(20, "vc claim empty", a_token(put("vc", {})), Code.ENVELOPE_CLAIM),
    outside(20, "vp claim", a_token(put("vp", {})), Code.ENVELOPE_CLAIM),
    outside(
        20, "vc and vp claim", a_token(both(put("vp", {}), put("vc", {}))), Code.ENVELOPE_CLAIM
    ),
)
CASES: Final = (*SHAPES, *SIGNATURES)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)
