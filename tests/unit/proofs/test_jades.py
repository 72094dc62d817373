"""A document sealed with a certificate is read in one strict way, and no byte of it can change."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import ProofRefusedError, jades
from shared.proofs.jades_refusals import (
    DetachedError,
    JadesRefusedError,
    KeyElsewhereError,
    NotSealedError,
    SealAlgorithmRefusedError,
    SealCertificateRefusedError,
    SealedContentRefusedError,
    SealHeaderRefusedError,
    SealMomentRefusedError,
    SeveralSealsError,
    StampOfAnotherError,
    UnknownDemandError,
)
from shared.proofs.jws import SignatureRefusedError
from shared.proofs.time_stamps import MAX_CHARACTERS, is_stamp_of
from tests.support.handing import part
from tests.support.sealed_documents import (
    a_european,
    a_seal_header,
    seal_compact,
    seal_document,
    seal_text,
)
from tests.support.seals import SEALED_AT, Sealer, a_sealer, the_school

SEALED: Final = seal_document()
COMPACT: Final = seal_compact()
RSA: Final = a_sealer(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))


def believe(text: str) -> dict[str, Any]:
    sealed = jades.read(text)
    jades.verify(sealed)
    return jades.read_claims(sealed)


def with_member(text: str, *path: str | int, value: Any) -> str:
    """Put a value somewhere in what is around the content."""
    whole = json.loads(text)
    inside = whole
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = value
    return json.dumps(whole, ensure_ascii=False)


def test_what_is_sealed_is_read_once_its_seal_holds() -> None:
    sealed = jades.read(SEALED)

    jades.verify(sealed)

    assert jades.read_claims(sealed) == a_european()
    assert sealed.sealed_at == SEALED_AT
    assert sealed.certificates == the_school().chain


@pytest.mark.parametrize(
    ("algorithm", "sealer"),
    [
        ("ES256", the_school()),
        ("ES384", a_sealer(key=ec.generate_private_key(ec.SECP384R1()))),
        ("ES512", a_sealer(key=ec.generate_private_key(ec.SECP521R1()))),
        ("RS256", RSA),
        ("PS256", RSA),
    ],
    ids=["ES256", "ES384", "ES512", "RS256", "PS256"],
)
def test_each_algorithm_is_checked_with_the_key_of_the_certificate(
    algorithm: str, sealer: Sealer
) -> None:
    assert believe(seal_document(sealer=sealer, algorithm=algorithm)) == a_european()


def test_all_three_serializations_are_read() -> None:
    payload = json.dumps(a_european())
    encoded = a_seal_header(the_school(), b64=None, crit=["sigT"])

    assert believe(seal_compact()) == a_european()
    assert believe(seal_text(payload, the_school(), encoded)) == a_european()
    flat = seal_text(payload, the_school(), a_seal_header(the_school()), is_flattened=True)
    assert believe(flat) == a_european()


def test_the_moment_is_read_as_it_was_written_before_and_after_may_2025() -> None:
    seconds = int(datetime(2026, 1, 2, tzinfo=UTC).timestamp())
    newer = seal_document(iat=seconds, sigT=None, crit=["b64"])

    assert jades.read(newer).sealed_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert jades.read(SEALED).sealed_at == SEALED_AT


def test_what_was_added_outside_the_seal_to_keep_it_is_passed_over() -> None:
    kept = with_member(SEALED, "signatures", 0, "header", value={"etsiU": ["eyJ4IjoxfQ"]})

    assert believe(kept) == a_european()


@given(st.integers(0, len(SEALED.encode()) - 1), st.integers(1, 255))
def test_no_single_byte_can_be_another(at: int, by: int) -> None:
    raw = SEALED.encode()
    changed = raw[:at] + bytes([raw[at] ^ by]) + raw[at + 1 :]

    with pytest.raises((ProofRefusedError, UnicodeDecodeError)):
        believe(changed.decode())


@given(st.integers(0, len(COMPACT) - 1), st.integers(1, 127))
def test_no_single_byte_of_the_compact_form_can_be_another(at: int, by: int) -> None:
    raw = COMPACT.encode()
    changed = raw[:at] + bytes([raw[at] ^ by]) + raw[at + 1 :]

    with pytest.raises(ProofRefusedError):
        believe(changed.decode())


REFUSED: Final[Mapping[str, tuple[str, type[JadesRefusedError]]]] = {
    "no algorithm": (seal_document(alg="none"), SealAlgorithmRefusedError),
    "a secret": (seal_document(alg="HS256"), SealAlgorithmRefusedError),
    "another algorithm": (seal_document(alg="EdDSA"), SealAlgorithmRefusedError),
    "two algorithms": (seal_document(alg=["ES256"]), SealAlgorithmRefusedError),
    "algorithm left out": (seal_document(alg=None), SealAlgorithmRefusedError),
    "a key of its own": (seal_document(jwk={"kty": "EC"}), KeyElsewhereError),
    "keys elsewhere": (seal_document(jku="https://keys.example.com"), KeyElsewhereError),
    "a certificate elsewhere": (seal_document(x5u="https://a.example.com"), KeyElsewhereError),
    "content elsewhere": (seal_document(sigD={"pars": ["https://a.example.com"]}), DetachedError),
    "an unknown demand": (seal_document(crit=["b64", "x"], x=1), UnknownDemandError),
    "a policy demanded": (
        seal_document(crit=["b64", "sigT", "sigPId"], sigPId={}),
        UnknownDemandError,
    ),
    "no demands in the list": (seal_document(crit=[]), UnknownDemandError),
    "demands in no list": (seal_document(crit="b64"), UnknownDemandError),
    "a demand twice": (seal_document(crit=["b64", "b64"]), UnknownDemandError),
    "a demand that is a number": (seal_document(crit=["b64", 1]), UnknownDemandError),
    "a demand that is not there": (seal_document(sigT=None, iat=1), UnknownDemandError),
    "unencoded, undemanded": (seal_document(crit=["sigT"]), UnknownDemandError),
    "unencoded, nothing demanded": (seal_document(crit=None), UnknownDemandError),
    "unencoded or not": (seal_document(b64="false"), UnknownDemandError),
    "unencoded and compact": (
        f"{part(json.dumps(a_seal_header(the_school())))}.{COMPACT.partition('.')[2]}",
        UnknownDemandError,
    ),
    "no certificate": (seal_document(x5c=None), SealCertificateRefusedError),
    "an empty list of certificates": (seal_document(x5c=[]), SealCertificateRefusedError),
    "certificates in no list": (seal_document(x5c="MII"), SealCertificateRefusedError),
    "what is no certificate": (seal_document(x5c=["bm90IG9uZQ=="]), SealCertificateRefusedError),
    "the thumbprint of another": (
        seal_document(thumbprint=part(b"0" * 32)),
        SealCertificateRefusedError,
    ),
    "a thumbprint that is a number": (seal_document(thumbprint=1), SealCertificateRefusedError),
    "no moment": (seal_document(sigT=None, crit=["b64"]), SealMomentRefusedError),
    "a moment in words": (seal_document(sigT="yesterday"), SealMomentRefusedError),
    "a day that is none": (seal_document(sigT="2026-02-30T00:00:00Z"), SealMomentRefusedError),
    "a moment without a zone": (seal_document(sigT="2026-02-03T00:00:00"), SealMomentRefusedError),
    "a moment that is true": (seal_document(iat=True), SealMomentRefusedError),
    "a moment as text": (seal_document(iat="2026-02-03T00:00:00Z"), SealMomentRefusedError),
    "a time stamp of nothing": (
        seal_document(adoTst={"tstTokens": [{"val": "AAAA"}]}),
        StampOfAnotherError,
    ),
    "time stamps that are none": (seal_document(adoTst={}), StampOfAnotherError),
    "an empty list of seals": (with_member(SEALED, "signatures", value=[]), SeveralSealsError),
    "two seals": (with_member(SEALED, "signatures", value=[{}, {}]), SeveralSealsError),
    "a header of nothing": (
        with_member(SEALED, "signatures", 0, "protected", value="e30"),
        SealedContentRefusedError,
    ),
    "a header that is none": (
        with_member(SEALED, "signatures", 0, "protected", value="e3="),
        SealHeaderRefusedError,
    ),
    "an algorithm outside the seal": (
        with_member(SEALED, "signatures", 0, "header", value={"alg": "none"}),
        SealHeaderRefusedError,
    ),
    "a certificate outside the seal": (
        with_member(SEALED, "signatures", 0, "header", value={"etsiU": [], "x5c": []}),
        SealHeaderRefusedError,
    ),
    "content outside the seal": (
        with_member(SEALED, "credentialSubject", value={}),
        SealHeaderRefusedError,
    ),
    "content that is no text": (with_member(SEALED, "payload", value={}), NotSealedError),
    "no content": (with_member(SEALED, "payload", value=""), NotSealedError),
    "no seal": (json.dumps(a_european()), NotSealedError),
    "two parts": ("a.b", NotSealedError),
    "half a document": ("{", JadesRefusedError),
    "content twice": (
        SEALED.replace('"payload"', '"payload":"","payload"', 1),
        JadesRefusedError,
    ),
    "a header far too long": (seal_document(cty="x" * 70_000), SealHeaderRefusedError),
    "a header in no order of things": (
        with_member(SEALED, "signatures", 0, "protected", value=part("[]")),
        SealHeaderRefusedError,
    ),
    "a signature that is none": (
        with_member(SEALED, "signatures", 0, "signature", value="="),
        SealHeaderRefusedError,
    ),
    "half a character": (
        seal_compact().replace(".", ".\ud800", 1),
        SealedContentRefusedError,
    ),
    "more content than is read": (
        with_member(SEALED, "payload", value=" " * (jades.MAX_PAYLOAD_BYTES + 1)),
        SealedContentRefusedError,
    ),
    "another member of a flat one": (
        json.dumps({"payload": "{}", "signature": "AA", "protected": "e30", "type": "x"}),
        SealHeaderRefusedError,
    ),
    "half a header outside": (
        with_member(SEALED, "signatures", 0, "header", value="etsiU"),
        SealHeaderRefusedError,
    ),
    "another member beside the signature": (
        with_member(SEALED, "signatures", 0, "alg", value="ES256"),
        SealHeaderRefusedError,
    ),
    "a time stamp far too long": (
        seal_document(adoTst={"tstTokens": [{"val": "A" * 70_000}]}, x5c=[]),
        SealHeaderRefusedError,
    ),
    "far too much": ("a" * (jades.MAX_BYTES + 1), SealedContentRefusedError),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_cannot_surely_be_read_is_refused(wrong: str) -> None:
    text, error = REFUSED[wrong]

    with pytest.raises(JadesRefusedError) as refused:
        jades.read(text)

    assert refused.type is error


def test_a_header_with_a_member_twice_has_two_meanings() -> None:
    header = json.dumps(a_seal_header(the_school()))
    twice = part(header.replace("{", '{"alg":"RS256",', 1))

    with pytest.raises(SealHeaderRefusedError):
        jades.read(with_member(SEALED, "signatures", 0, "protected", value=twice))


@pytest.mark.parametrize(
    ("algorithm", "sealer"),
    [("RS256", the_school()), ("ES384", the_school()), ("ES256", RSA)],
    ids=["RS256 with P-256", "ES384 with P-256", "ES256 with RSA"],
)
def test_an_algorithm_of_another_kind_of_key_is_refused(algorithm: str, sealer: Sealer) -> None:
    sealed = seal_document(sealer=sealer, alg=algorithm)

    with pytest.raises(SealAlgorithmRefusedError):
        jades.verify(jades.read(sealed))


def test_rs256_is_not_taken_for_ps256() -> None:
    sealed = seal_document(sealer=RSA, algorithm="RS256")
    header = {**a_seal_header(RSA, "PS256")}
    renamed = with_member(
        sealed, "signatures", 0, "protected", value=part(json.dumps(header, separators=(",", ":")))
    )

    with pytest.raises(SignatureRefusedError):
        jades.verify(jades.read(renamed))


def test_the_certificate_of_another_does_not_make_their_seal() -> None:
    forged = seal_document(key=ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(SignatureRefusedError):
        jades.verify(jades.read(forged))


def test_a_seal_without_a_thumbprint_has_its_certificate_under_the_seal_all_the_same() -> None:
    assert believe(seal_document(thumbprint=None)) == a_european()


def test_a_time_stamp_far_too_long_is_of_nothing() -> None:
    assert not is_stamp_of("A" * (MAX_CHARACTERS + 1), b"")


@pytest.mark.parametrize("payload", ["[]", "{", '{"a":1,"a":2}', "null"])
def test_sealed_text_that_is_not_one_object_is_refused(payload: str) -> None:
    sealed = jades.read(seal_text(payload, the_school(), a_seal_header(the_school())))

    jades.verify(sealed)
    with pytest.raises(SealedContentRefusedError):
        jades.read_claims(sealed)


@pytest.mark.shared_material
@pytest.mark.parametrize(
    "name", ["Sample-MC-Annex1-signed.jsonld", "nl-microcredential-example-sealed.json"]
)
def test_the_seals_of_others_hold(shared_material: Path, name: str) -> None:
    text = (shared_material / "data" / "wallet" / "elm" / name).read_text(encoding="utf-8")

    assert "EuropeanDigitalCredential" in believe(text)["type"]


@pytest.mark.shared_material
def test_a_time_stamp_of_other_content_is_refused(shared_material: Path) -> None:
    file = shared_material / "data" / "wallet" / "elm" / "Sample-MC-Annex1-signed.jsonld"
    whole = json.loads(file.read_text(encoding="utf-8"))

    with pytest.raises(StampOfAnotherError):
        jades.read(json.dumps({**whole, "payload": whole["payload"] + " "}))
