"""What the DCC's software proves we believe, and what we prove their verifier believes."""

from datetime import UTC, datetime
from typing import Any, Final

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
from tests.contract.interop_dcc_vc import DCC_VC
from tests.contract.interop_examples import issue

pytestmark = pytest.mark.node
MAKER: Final = "did:web:issuer.example.nl"
METHOD: Final = f"{MAKER}#key"
REGISTRY: Final = "https://registry.example.nl/registry.json"
CLAIMS: Final = {"iss", "jti", "sub", "nbf", "exp"}
KEPT: Final[JsonObject] = {url: find_context(url) for url in CONTEXTS}


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    DCC_VC.install()


@pytest.fixture(scope="module")
def document() -> JsonObject:
    """Give an unsigned credential of ours, of this maker, without the claims of a JWT."""
    wire = {name: value for name, value in issue().wire.items() if name not in CLAIMS}
    issuer = wire["issuer"]
    assert isinstance(issuer, dict)
    return {**wire, "issuer": {**issuer, "id": MAKER}}


class Ours:
    """A credential that we proved, and what its maker publishes."""

    def __init__(self, document: JsonObject) -> None:
        key = Ed25519SigningKey.generate()
        options = proof_options(verification_method=METHOD, created=datetime.now(UTC))
        self.proven = prove(document, options, key.sign(hashes_of(document, options)))
        self.method: JsonObject = {
            "@context": "https://w3id.org/security/multikey/v1",
            "id": METHOD,
            "type": "Multikey",
            "controller": MAKER,
            "publicKeyMultibase": key.public.multikey,
        }
        self.maker: JsonObject = {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": MAKER,
            "verificationMethod": [self.method],
            "assertionMethod": [METHOD],
        }


@pytest.fixture(scope="module")
def ours(document: JsonObject) -> Ours:
    """Give one credential with our proof."""
    return Ours(document)


def test_we_believe_what_it_proved(document: JsonObject) -> None:
    made = DCC_VC.ask("issue", credential=document, controller=MAKER, documents=KEPT)
    key = parse_any_multikey(made["multikey"])

    read = data_integrity.read(made["proven"], now=datetime.now(UTC))
    [proof] = data_integrity.believe(read, {METHOD: key})
    assert proof.cryptosuite == data_integrity.CRYPTOSUITE
    with pytest.raises(ProofSignatureRefusedError):
        data_integrity.verify(made["proven"] | {"name": "Another"}, key=key)


def test_we_believe_a_presentation_that_it_proved(document: JsonObject) -> None:
    presentation: JsonObject = {
        "@context": [VC_CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": MAKER,
        "verifiableCredential": [document],
    }
    made = DCC_VC.ask(
        "present",
        presentation=presentation,
        challenge="c-1",
        domain="employer.example.nl",
        controller=MAKER,
        documents=KEPT,
    )

    read = presentations.read(made["proven"], now=datetime.now(UTC))
    presentations.verify(read, {METHOD: parse_any_multikey(made["multikey"])})
    assert (read.audiences, read.nonce, read.holder) == (("employer.example.nl",), "c-1", MAKER)
    assert read.credentials == (Handed(form=CredentialForm.JSON, document=document),)


@pytest.mark.parametrize(("changes", "verified"), [({}, True), ({"name": "Another"}, False)])
def test_its_library_believes_what_we_proved_and_no_forgery(
    ours: Ours, changes: JsonObject, *, verified: bool
) -> None:
    told = DCC_VC.ask(
        "verify",
        credential={**ours.proven, **changes},
        documents={**KEPT, MAKER: ours.maker, METHOD: ours.method},
        now="2026-12-01T00:00:00Z",
    )

    assert told == {"verified": verified}


def check(ours: Ours, *, listed: str = MAKER, **changes: Any) -> Any:
    """Let its verifier find key and registry by itself, of a credential changed by its holder."""
    registry: JsonObject = {
        "meta": {},
        "registry": {listed: {"name": "University of Twente", "location": "Enschede"}},
    }
    pages: JsonObject = {
        **KEPT,
        "https://issuer.example.nl/.well-known/did.json": ours.maker,
        REGISTRY: registry,
    }
    return DCC_VC.ask(
        "check",
        credential={**ours.proven, **changes},
        pages=pages,
        registries=[{"name": "Waarmerk", "type": "dcc-legacy", "url": REGISTRY}],
    )


def test_its_verifier_believes_what_we_proved(ours: Ours) -> None:
    assert check(ours) == {
        "log": {"valid_signature": True, "expiration": True, "registered_issuer": True},
        "errors": [],
    }


def test_its_verifier_knows_nobody_who_is_not_in_the_registry(ours: Ours) -> None:
    told = check(ours, listed="did:web:another.example.nl")

    assert told["log"] == {"valid_signature": True, "expiration": True, "registered_issuer": False}


def test_its_verifier_believes_no_forgery(ours: Ours) -> None:
    told = check(ours, name="Another")

    assert [error["name"] for error in told["errors"]] == ["invalid_signature"]
    assert told["log"].get("valid_signature") is not True
