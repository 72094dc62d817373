"""An SD-JWT is a credential when it says whose it is, and its holder cannot leave that out."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.proofs import ProofRefusedError, sd_jwt_vc
from shared.proofs.jws import TypeRefusedError
from shared.proofs.sd_jwt_vc import (
    ClaimHideableError,
    SdJwtClaimsRefusedError,
    SdJwtForm,
    SdJwtMomentRefusedError,
)
from shared.strict_json import JsonObject
from tests.unit.proofs.sd_jwts import CLAIMS, NOW, SECONDS, digest, disclosure, presented, shown

W3C: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:issuer.example.nl",
}
NAME = disclosure("salt-1", "given_name", "Jo")


def test_a_credential_says_whose_it_is_and_how_long() -> None:
    read = sd_jwt_vc.read(shown(NAME, nbf=SECONDS, exp=SECONDS + 60))

    assert read.form is SdJwtForm.SD_JWT_VC
    assert read.issuer == "https://issuer.example.nl"
    assert (read.begins, read.ends) == (NOW, NOW + timedelta(minutes=1))
    assert read.claims["given_name"] == "Jo"
    assert not read.may_hide_its_status


def test_a_type_of_before_is_read_and_told_apart_from_a_w3c_credential() -> None:
    old = sd_jwt_vc.read(presented(CLAIMS, typ="vc+sd-jwt"))
    w3c = sd_jwt_vc.read(presented(W3C, typ="vc+sd-jwt"))

    assert (old.form, w3c.form) == (SdJwtForm.SD_JWT_VC_OLD_TYPE, SdJwtForm.W3C)
    assert w3c.issuer is None


def test_what_is_kept_back_on_top_may_be_a_status() -> None:
    kept_back = presented({**W3C, "_sd": [digest("x")]}, typ="vc+sd-jwt")
    within = presented({**W3C, "a": {"_sd": [digest("x")]}}, typ="vc+sd-jwt")

    assert sd_jwt_vc.read(kept_back).may_hide_its_status
    assert not sd_jwt_vc.read(within).may_hide_its_status


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        (presented({"vct": "x"}), SdJwtClaimsRefusedError),
        (presented({"iss": "x"}), SdJwtClaimsRefusedError),
        (shown(vct=1), SdJwtClaimsRefusedError),
        (shown(iss=["x"]), SdJwtClaimsRefusedError),
        (presented({**W3C, "vc": {}}, typ="vc+sd-jwt"), SdJwtClaimsRefusedError),
        (presented({**W3C, "vct": "x"}, typ="vc+sd-jwt"), SdJwtClaimsRefusedError),
        (presented({**W3C, "iss": 1}, typ="vc+sd-jwt"), SdJwtClaimsRefusedError),
        (shown(exp="1"), SdJwtMomentRefusedError),
        (shown(exp=True), SdJwtMomentRefusedError),
        (shown(nbf=-1), SdJwtMomentRefusedError),
        (shown(iat=1e300), SdJwtMomentRefusedError),
        (shown(exp=None), SdJwtMomentRefusedError),
        (presented(CLAIMS, typ="JWT"), TypeRefusedError),
        (presented(CLAIMS, typ="kb+jwt"), TypeRefusedError),
    ],
)
def test_what_is_no_credential_is_refused_by_name(
    token: str, refusal: type[ProofRefusedError]
) -> None:
    with pytest.raises(refusal):
        sd_jwt_vc.read(token)


@pytest.mark.parametrize(
    "name", ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"]
)
def test_a_holder_cannot_choose_whether_to_show_what_decides(name: str) -> None:
    hidden = disclosure("salt", name, CLAIMS.get(name, SECONDS))
    shown_ = {one: value for one, value in CLAIMS.items() if one != name}
    claims: JsonObject = {**shown_, "_sd": [digest(hidden)]}

    with pytest.raises(ClaimHideableError):
        sd_jwt_vc.read(presented(claims, hidden))


@pytest.mark.parametrize("name", ["issuer", "validUntil", "credentialStatus", "type"])
def test_nor_in_a_w3c_credential(name: str) -> None:
    hidden = disclosure("salt", name, "x")
    claims = {one: value for one, value in W3C.items() if one != name}

    with pytest.raises(ClaimHideableError):
        sd_jwt_vc.read(presented({**claims, "_sd": [digest(hidden)]}, hidden, typ="vc+sd-jwt"))


@pytest.mark.parametrize(
    "status",
    [
        {"status_list": {"_sd": [digest("x")]}},
        {"_sd": []},
        {"lists": [{"...": digest("x")}]},
    ],
)
def test_nor_anything_inside_what_decides(status: JsonObject) -> None:
    with pytest.raises(ClaimHideableError):
        sd_jwt_vc.read(shown(status=status))


def test_the_examples_of_the_rfc_and_of_europe_are_credentials(vectors: Path) -> None:
    for name in ("rfc9901-a3-sd-jwt-vc", "eudi-pid-sd-jwt-vc"):
        read = sd_jwt_vc.read((vectors / "sdjwt" / f"{name}.txt").read_text().strip())
        assert read.form is SdJwtForm.SD_JWT_VC
        assert read.ends is not None


def test_w3c_writes_moments_as_text_which_rfc_7519_forbids(vectors: Path) -> None:
    token = (vectors / "vc-jose-cose" / "credential-sdjwt-selective.txt").read_text().strip()

    with pytest.raises(SdJwtMomentRefusedError):
        sd_jwt_vc.read(token)
