"""A presentation says who hands over what, for whom and in answer to what, and no more."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.credential import VC_CONTEXT
from shared.errors import RuleError
from shared.proofs import data_integrity
from shared.proofs.data_integrity import (
    AUTHENTICATION,
    MeaninglessError,
    ProofKeyUnknownError,
    ProofPurposeRefusedError,
    ProofSignatureRefusedError,
    hashes_of,
    proof_options,
    prove,
)
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.jws import KeyIdRefusedError, SignatureRefusedError, TypeRefusedError
from shared.proofs.presentations import (
    CredentialForm,
    Handed,
    HandedRefusedError,
    HolderRefusedError,
    Presentation,
    PresentationClaimsRefusedError,
    PresentationEnvelopeError,
    PresentationNotNowError,
    PresentationRefusedError,
    PresentationTypeError,
    read,
    verify,
)
from shared.proofs.public_keys import parse_any_jwk
from shared.strict_json import JsonObject, JsonValue
from tests.unit.proofs.sd_jwts import HOLDER, NOW, READER, SECONDS, STRANGER, shown, signed
from tests.unit.proofs.test_json_ld import DOCUMENT

ME: Final = "did:web:holder.example"
KID: Final = f"{ME}#key-1"
ED25519: Final = Ed25519SigningKey.generate()
TOKEN: Final = signed({"iss": "x"}, typ="vc+jwt")
PRESENTED: Final[JsonObject] = {
    "@context": [VC_CONTEXT],
    "id": "urn:uuid:0e1b7ef0-4d53-4c38-93d0-7c3b9e6e9f21",
    "type": ["VerifiablePresentation"],
    "holder": ME,
}


def enveloped(address: JsonValue) -> JsonObject:
    return {"@context": VC_CONTEXT, "type": "EnvelopedVerifiableCredential", "id": address}


def token(typ: Any = "vp+jwt", kid: Any = KID, **claims: Any) -> str:
    header: JsonObject = {"typ": typ, **({} if kid is None else {"kid": kid})}
    said: JsonObject = {**PRESENTED, "nonce": "n-1", "aud": READER, **claims}
    return signed({name: it for name, it in said.items() if it is not None}, HOLDER, **header)


def proven(document: JsonObject = PRESENTED, **changes: JsonValue) -> JsonObject:
    options = {
        **proof_options(verification_method=KID, created=NOW),
        "proofPurpose": AUTHENTICATION,
        "domain": READER,
        "challenge": "c-1",
        **changes,
    }
    signature = ED25519.sign(hashes_of(document, options))
    return copy.deepcopy(prove(document, options, signature))


def the_proof(document: JsonObject) -> JsonValue:
    proofs = document["proof"]
    assert isinstance(proofs, list)
    return proofs[0]


def test_a_token_hands_over_what_it_envelops() -> None:
    sd_jwt = shown()
    handed: JsonValue = [
        enveloped(f"data:application/vc+jwt,{TOKEN}"),
        enveloped(f"data:application/dc+sd-jwt,{sd_jwt}"),
        DOCUMENT,
    ]

    presentation = read(token(verifiableCredential=handed), now=NOW)

    verify(presentation, {KID: HOLDER.public})
    assert presentation.credentials == (
        Handed(form=CredentialForm.JWT, text=TOKEN),
        Handed(form=CredentialForm.SD_JWT_VC, text=sd_jwt),
        Handed(form=CredentialForm.JSON, document=DOCUMENT),
    )
    assert presentation.holder == ME
    assert (presentation.audiences, presentation.nonce) == ((READER,), "n-1")
    assert presentation.key_ids == (KID,)


def test_an_embedded_proof_covers_what_is_handed_over() -> None:
    inner = data_integrity.prove(
        DOCUMENT,
        options := proof_options(verification_method="did:web:a#1", created=NOW),
        ED25519.sign(hashes_of(DOCUMENT, options)),
    )
    sealed = proven({**PRESENTED, "verifiableCredential": [inner]})

    for handed in (sealed, json.dumps(sealed)):
        presentation = read(handed, now=NOW)
        verify(presentation, {KID: ED25519.public})
        assert presentation.credentials == (Handed(form=CredentialForm.JSON, document=inner),)
        assert presentation.holder == ME
        assert (presentation.audiences, presentation.nonce) == ((READER,), "c-1")
        assert presentation.key_ids == (KID,)

    inner["name"] = "Another"
    with pytest.raises(ProofSignatureRefusedError):
        verify(read({**sealed, "verifiableCredential": [inner]}, now=NOW), {KID: ED25519.public})


def test_enveloped_credentials_are_covered_by_an_embedded_proof_too() -> None:
    handed = enveloped(f"data:application/vc+jwt,{TOKEN}")
    sealed = proven({**PRESENTED, "verifiableCredential": [handed]})

    verify(read(sealed, now=NOW), {KID: ED25519.public})
    other = enveloped(f"data:application/vc+jwt,{token()}")
    with pytest.raises(ProofSignatureRefusedError):
        verify(read({**sealed, "verifiableCredential": [other]}, now=NOW), {KID: ED25519.public})


def test_nobody_else_made_it() -> None:
    for keys in ({KID: STRANGER.public}, {}):
        with pytest.raises(SignatureRefusedError):
            verify(read(token(), now=NOW), keys)
    with pytest.raises(ProofSignatureRefusedError):
        verify(read(proven(), now=NOW), {KID: Ed25519SigningKey.generate().public})
    with pytest.raises(ProofKeyUnknownError):
        verify(read(proven(), now=NOW), {})


def test_an_address_in_another_s_proof_is_never_taken_for_the_holder_s() -> None:
    """Else whoever was shown a presentation could pass it on as made for somebody else."""
    document = proven()
    proof, added = (the_proof(one) for one in (document, proven(domain="https://other.example")))

    with pytest.raises(PresentationClaimsRefusedError):
        read({**document, "proof": [proof, added]}, now=NOW)
    unheard: JsonObject = {"type": "DataIntegrityProof", "cryptosuite": "of-tomorrow"}
    with pytest.raises(PresentationClaimsRefusedError):
        read({**document, "proof": [proof, unheard]}, now=NOW)


@pytest.mark.parametrize(
    ("handed", "refusal"),
    [
        (token(typ="vc+jwt"), TypeRefusedError),
        (token(typ="JWT"), TypeRefusedError),
        (token(kid=None), KeyIdRefusedError),
        (token(vp={}), PresentationEnvelopeError),
        (token(vc={}), PresentationEnvelopeError),
        (token(**{"@context": VC_CONTEXT}), PresentationTypeError),
        (token(**{"@context": ["https://www.w3.org/2018/credentials/v1"]}), PresentationTypeError),
        (token(type="VerifiableCredential"), PresentationTypeError),
        (token(type=None), PresentationTypeError),
        (token(holder=["x"]), HolderRefusedError),
        (token(holder={"name": "x"}), HolderRefusedError),
        (token(holder=""), HolderRefusedError),
        (token(iss="did:web:other.example"), HolderRefusedError),
        (token(iss=["x"]), HolderRefusedError),
        (token(nonce=5), PresentationClaimsRefusedError),
        (token(aud=5), PresentationClaimsRefusedError),
        (token(aud=[5]), PresentationClaimsRefusedError),
        (token(exp="1"), PresentationClaimsRefusedError),
        (token(exp=SECONDS), PresentationNotNowError),
        (token(nbf=SECONDS + 61), PresentationNotNowError),
        (token(iat=SECONDS + 61), PresentationNotNowError),
        (token(verifiableCredential=TOKEN), HandedRefusedError),
        (token(verifiableCredential=[TOKEN]), HandedRefusedError),
        (token(verifiableCredential=[[{}]]), HandedRefusedError),
        (token(verifiableCredential=[{}] * 65), HandedRefusedError),
        (token(verifiableCredential=[enveloped("not-a-credential")]), HandedRefusedError),
        (token(verifiableCredential=[enveloped(5)]), HandedRefusedError),
        (
            token(verifiableCredential=[enveloped("data:application/vc+jwt,a b")]),
            HandedRefusedError,
        ),
        (
            token(verifiableCredential=[enveloped("data:application/vc+jwt;a,b")]),
            HandedRefusedError,
        ),
        (proven(proofPurpose="assertionMethod"), ProofPurposeRefusedError),
        ({**PRESENTED}, data_integrity.ProofMissingError),
        ("{", PresentationRefusedError),
        ("[]", RuleError),
        ("{" * 40, PresentationRefusedError),
        (json.dumps({"a": "x" * 300_000}), PresentationRefusedError),
    ],
)
def test_what_is_no_presentation_is_refused_by_name(
    handed: str | JsonObject, refusal: type[RuleError]
) -> None:
    with pytest.raises(refusal):
        read(handed, now=NOW)


def test_who_hands_over_may_be_named_by_iss_alone_or_not_at_all() -> None:
    assert read(token(holder=None, iss=ME), now=NOW).holder == ME
    assert read(token(holder=None), now=NOW).holder is None
    assert read(token(holder={"id": ME, "name": "Jo"}, iss=ME), now=NOW).holder == ME


@given(st.data())
def test_no_changed_byte_is_believed(data: st.DataObject) -> None:
    handed = token()
    place = data.draw(st.integers(0, len(handed) - 1))
    letter = data.draw(st.characters(max_codepoint=127).filter(lambda one: one != handed[place]))

    with pytest.raises(RuleError):
        verify(read(handed[:place] + letter + handed[place + 1 :], now=NOW), {KID: HOLDER.public})


@given(
    st.dictionaries(
        st.sampled_from(["@context", "type", "holder", "verifiableCredential", "proof", "iss"]),
        st.none() | st.text(max_size=3) | st.lists(st.none() | st.text(max_size=3), max_size=2),
    )
)
def test_anything_at_all_is_refused_by_a_rule(change: JsonObject) -> None:
    for handed in (json.dumps(change), {**proven(), **change}, token(**change)):
        try:
            read(handed, now=NOW)
        except (RuleError, MeaninglessError):
            continue


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("presentation-jose-bad-credential", HandedRefusedError),
        ("presentation-jose-bad-media-type", TypeRefusedError),
    ],
)
def test_the_w3c_vectors_that_are_wrong_are_refused_by_name(
    vectors: Path, name: str, refusal: type[RuleError]
) -> None:
    handed = (vectors / "vc-jose-cose" / f"{name}.txt").read_text().strip()

    with pytest.raises(refusal):
        read(handed, now=datetime(2024, 12, 15, tzinfo=UTC))


def test_the_w3c_presentation_of_several_is_believed_in_its_day(vectors: Path) -> None:
    folder = vectors / "vc-jose-cose"
    handed = (folder / "presentation-jose-multiple.txt").read_text().strip()
    jwk = json.loads((folder / "vm-p384.json").read_text())["publicKeyJwk"]

    presentation: Presentation = read(handed, now=datetime(2024, 12, 16, 12, tzinfo=UTC))

    verify(presentation, {key_id: parse_any_jwk(jwk) for key_id in presentation.key_ids})
    assert presentation.holder == "https://example.issuer/vc-jose-cose"
    assert {one.form for one in presentation.credentials} == {
        CredentialForm.JWT,
        CredentialForm.SD_JWT,
        CredentialForm.UNREAD,
    }
    with pytest.raises(PresentationNotNowError):
        read(handed, now=NOW)
