"""Words of edubadges and educredentials, and which of ours they are; `True` is exactly the same."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.vocabulary import AssessmentType, LocalText, ModeOfDelivery, Supervision

PARTICIPATION: Final[Mapping[str, tuple[ModeOfDelivery | None, bool]]] = {
    "online": (ModeOfDelivery.ONLINE, True),
    "onsite": (ModeOfDelivery.PRESENTIAL, True),
    "blended": (ModeOfDelivery.BLENDED, True),
    "work_experience": (ModeOfDelivery.WORK_BASED, True),
    "work experience": (ModeOfDelivery.WORK_BASED, True),
    "onsite or blended": (ModeOfDelivery.BLENDED, False),
    "volunteering": (None, False),
    "personalized learning activities": (None, False),
}

ASSESSMENT: Final[Mapping[str, tuple[AssessmentType | None, bool]]] = {
    "written_exam": (AssessmentType.WRITTEN_EXAM, True),
    "oram_exam": (AssessmentType.ORAL_EXAM, True),  # The list of edubadges spells it so.
    "oral_exam": (AssessmentType.ORAL_EXAM, True),
    "report_paper": (AssessmentType.REPORT, True),
    "development_report": (AssessmentType.REPORT, False),
    "behavioural_assessment": (AssessmentType.BEHAVIOURAL_ASSESSMENT, True),
    "professional_product": (AssessmentType.PROFESSIONAL_PRODUCT, True),
    "portfolio_assessment": (AssessmentType.PORTFOLIO, True),
    "portfolio": (AssessmentType.PORTFOLIO, True),
    "recognition of prior learning": (AssessmentType.RECOGNITION_OF_PRIOR_LEARNING, True),
    "testing": (AssessmentType.WRITTEN_EXAM, False),
    "application of a skill": (AssessmentType.BEHAVIOURAL_ASSESSMENT, False),
    "personalized_assessment": (None, False),
}

SUPERVISION: Final[Mapping[str, tuple[Supervision, bool]]] = {
    "unsupervised with no identity verification": (Supervision.UNSUPERVISED, True),
    "supervised with no identity verification": (Supervision.SUPERVISED_ONSITE, False),
    "supervised online": (Supervision.SUPERVISED_ONLINE, True),
    "onsite with identity verification": (Supervision.SUPERVISED_WITH_IDENTITY_CHECK, True),
}

NAMES: Final[Mapping[AssessmentType, LocalText]] = {
    AssessmentType.WRITTEN_EXAM: LocalText(nl="Schriftelijk tentamen.", en="Written exam."),
    AssessmentType.ORAL_EXAM: LocalText(nl="Mondeling tentamen.", en="Oral exam."),
    AssessmentType.REPORT: LocalText(nl="Verslag.", en="Report."),
    AssessmentType.PROFESSIONAL_PRODUCT: LocalText(
        nl="Beroepsproduct.", en="Professional product."
    ),
    AssessmentType.BEHAVIOURAL_ASSESSMENT: LocalText(
        nl="Beoordeling van gedrag.", en="Behavioural assessment."
    ),
    AssessmentType.PORTFOLIO: LocalText(nl="Portfolio.", en="Portfolio."),
    AssessmentType.RECOGNITION_OF_PRIOR_LEARNING: LocalText(
        nl="Erkenning van eerder leren.", en="Recognition of prior learning."
    ),
}

STACKABLE: Final = LocalText(
    nl="Kan meetellen in een groter geheel.", en="Can count towards something larger."
)

LANGUAGES: Final[Mapping[str, str]] = {
    # edubadges: a country for every language, also where the country does not exist.
    "en_EN": "en",
    "en-EN": "en",
    "nl_NL": "nl-NL",
    "de_DE": "de-DE",
    "fr_FR": "fr-FR",
    "es_ES": "es-ES",
}
