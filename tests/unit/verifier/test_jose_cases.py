"""The JOSE inputs a verifier must refuse (credentials.md 8, cases 1 to 20), by the right check.

The ids carry the numbers of that list. What the readers in `shared.proofs` refuse by themselves is
tried there too; here it is about the check that names it, and the verdict.
"""

import base64
import json
from collections.abc import Callable

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import Look, State
from tests.unit.verifier.forge import (
    DID,
    KEY,
    KID,
    OTHER_KEY,
    STRANGER,
    a_payload,
    a_token,
    b64,
    header,
    put,
    sign,
)
from tests.unit.verifier.world import World, a_known_key, finding

Case = tuple[str | Callable[[], str], Check, Code]


def head(**members: object) -> str:
    return sign(a_payload(), head=header(**members))


def raw_head(text: str) -> str:
    return sign(a_payload(), head=text.encode())


def resigned(signature: bytes) -> str:
    return f"{a_token().rpartition('.')[0]}.{b64(signature)}"


def der_signature() -> bytes:
    raw = base64.urlsafe_b64decode(a_token().rpartition(".")[2] + "==")
    parts = [
        b"\x02" + bytes([len(one)]) + one
        for one in (b"\0" + raw[:32] if raw[0] > 127 else raw[:32], b"\0" + raw[32:])
    ]
    body = b"".join(parts)
    return b"\x30" + bytes([len(body)]) + body


def other_last_bits() -> str:
    token = a_token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def with_tampered_payload() -> str:
    head_, payload, signature = a_token().split(".")
    content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return f"{head_}.{b64(content.replace(b'5.0', b'9.0'))}.{signature}"


def flattened() -> str:
    protected, payload, signature = a_token().split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature})


