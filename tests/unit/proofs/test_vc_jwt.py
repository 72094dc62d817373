"""A credential token is the credential itself, in one of two forms."""

import json

import pytest

from shared.proofs import jws, vc_jwt
from shared.proofs.keys import SigningKey

KEY = SigningKey.generate()
KID = f"did:web:issuer.example.nl#{KEY.public.thumbprint}"


@pytest.mark.parametrize(
    ("form", "typ"), [(vc_jwt.Form.OPEN_BADGES, "JWT"), (vc_jwt.Form.ENVELOPED, "vc+jwt")]
)
def test_both_forms_carry_the_same_payload_and_name_their_type(form: vc_jwt.Form, typ: str) -> None:
    token = jws.sign(b'{"id":"urn:x"}', key=KEY, header=vc_jwt.header(form, key_id=KID))
    read, claims = vc_jwt.read(token)

    jws.verify(read, key=KEY.public)
    assert read.type == typ
    assert claims == {"id": "urn:x"}


def test_the_open_badges_form_has_no_other_header_members_than_its_specification_allows() -> None:
    assert set(vc_jwt.header(vc_jwt.Form.OPEN_BADGES, key_id=KID)) == {"kid", "typ"}


@pytest.mark.parametrize(
    ("claim", "refusal"),
    [
        ("vc", vc_jwt.EnvelopeClaimError),
        ("vp", vc_jwt.EnvelopeClaimError),
        ("_sd", vc_jwt.DisclosureCutError),
        ("_sd_alg", vc_jwt.DisclosureCutError),
    ],
)
def test_a_token_that_is_not_the_credential_itself_is_refused(
    claim: str, refusal: type[jws.JwsRefusedError]
) -> None:
    payload = json.dumps({"id": "urn:x", claim: {}}).encode()

    with pytest.raises(refusal):
        vc_jwt.read(jws.sign(payload, key=KEY, header={"kid": KID}))
