"""The closed words of the field, as OEAPI v6, Open Badges 3.0 and the Dutch pilot spell them."""

from enum import StrEnum
from typing import Final, Self

from pydantic import Field, model_validator

from shared.contracts.model import Contract
from shared.contracts.plain_text import PlainText
from shared.contracts.requests import fault


class Sector(StrEnum):
    """The part of Dutch education a provider's rules come from."""

    HBO = "hbo"
    WO = "wo"
    MBO = "mbo"
    PRIVATE = "private"


class Recogniser(StrEnum):
    """Who recognises a provider (RIO: erkenner)."""

    OCW = "OCW"
    NRTO = "NRTO"
    EVC = "EVC"


class ProviderKind(StrEnum):
    """Whether a provider is paid by the state; it makes no difference to what may be earned."""

    PUBLIC = "public"
    PRIVATE = "private"


class StudyLoadUnit(StrEnum):
    """What study load is counted in (OEAPI studyLoadUnit); 1 ects is 28 hours."""

    ECTS = "ects"
    SBU = "sbu"
    HOUR = "hour"


class QualificationLevel(StrEnum):
    """Level of the learning outcomes, OEAPI levelOfQualification values verbatim."""

    EQF_1 = "eqf_1"
    EQF_2 = "eqf_2"
    EQF_3 = "eqf_3"
    EQF_4 = "eqf_4"
    NLQF_4PLUS = "nlqf_4plus"
    EQF_5 = "eqf_5"
    EQF_6 = "eqf_6"
    EQF_7 = "eqf_7"
    EQF_8 = "eqf_8"


class LevelBasis(StrEnum):
    """Who claims the level, and on what ground."""

    SELF_DECLARED = "self-declared"
    ACCREDITED_PROGRAMME = "accredited-programme"
    NCP_REGISTERED = "ncp-registered"


class ModeOfDelivery(StrEnum):
    """Form of participation, OEAPI modesOfDelivery values."""

    BLENDED = "blended"
    COIL = "coil"
    HYBRID = "hybrid"
    JOINT_DELIVERY = "joint_delivery"
    ONLINE = "online"
    PRESENTIAL = "presential"
    PROJECT_BASED = "project_based"
    RESEARCH_LAB_BASED = "research_lab_based"
    WORK_BASED = "work_based"


class AssessmentType(StrEnum):
    """How the learning outcomes were tested."""

    WRITTEN_EXAM = "written_exam"
    ORAL_EXAM = "oral_exam"
    REPORT = "report"
    PROFESSIONAL_PRODUCT = "professional_product"
    BEHAVIOURAL_ASSESSMENT = "behavioural_assessment"
    PORTFOLIO = "portfolio"
    RECOGNITION_OF_PRIOR_LEARNING = "recognition_of_prior_learning"


class Supervision(StrEnum):
    """Supervision and identity check during the assessment (the EU's four values)."""

    UNSUPERVISED = "unsupervised"
    SUPERVISED_ONLINE = "supervised_online"
    SUPERVISED_ONSITE = "supervised_onsite"
    SUPERVISED_WITH_IDENTITY_CHECK = "supervised_with_identity_check"


class Admission(StrEnum):
    """What somebody must bring to be admitted; the words are in the admission requirements."""

    OPEN = "open"
    PRIOR_EDUCATION = "prior-education"
    WORK_EXPERIENCE = "work-experience"
    SELECTION = "selection"


class Province(StrEnum):
    """A Dutch province (ISO 3166-2:NL)."""

    DRENTHE = "NL-DR"
    FLEVOLAND = "NL-FL"
    FRYSLAN = "NL-FR"
    GELDERLAND = "NL-GE"
    GRONINGEN = "NL-GR"
    LIMBURG = "NL-LI"
    NOORD_BRABANT = "NL-NB"
    NOORD_HOLLAND = "NL-NH"
    OVERIJSSEL = "NL-OV"
    UTRECHT = "NL-UT"
    ZEELAND = "NL-ZE"
    ZUID_HOLLAND = "NL-ZH"


class PrivateCategory(StrEnum):
    """What non-formal education is about, OEAPI consumer.rio.privateCategory values."""

    BUSINESS_AND_PROJECT_SUPPORT = "business_and_project_support"
    ECONOMY = "economy"
    BEHAVIOUR_AND_SOCIETY = "behaviour_and_society"
    HEALTHCARE_AND_SPORT = "healthcare_and_sport"
    HOBBY_AND_LEISURE_TIME = "hobby_and_leisure_time"
    AGRICULTURE_FOOD_AND_NATURAL_ENVIRONMENT = "agriculture_food_and_natural_environment"
    MANAGEMENT_AND_PROJECT_MANAGEMENT = "management_and_project_management"
    NATURE = "nature"
    EDUCATION = "education"
    LAW = "law"
    CROSS_SECTORAL = "cross_sectoral"
    LANGUAGE_AND_CULTURE = "language_and_culture"
    TECHNOLOGY_AND_ICT = "technology_and_ict"
    TOURISM_HOSPITALITY_AND_RECREATION = "tourism_hospitality_and_recreation"
    TRANSPORT_AND_LOGISTICS = "transport_and_logistics"
    SECURITY_AND_DEFENSE = "security_and_defense"


