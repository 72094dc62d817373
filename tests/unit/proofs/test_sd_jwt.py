"""An SD-JWT says what its issuer signed and its holder showed, and nothing else."""

import json
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import ProofRefusedError, sd_jwt
from shared.proofs.jws import AlgorithmRefusedError, SignatureRefusedError, TypeRefusedError
from shared.proofs.keys import parse_public_point
from shared.proofs.public_keys import parse_any_jwk
from shared.proofs.sd_jwt import (
    ClaimTwiceError,
    DigestsRefusedError,
    DigestTwiceError,
    DisclosureRefusedError,
    DisclosureUnboundError,
    HashRefusedError,
    SdJwt,
    SdJwtShapeRefusedError,
    SdJwtTooLargeError,
)
from shared.strict_json import JsonObject, JsonValue
from tests.unit.proofs.sd_jwts import (
    CLAIMS,
    ISSUER,
    STRANGER,
    digest,
    disclosure,
    presented,
    shown,
    signed,
)

TYPES: Final = {"dc+sd-jwt"}
NAME: Final = disclosure("salt-1", "given_name", "Jo")
ECTS: Final = disclosure("salt-2", "ects", 5)
ELEMENT: Final = disclosure("salt-3", {"skill": "proving"})


def read(token: str) -> SdJwt:
    return sd_jwt.read(token, types=TYPES)


def test_what_is_shown_takes_its_place_and_the_rest_stays_hidden() -> None:
    decoy = digest("of nothing")
    read_ = read(shown(NAME, _sd=[digest(NAME), digest(ECTS), decoy], hours=140))

    sd_jwt.verify(read_, key=ISSUER.public)
    assert read_.claims == {**CLAIMS, "hours": 140, "given_name": "Jo"}
    assert read_.disclosed == ("/given_name",)
    assert read_.kept_back == ("",)
    assert read_.key_binding is None


def test_elements_and_what_is_within_a_disclosure_are_opened_too() -> None:
    address = disclosure("salt-4", "address", {"_sd": [digest(NAME)], "city": "Enschede"})
    skills: JsonValue = [{"...": digest("decoy")}, {"...": digest(ELEMENT)}, "reading"]

    read_ = read(shown(address, NAME, ELEMENT, _sd=[digest(address)], skills=skills))

    assert read_.claims["address"] == {"city": "Enschede", "given_name": "Jo"}
    assert read_.claims["skills"] == [{"skill": "proving"}, "reading"]
    assert set(read_.disclosed) == {"/address", "/address/given_name", "/skills/0"}
    assert read_.kept_back == ("/skills",)


@pytest.mark.parametrize(("said", "hash_name"), [("sha-384", "sha384"), ("sha-512", "sha512")])
def test_stronger_hashes_are_known(said: str, hash_name: str) -> None:
    claims: JsonObject = {**CLAIMS, "_sd_alg": said, "_sd": [digest(NAME, hash_name)]}

    read_ = read(presented(claims, NAME))

    assert read_.claims == {**CLAIMS, "given_name": "Jo"}


def test_another_issuer_s_signature_does_not_hold() -> None:
    with pytest.raises(SignatureRefusedError):
        sd_jwt.verify(read(shown(NAME)), key=STRANGER.public)


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        (signed(CLAIMS, typ="dc+sd-jwt"), SdJwtShapeRefusedError),
        ("~", SdJwtShapeRefusedError),
        (shown(NAME).replace("~", "~~", 1), SdJwtShapeRefusedError),
        ("a" * 600_000, SdJwtTooLargeError),
        (shown() + "A~" * 1025, SdJwtTooLargeError),
        (presented(CLAIMS, typ="vc+jwt"), TypeRefusedError),
        (presented(CLAIMS, alg="none"), AlgorithmRefusedError),
        (presented(CLAIMS, alg="HS256"), AlgorithmRefusedError),
        (shown(_sd_alg="md5"), HashRefusedError),
        (shown(_sd_alg=["sha-256"]), HashRefusedError),
        (shown(_sd="x"), DigestsRefusedError),
        (shown(_sd=[1]), DigestsRefusedError),
        (shown(**{"...": "x"}), DigestsRefusedError),
        (shown(skills=[{"...": digest("x"), "more": 1}]), DigestsRefusedError),
        (shown(skills=[{"...": 1}]), DigestsRefusedError),
        (shown(_sd=[digest(NAME), digest(NAME)]), DigestTwiceError),
        (shown(_sd=[digest(NAME)], a={"_sd": [digest(NAME)]}), DigestTwiceError),
        (shown(NAME) + NAME + "~", DigestTwiceError),
        (shown() + NAME + "~", DisclosureUnboundError),
        (shown(NAME, given_name="Jan"), ClaimTwiceError),
        (shown(NAME, disclosure("salt-5", "given_name", "Jan")), ClaimTwiceError),
        (shown(disclosure("salt-6", "_sd_alg", "sha-512")), ClaimTwiceError),
        (shown(disclosure("salt-7", "_sd", [])), DisclosureRefusedError),
        (shown(disclosure("salt-8", "...", 1)), DisclosureRefusedError),
        (shown(disclosure(1, "name", 1)), DisclosureRefusedError),
        (shown(disclosure("salt", 1, 1)), DisclosureRefusedError),
        (shown(disclosure("salt")), DisclosureRefusedError),
        (shown("e30"), DisclosureRefusedError),
        (shown("bm8"), DisclosureRefusedError),
        (shown(ELEMENT), DisclosureRefusedError),
        (shown(NAME, _sd=[], skills=[{"...": digest(NAME)}]), DisclosureRefusedError),
    ],
)
def test_what_has_no_one_meaning_is_refused_by_name(
    token: str, refusal: type[ProofRefusedError]
) -> None:
    with pytest.raises(refusal):
        read(token)


