"""Of the proofs of a document one must hold, and none that can be checked may be broken."""

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import RuleError
from shared.proofs.data_integrity import (
    AUTHENTICATION,
    ContextRefusedError,
    CryptosuiteRefusedError,
    EmbeddedProofRefusedError,
    MeaninglessError,
    ProofChainRefusedError,
    ProofExpiredError,
    ProofKeyUnknownError,
    ProofMissingError,
    ProofNotYetMadeError,
    ProofOptionsRefusedError,
    ProofPurposeRefusedError,
    ProofSignatureRefusedError,
    believe,
    find_context,
    hashes_of,
    parse,
    proof_options,
    prove,
    read,
    verify,
)
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.foreign_keys import parse_curve_point
from shared.proofs.keys import SigningKey
from shared.proofs.public_keys import VerifyingKey, parse_any_multikey
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue
from tests.unit.proofs.sd_jwts import NOW
from tests.unit.proofs.test_json_ld import DOCUMENT

EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
METHOD: Final = "did:web:issuer.example.nl#key-1"
OTHER_METHOD: Final = "did:web:issuer.example.nl#key-2"
ED25519: Final = Ed25519SigningKey.generate()
P256: Final = SigningKey.generate()
P384: Final = ec.generate_private_key(ec.SECP384R1())
P384_PUBLIC: Final = parse_curve_point(
    "P-384",
    b"\x04"
    + P384.public_key().public_numbers().x.to_bytes(48)
    + P384.public_key().public_numbers().y.to_bytes(48),
)


def sign_p384(message: bytes) -> bytes:
    r, s = decode_dss_signature(P384.sign(message, ec.ECDSA(hashes.SHA384())))
    return r.to_bytes(48) + s.to_bytes(48)


def options(**changes: JsonValue) -> JsonObject:
    made = {**proof_options(verification_method=METHOD, created=NOW), **changes}
    return {name: value for name, value in made.items() if value is not None}


def proven(**changes: JsonValue) -> JsonObject:
    said = options(**changes)
    return copy.deepcopy(prove(DOCUMENT, said, ED25519.sign(hashes_of(DOCUMENT, said))))


def proofs_of(document: JsonObject) -> list[JsonValue]:
    proofs = document["proof"]
    assert isinstance(proofs, list)
    return proofs


def believed(document: JsonObject, **keys: VerifyingKey) -> int:
    known = {
        f"did:web:issuer.example.nl#{name.replace('_', '-')}": key for name, key in keys.items()
    }
    return len(believe(read(document, now=NOW), known))


@pytest.mark.parametrize(
    ("suite", "hash_name", "key"),
    [
        ("eddsa-rdfc-2022", "sha256", ED25519.public),
        ("ecdsa-rdfc-2019", "sha256", P256.public),
        ("ecdsa-rdfc-2019", "sha384", P384_PUBLIC),
    ],
)
def test_each_suite_holds_for_its_own_keys_only(
    suite: str, hash_name: str, key: VerifyingKey
) -> None:
    said = options(cryptosuite=suite)
    hashed = hashes_of(DOCUMENT, said, hash_name=hash_name)
    signers = {"Ed25519": ED25519.sign, "ES256": P256.sign, "ES384": sign_p384}
    document = prove(DOCUMENT, said, signers[key.algorithm](hashed))

    verify(document, key=key)
    assert believed(document, key_1=key) == 1
    others: list[VerifyingKey] = [ED25519.public, P256.public, P384_PUBLIC]
    for other in others:
        if other.algorithm != key.algorithm:
            with pytest.raises((ProofKeyUnknownError, ProofSignatureRefusedError)):
                believed(document, key_1=other)


def test_a_proof_says_when_for_whom_and_with_what() -> None:
    said = options(
        proofPurpose=AUTHENTICATION,
        domain=["https://a.example", "https://b.example"],
        challenge="c-1",
        expires="2026-11-27T12:00:00Z",
    )
    document = prove(DOCUMENT, said, ED25519.sign(hashes_of(DOCUMENT, said)))

    [proof] = read(document, now=NOW, purpose=AUTHENTICATION).proofs
    assert (proof.created, proof.expires) == (NOW, NOW + timedelta(days=1))
    assert (proof.domains, proof.challenge) == (("https://a.example", "https://b.example"), "c-1")
    assert (proof.cryptosuite, proof.verification_method) == ("eddsa-rdfc-2022", METHOD)