JOSE: dict[str, Case] = {
    "1-alg-none": (head(alg="none"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "1-alg-none-unsigned": (
        f"{b64(json.dumps(header(alg='none')).encode())}.{b64(json.dumps(a_payload()).encode())}.",
        Check.PROFILE,
        Code.ALGORITHM_REFUSED,
    ),
    "2-alg-None": (head(alg="None"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "2-alg-nOnE": (head(alg="nOnE"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "3-alg-hs256": (head(alg="HS256"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "4-alg-rs256": (head(alg="RS256"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "5-alg-ps256": (head(alg="PS256"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "5-alg-es384": (head(alg="ES384"), Check.PROFILE, Code.ALGORITHM_REFUSED),
    "6-jwk-in-header": (
        sign(a_payload(), head=header(jwk=OTHER_KEY.public.jwk), key=OTHER_KEY),
        Check.PROFILE,
        Code.KEY_IN_HEADER,
    ),
    "7-jku": (head(jku="https://evil.example/jwks"), Check.PROFILE, Code.KEY_IN_HEADER),
    "7-x5u": (head(x5u="https://evil.example/x.pem"), Check.PROFILE, Code.KEY_IN_HEADER),
    "7-x5c": (head(x5c=["MIIB"]), Check.PROFILE, Code.KEY_IN_HEADER),
    "7-unknown-member": (head(nonce="1"), Check.PROFILE, Code.HEADER_REFUSED),
    "8-jwk-with-d": (
        head(jwk={**KEY.public.jwk, "d": "AQ"}),
        Check.PROFILE,
        Code.KEY_IN_HEADER,
    ),
    "9-kid-of-another-issuer": (
        head(kid=f"{STRANGER}#{KEY.public.thumbprint}"),
        Check.KEY,
        Code.KEY_OF_ANOTHER,
    ),
    "10-kid-not-published": (head(kid=f"{DID}#unpublished"), Check.KEY, Code.KEY_UNKNOWN),
    "11-kid-path-traversal": (
        head(kid=f"{DID}/../../etc#{KEY.public.thumbprint}"),
        Check.KEY,
        Code.KEY_OF_ANOTHER,
    ),
    "11-kid-private-address": (
        head(kid="http://169.254.169.254/latest#1"),
        Check.KEY,
        Code.KEY_OF_ANOTHER,
    ),
    "12-kid-of-a-key-set": (
        head(kid="https://issuer.example.nl/.well-known/jwks.json"),
        Check.KEY,
        Code.KEY_OF_ANOTHER,
    ),
    "12-kid-missing": (head(kid=None), Check.PROFILE, Code.KEY_ID_MISSING),
    **{
        f"13-typ-{typ}": (head(typ=typ), Check.PROFILE, Code.TYP_REFUSED)
        for typ in ("at+jwt", "statuslist+jwt", "vp+jwt", "dc+sd-jwt", "bad+typ", "jwt", "")
    },
    "14-crit-unknown": (head(crit=["exp"], exp=1), Check.PROFILE, Code.HEADER_REFUSED),
    "14-crit-empty": (head(crit=[]), Check.PROFILE, Code.HEADER_REFUSED),
    "14-crit-absent-member": (head(crit=["b64"]), Check.PROFILE, Code.HEADER_REFUSED),
    "15-b64-false": (head(b64=False), Check.PROFILE, Code.HEADER_REFUSED),
    "16-duplicate-header-member": (
        raw_head(json.dumps(header())[:-1] + ', "alg": "none"}'),
        Check.PARSE,
        Code.HEADER_UNREADABLE,
    ),
    "16-duplicate-kid": (
        raw_head(f'{{"kid": "{STRANGER}#1", "alg": "ES256", "kid": "{KID}"}}'),
        Check.PARSE,
        Code.HEADER_UNREADABLE,
    ),
    "17-two-segments": (lambda: a_token().rpartition(".")[0], Check.PARSE, Code.NOT_A_JWS),
    "17-four-segments": (lambda: a_token() + ".AA", Check.PARSE, Code.NOT_A_JWS),
    "17-json-serialization": (flattened, Check.PARSE, Code.NOT_A_JWS),
    "17-padding": (lambda: a_token() + "==", Check.PARSE, Code.NOT_CANONICAL),
    "17-whitespace": (lambda: a_token().replace(".", ". ", 1), Check.PARSE, Code.NOT_CANONICAL),
    "17-standard-alphabet": (
        lambda: a_token().replace("eyJ", "ey+", 1),
        Check.PARSE,
        Code.NOT_CANONICAL,
    ),
    "17-not-ascii": (lambda: a_token() + "é", Check.PARSE, Code.NOT_CANONICAL),
    "17-trailing-bits": (other_last_bits, Check.PARSE, Code.NOT_CANONICAL),
    "18-der-signature": (
        lambda: resigned(der_signature()),
        Check.SIGNATURE,
        Code.SIGNATURE_BROKEN,
    ),
    "18-zero-signature": (resigned(bytes(64)), Check.SIGNATURE, Code.SIGNATURE_BROKEN),
    "18-truncated-signature": (resigned(bytes(63)), Check.SIGNATURE, Code.SIGNATURE_BROKEN),
    "18-empty-signature": (
        lambda: a_token().rpartition(".")[0] + ".",
        Check.PARSE,
        Code.NOT_A_JWS,
    ),
    "18-tampered-payload": (with_tampered_payload, Check.SIGNATURE, Code.SIGNATURE_BROKEN),
    "18-signed-by-another": (
        sign(a_payload(), key=OTHER_KEY),
        Check.SIGNATURE,
        Code.SIGNATURE_BROKEN,
    ),
    "19-sd-jwt-cut": (a_token(put("_sd", ["x"])), Check.PROFILE, Code.DISCLOSURE_CUT),
    "19-sd-alg": (a_token(put("_sd_alg", "sha-256")), Check.PROFILE, Code.DISCLOSURE_CUT),
    "20-vc-claim": (a_token(put("vc", {})), Check.PROFILE, Code.ENVELOPE_CLAIM),
    "20-vp-claim": (a_token(put("vp", {})), Check.PROFILE, Code.ENVELOPE_CLAIM),
}


@pytest.mark.parametrize("case", JOSE.values(), ids=JOSE.keys())
def test_it_is_refused_by_the_right_check(case: Case) -> None:
    made, check, code = case
    judgement = World().judge(made if isinstance(made, str) else made())
    found = finding(judgement, check)

    assert (found.code, found.outcome) == (
        code,
        Outcome.UNKNOWN if code is Code.KEY_UNKNOWN else Outcome.FAILED,
    )
    assert judgement.verdict.look is not Look.GREEN


@pytest.mark.parametrize("case", JOSE.values(), ids=JOSE.keys())
def test_nothing_is_shown_of_what_nobody_surely_signed(case: Case) -> None:
    made = case[0]

    assert World().judge(made if isinstance(made, str) else made()).credential is None


def test_8_a_key_in_wrong_hands_proves_nothing() -> None:
    world = World(key=a_known_key(compromised_at=World().now))
    judgement = world.judge(a_token())

    assert finding(judgement, Check.KEY).code is Code.KEY_COMPROMISED
    assert (judgement.verdict.state, judgement.credential) == (State.ALTERED, None)


def test_9_a_key_another_organisation_published_under_this_did_is_refused() -> None:
    world = World(key=a_known_key(organisation="00000099000000220000"))

    assert finding(world.judge(a_token()), Check.KEY).code is Code.KEY_OF_ANOTHER


def test_an_issuer_nobody_knows_is_never_green() -> None:
    judgement = World(is_issuer_known=False).judge(a_token())

    assert finding(judgement, Check.ISSUER).code is Code.ISSUER_UNKNOWN
    assert (judgement.verdict.state, judgement.credential) == (State.ISSUER_UNKNOWN, None)
