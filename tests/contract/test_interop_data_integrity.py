"""Digital Bazaar's library believes our embedded proofs, and we believe its own, of every suite."""

from datetime import UTC, datetime
from typing import Final

import pytest

from shared.contracts.credential import CONTEXTS, VC_CONTEXT
from shared.proofs import data_integrity, presentations
from shared.proofs.data_integrity import (
    ProofSignatureRefusedError,
    find_context,
    hashes_of,
    proof_options,
    prove,
)
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.presentations import CredentialForm, Handed
from shared.proofs.public_keys import parse_any_multikey
from shared.strict_json import JsonObject
from tests.contract.interop_data_integrity import DATA_INTEGRITY
from tests.contract.interop_examples import issue

pytestmark = pytest.mark.node
MAKER: Final = "did:web:issuer.example.nl"
CLAIMS: Final = {"iss", "jti", "sub", "nbf", "exp"}
SUITES: Final = [
    ("ecdsa-rdfc-2019", "P-256", "ES256"),
    ("ecdsa-rdfc-2019", "P-384", "ES384"),
    ("eddsa-rdfc-2022", None, "Ed25519"),
]
KEPT: Final[JsonObject] = {url: find_context(url) for url in CONTEXTS}


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    DATA_INTEGRITY.install()


@pytest.fixture(scope="module")
def document() -> JsonObject:
    """Give an unsigned credential of ours, of this maker, without the claims of a JWT."""
    wire = {name: value for name, value in issue().wire.items() if name not in CLAIMS}
    issuer = wire["issuer"]
    assert isinstance(issuer, dict)
    return {**wire, "issuer": {**issuer, "id": MAKER}}


@pytest.mark.parametrize(("suite", "curve", "algorithm"), SUITES)
def test_we_believe_what_it_proved(
    document: JsonObject, suite: str, curve: str | None, algorithm: str
) -> None:
    made = DATA_INTEGRITY.ask(
        "issue",
        credential=document,
        cryptosuite=suite,
        curve=curve,
        controller=MAKER,
        documents=KEPT,
    )
    key = parse_any_multikey(made["multikey"])

    assert key.algorithm == algorithm
    read = data_integrity.read(made["proven"], now=datetime.now(UTC))
    [proof] = data_integrity.believe(read, {f"{MAKER}#key": key})
    assert proof.cryptosuite == suite
    with pytest.raises(ProofSignatureRefusedError):
        data_integrity.verify(made["proven"] | {"name": "Another"}, key=key)


@pytest.mark.parametrize(("suite", "curve", "algorithm"), SUITES)
def test_we_believe_a_presentation_that_it_proved(
    document: JsonObject, suite: str, curve: str | None, algorithm: str
) -> None:
    presentation: JsonObject = {
        "@context": [VC_CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": MAKER,
        "verifiableCredential": [document],
    }
    made = DATA_INTEGRITY.ask(
        "present",
        presentation=presentation,
        challenge="c-1",
        domain="employer.example.nl",
        cryptosuite=suite,
        curve=curve,
        controller=MAKER,
        documents=KEPT,
    )
    key = parse_any_multikey(made["multikey"])

    read = presentations.read(made["proven"], now=datetime.now(UTC))
    presentations.verify(read, {f"{MAKER}#key": key})
    assert key.algorithm == algorithm
    assert (read.audiences, read.nonce, read.holder) == (("employer.example.nl",), "c-1", MAKER)
    assert read.credentials == (Handed(form=CredentialForm.JSON, document=document),)


def test_it_believes_what_we_proved(document: JsonObject) -> None:
    key, name = Ed25519SigningKey.generate(), f"{MAKER}#key"
    options = proof_options(verification_method=name, created=datetime.now(UTC))
    proven = prove(document, options, key.sign(hashes_of(document, options)))
    method: JsonObject = {
        "@context": "https://w3id.org/security/multikey/v1",
        "id": name,
        "type": "Multikey",
        "controller": MAKER,
        "publicKeyMultibase": key.public.multikey,
    }
    maker: JsonObject = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": MAKER,
        "verificationMethod": [method],
        "assertionMethod": [name],
    }

    def believed(credential: JsonObject) -> bool:
        told = DATA_INTEGRITY.ask(
            "verify",
            credential=credential,
            cryptosuite="eddsa-rdfc-2022",
            documents={**KEPT, MAKER: maker, name: method},
            now="2026-12-01T00:00:00Z",
        )
        verified: bool = told["verified"]
        return verified

    assert believed(proven)
    assert not believed({**proven, "name": "Another"})
