"""What a verifier knows in these tests: a catalogue, a key, a list and a register that agree.

Apart from the forge, because a credential can be honest in a world that knows otherwise.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.verifier.checks.judgement import Judgement, judge_refused, judge_signed
from services.verifier.checks.logged import HandedProof
from services.verifier.checks.origin import check_origin, is_signed
from services.verifier.checks.status import open_list
from services.verifier.checks.token import read_token
from services.verifier.domain.findings import Check, Finding
from services.verifier.domain.knowledge import (
    ErasedRegistration,
    Evidence,
    Held,
    Knowledge,
    KnownIssuer,
    KnownKey,
    OpenList,
)
from shared.contracts.award import Correction, Revocation
from shared.contracts.events import IssuerKey
from shared.contracts.microcredential import (
    Assessment,
    Description,
    Level,
    Microcredential,
    PolicyPin,
    QualityAssurance,
    StudyLoad,
)
from shared.contracts.policy import Framework, Organisation, Policy, Recognition
from shared.contracts.registration import Registration, ReplacedCredential
from shared.contracts.vocabulary import (
    AssessmentType,
    AwardElement,
    CorrectionReason,
    LevelBasis,
    LocalText,
    ModeOfDelivery,
    QualificationLevel,
    Recogniser,
    RegistrationStatus,
    RevocationReason,
    Sector,
    StudyLoadUnit,
    Supervision,
)
from tests.unit.verifier.forge import (
    CREDENTIAL,
    DID,
    KEY,
    KID,
    LIST_URL,
    MICROCREDENTIAL,
    NOW,
    OIN,
    OUTCOMES,
    PAGE,
    REGISTRATION,
    a_list,
    payload_of,
)

FRAMEWORK: Final = Framework(
    name=LocalText(nl="Kwaliteitskader microcredentials", en="Quality framework microcredentials"),
    version="2.0",
    url="https://example.nl/kwaliteitskader",  # type: ignore[arg-type] # pydantic reads it
    sha256="ab" * 32,
)


def an_organisation(
    *, name: str = "Universiteit Twente", until: date | None = None, since: date = date(2020, 1, 1)
) -> Organisation:
    """Make the issuer as the catalogue knows it."""
    recognition = Recognition(
        recogniser=Recogniser.OCW, code="21PH", valid_from=since, valid_until=until
    )
    return Organisation(
        oin=OIN,
        name=LocalText(nl=name, en="University of Twente"),
        sector=Sector.WO,
        website="https://www.utwente.nl",  # type: ignore[arg-type] # pydantic reads it
        brin="21PH",
        recognitions=(recognition,),
    )


def a_policy(*, minimum: int = 3) -> Policy:
    """Make the policy the microcredential was judged by."""
    return Policy(
        policy_id="wo",
        version=1,
        sector=Sector.WO,
        valid_from=date(2021, 10, 1),
        unit=StudyLoadUnit.ECTS,
        minimum=Decimal(minimum),
        maximum=Decimal(30),
        step=Decimal("0.5"),
        required_elements=(),
        framework=FRAMEWORK,
    )


def a_microcredential(*, version: int = 1, ects: int = 5) -> Microcredential:
    """Make the published version of what was earned."""
    return Microcredential(
        microcredential_id=MICROCREDENTIAL,
        version=version,
        provider=OIN,
        page=PAGE,  # type: ignore[arg-type] # pydantic reads it
        content=Description(
            title=LocalText(
                nl="Inleiding kwantumcomputers", en="Introduction to Quantum Computing"
            ),
            learning_outcomes=tuple(LocalText(nl=outcome) for outcome in OUTCOMES),
            study_load=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(ects)),
            level=Level(value=QualificationLevel.EQF_7, basis=LevelBasis.SELF_DECLARED),
            assessment=Assessment(
                types=(AssessmentType.WRITTEN_EXAM,),
                description=LocalText(nl="Schriftelijk tentamen van drie uur."),
            ),
            modes_of_delivery=(ModeOfDelivery.BLENDED,),
            quality_assurance=QualityAssurance(statement=LocalText(nl="Volgens het kader.")),
            in_language="nl-NL",
            supervision=Supervision.SUPERVISED_WITH_IDENTITY_CHECK,
        ),
        policy=PolicyPin(policy_id="wo", version=1, framework=FRAMEWORK),
        published_at=datetime(2026, 1, 2, tzinfo=UTC),
    )


def a_registration(
    payload: bytes, *, status: RegistrationStatus = RegistrationStatus.ACTIVE
) -> Registration:
    """Make what the register holds of a payload."""
    revoked = status is RegistrationStatus.REVOKED
    return Registration(
        registration_id=REGISTRATION,
        record_version=2 if revoked else 1,
        status=status,
        organisation=OIN,
        microcredential_id=MICROCREDENTIAL,
        microcredential_version=1,
        study_load=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(5)),
        level=Level(value=QualificationLevel.EQF_7, basis=LevelBasis.SELF_DECLARED),
        awarded_on=date(2026, 1, 14),
        valid_from=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
        credential_id=CREDENTIAL,
        credential_digest=hashlib.sha256(payload).hexdigest(),
        recorded_at=datetime(2026, 1, 15, 9, 30, 1, tzinfo=UTC),
        changed_at=NOW - timedelta(minutes=2),
        revocation=(
            Revocation(reason=RevocationReason.FRAUD, revoked_at=NOW - timedelta(days=2))
            if revoked
            else None
        ),
    )


def replacing(held: Registration) -> dict[str, object]:
    """Return what changes when a corrected credential takes the place of this one."""
    correction = Correction(
        version=2,
        reason=CorrectionReason.REASSESSED,
        changed=(AwardElement.GRADE,),
        corrected_at=NOW - timedelta(days=1),
    )
    old = ReplacedCredential(
        version=1,
        credential_id=held.credential_id,
        credential_digest=held.credential_digest,
        correction=correction,
    )
    return {
        "record_version": 2,
        "credential_id": UUID(int=7),
        "credential_digest": "c" * 64,
        "replaced": (old,),
    }


def an_issuer_key(*, compromised_at: datetime | None = None) -> IssuerKey:
    """Make the event's record of our key."""
    return IssuerKey(
        kid=KID,
        issuer=DID,
        organisation=OIN,
        public_jwk=KEY.public.jwk,
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        compromised_at=compromised_at,
    )


