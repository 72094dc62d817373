"""npm `jose` believes what we sign, and we believe what it signs; neither believes a forgery."""

import json

import pytest

from shared.proofs import jws, vc_jwt
from shared.proofs.keys import parse_public_jwk
from shared.strict_json import JsonObject
from tests.contract.interop_examples import Issued, issue
from tests.contract.interop_jose import JOSE

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def issued() -> Issued:
    """Give one credential, once jose is there to read it."""
    JOSE.install()
    return issue()


def _asked(issued: Issued) -> JsonObject:
    return {
        "issuer": issued.public.issuer,
        "subject": issued.credential.credential_subject.id,
        "keys": issued.key_set,
        "required": ["iss", "sub", "jti", "nbf", "exp"],
    }


@pytest.mark.parametrize("typ", ["JWT", "vc+jwt"])
def test_jose_believes_both_forms_by_our_key_set(issued: Issued, typ: str) -> None:
    token = issued.open_badge if typ == "JWT" else issued.enveloped

    told = JOSE.ask("verify", token=token, typ=typ, **_asked(issued))

    assert told["payload"] == json.loads(issued.payload)
    header = told["header"]
    assert isinstance(header, dict)
    assert header["kid"] == issued.public.kid


def test_jose_believes_it_by_the_bare_key_too(issued: Issued) -> None:
    asked = _asked(issued) | {"keys": None, "key": {**issued.public.public_jwk}}

    assert "payload" in JOSE.ask("verify", token=issued.open_badge, typ="JWT", **asked)


def test_jose_believes_our_status_list(issued: Issued) -> None:
    # A status list is enveloped only: no claims beside the credential in it (VC-JOSE-COSE 3.1).
    told = JOSE.ask("verify", token=issued.status_list(5), typ="vc+jwt", keys=issued.key_set)

    payload = told["payload"]
    assert isinstance(payload, dict)
    assert payload["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]


def test_jose_refuses_what_was_changed(issued: Issued) -> None:
    header, payload, signature = issued.open_badge.split(".")
    other = issued.enveloped.split(".")[2]

    for token in (f"{header}.{payload}.{other}", f"{header}.{payload[:-4]}.{signature}"):
        assert JOSE.ask("verify", token=token, typ="JWT", **_asked(issued)) == {
            "refused": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
        }


def test_jose_finds_no_key_of_another_issue_in_our_key_set(issued: Issued) -> None:
    told = JOSE.ask("verify", token=issue().open_badge, typ="JWT", **_asked(issued))

    assert told == {"refused": "ERR_JWKS_NO_MATCHING_KEY"}


@pytest.mark.parametrize("form", vc_jwt.Form)
def test_we_believe_what_jose_signs(issued: Issued, form: vc_jwt.Form) -> None:
    told = JOSE.ask(
        "sign",
        payload=issued.payload.decode(),
        header={**vc_jwt.header(form, key_id="set by jose")},
        issuer=issued.public.issuer,
    )

    key = parse_public_jwk(told["key"])
    read, claims = vc_jwt.read(str(told["token"]))
    jws.verify(read, key=key)
    assert key.thumbprint == told["thumbprint"]
    assert read.key_id == f"{issued.public.issuer}#{key.thumbprint}"
    assert claims == json.loads(issued.payload)