class RevocationReason(StrEnum):
    """Why an award was revoked; only this code is ever public."""

    ADMINISTRATIVE_ERROR = "administrative-error"
    AWARDED_TO_WRONG_PERSON = "awarded-to-wrong-person"
    FRAUD = "fraud"
    ASSESSMENT_INVALID = "assessment-invalid"
    LEARNER_REQUEST = "learner-request"
    SUPERSEDED = "superseded"
    KEY_COMPROMISED = "key-compromised"


class CorrectionReason(StrEnum):
    """Why an award was corrected; only this code is ever public, so it names no ground."""

    ADMINISTRATIVE_ERROR = "administrative-error"
    PERSONAL_DETAILS = "personal-details"
    REASSESSED = "reassessed"
    OBJECTION_UPHELD = "objection-upheld"
    LEARNER_REQUEST = "learner-request"
    KEY_COMPROMISED = "key-compromised"


class SuspensionReason(StrEnum):
    """Why an award does not count for now; only this code is ever public, and it accuses nobody."""

    UNDER_INVESTIGATION = "under-investigation"
    OBJECTION_PENDING = "objection-pending"
    ADMINISTRATIVE_CHECK = "administrative-check"
    LEARNER_REQUEST = "learner-request"


class ReinstatementReason(StrEnum):
    """Why a suspended award counts again; only this code is ever public."""

    CLEARED = "cleared"
    OBJECTION_UPHELD = "objection-upheld"
    SUSPENDED_IN_ERROR = "suspended-in-error"
    LEARNER_REQUEST = "learner-request"


class ErasureReason(StrEnum):
    """Why a learner was erased; known to the organisation only."""

    LEARNER_REQUEST = "learner-request"
    RETENTION_ENDED = "retention-ended"
    UNLAWFULLY_KEPT = "unlawfully-kept"


class AwardElement(StrEnum):
    """What a correction can change of an award; the name is public, what it says never is."""

    LEARNER_IDENTIFIER = "learnerIdentifier"
    LEARNER_NAME = "learnerName"
    GRADE = "grade"
    AWARDED_ON = "awardedOn"
    VALID_UNTIL = "validUntil"
    MICROCREDENTIAL_VERSION = "microcredentialVersion"


class RegistrationStatus(StrEnum):
    """What the national register says of an award today."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ERASED = "erased"


class Element(StrEnum):
    """What a policy can demand: EU Recommendation 2022/C 243/02 Annex I, and the Dutch elements."""

    TITLE = "title"
    DESCRIPTION = "description"
    LEARNING_OUTCOMES = "learningOutcomes"
    STUDY_LOAD = "studyLoad"
    LEVEL = "level"
    ASSESSMENT = "assessment"
    MODES_OF_DELIVERY = "modesOfDelivery"
    QUALITY_ASSURANCE = "qualityAssurance"
    IN_LANGUAGE = "inLanguage"
    SUPERVISION = "supervision"
    ADMISSION_REQUIREMENTS = "admissionRequirements"
    STACKABILITY = "stackability"


class LocalText(Contract):
    """A text for people in Dutch, English or both."""

    nl: PlainText | None = Field(default=None)
    en: PlainText | None = Field(default=None)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.nl is None and self.en is None:
            raise fault(
                "no-text",
                "A text in Dutch (nl) or in English (en) is needed.",
                "Een tekst in het Nederlands (nl) of in het Engels (en) is nodig.",
            )
        return self

    def best(self, language: str = "nl") -> str:
        """Return the text in this language, or else in the other."""
        first, second = (self.en, self.nl) if language == "en" else (self.nl, self.en)
        return first or second or ""


REASON_TEXTS: Final = {
    "administrative-error": LocalText(nl="een administratieve fout", en="an administrative error"),
    "awarded-to-wrong-person": LocalText(
        nl="uitgereikt aan de verkeerde persoon", en="awarded to the wrong person"
    ),
    "fraud": LocalText(nl="fraude", en="fraud"),
    "assessment-invalid": LocalText(
        nl="de toetsing was niet geldig", en="the assessment was not valid"
    ),
    "learner-request": LocalText(nl="op verzoek van de deelnemer", en="at the learner's request"),
    "superseded": LocalText(
        nl="vervangen door een nieuw bewijs", en="replaced by a new credential"
    ),
    "key-compromised": LocalText(
        nl="de sleutel van de uitgever was gestolen", en="the issuer's key was stolen"
    ),
    "personal-details": LocalText(nl="persoonsgegevens verbeterd", en="personal details put right"),
    "reassessed": LocalText(nl="opnieuw beoordeeld", en="assessed again"),
    "objection-upheld": LocalText(nl="een bezwaar was terecht", en="an objection was upheld"),
    "under-investigation": LocalText(
        nl="de uitgever zoekt iets uit", en="the issuer is looking into it"
    ),
    "objection-pending": LocalText(nl="er loopt een bezwaar", en="an objection is pending"),
    "administrative-check": LocalText(
        nl="de administratie wordt nagekeken", en="records are being checked"
    ),
    "cleared": LocalText(
        nl="het is uitgezocht en in orde", en="it was looked into and is in order"
    ),
    "suspended-in-error": LocalText(
        nl="het was ten onrechte opgeschort", en="it was suspended in error"
    ),
    "retention-ended": LocalText(
        nl="de bewaartermijn is voorbij", en="the time to keep it has ended"
    ),
    "unlawfully-kept": LocalText(
        nl="het had niet bewaard mogen worden", en="it should not have been kept"
    ),
}
"""Each reason as people say it: one word means the same, whatever it is a reason for."""