def test_disclosures_are_not_opened_without_end() -> None:
    chain = [disclosure("salt", "end", 1)]
    for _ in range(40):
        chain.append(disclosure("salt", "more", {"_sd": [digest(chain[-1])]}))

    with pytest.raises(SdJwtTooLargeError):
        read(shown(*chain, _sd=[digest(chain[-1])]))


@given(st.data())
def test_no_changed_byte_is_believed(data: st.DataObject) -> None:
    token = shown(NAME, ECTS)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(max_codepoint=255).filter(lambda one: one != token[place]))

    with pytest.raises(ProofRefusedError):
        sd_jwt.verify(read(token[:place] + letter + token[place + 1 :]), key=ISSUER.public)


@given(st.text() | st.text("~.eyJ0-_A", max_size=60))
def test_anything_at_all_is_either_read_or_refused(text: str) -> None:
    with pytest.raises(ProofRefusedError):
        read(text)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("_sd.~/", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "a"]), inner, max_size=3)
    ),
)


@given(st.dictionaries(st.sampled_from(["_sd", "_sd_alg", "...", "a"]), JSON), JSON)
def test_whatever_was_signed_is_either_read_or_refused(
    claims: JsonObject, shown_: JsonValue
) -> None:
    parts = shown_ if isinstance(shown_, list) else [shown_]
    try:
        read(presented(claims, disclosure(*parts)))
    except ProofRefusedError:
        return
    pytest.fail("a disclosure that nobody signed was read")


def test_the_example_of_rfc_9901_is_read_and_believed(vectors: Path) -> None:
    token = (vectors / "sdjwt" / "rfc9901-a3-sd-jwt-vc.txt").read_text().strip()
    key = json.loads((vectors / "sdjwt" / "rfc9901-a5-issuer-key.json").read_text())

    read_ = read(token)

    sd_jwt.verify(read_, key=parse_any_jwk(key))
    assert read_.claims["age_equal_or_over"] == {
        "12": True,
        "14": True,
        "16": True,
        "18": True,
        "21": True,
        "65": False,
    }
    assert read_.claims["nationalities"] == ["DE"]
    assert read_.kept_back == ()
    assert len(read_.disclosed) == token.count("~") - 1


def test_the_european_example_is_read_and_believed(vectors: Path) -> None:
    token = (vectors / "sdjwt" / "eudi-pid-sd-jwt-vc.txt").read_text().strip()
    pem = (vectors / "sdjwt" / "eudi-pid-issuer.pem").read_bytes()
    point = (
        x509.load_pem_x509_certificate(pem)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )

    read_ = read(token)

    sd_jwt.verify(read_, key=parse_public_point(point))
    assert (read_.claims["given_name"], read_.claims["birthdate"]) == ("Tyler", "1955-04-12")


@pytest.mark.parametrize(
    ("name", "key", "where"),
    [
        ("credential-sdjwt-selective", "p384", "/credentialSubject/lastName"),
        ("credential-sdjwt-nested", "p521", "/credentialSubject/address/city"),
        ("presentation-sdjwt-selective", "p384", "/holder"),
    ],
)
def test_the_w3c_vectors_are_read_and_believed(
    vectors: Path, name: str, key: str, where: str
) -> None:
    folder = vectors / "vc-jose-cose"
    method = json.loads((folder / f"vm-{key}.json").read_text())

    read_ = sd_jwt.read(
        (folder / f"{name}.txt").read_text().strip(), types={"vc+sd-jwt", "vp+sd-jwt"}
    )

    sd_jwt.verify(read_, key=parse_any_jwk(method["publicKeyJwk"]))
    assert where in read_.disclosed


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("credential-sdjwt-bad-signature", SignatureRefusedError),
        ("credential-sdjwt-bad-media-type", TypeRefusedError),
        ("presentation-sdjwt-bad-media-type", TypeRefusedError),
    ],
)
def test_the_w3c_vectors_that_are_wrong_are_refused_by_name(
    vectors: Path, name: str, refusal: type[ProofRefusedError]
) -> None:
    folder = vectors / "vc-jose-cose"
    method = json.loads((folder / "vm-p384.json").read_text())

    with pytest.raises(refusal):
        sd_jwt.verify(
            sd_jwt.read((folder / f"{name}.txt").read_text().strip(), types={"vc+sd-jwt"}),
            key=parse_any_jwk(method["publicKeyJwk"]),
        )
