"""Cases 1 to 12: whose key is it, and is it that kind of key (JOSE)."""

import json
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from tests.unit.verifier.cases.entry import HONEST, METHOD, Case, Neighbours, assert_refused
from tests.unit.verifier.cases.forging import (
    RSA_KEY,
    es256_by_p384,
    head,
    of_did_jwk,
    pem_of,
    rs256,
    with_secret,
    written,
)
from tests.unit.verifier.cases.saying import (
    outside,
    unsigned,
)
from tests.unit.verifier.forge import (
    DID,
    KEY,
    KID,
    OTHER_KEY,
    STRANGER,
    a_payload,
    a_token,
    header,
    put,
    sign,
)
from tests.unit.verifier.world import a_known_key

pytestmark = pytest.mark.anyio
ABROAD: Final = Neighbours(looks_abroad=True)


def of_another(number: int, wrong: str, made: str) -> Case:
    """Say that a key is not the issuer's."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.KEY,
        code=Code.KEY_OF_ANOTHER,
        state=State.ALTERED,
    )


def abroad(number: int, wrong: str, made: str, reason: str) -> Case:
    """Say that a stranger's key is not even looked for."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.KEY,
        code=Code.KEY_REFUSED,
        reason=reason,
        state=State.ALTERED,
        world=ABROAD,
    )


def named(did: str, kid: str = "") -> str:
    """Sign as an issuer of this name."""
    return a_token(put("issuer/id", did), put("iss", did), kid=kid or f"{did}#1")


ALGORITHMS: Final = (
    outside(1, "alg none", head(alg="none"), Code.ALGORITHM_REFUSED),
    outside(
        1,
        "alg none and no signature",
        lambda: written(header(alg="none"), a_payload(), lambda _: b""),
        Code.ALGORITHM_REFUSED,
    ),
    outside(2, "alg None", head(alg="None"), Code.ALGORITHM_REFUSED),
    outside(2, "alg nOnE", head(alg="nOnE"), Code.ALGORITHM_REFUSED),
    outside(2, "alg none with a NUL", head(alg="none\0"), Code.ALGORITHM_REFUSED),
    outside(3, "HS256 with the PEM", with_secret(pem_of(KEY)), Code.ALGORITHM_REFUSED),
    outside(
        3,
        "HS256 with the JWK",
        with_secret(json.dumps(KEY.public.jwk).encode()),
        Code.ALGORITHM_REFUSED,
    ),
    outside(3, "HS256 with the PEM of RSA", with_secret(pem_of(RSA_KEY)), Code.ALGORITHM_REFUSED),
    unsigned(4, "RS256 with our key id", written(header(alg="RS256"), a_payload(), rs256)),
    unsigned(4, "EdDSA with our key id", head(alg="EdDSA")),
    unsigned(4, "ES256 with our Ed25519 key", head(kid=METHOD)),
    Case(
        number=4,
        wrong="ES256 with a key on P-384",
        made=es256_by_p384,
        check=Check.SIGNATURE,
        code=Code.SIGNATURE_BROKEN,
        state=State.ALTERED,
        world=ABROAD,
    ),
    *(
        outside(5, f"alg {name}", head(alg=name), Code.ALGORITHM_REFUSED)
        for name in ("PS256", "RS384", "ES384", "ES256K", "HS512", "", "es256")
    ),
    outside(5, "alg missing", head(alg=None), Code.ALGORITHM_REFUSED),
)
KEYS_CASES: Final = (
    outside(
        6,
        "jwk of the forger",
        sign(a_payload(), head=header(jwk=OTHER_KEY.public.jwk), key=OTHER_KEY),
        Code.KEY_IN_HEADER,
    ),
    outside(7, "jku", head(jku="https://evil.example/jwks"), Code.KEY_IN_HEADER),
    outside(7, "x5u", head(x5u="https://evil.example/x.pem"), Code.KEY_IN_HEADER),
    outside(7, "x5c", head(x5c=["MIIB"]), Code.KEY_IN_HEADER),
    outside(7, "another member", head(nonce="1"), Code.HEADER_REFUSED),
    outside(8, "jwk with d", head(jwk={**KEY.public.jwk, "d": "AQ"}), Code.KEY_IN_HEADER),
    abroad(
        8,
        "did:jwk with d",
        written(*of_did_jwk({**OTHER_KEY.public.jwk, "d": "AQ"}), OTHER_KEY.sign),
        "foreign-key-private-part",
    ),
    of_another(9, "kid of another did", head(kid=f"{STRANGER}#{KEY.public.thumbprint}")),
    Case(
        number=9,
        wrong="another published it under this did",
        made=HONEST,
        check=Check.KEY,
        code=Code.KEY_OF_ANOTHER,
        state=State.ALTERED,
        world=Neighbours(key=a_known_key(organisation="00000099000000220000")),
    ),
    abroad(9, "kid of another stranger", named(STRANGER, KID), "foreign-key-of-another"),
    Case(
        number=10,
        wrong="kid of nobody",
        made=head(kid=f"{DID}#unpublished"),
        check=Check.KEY,
        code=Code.KEY_UNKNOWN,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
    ),
    Case(
        number=10,
        wrong="key in wrong hands",
        made=HONEST,
        check=Check.KEY,
        code=Code.KEY_COMPROMISED,
        state=State.ALTERED,
        world=Neighbours(key=a_known_key(compromised_at=Neighbours().now)),
    ),
    outside(10, "kid missing", head(kid=None), Code.KEY_ID_MISSING),
)
PLACES: Final = (
    of_another(11, "kid up the path", head(kid=f"{DID}/../../etc#{KEY.public.thumbprint}")),
    of_another(11, "kid of our own network", head(kid="http://169.254.169.254/latest#1")),
    *(
        abroad(11, wrong, named(did, "#1"), "foreign-id-refused")
        for wrong, did in {
            "issuer up the path": "did:web:issuer.example.com:..:other",
            "issuer with a user": "https://user:secret@issuer.example.com/i",
            "issuer at an address": "did:web:127.0.0.1",
            "issuer at an address in one number": "did:web:2130706433",
            "issuer on this machine": "https://localhost/i",
            "issuer at a port of mail": "did:web:issuer.example.com%3A25",
            "issuer at a port of the system": "did:web:issuer.example.com%3A1023",
            "issuer without encryption": "http://issuer.example.com/i",
            "issuer with a line break": "https://issuer.example.com/i\r\nHost: evil.example",
        }.items()
    ),
    *(
        abroad(11, wrong, named("https://issuer.example.com/i", kid), "foreign-id-refused")
        for wrong, kid in {
            "key of our own network": "https://10.0.0.1/keys/1",
            "key with a user": "https://issuer.example.com@evil.example/1",
            "key up the path": "https://issuer.example.com/i/%2e%2e/j",
        }.items()
    ),
    of_another(12, "kid of a set of keys", head(kid="https://issuer.example.nl/jwks.json")),
)
CASES: Final = (*ALGORITHMS, *KEYS_CASES, *PLACES)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)
