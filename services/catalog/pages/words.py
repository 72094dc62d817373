"""How the closed words of the field read to people: Dutch first, English after."""

from typing import Final

from babel import Locale

from services.catalog.domain.offerings import Phase
from services.catalog.domain.statements import StatementKind
from services.catalog.search import Facet
from shared.contracts.isced import fields_of_study
from shared.contracts.vocabulary import (
    Admission,
    AssessmentType,
    Element,
    LevelBasis,
    ModeOfDelivery,
    ProviderKind,
    Province,
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
    QualificationLevel.EQF_4: ("zoals mbo-4, havo en vwo", "like upper secondary and mbo 4"),
    QualificationLevel.EQF_5: ("zoals een associate degree", "like an associate degree"),
    QualificationLevel.EQF_6: ("zoals een bachelor", "like a bachelor's programme"),
    QualificationLevel.EQF_7: ("zoals een master", "like a master's programme"),
    QualificationLevel.EQF_8: ("zoals een promotie", "like a doctorate"),
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
SECTORS_MANY: Final[dict[Sector, Words]] = {
    Sector.HBO: ("hogescholen", "universities of applied sciences"),
    Sector.WO: ("universiteiten", "research universities"),
    Sector.MBO: ("mbo-scholen", "vocational schools"),
    Sector.PRIVATE: ("private aanbieders", "private providers"),
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
PHASES: Final[dict[Phase, Words]] = {
    Phase.CONCEPT: ("nog niet openbaar", "not public yet"),
    Phase.ANNOUNCED: ("inschrijving gaat nog open", "enrolment opens later"),
    Phase.ENROLLING: ("inschrijving is open", "open for enrolment"),
    Phase.FULL: ("vol", "full"),
    Phase.CLOSED: ("inschrijving is gesloten", "enrolment is closed"),
    Phase.RUNNING: ("is al begonnen", "has begun"),
    Phase.PAST: ("voorbij", "over"),
    Phase.CANCELLED: ("gaat niet door", "cancelled"),
}
STATEMENTS: Final[dict[StatementKind, Words]] = {
    StatementKind.PEER_REVIEW: ("Collegiale toetsing", "Peer review"),
    StatementKind.ENDORSEMENT: ("Onderschrijving", "Endorsement"),
}
SHORT_BASES: Final[dict[LevelBasis, Words]] = {
    LevelBasis.SELF_DECLARED: ("opgegeven door de aanbieder", "declared by the provider"),
    LevelBasis.ACCREDITED_PROGRAMME: (
        "uit een geaccrediteerde opleiding",
        "from an accredited programme",
    ),
    LevelBasis.NCP_REGISTERED: ("ingeschreven bij het NCP NLQF", "registered with the NCP NLQF"),
}
IDENTITY: Final[dict[Supervision, Words]] = {
    Supervision.UNSUPERVISED: (
        "Bij de toets is geen toezicht. Wie u bent, wordt niet gecontroleerd.",
        "The assessment is not supervised. Your identity is not checked.",
    ),
    Supervision.SUPERVISED_ONLINE: (
        "Bij de toets is online toezicht. De aanbieder vermeldt geen controle van de identiteit.",
        "The assessment is supervised online. The provider states no check of identity.",
    ),
    Supervision.SUPERVISED_ONSITE: (
        (
            "Bij de toets is toezicht op locatie. De aanbieder vermeldt geen controle van de"
            " identiteit."
        ),
        "The assessment is supervised on site. The provider states no check of identity.",
    ),
    Supervision.SUPERVISED_WITH_IDENTITY_CHECK: (
        "Bij de toets is toezicht, en wordt gecontroleerd wie u bent.",
        "The assessment is supervised, and your identity is checked.",
    ),
}
NO_SUPERVISION_STATED: Final[Words] = (
    "De aanbieder vermeldt niet of er toezicht is bij de toets.",
    "The provider does not state whether the assessment is supervised.",
)
KINDS: Final[dict[ProviderKind, Words]] = {
    ProviderKind.PUBLIC: ("bekostigd door de overheid", "publicly funded"),
    ProviderKind.PRIVATE: ("niet bekostigd door de overheid", "privately funded"),
}
ADMISSIONS: Final[dict[Admission, Words]] = {
    Admission.OPEN: ("zonder toelatingseisen", "no entry requirements"),
    Admission.PRIOR_EDUCATION: ("met een vooropleiding", "with earlier education"),
    Admission.WORK_EXPERIENCE: ("met werkervaring", "with work experience"),
    Admission.SELECTION: ("na selectie", "after selection"),
}
PROVINCES: Final[dict[Province, Words]] = {
    Province.DRENTHE: ("Drenthe", "Drenthe"),
    Province.FLEVOLAND: ("Flevoland", "Flevoland"),
    Province.FRYSLAN: ("Fryslân", "Friesland"),
    Province.GELDERLAND: ("Gelderland", "Gelderland"),
    Province.GRONINGEN: ("Groningen", "Groningen"),
    Province.LIMBURG: ("Limburg", "Limburg"),
    Province.NOORD_BRABANT: ("Noord-Brabant", "North Brabant"),
    Province.NOORD_HOLLAND: ("Noord-Holland", "North Holland"),
    Province.OVERIJSSEL: ("Overijssel", "Overijssel"),
    Province.UTRECHT: ("Utrecht", "Utrecht"),
    Province.ZEELAND: ("Zeeland", "Zeeland"),
    Province.ZUID_HOLLAND: ("Zuid-Holland", "South Holland"),
}
FACETS: Final[dict[Facet, Words]] = {
    Facet.FORM: ("Vorm", "Form"),
    Facet.SIZE: ("Omvang", "Size"),
    Facet.LEVEL: ("Niveau", "Level"),
    Facet.LEVEL_BASIS: ("Wie het niveau noemt", "Who claims the level"),
    Facet.START: ("Start", "Start"),
    Facet.LANGUAGE: ("Taal", "Language"),
    Facet.PRICE: ("Prijs", "Price"),
    Facet.REGION: ("Provincie", "Province"),
    Facet.FIELD: ("Vakgebied", "Field of study"),
    Facet.SKILL: ("Vaardigheid", "Skill"),
    Facet.ADMISSION: ("Toelating", "Admission"),
    Facet.SECTOR: ("Sector", "Sector"),
    Facet.PROVIDER_KIND: ("Soort aanbieder", "Kind of provider"),
}
"""In the order in which a learner thinks of them."""
ELEMENTS: Final[dict[Element, Words]] = {
    Element.TITLE: ("titel", "title"),
    Element.DESCRIPTION: ("beschrijving", "description"),
    Element.LEARNING_OUTCOMES: ("leeruitkomsten", "learning outcomes"),
    Element.STUDY_LOAD: ("omvang", "size"),
    Element.LEVEL: ("niveau", "level"),
    Element.ASSESSMENT: ("manier van toetsen", "type of assessment"),
    Element.MODES_OF_DELIVERY: ("vorm", "form"),
    Element.QUALITY_ASSURANCE: ("kwaliteitszorg", "quality assurance"),
    Element.IN_LANGUAGE: ("taal", "language"),
    Element.SUPERVISION: ("toezicht bij de toets", "supervision of the assessment"),
    Element.ADMISSION_REQUIREMENTS: ("toelatingseisen", "admission requirements"),
    Element.STACKABILITY: ("stapelbaarheid", "stackability"),
}
_NAMES: Final = (Locale("nl").languages, Locale("en").languages)


def language(tag: str) -> Words:
    """Name a language as CLDR does; one without a name keeps its tag."""
    known = tag.partition("-")[0]
    dutch, english = (names.get(known, tag) for names in _NAMES)
    return dutch, english


def field(code: str) -> Words:
    """Name a field of study; one that is not in ISCED-F keeps its code."""
    named = fields_of_study().get(code)
    return (named.best("nl"), named.best("en")) if named else (code, code)