def test_a_proof_need_not_say_when_it_was_made() -> None:
    assert believed(proven(created=None), key_1=ED25519.public) == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"created": "2026-11-26T12:01:01Z"}, ProofNotYetMadeError),
        ({"expires": "2026-11-26T12:00:00Z"}, ProofExpiredError),
        ({"created": "2026-11-26"}, ProofOptionsRefusedError),
        ({"created": "2026-02-30T12:00:00Z"}, ProofOptionsRefusedError),
        ({"created": "2026-11-26T12:00:00"}, ProofOptionsRefusedError),
        ({"created": 5}, ProofOptionsRefusedError),
        ({"expires": "9999-12-31T23:59:59-14:00"}, ProofOptionsRefusedError),
        ({"proofPurpose": "authentication"}, ProofPurposeRefusedError),
        ({"proofPurpose": ["assertionMethod"]}, ProofPurposeRefusedError),
        ({"cryptosuite": "eddsa-jcs-2022"}, CryptosuiteRefusedError),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, CryptosuiteRefusedError),
        ({"type": "Ed25519Signature2020"}, CryptosuiteRefusedError),
        ({"verificationMethod": "z6Mk"}, ProofOptionsRefusedError),
        ({"verificationMethod": "http://a.example/#1"}, ProofOptionsRefusedError),
        ({"verificationMethod": "javascript:alert(1)"}, ProofOptionsRefusedError),
        ({"verificationMethod": {"id": METHOD}}, ProofOptionsRefusedError),
        ({"proofValue": "uAAAA"}, ProofOptionsRefusedError),
        ({"proofValue": 5}, ProofOptionsRefusedError),
        ({"challenge": 5}, ProofOptionsRefusedError),
        ({"domain": {"a": 1}}, ProofOptionsRefusedError),
        ({"previousProof": "urn:uuid:1"}, ProofChainRefusedError),
        ({"@context": [{"x": "https://evil.example/"}]}, ContextRefusedError),
    ],
    ids=str,
)
def test_a_proof_that_says_something_else_is_refused_by_name(
    changes: JsonObject, refusal: type[RuleError]
) -> None:
    document = proven()
    [proof] = proofs_of(document)
    assert isinstance(proof, dict)

    with pytest.raises(refusal):
        read(document | {"proof": [proof | changes]}, now=NOW)


@pytest.mark.parametrize(
    ("proof", "refusal"),
    [
        (None, ProofMissingError),
        ([], ProofMissingError),
        ([{}] * 9, ProofMissingError),
        ("z6Mk", ProofOptionsRefusedError),
        (["z6Mk"], ProofOptionsRefusedError),
        ({}, CryptosuiteRefusedError),
    ],
    ids=str,
)
def test_there_are_one_to_eight_proofs(proof: JsonValue, refusal: type[RuleError]) -> None:
    with pytest.raises(refusal):
        read(DOCUMENT | {"proof": proof}, now=NOW)


def test_of_a_set_each_known_proof_must_hold() -> None:
    [first], [second] = proofs_of(proven()), proofs_of(proven(verificationMethod=OTHER_METHOD))
    assert isinstance(second, dict)
    unheard: JsonObject = {"type": "DataIntegrityProof", "cryptosuite": "of-tomorrow"}
    both = DOCUMENT | {"proof": [first, second, unheard]}

    assert read(both, now=NOW).unread == 1
    assert read(both, now=NOW).key_ids == (METHOD, OTHER_METHOD)
    assert believed(both, key_1=ED25519.public, key_2=ED25519.public) == 2
    assert believed(both, key_1=ED25519.public) == 1
    with pytest.raises(ProofKeyUnknownError):
        believed(both)
    with pytest.raises(ProofSignatureRefusedError):
        believed(both, key_1=ED25519.public, key_2=Ed25519SigningKey.generate().public)
    with pytest.raises(CryptosuiteRefusedError):
        verify(both, key=ED25519.public)
    dated = second | {"created": "2027-01-01T00:00:00Z"}
    with pytest.raises(ProofNotYetMadeError):
        read(DOCUMENT | {"proof": [first, dated]}, now=NOW)


