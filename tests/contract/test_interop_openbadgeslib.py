"""PyPI `openbadgeslib` reads our credential, finds our key and follows our status list."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from openbadgeslib.ob3.signer import OB3Signer
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from shared.proofs import jws, status_lists, vc_jwt
from shared.proofs.keys import SigningKey
from tests.contract.interop_examples import INDEX, Issued, issue

KEY = SigningKey.generate()


def _their_key() -> ec.EllipticCurvePrivateKey:
    loaded = serialization.load_der_private_key(KEY.store(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return loaded


@pytest.fixture(scope="module")
def issued() -> Issued:
    """Give one credential."""
    return issue()


class Web:
    """The issuer's documents as its web server would give them, with these status bits raised."""

    def __init__(self, issued: Issued, *raised: int) -> None:
        entry = issued.credential.credential_status
        assert entry is not None
        self._pages = {
            "https://issuer.example.nl/issuers/00000099000000210000/did.json": json.dumps(
                issued.document
            ),
            entry.status_list_credential: issued.status_list(*raised),
        }

    def __call__(self, url: str) -> bytes:
        """Give the page at this address."""
        return self._pages[url].encode()


def _verifier(issued: Issued) -> OB3Verifier:
    return OB3Verifier.for_issuer_did(issued.public.issuer, download=Web(issued))


@pytest.mark.parametrize("form", vc_jwt.Form)
def test_it_believes_both_forms_by_our_did_document(issued: Issued, form: vc_jwt.Form) -> None:
    token = issued.open_badge if form is vc_jwt.Form.OPEN_BADGES else issued.enveloped

    read = _verifier(issued).verify(token)

    assert read.issuer.id == issued.public.issuer
    assert read.achievement.name == "Introduction to Quantum Computing"


def test_it_believes_our_status_list(issued: Issued) -> None:
    web = Web(issued, INDEX - 1, INDEX + 1)

    _verifier(issued).verify(issued.open_badge, check_status=True, download=web)


def test_it_sees_a_revocation(issued: Issued) -> None:
    web = Web(issued, INDEX)

    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        _verifier(issued).verify(issued.open_badge, check_status=True, download=web)


def test_it_refuses_what_was_signed_with_another_key(issued: Issued) -> None:
    with pytest.raises(OB3VerificationError):
        _verifier(issued).verify(issue().open_badge)


def test_it_refuses_a_changed_signature(issued: Issued) -> None:
    unsigned = issued.open_badge.rpartition(".")[0]
    forged = f"{unsigned}.{issued.enveloped.rpartition('.')[2]}"

    with pytest.raises(OB3VerificationError, match="signature"):
        _verifier(issued).verify(forged)


def test_we_read_the_status_list_it_reads(issued: Issued) -> None:
    listed = jws.read_claims(jws.parse(issued.status_list(INDEX), types={"vc+jwt"}))
    subject = listed["credentialSubject"]
    assert isinstance(subject, dict)

    bits = status_lists.decode(str(subject["encodedList"]))
    assert status_lists.read(bits, INDEX)


def test_we_believe_what_its_jwt_library_signs(issued: Issued) -> None:
    headers = {"kid": issued.public.kid, "typ": "JWT"}
    token = jwt.encode(json.loads(issued.payload), _their_key(), algorithm="ES256", headers=headers)

    read, claims = vc_jwt.read(token)
    jws.verify(read, key=KEY.public)
    assert claims == json.loads(issued.payload)


def test_we_refuse_the_key_it_puts_in_the_header(issued: Issued) -> None:
    token = OB3Signer(_their_key(), "ES256").sign_payload(json.loads(issued.payload))

    with pytest.raises(jws.KeyInHeaderError):
        vc_jwt.read(token)