def a_known_key(**fate: Any) -> KnownKey:
    """Make our key as the verifier knows it."""
    return replace(
        KnownKey(
            kid=KID,
            organisation=OIN,
            key=KEY.public,
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
        **fate,
    )


@dataclass(frozen=True)
class World:
    """All a verifier knows; an honest credential is valid in it."""

    organisation: Organisation | None = field(default_factory=an_organisation)
    key: KnownKey | None = field(default_factory=a_known_key)
    other_keys: tuple[KnownKey, ...] = ()
    is_issuer_known: bool = True
    microcredential: Microcredential | None = field(default_factory=a_microcredential)
    policy: Policy | None = field(default_factory=a_policy)
    signed_list: str | None = field(default_factory=a_list)
    status: RegistrationStatus = RegistrationStatus.ACTIVE
    registered: str | None = None
    is_registered: bool = True
    is_erased: bool = False
    is_replaced: bool = False
    registration_changes: Mapping[str, object] = field(default_factory=dict)
    as_of: datetime | None = NOW
    now: datetime = NOW
    log_proof: HandedProof | None = None

    @property
    def issuer(self) -> KnownIssuer:
        """Return who signs under our did."""
        return KnownIssuer(
            did=DID,
            organisation_oin=OIN,
            keys={one.kid: one for one in (self.key, *self.other_keys) if one},
            organisation=self.organisation,
        )

    def open_list(self) -> OpenList | None:
        """Open the list we hold."""
        if self.signed_list is None:
            return None
        return open_list(self.signed_list, url=LIST_URL, issuer=self.issuer)

    def registration(self, token: str) -> Held | None:
        """Return what the register holds: this very credential, unless told otherwise."""
        if not self.is_registered:
            return None
        if self.is_erased:
            return ErasedRegistration()
        held = a_registration(payload_of(self.registered or token), status=self.status)
        if self.is_replaced:
            held = held.model_copy(update=replacing(held))
        return held.model_copy(update=dict(self.registration_changes))

    def judge(self, token: str) -> Judgement:
        """Judge a token, knowing what this world knows."""
        reading = read_token(token)
        if reading.proof is None:
            return judge_refused(reading.findings)
        known = self.issuer if self.is_issuer_known and reading.issuer == DID else None
        origin = check_origin(reading, known, now=self.now, log_proof=self.log_proof)
        if known is None or not is_signed(origin):
            return judge_refused((*reading.findings, *origin))
        published = (
            self.microcredential
            if (reading.achievement, reading.achievement_version) == (PAGE, "1")
            else None
        )
        return judge_signed(
            reading,
            tuple(origin),
            issuer=known,
            evidence=Evidence(
                microcredential=published,
                policy=self.policy,
                status_list=self.open_list() if reading.status_list == LIST_URL else None,
                registration=(
                    self.registration(token) if reading.credential_id == CREDENTIAL else None
                ),
            ),
            knowledge=Knowledge(self.as_of),
            now=self.now,
            patience=timedelta(hours=24),
        )


def finding(judgement: Judgement, check: Check) -> Finding:
    """Return what one check found."""
    return judgement.findings[check.number - 1]
