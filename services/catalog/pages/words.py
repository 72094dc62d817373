"""How the closed words of the field read to people: Dutch first, English after."""

from typing import Final

from shared.contracts.vocabulary import (
    AssessmentType,
    LevelBasis,
    ModeOfDelivery,
    QualificationLevel,
    Recogniser,
    Sector,
    StudyLoadUnit,
    Supervision,
)

Words = tuple[str, str]

LEVELS: Final[dict[QualificationLevel, Words]] = {
    QualificationLevel.EQF_1: ("Niveau 1 (EQF/NLQF)", "Level 1 (EQF/NLQF)"),
    QualificationLevel.EQF_2: ("Niveau 2 (EQF/NLQF)", "Level 2 (EQF/NLQF)"),
    QualificationLevel.EQF_3: ("Niveau 3 (EQF/NLQF)", "Level 3 (EQF/NLQF)"),
    QualificationLevel.EQF_4: ("Niveau 4 (EQF/NLQF)", "Level 4 (EQF/NLQF)"),
    QualificationLevel.NLQF_4PLUS: ("Niveau 4+ (NLQF)", "Level 4+ (NLQF)"),
    QualificationLevel.EQF_5: ("Niveau 5 (EQF/NLQF)", "Level 5 (EQF/NLQF)"),
    QualificationLevel.EQF_6: ("Niveau 6 (EQF/NLQF)", "Level 6 (EQF/NLQF)"),
    QualificationLevel.EQF_7: ("Niveau 7 (EQF/NLQF)", "Level 7 (EQF/NLQF)"),
    QualificationLevel.EQF_8: ("Niveau 8 (EQF/NLQF)", "Level 8 (EQF/NLQF)"),
}
LIKE: Final[dict[QualificationLevel, Words]] = {
    QualificationLevel.EQF_4: ("zoals mbo-4, havo en vwo", "as upper secondary and mbo 4"),
    QualificationLevel.EQF_5: ("zoals een associate degree", "as an associate degree"),
    QualificationLevel.EQF_6: ("zoals een bachelor", "as a bachelor's programme"),
    QualificationLevel.EQF_7: ("zoals een master", "as a master's programme"),
    QualificationLevel.EQF_8: ("zoals een promotie", "as a doctorate"),
}
BASES: Final[dict[LevelBasis, Words]] = {
    LevelBasis.SELF_DECLARED: (
        "De aanbieder geeft dit niveau zelf op.",
        "The provider declares this level itself.",
    ),
    LevelBasis.ACCREDITED_PROGRAMME: (
        "Het niveau komt van een geaccrediteerde opleiding.",
        "The level comes from an accredited programme.",
    ),
    LevelBasis.NCP_REGISTERED: (
        "Het niveau is ingeschreven bij het NCP NLQF.",
        "The level is registered with the NCP NLQF.",
    ),
}
UNITS: Final[dict[StudyLoadUnit, Words]] = {
    StudyLoadUnit.ECTS: ("EC", "EC"),
    StudyLoadUnit.SBU: ("studiebelastingsuren", "hours of study load"),
    StudyLoadUnit.HOUR: ("uur", "hours"),
}
SECTORS: Final[dict[Sector, Words]] = {
    Sector.HBO: ("Hogeschool", "University of applied sciences"),
    Sector.WO: ("Universiteit", "Research university"),
    Sector.MBO: ("Mbo-school", "Vocational school"),
    Sector.PRIVATE: ("Private aanbieder", "Private provider"),
}
RECOGNISERS: Final[dict[Recogniser, Words]] = {
    Recogniser.OCW: ("het ministerie van OCW", "the ministry of Education"),
    Recogniser.NRTO: ("de NRTO", "NRTO"),
    Recogniser.EVC: ("het register EVC", "the EVC register"),
}
MODES: Final[dict[ModeOfDelivery, Words]] = {
    ModeOfDelivery.BLENDED: ("deels online, deels op locatie", "partly online, partly on site"),
    ModeOfDelivery.COIL: ("online samen met het buitenland", "online with learners abroad"),
    ModeOfDelivery.HYBRID: ("online en op locatie tegelijk", "online and on site at once"),
    ModeOfDelivery.JOINT_DELIVERY: ("door meer instellingen samen", "by institutions jointly"),
    ModeOfDelivery.ONLINE: ("online", "online"),
    ModeOfDelivery.PRESENTIAL: ("op locatie", "on site"),
    ModeOfDelivery.PROJECT_BASED: ("in een project", "in a project"),
    ModeOfDelivery.RESEARCH_LAB_BASED: ("in een laboratorium", "in a laboratory"),
    ModeOfDelivery.WORK_BASED: ("op de werkplek", "at work"),
}
ASSESSMENTS: Final[dict[AssessmentType, Words]] = {
    AssessmentType.WRITTEN_EXAM: ("schriftelijk tentamen", "written exam"),
    AssessmentType.ORAL_EXAM: ("mondeling", "oral exam"),
    AssessmentType.REPORT: ("verslag", "report"),
    AssessmentType.PROFESSIONAL_PRODUCT: ("beroepsproduct", "professional product"),
    AssessmentType.BEHAVIOURAL_ASSESSMENT: ("praktijktoets", "practical assessment"),
    AssessmentType.PORTFOLIO: ("portfolio", "portfolio"),
    AssessmentType.RECOGNITION_OF_PRIOR_LEARNING: (
        "erkenning van eerder leren",
        "recognition of prior learning",
    ),
}
SUPERVISIONS: Final[dict[Supervision, Words]] = {
    Supervision.UNSUPERVISED: ("zonder toezicht", "unsupervised"),
    Supervision.SUPERVISED_ONLINE: ("toezicht online", "supervised online"),
    Supervision.SUPERVISED_ONSITE: ("toezicht op locatie", "supervised on site"),
    Supervision.SUPERVISED_WITH_IDENTITY_CHECK: (
        "toezicht, en uw identiteit wordt gecontroleerd",
        "supervised, and your identity is checked",
    ),
}
LANGUAGES: Final[dict[str, Words]] = {
    "nl": ("Nederlands", "Dutch"),
    "en": ("Engels", "English"),
    "de": ("Duits", "German"),
    "fr": ("Frans", "French"),
    "fy": ("Fries", "Frisian"),
}


def language(tag: str) -> Words:
    """Name a language; one we have no word for keeps its tag."""
    return LANGUAGES.get(tag.partition("-")[0], (tag, tag))
