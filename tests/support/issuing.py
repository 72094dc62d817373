"""What an issuer works on, as a test wants it: providers, microcredentials, wishes, requests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from pydantic import AnyHttpUrl

from services.issuer.domain import Learner, WantedAward
from shared.contracts.microcredential import (
    Assessment,
    Description,
    Level,
    Microcredential,
    PolicyPin,
    QualityAssurance,
    StudyLoad,
)
from shared.contracts.policy import Framework, Organisation, Recognition
from shared.contracts.vocabulary import (
    AssessmentType,
    LevelBasis,
    LocalText,
    ModeOfDelivery,
    QualificationLevel,
    Recogniser,
    Sector,
    StudyLoadUnit,
    Supervision,
)

ISSUING_NOW = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
UTWENTE, NHL = "00000099000000210000", "00000099000000290000"
QUANTUM = UUID("6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01")
CANARY_EMAIL = "kanarie.vogel@student.example.nl"
CANARY_GIVEN_NAME, CANARY_FAMILY_NAME = "Kanariëtje", "Vögelsang-Zwaluw"
CANARY_EDU_ID = "urn:uuid:cafecafe-0000-4000-8000-00ca4a71e000"


def a_provider(oin: str = UTWENTE, **changes: object) -> Organisation:
    """Return a university recognised since 2020; what is given is different."""
    organisation = Organisation(
        oin=oin,
        name=LocalText(nl="Universiteit Twente", en="University of Twente"),
        sector=Sector.WO,
        website=AnyHttpUrl("https://www.utwente.nl"),
        brin="21PH",
        recognitions=(Recognition(recogniser=Recogniser.OCW, valid_from=date(2020, 1, 1)),),
    )
    return organisation.model_copy(update=changes)


def a_description(**changes: object) -> Description:
    """Return what the pilot's own example tells; what is given is different."""
    description = Description(
        title=LocalText(nl="Inleiding quantumcomputing", en="Introduction to Quantum Computing"),
        description=LocalText(en="Qubits, gates and the first algorithms."),
        learning_outcomes=(
            LocalText(en="You explain superposition."),
            LocalText(en="You program a quantum circuit."),
        ),
        study_load=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(5)),
        level=Level(value=QualificationLevel.EQF_7, basis=LevelBasis.ACCREDITED_PROGRAMME),
        assessment=Assessment(
            types=(AssessmentType.WRITTEN_EXAM,), description=LocalText(en="A written exam.")
        ),
        modes_of_delivery=(ModeOfDelivery.BLENDED,),
        quality_assurance=QualityAssurance(
            statement=LocalText(en="Assured under the programme's accreditation."),
            url=AnyHttpUrl("https://www.nvao.net"),
        ),
        in_language="en",
        supervision=Supervision.SUPERVISED_WITH_IDENTITY_CHECK,
        admission_requirements=LocalText(en="Linear algebra."),
        stackability=LocalText(en="Counts towards the MSc."),
        field_of_study="0533",
    )
    return description.model_copy(update=changes)


def a_microcredential(**changes: object) -> Microcredential:
    """Return the first version of that microcredential; what is given is different."""
    microcredential = Microcredential(
        microcredential_id=QUANTUM,
        version=1,
        provider=UTWENTE,
        page=AnyHttpUrl(f"https://catalog.example.nl/microcredentials/{QUANTUM}/versions/1"),
        content=a_description(),
        policy=PolicyPin(
            policy_id="wo-experiment",
            version=1,
            framework=Framework(
                name=LocalText(nl="Kwaliteitskader microcredentials"),
                version="2.0",
                url=AnyHttpUrl("https://kader.example.nl/2.0.pdf"),
                sha256="ab" * 32,
            ),
        ),
        published_at=datetime(2026, 9, 1, tzinfo=UTC),
    )
    return microcredential.model_copy(update=changes)


def a_wish(**changes: object) -> WantedAward:
    """Return a wish to award it to the canary, whose name must turn up nowhere."""
    wish: dict[str, object] = {
        "microcredential_id": QUANTUM,
        "enrolment_reference": "2026-QC-1",
        "awarded_on": date(2026, 11, 20),
        "learner": Learner(
            email=CANARY_EMAIL, given_name=CANARY_GIVEN_NAME, family_name=CANARY_FAMILY_NAME
        ),
        "grade": "8,5",
    }
    return WantedAward(**(wish | changes))  # type: ignore[arg-type] # wishes as a table


def an_award_request(**changes: object) -> dict[str, object]:
    """Return the body of a request that awards it to the canary, for an enrolment of its own."""
    return {
        "microcredentialId": str(QUANTUM),
        "enrolmentReference": f"2026-QC-{uuid4().hex[:12]}",
        "awardedOn": "2026-11-20",
        "learner": {
            "email": CANARY_EMAIL,
            "givenName": CANARY_GIVEN_NAME,
            "familyName": CANARY_FAMILY_NAME,
        },
        "result": {"grade": "8.5"},
    } | changes
