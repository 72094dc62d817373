"""Which reader asks which field, whether it must be there, and what the reader calls it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.readiness.asked_by import Field, says
from services.catalog.readiness.fields import FIELDS
from services.catalog.readiness.gaps import PartName
from services.catalog.rio import OpleidingseenheidSoort
from shared.contracts.vocabulary import LocalText


@dataclass(frozen=True, slots=True)
class Asked:
    """One field that one reader asks for."""

    field: Field
    called: str
    mandatory: bool


def _must(name: str, called: str) -> Asked:
    return Asked(FIELDS[name], called, mandatory=True)


def _may(name: str, called: str) -> Asked:
    return Asked(FIELDS[name], called, mandatory=False)


EU: Final[Sequence[Asked]] = (
    _must("title", "Title of the micro-credential"),
    _must("country", "Country/Region of the issuer"),
    _must("awardingBody", "Awarding body"),
    _must("learningOutcomes", "Learning outcomes"),
    _must("studyLoad", "Notional workload needed to achieve the learning outcomes"),
    _must("level", "Level (and cycle, if applicable) of the learning experience"),
    _must("assessment", "Type of assessment"),
    _must("modesOfDelivery", "Form of participation in the learning activity"),
    _must("qualityAssurance", "Type of quality assurance"),
    _may("admissionRequirements", "Prerequisites needed to enrol"),
    _may("supervision", "Supervision and identity verification during assessment"),
    _may("stackability", "Integration/stackability options"),
    _may("furtherInformation", "Further information"),
)
"""What a definition can hold of annex I; learner, date of issue and grade are of the award."""

OEAPI: Final[Sequence[Asked]] = (
    _must("title", "Programme.name"),
    _may("primaryCode", "Programme.primaryCode"),
    _may("description", "Programme.description"),
    _may("abbreviation", "Programme.abbreviation"),
    _may("studyLoad", "Programme.studyLoad"),
    _may("level", "Programme.levelOfQualification"),
    _may("learningOutcomes", "Programme.learningOutcomes"),
    _may("fieldOfStudy", "Programme.fieldsOfStudy"),
    _may("assessment", "Programme.assessment"),
    _may("admissionRequirements", "Programme.admissionRequirements"),
    _may("inLanguage", "Programme.teachingLanguages"),
    _may("modesOfDelivery", "Programme.modesOfDelivery"),
    _may("furtherInformation", "Programme.link"),
)

_RIO: Final[Sequence[Asked]] = (
    _must("title", "naamLang"),
    _must("offererCode", "onderwijsaanbiedercode"),
    _may("titleNl", "naamLang"),
    _may("titleEn", "internationaleNaam"),
    _may("description", "omschrijving"),
    _may("abbreviation", "naamKort"),
    _may("studyLoad", "studielast"),
    _may("inLanguage", "voertaal"),
    _may("modesOfDelivery", "opleidingsvorm"),
    _may("furtherInformation", "website"),
    _may("rioCode", "opleidingseenheidcode"),
)
RIO: Final[Mapping[OpleidingseenheidSoort, Sequence[Asked]]] = {
    OpleidingseenheidSoort.HO: (*_RIO, _may("fieldOfStudy", "ISCED")),
    OpleidingseenheidSoort.PARTICULIER: (*_RIO, _may("privateCategories", "categorie")),
}

EUROPASS: Final[Sequence[Asked]] = (
    _must("title", "LearningAchievementSpecification.title"),
    _must("awardingBody", "Organisation.legalName"),
    _must("country", "Organisation.location.address.countryCode"),
    _may("description", "LearningAchievementSpecification.description"),
    _may("learningOutcomes", "learningOutcome"),
    _may("skills", "learningOutcome.relatedESCOSkill"),
    _may("studyLoad", "creditPoint, volumeOfLearning"),
    _may("level", "Qualification.eqfLevel"),
    _may("assessment", "provenBy.LearningAssessment"),
    _may("supervision", "LearningAssessment.idVerification"),
    _may("modesOfDelivery", "LearningActivity.mode"),
    _may("inLanguage", "language"),
    _may("fieldOfStudy", "thematicArea"),
    _may("admissionRequirements", "entryRequirement"),
    _may("furtherInformation", "homepage"),
)
"""The European Learning Model, application profile EDC; the rest of it is known at the award."""

TITLES: Final[Mapping[PartName, LocalText]] = {
    PartName.EU: says("EU-standaard voor microcredentials", "EU standard for micro-credentials"),
    PartName.FRAMEWORK: says("Kwaliteitskader van uw sector", "Quality framework of your sector"),
    PartName.OEAPI: says("OEAPI (uitwisseling met instellingen)", "OEAPI (exchange)"),
    PartName.RIO: says("RIO (landelijk register)", "RIO (national register)"),
    PartName.EUROPASS: says("Europass (ELM)", "Europass (ELM)"),
}
AT_THE_AWARD: Final = says(
    "Wie het bewijs krijgt, de datum en een cijfer horen bij de toekenning, niet bij deze"
    " beschrijving.",
    "Who gets the credential, the date and a grade belong to the award, not to this description.",
)
SEALED_LATER: Final = says(
    "Het eIDAS-nummer van het zegel en een afbeelding van het bewijs komen erbij bij de uitgifte.",
    "The eIDAS identifier of the seal and a picture of the credential are added when it is issued.",
)
OUR_CODE: Final = says(
    "Zonder eigen code geeft OEAPI ons nummer van deze microcredential.",
    "Without a code of your own, OEAPI gives our number of this microcredential.",
)
NO_POLICY: Final = says(
    "Voor uw organisatie geldt vandaag geen kwaliteitskader dat wij kennen. De beheerder van de"
    " catalogus legt organisatie en kader vast.",
    "No quality framework that we know holds for your organisation today. The steward of the"
    " catalogue records organisation and framework.",
)


def summary(part: PartName, present: int, total: int) -> LocalText:
    """Say in a sentence how full a part is."""
    what_nl, what_en = {
        PartName.EU: ("EU-elementen", "EU elements"),
        PartName.FRAMEWORK: ("regels van het kwaliteitskader", "rules of the quality framework"),
        PartName.OEAPI: ("velden voor OEAPI", "fields for OEAPI"),
        PartName.RIO: ("velden voor RIO", "fields for RIO"),
        PartName.EUROPASS: ("velden voor Europass", "fields for Europass"),
    }[part]
    return says(
        f"{present} van de {total} {what_nl} zijn in orde.",
        f"{present} of the {total} {what_en} are in order.",
    )
