"""An embedded proof covers all that a credential means, and holds for nothing else."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from shared.proofs import base58, json_ld
from shared.proofs.data_integrity import (
    EmbeddedProofRefusedError,
    MeaninglessError,
    find_context,
    hashes_of,
    proof_options,
    prove,
    verify,
)
from shared.proofs.ed25519 import Ed25519SigningKey, parse_multikey
from shared.strict_json import JsonObject
from tests.contract.interop_examples import issue

EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
KEY: Final = Ed25519SigningKey.generate()
OTHER: Final = Ed25519SigningKey.generate()
CREATED: Final = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
CLAIMS: Final = {"iss", "jti", "sub", "nbf", "exp"}


def find_examples(url: str) -> JsonObject:
    if url == EXAMPLES:
        return {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    return find_context(url)


def the_proof(proven: JsonObject) -> JsonObject:
    proofs = proven["proof"]
    assert isinstance(proofs, list)
    [proof] = proofs
    assert isinstance(proof, dict)
    return proof


@pytest.fixture(scope="module")
def document() -> JsonObject:
    """Give an unsigned credential of ours, without the claims of a JWT."""
    return {name: value for name, value in issue().wire.items() if name not in CLAIMS}


@pytest.fixture
def proven(document: JsonObject) -> JsonObject:
    """Give it with a proof."""
    options = proof_options(verification_method=f"did:web:a#{KEY.public.multikey}", created=CREATED)
    return copy.deepcopy(prove(document, options, KEY.sign(hashes_of(document, options))))


@pytest.fixture
def rdfc(vectors: Path) -> Path:
    """Give the folder of W3C's vectors for this cryptosuite."""
    return vectors / "eddsa" / "TestVectors" / "eddsa-rdfc-2022"


def test_w3c_signed_the_same_bytes(rdfc: Path) -> None:
    signed: JsonObject = json.loads((rdfc / "signedDataInt.json").read_text())
    options: JsonObject = json.loads((rdfc / "proofConfigDataInt.json").read_text())
    options.pop("@context")
    document = {name: value for name, value in signed.items() if name != "proof"}

    hashes = hashes_of(document, options, find=find_examples)

    assert hashes.hex() == (rdfc / "combinedHashDataInt.txt").read_text().strip()


def test_w3c_proof_holds(rdfc: Path) -> None:
    signed: JsonObject = json.loads((rdfc / "signedDataInt.json").read_text())
    pair = json.loads((rdfc.parent / "keyPair.json").read_text())

    verify(signed, key=parse_multikey(pair["publicKeyMultibase"]), find=find_examples)


def test_our_proof_holds_and_says_what_the_suite_asks(proven: JsonObject) -> None:
    verify(proven, key=KEY.public)

    proof = the_proof(proven)
    signature = str(proof.pop("proofValue"))
    assert signature.startswith("z")
    assert len(base58.decode(signature)) == 64
    assert proof == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": f"did:web:a#{KEY.public.multikey}",
        "proofPurpose": "assertionMethod",
    }


def test_it_holds_for_no_other_key(proven: JsonObject) -> None:
    with pytest.raises(EmbeddedProofRefusedError):
        verify(proven, key=OTHER.public)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentialSubject", "achievement", "name"), "Another"),
        (("credentialSubject", "creditsEarned"), 30.0),
        (("credentialStatus", "statusListIndex"), "1"),
        (("validFrom",), "2020-01-01T00:00:00Z"),
        (("proof", 0, "created"), "2020-01-01T00:00:00Z"),
        (("proof", 0, "verificationMethod"), "did:web:b#z6Mk"),
    ],
)
def test_what_is_changed_no_longer_holds(
    proven: JsonObject, path: tuple[str | int, ...], value: object
) -> None:
    *way, last = path
    inner: object = proven
    for step in way:
        inner = inner[step]  # type: ignore[index] # the way is known
    inner[last] = value  # type: ignore[index] # the way is known

    with pytest.raises(EmbeddedProofRefusedError):
        verify(proven, key=KEY.public)


def test_what_means_the_same_still_holds(proven: JsonObject) -> None:
    turned = dict(reversed(proven.items()))

    verify(turned, key=KEY.public)


@pytest.mark.parametrize(
    "added",
    [
        {"secretly": "added"},
        {"name": {"@value": "x", "secretly": "added"}},
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "Unheard"]},
        {"id": "relative"},
    ],
    ids=["a member", "a member within", "a type", "an identifier"],
)
def test_nothing_without_a_meaning_is_covered_or_passed_over(
    proven: JsonObject, added: JsonObject
) -> None:
    with pytest.raises(MeaninglessError):
        verify(proven | added, key=KEY.public)


@pytest.mark.parametrize(
    "contexts",
    [
        "https://www.w3.org/ns/credentials/v2",
        ["https://www.w3.org/ns/credentials/v2", {"name": "https://evil.example/"}],
        ["https://www.w3.org/ns/credentials/v2", "https://evil.example/context"],
        None,
    ],
    ids=["not a list", "an inline one", "an unknown one", "none"],
)
def test_only_contexts_that_are_kept_here_give_meaning(
    proven: JsonObject, contexts: JsonObject
) -> None:
    with pytest.raises(MeaninglessError):
        verify(proven | {"@context": contexts}, key=KEY.public)


@pytest.mark.parametrize(
    "change",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"type": "Ed25519Signature2020"},
        {"proofPurpose": "authentication"},
        {"proofValue": "uAAAA"},
        {"proofValue": 5},
        {"proofValue": None},
    ],
)
def test_a_proof_of_another_kind_is_refused(proven: JsonObject, change: JsonObject) -> None:
    proof = the_proof(proven)

    with pytest.raises(EmbeddedProofRefusedError):
        verify(proven | {"proof": [proof | change]}, key=KEY.public)


@pytest.mark.parametrize("proof", [None, [], "z6Mk", [{}, {}]], ids=repr)
def test_there_is_one_proof(proven: JsonObject, proof: JsonObject) -> None:
    with pytest.raises(EmbeddedProofRefusedError):
        verify(proven | {"proof": proof}, key=KEY.public)


def test_a_context_other_than_the_pinned_one_is_never_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pinned = {url: (name, "0" * 64) for url, (name, _pin) in json_ld.PINNED.items()}
    monkeypatch.setattr(json_ld, "PINNED", pinned)

    with pytest.raises(ImportError):
        find_context(next(iter(pinned)))
