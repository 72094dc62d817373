"""A credential as the issuer makes it, with every term we use, for others to read.

Apart from the tests so that all independent readers are given the very same bytes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.issuer.credential import Naming, build_credential, digest_of, payload_of
from services.issuer.domain import Learner, SealedKey, WantedAward
from services.issuer.signing import Signer, token
from services.issuer.status import Place, list_url
from shared.contracts.credential import AchievementCredential
from shared.contracts.events import IssuerKey
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.proofs.did_documents import PublishedKey, did_document, jwk_set
from shared.proofs.keys import parse_public_jwk
from shared.proofs.sealing import KeyEncryptionKey
from shared.proofs.status_lists import bitstring, status_list_credential
from shared.proofs.vc_jwt import Form
from shared.strict_json import JsonObject

ISSUER_URL: Final = "https://issuer.example.nl"
OIN: Final = "00000099000000210000"
INDEX: Final = 94_567
LONG_AGO: Final = datetime(2026, 1, 15, tzinfo=UTC)

ORGANISATION: Final = Organisation.model_validate(
    {
        "oin": OIN,
        "name": {"nl": "Universiteit Twente", "en": "University of Twente"},
        "sector": "wo",
        "website": "https://www.utwente.nl",
        "brin": "21PH",
    }
)
MICROCREDENTIAL: Final = Microcredential.model_validate(
    {
        "microcredentialId": "0f6f5a0e-7f7e-4d2b-9c1b-4b8f8ed0c9a1",
        "version": 1,
        "provider": OIN,
        "page": "https://catalog.example.nl/microcredentials/iqc",
        "content": {
            "title": {"en": "Introduction to Quantum Computing"},
            "description": {"en": "Qubits, gates and the first algorithms."},
            "learningOutcomes": [{"en": "Explains superposition."}, {"en": "Builds a circuit."}],
            "studyLoad": {"unit": "ects", "value": Decimal(5)},
            "level": {"value": "eqf_7", "basis": "ncp-registered", "registrationId": "NLQF-1"},
            "assessment": {
                "types": ["written_exam", "portfolio"],
                "description": {"en": "An exam on site and a portfolio."},
            },
            "modesOfDelivery": ["blended", "work_based"],
            "qualityAssurance": {"statement": {"en": "Reviewed by peers."}},
            "inLanguage": "en",
            "supervision": "supervised_with_identity_check",
            "admissionRequirements": {"en": "Linear algebra."},
            "stackability": {"en": "Counts towards the master Applied Physics."},
            "fieldOfStudy": "0533",
        },
        "policy": {
            "policyId": "wo-experiment",
            "version": 1,
            "framework": {
                "name": {"en": "Quality framework for microcredentials"},
                "version": "2.0",
                "url": "https://example.nl/framework.pdf",
                "sha256": "0" * 64,
            },
        },
        "publishedAt": LONG_AGO,
    }
)
WANTED: Final = WantedAward(
    microcredential_id=MICROCREDENTIAL.microcredential_id,
    enrolment_reference="2026-1",
    awarded_on=date(2026, 1, 14),
    learner=Learner(email="jo@example.nl", given_name="Jo", family_name="Voorbeeld"),
    grade="8,5",
    valid_until=datetime(2126, 1, 15, tzinfo=UTC),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One credential in both forms, with everything its issuer publishes."""

    credential: AchievementCredential
    payload: bytes
    open_badge: str
    enveloped: str
    public: IssuerKey
    sealed: SealedKey
    signer: Signer

    @property
    def wire(self) -> JsonObject:
        """The unsigned credential."""
        return self.credential.model_dump(mode="json", exclude_none=True)

    @property
    def document(self) -> JsonObject:
        """The issuer's DID document."""
        return did_document(self.public.issuer, [self._published()])

    @property
    def key_set(self) -> JsonObject:
        """The issuer's JWK Set."""
        return jwk_set(self.public.issuer, [self._published()])

    def status_list(self, *raised: int) -> str:
        """Sign the issuer's status list with these entries raised."""
        unsigned = status_list_credential(
            url=list_url(ISSUER_URL, organisation=OIN, number=3),
            issuer=self.public.issuer,
            bits=bitstring(raised),
            now=datetime.now(UTC),
        )
        return self.signer.sign_list(self.sealed, organisation=OIN, unsigned=unsigned)

    def _published(self) -> PublishedKey:
        return PublishedKey(key=parse_public_jwk(self.public.public_jwk))


def issue() -> Issued:
    """Issue the example credential under a new key."""
    signer = Signer(key_encryption_key=KeyEncryptionKey(bytes(32)), public_url=ISSUER_URL)
    key = signer.new_key(OIN, now=LONG_AGO)
    credential = build_credential(
        WANTED,
        naming=Naming(
            pictures="https://issuer.example.nl/issuer/pictures",
            credential_id=UUID("5a1c0c3e-6c0e-4f55-8a58-4e9a3a0b6f10"),
            subject_id=UUID("3d0a8c60-7c0d-4a52-90d5-5a0a3d7e2f11"),
            issuer=signer.issuer_of(OIN),
            salt="5d41402abc4b2a76",
        ),
        organisation=ORGANISATION,
        microcredential=MICROCREDENTIAL,
        place=Place(list_id=3, url=list_url(ISSUER_URL, organisation=OIN, number=3), index=INDEX),
        now=LONG_AGO,
    )
    payload = payload_of(credential)
    signatures = signer.sign_credential(
        key.sealed, organisation=OIN, payload=payload, digest=digest_of(payload)
    )
    return Issued(
        credential=credential,
        payload=payload,
        open_badge=token(payload, form=Form.OPEN_BADGES, signatures=signatures),
        enveloped=token(payload, form=Form.ENVELOPED, signatures=signatures),
        public=key.public,
        sealed=key.sealed,
        signer=signer,
    )
