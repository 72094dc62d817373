"""The closed words of a credential, as people say them.

Separate from the contract, whose values are for programs and never change.
"""

from typing import Final

from services.verifier.domain.handed import Container, Form
from services.verifier.domain.text import Text, both
from shared.contracts.vocabulary import (
    REASON_TEXTS,
    AssessmentType,
    CorrectionReason,
    LevelBasis,
    ModeOfDelivery,
    QualificationLevel,
    Recogniser,
    RevocationReason,
    Sector,
    StudyLoadUnit,
    Supervision,
    SuspensionReason,
)

LEVELS: Final = {
    QualificationLevel.EQF_1: Text(nl="niveau 1", en="level 1"),
    QualificationLevel.EQF_2: Text(nl="niveau 2", en="level 2"),
    QualificationLevel.EQF_3: Text(nl="niveau 3", en="level 3"),
    QualificationLevel.EQF_4: Text(nl="niveau 4", en="level 4"),
    QualificationLevel.NLQF_4PLUS: Text(nl="niveau 4+", en="level 4+"),
    QualificationLevel.EQF_5: Text(nl="niveau 5", en="level 5"),
    QualificationLevel.EQF_6: Text(nl="niveau 6", en="level 6"),
    QualificationLevel.EQF_7: Text(nl="niveau 7", en="level 7"),
    QualificationLevel.EQF_8: Text(nl="niveau 8", en="level 8"),
}
COMPARISONS: Final = {
    QualificationLevel.EQF_1: Text(nl="mbo-1", en="Dutch mbo level 1"),
    QualificationLevel.EQF_2: Text(nl="mbo-2", en="Dutch mbo level 2"),
    QualificationLevel.EQF_3: Text(nl="mbo-3", en="Dutch mbo level 3"),
    QualificationLevel.EQF_4: Text(nl="mbo-4 of havo", en="Dutch mbo level 4 or havo"),
    QualificationLevel.NLQF_4PLUS: Text(nl="vwo", en="Dutch vwo (pre-university)"),
    QualificationLevel.EQF_5: Text(nl="een associate degree", en="an associate degree"),
    QualificationLevel.EQF_6: Text(nl="een bachelor (hbo of wo)", en="a bachelor's degree"),
    QualificationLevel.EQF_7: Text(nl="een master (hbo of wo)", en="a master's degree"),
    QualificationLevel.EQF_8: Text(nl="een promotie", en="a doctorate"),
}
BASES: Final = {
    LevelBasis.SELF_DECLARED: Text(
        nl="opgegeven door de uitgever zelf, niet bevestigd door NCP NLQF",
        en="stated by the issuer itself, not confirmed by NCP NLQF",
    ),
    LevelBasis.ACCREDITED_PROGRAMME: Text(
        nl="overgenomen van een geaccrediteerde opleiding van de uitgever",
        en="taken from an accredited programme of the issuer",
    ),
    LevelBasis.NCP_REGISTERED: Text(
        nl="bevestigd en ingeschreven door NCP NLQF", en="confirmed and registered by NCP NLQF"
    ),
}
UNITS: Final = {
    StudyLoadUnit.ECTS: Text(nl="EC", en="EC"),
    StudyLoadUnit.SBU: Text(nl="studiebelastingsuren", en="study load hours"),
    StudyLoadUnit.HOUR: Text(nl="uur", en="hours"),
}
ASSESSMENTS: Final = {
    AssessmentType.WRITTEN_EXAM: Text(nl="schriftelijk tentamen", en="written exam"),
    AssessmentType.ORAL_EXAM: Text(nl="mondeling tentamen", en="oral exam"),
    AssessmentType.REPORT: Text(nl="verslag", en="report"),
    AssessmentType.PROFESSIONAL_PRODUCT: Text(nl="beroepsproduct", en="professional product"),
    AssessmentType.BEHAVIOURAL_ASSESSMENT: Text(
        nl="beoordeling van gedrag", en="behavioural assessment"
    ),
    AssessmentType.PORTFOLIO: Text(nl="portfolio", en="portfolio"),
    AssessmentType.RECOGNITION_OF_PRIOR_LEARNING: Text(
        nl="erkenning van wat iemand al kon (EVC)", en="recognition of prior learning"
    ),
}
SUPERVISIONS: Final = {
    Supervision.UNSUPERVISED: Text(
        nl="Zonder toezicht; de identiteit is niet gecontroleerd.",
        en="Without supervision; identity was not checked.",
    ),
    Supervision.SUPERVISED_ONLINE: Text(
        nl="Met toezicht, online; de identiteit is niet gecontroleerd.",
        en="Supervised online; identity was not checked.",
    ),
    Supervision.SUPERVISED_ONSITE: Text(
        nl="Met toezicht, op locatie; de identiteit is niet gecontroleerd.",
        en="Supervised on site; identity was not checked.",
    ),
    Supervision.SUPERVISED_WITH_IDENTITY_CHECK: Text(
        nl="Met toezicht; de identiteit is gecontroleerd.", en="Supervised; identity was checked."
    ),
}
DELIVERIES: Final = {
    ModeOfDelivery.BLENDED: Text(nl="deels online, deels op locatie", en="blended"),
    ModeOfDelivery.COIL: Text(
        nl="online, samen met een school in een ander land",
        en="collaborative online international learning",
    ),
    ModeOfDelivery.HYBRID: Text(nl="hybride", en="hybrid"),
    ModeOfDelivery.JOINT_DELIVERY: Text(nl="samen met andere aanbieders", en="joint delivery"),
    ModeOfDelivery.ONLINE: Text(nl="online", en="online"),
    ModeOfDelivery.PRESENTIAL: Text(nl="op locatie", en="on site"),
    ModeOfDelivery.PROJECT_BASED: Text(nl="in projecten", en="project-based"),
    ModeOfDelivery.RESEARCH_LAB_BASED: Text(nl="in een laboratorium", en="in a research lab"),
    ModeOfDelivery.WORK_BASED: Text(nl="op de werkplek", en="work-based"),
}
REASONS: Final = {
    reason: Text(nl=REASON_TEXTS[reason.value].best("nl"), en=REASON_TEXTS[reason.value].best("en"))
    for reason in RevocationReason
}
SUSPENSION_REASONS: Final = {
    reason: Text(nl=REASON_TEXTS[reason.value].best("nl"), en=REASON_TEXTS[reason.value].best("en"))
    for reason in SuspensionReason
}
CORRECTION_REASONS: Final = {
    reason: Text(nl=REASON_TEXTS[reason.value].best("nl"), en=REASON_TEXTS[reason.value].best("en"))
    for reason in CorrectionReason
}
CONTAINERS: Final = {
    Container.TEXT: Text(nl="tekst", en="text"),
    Container.JSON: Text(nl="JSON-bestand", en="JSON file"),
    Container.PNG: Text(nl="PNG-afbeelding", en="PNG picture"),
    Container.SVG: Text(nl="SVG-tekening", en="SVG drawing"),
    Container.PHOTO: Text(nl="foto of schermafbeelding", en="photo or screenshot"),
    Container.PDF: Text(nl="PDF", en="PDF"),
    Container.ZIP: Text(nl="ZIP-bestand", en="ZIP file"),
    Container.XLSX: Text(nl="Excelbestand", en="Excel file"),
    Container.CSV: Text(nl="CSV-bestand", en="CSV file"),
    Container.OTHER: Text(nl="onbekend bestand", en="unknown file"),
}
FORMS: Final = {
    Form.VC_JWT: both("Open Badges 3.0, VC-JWT"),
    Form.SD_JWT_VC: both("SD-JWT VC"),
    Form.EMBEDDED: both("Open Badges 3.0, Data Integrity"),
    Form.UNSIGNED: Text(nl="zonder handtekening", en="without a signature"),
    Form.PRESENTATION_JWT: Text(nl="presentatie (VP-JWT)", en="presentation (VP-JWT)"),
    Form.PRESENTATION: Text(nl="presentatie", en="presentation"),
    Form.OPEN_BADGES_2: both("Open Badges 2"),
    Form.ELM: Text(nl="Europees digitaal bewijs (ELM)", en="European digital credential (ELM)"),
    Form.SHARE_LINK: Text(nl="deellink", en="share link"),
    Form.SHORT_CODE: Text(nl="korte code", en="short code"),
    Form.URL: Text(nl="adres van een website", en="address of a website"),
    Form.UNKNOWN: Text(nl="geen soort die we kennen", en="no kind that we know"),
}
SECTORS: Final = {
    Sector.HBO: Text(nl="hoger beroepsonderwijs", en="higher professional education"),
    Sector.WO: Text(nl="wetenschappelijk onderwijs", en="university education"),
    Sector.MBO: Text(nl="middelbaar beroepsonderwijs", en="vocational education"),
    Sector.PRIVATE: Text(nl="particuliere aanbieder", en="private provider"),
}
RECOGNISERS: Final = {
    Recogniser.OCW: Text(nl="het ministerie van OCW", en="the ministry of Education (OCW)"),
    Recogniser.NRTO: Text(nl="de NRTO", en="NRTO"),
    Recogniser.EVC: Text(nl="het register EVC", en="the EVC register"),
}