def test_what_is_added_to_a_proof_is_covered_or_refused() -> None:
    document = proven()
    [proof] = proofs_of(document)
    assert isinstance(proof, dict)

    changes: list[tuple[JsonObject, type[RuleError]]] = [
        ({"secretly": "x"}, MeaninglessError),
        ({"nonce": "x"}, ProofSignatureRefusedError),
        ({"domain": "https://other.example"}, ProofSignatureRefusedError),
        ({"created": "2026-11-26T11:59:59Z"}, ProofSignatureRefusedError),
    ]
    for change, refusal in changes:
        with pytest.raises(refusal):
            believed(document | {"proof": [proof | change]}, key_1=ED25519.public)


WRITTEN: Final = json.dumps(proven())


@given(st.data())
def test_no_changed_byte_is_believed_unless_it_says_the_same(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(WRITTEN) - 1))
    letter = data.draw(st.characters(max_codepoint=127).filter(lambda one: one != WRITTEN[place]))
    try:
        document = parse(WRITTEN[:place] + letter + WRITTEN[place + 1 :])
        believed(document, key_1=ED25519.public)
    except (JsonRefusedError, EmbeddedProofRefusedError, MeaninglessError):
        return
    assert document == json.loads(WRITTEN)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3) | st.just("DataIntegrityProof"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "cryptosuite", "created", "proofPurpose", "domain"]),
                inner | st.sampled_from(["eddsa-rdfc-2022", "assertionMethod"]),
            )
        ),
    )
)
def test_anything_at_all_is_refused_as_a_proof(proof: JsonValue) -> None:
    with pytest.raises((EmbeddedProofRefusedError, MeaninglessError)):
        believed(DOCUMENT | {"proof": proof}, key_1=ED25519.public)


def find_examples(url: str) -> JsonObject:
    if url == EXAMPLES:
        return {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    return find_context(url)


@pytest.mark.parametrize("name", ["signedProofSet1", "signedProofSet2"])
def test_w3c_sets_of_proofs_hold(vectors: Path, name: str) -> None:
    folder = vectors / "eddsa" / "TestVectors" / "proof-set-chain"
    document: JsonObject = json.loads((folder / f"{name}.json").read_text())
    pairs = json.loads((folder / "multiKeyPairs.json").read_text())
    multikeys = [pair["publicKeyMultibase"] for pair in pairs.values()]
    keys = {f"did:key:{one}#{one}": parse_any_multikey(one) for one in multikeys}
    read_ = read(document, now=NOW)

    held = believe(read_, keys, find=find_examples)

    assert held == read_.proofs
    with pytest.raises(ProofSignatureRefusedError):
        believe(read_, dict.fromkeys(keys, ED25519.public), find=find_examples)


@pytest.mark.parametrize("name", ["signedProofChain1", "signedProofChain2"])
def test_w3c_chains_of_proofs_are_refused_by_name(vectors: Path, name: str) -> None:
    folder = vectors / "eddsa" / "TestVectors" / "proof-set-chain"

    with pytest.raises(ProofChainRefusedError):
        read(json.loads((folder / f"{name}.json").read_text()), now=NOW)


@pytest.mark.parametrize("name", ["eddsa-jcs-2022/signedJCS", "Ed25519Signature2020/signedEdSig"])
def test_w3c_proofs_of_other_suites_are_refused_by_name(vectors: Path, name: str) -> None:
    document = json.loads((vectors / "eddsa" / "TestVectors" / f"{name}.json").read_text())

    with pytest.raises(CryptosuiteRefusedError):
        read(document, now=NOW)


def test_a_credential_in_a_context_that_is_not_kept_is_refused_by_name(vectors: Path) -> None:
    folder = vectors / "eddsa" / "TestVectors" / "eddsa-rdfc-2022" / "employ"
    read_ = read(json.loads((folder / "signedDataInt.json").read_text()), now=NOW)

    with pytest.raises(ContextRefusedError):
        believe(read_, dict.fromkeys(read_.key_ids, ED25519.public))
