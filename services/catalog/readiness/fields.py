"""Every field the meter can ask for: its name, why it is asked, who uses it, and an example.

One table for all readers, so that a field is explained in the same words wherever it is missing.
"""

from collections.abc import Mapping
from typing import Final

from services.catalog.readiness.asked_by import (
    BOARD,
    CATALOGUES,
    EMPLOYER,
    EUROPE,
    LEARNER,
    RIO_READERS,
    SYSTEMS,
    Field,
    says,
)
from shared.strict_json import JsonValue


def _text(nl: str, en: str) -> JsonValue:
    return {"nl": nl, "en": en}


FIELDS: Final[Mapping[str, Field]] = {
    "title": Field(
        pointer="/content/title",
        name=says("Titel", "Title"),
        why=says(
            "Zo heet het bewijs overal: op de pagina, in de wallet en op papier.",
            "The credential is called this everywhere: on the page, in the wallet and on paper.",
        ),
        used_by=says("iedereen", "everybody"),
        example=_text("Introductie in quantumcomputing", "Introduction to Quantum Computing"),
        reads=says("Introductie in quantumcomputing", "Introduction to Quantum Computing"),
    ),
    "titleNl": Field(
        pointer="/content/title/nl",
        name=says("Titel in het Nederlands", "Title in Dutch"),
        why=says(
            "RIO vraagt de naam in het Nederlands; anders staat er de Engelse.",
            "RIO asks for the name in Dutch; otherwise the English one stands there.",
        ),
        used_by=RIO_READERS,
        example="Introductie in quantumcomputing",
        reads=says("Introductie in quantumcomputing", "Introductie in quantumcomputing"),
    ),
    "titleEn": Field(
        pointer="/content/title/en",
        name=says("Titel in het Engels", "Title in English"),
        why=says(
            "Met een Engelse titel begrijpt men in het buitenland waar het over gaat.",
            "With an English title people abroad understand what it is about.",
        ),
        used_by=EUROPE,
        example="Introduction to Quantum Computing",
        reads=says("Introduction to Quantum Computing", "Introduction to Quantum Computing"),
    ),
    "country": Field(
        pointer="/provider/country",
        name=says("Land van de aanbieder", "Country of the provider"),
        why=says(
            "Het land zegt welk onderwijsstelsel erachter staat. De beheerder van de catalogus legt"
            " het vast.",
            "The country says which system of education is behind it. The steward of the catalogue"
            " records it.",
        ),
        used_by=EUROPE,
        example="NL",
        reads=says("Nederland", "the Netherlands"),
    ),
    "awardingBody": Field(
        pointer="/provider/name",
        name=says("Naam van wie het bewijs geeft", "Name of who awards it"),
        why=says(
            "Men vertrouwt een bewijs om wie het gaf. De beheerder van de catalogus legt uw"
            " organisatie vast.",
            "A credential is trusted because of who gave it. The steward of the catalogue records"
            " your organisation.",
        ),
        used_by=EMPLOYER,
        example=_text("Hogeschool van Voorbeeld", "Example University of Applied Sciences"),
        reads=says("Hogeschool van Voorbeeld", "Example University of Applied Sciences"),
    ),
    "recognition": Field(
        pointer="/provider/recognitions",
        name=says("Erkenning van de aanbieder", "Recognition of the provider"),
        why=says(
            "Zonder erkenning (OCW, NRTO of EVC) let niemand op de aanbieder. De beheerder van de"
            " catalogus legt haar vast.",
            "Without recognition (OCW, NRTO or EVC) nobody watches over the provider. The steward"
            " of the catalogue records it.",
        ),
        used_by=EMPLOYER,
        example=[{"recogniser": "OCW", "validFrom": "2026-09-01"}],
        reads=says("erkend door OCW sinds 1 september 2026", "recognised by OCW since 2026-09-01"),
    ),
    "offererCode": Field(
        pointer="/provider/educationOffererCode",
        name=says("Onderwijsaanbiedercode", "Onderwijsaanbiedercode (offerer code)"),
        why=says(
            "Zonder deze code weet RIO niet wie de opleiding aanbiedt. De beheerder van de"
            " catalogus legt haar vast.",
            "Without this code RIO does not know who offers the education. The steward of the"
            " catalogue records it.",
        ),
        used_by=RIO_READERS,
        example="100A123",
        reads=says("100A123", "100A123"),
    ),
    "rioCode": Field(
        pointer="/content/otherCodes/-",
        name=says("Code van de opleidingseenheid", "Code of the opleidingseenheid"),
        why=says(
            "RIO geeft deze code bij de eerste registratie; met de code hoort wat volgt bij"
            " hetzelfde, en ontstaat niets dubbel.",
            "RIO gives this code at the first registration; with it, what follows belongs to the"
            " same thing and nothing doubles.",
        ),
        used_by=says("de RIO-koppeling", "the RIO coupling"),
        example={"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"},
        reads=says("1000O1234", "1000O1234"),
    ),
    "description": Field(
        pointer="/content/description",
        name=says("Beschrijving", "Description"),
        why=says(
            "Met de beschrijving beslist een lerende of dit past.",
            "A learner decides by the description whether this is the one to take.",
        ),
        used_by=LEARNER,
        example=_text(
            "U leert hoe een quantumcomputer rekent en programmeert zelf kleine schakelingen.",
            "You learn how a quantum computer computes and program small circuits yourself.",
        ),
        reads=says("U leert hoe een quantumcomputer rekent…", "You learn how a quantum computer…"),
    ),
    "learningOutcomes": Field(
        pointer="/content/learningOutcomes",
        name=says("Leeruitkomsten", "Learning outcomes"),
        why=says(
            "Leeruitkomsten zeggen wat iemand daarna kan; zonder kan niemand vergelijken.",
            "Learning outcomes say what somebody can do afterwards; without them nobody can"
            " compare.",
        ),
        used_by=BOARD,
        example=[
            _text(
                "U ontwerpt en programmeert kleine quantumschakelingen.",
                "You design and program small quantum circuits.",
            )
        ],
        reads=says(
            "U ontwerpt en programmeert kleine quantumschakelingen.",
            "You design and program small quantum circuits.",
        ),
    ),
    "studyLoad": Field(
        pointer="/content/studyLoad",
        name=says("Studielast", "Study load"),
        why=says(
            "De studielast zegt hoeveel werk het is; lerenden plannen ermee en instellingen wegen"
            " ermee.",
            "The study load says how much work it is; learners plan by it and institutions weigh"
            " by it.",
        ),
        used_by=LEARNER,
        example={"unit": "ects", "value": 5},
        reads=says("5 EC", "5 ECTS credits"),
    ),
    "level": Field(
        pointer="/content/level",
        name=says("Niveau (EQF of NLQF)", "Level (EQF or NLQF)"),
        why=says(
            "Het niveau maakt bewijzen uit verschillende landen vergelijkbaar.",
            "The level makes credentials of different countries comparable.",
        ),
        used_by=EUROPE,
        example={"value": "eqf_6", "basis": "self-declared"},
        reads=says("niveau 6, door u zelf opgegeven", "level 6, declared by yourself"),
    ),
    "assessment": Field(
        pointer="/content/assessment",
        name=says("Manier van toetsen", "Type of assessment"),
        why=says(
            "De toets zegt wat iemand echt heeft laten zien.",
            "The assessment says what somebody has really shown.",
        ),
        used_by=EMPLOYER,
        example={
            "types": ["written_exam"],
            "description": _text("Een schriftelijk tentamen.", "A written exam."),
        },
        reads=says("een schriftelijk tentamen", "a written exam"),
    ),
    "modesOfDelivery": Field(
        pointer="/content/modesOfDelivery",
        name=says("Vorm van deelname", "Form of participation"),
        why=says(
            "Een lerende wil weten of het online, op locatie of op het werk is.",
            "A learner wants to know whether it is online, on site or at work.",
        ),
        used_by=LEARNER,
        example=["blended"],
        reads=says("deels online, deels op locatie", "partly online, partly on site"),
    ),
    "qualityAssurance": Field(
        pointer="/content/qualityAssurance",
        name=says("Kwaliteitszorg", "Quality assurance"),
        why=says(
            "Deze zin staat onder elk bewijs en zegt waarop het rust.",
            "This sentence stands under each credential and says what it rests on.",
        ),
        used_by=BOARD,
        example={
            "statement": _text(
                "Valt onder de interne kwaliteitszorg van de instelling, beoordeeld door de NVAO.",
                "Covered by the institution's internal quality assurance, assessed by NVAO.",
            )
        },
        reads=says(
            "Valt onder de kwaliteitszorg van de instelling.",
            "Covered by the institution's quality assurance.",
        ),
    ),
    "admissionRequirements": Field(
        pointer="/content/admissionRequirements",
        name=says("Toelatingseisen", "Prerequisites"),
        why=says(
            "Een lerende ziet eraan of hij kan beginnen.",
            "A learner sees from them whether to begin.",
        ),
        used_by=LEARNER,
        example=_text("Een bachelor in de techniek.", "A bachelor's degree in engineering."),
        reads=says("een bachelor in de techniek", "a bachelor's degree in engineering"),
    ),
    "supervision": Field(
        pointer="/content/supervision",
        name=says(
            "Toezicht en controle van de identiteit", "Supervision and check of the identity"
        ),
        why=says(
            "Een werkgever wil weten of de toets echt door deze persoon is gemaakt.",
            "An employer wants to know whether this person really took the assessment.",
        ),
        used_by=EMPLOYER,
        example="supervised_with_identity_check",
        reads=says(
            "onder toezicht, identiteit gecontroleerd", "supervised, with the identity checked"
        ),
    ),
    "stackability": Field(
        pointer="/content/stackability",
        name=says("Stapelbaarheid", "Stackability"),
        why=says(
            "Een lerende ziet eraan waar dit bewijs in meetelt.",
            "A learner sees from it what this credential counts towards.",
        ),
        used_by=LEARNER,
        example=_text(
            "Telt mee in de masteropleiding Quantumtechnologie.",
            "Counts towards the master's programme Quantum Technology.",
        ),
        reads=says("telt mee in een masteropleiding", "counts towards a master's programme"),
    ),
    "furtherInformation": Field(
        pointer="/content/furtherInformation",
        name=says("Meer informatie (webadres)", "Further information (web address)"),
        why=says(
            "Wie meer wil weten of zich wil aanmelden, moet verder kunnen.",
            "Who wants to know more or to enrol must be able to go on.",
        ),
        used_by=LEARNER,
        example="https://www.example.nl/quantum",
        reads=says("https://www.example.nl/quantum", "https://www.example.nl/quantum"),
    ),
    "inLanguage": Field(
        pointer="/content/inLanguage",
        name=says("Taal van het onderwijs", "Language of instruction"),
        why=says("Lerenden kiezen op taal.", "Learners choose by language."),
        used_by=LEARNER,
        example="en",
        reads=says("Engels", "English"),
    ),
    "fieldOfStudy": Field(
        pointer="/content/fieldOfStudy",
        name=says("Vakgebied (ISCED-F)", "Field of study (ISCED-F)"),
        why=says(
            "Met deze code vindt men verwant aanbod in elke taal.",
            "By this code related education is found in any language.",
        ),
        used_by=CATALOGUES,
        example="0613",
        reads=says("0613: software", "0613: software"),
    ),
    "primaryCode": Field(
        pointer="/content/primaryCode",
        name=says("Uw eigen code", "Your own code"),
        why=says(
            "Met uw eigen code herkent uw studentinformatiesysteem dit terug.",
            "By your own code your student information system knows this again.",
        ),
        used_by=SYSTEMS,
        example="QC-101",
        reads=says("QC-101", "QC-101"),
    ),
    "abbreviation": Field(
        pointer="/content/abbreviation",
        name=says("Korte naam", "Short name"),
        why=says(
            "Een korte naam past waar de titel te lang is; RIO bewaart er 40 tekens van.",
            "A short name fits where the title is too long; RIO holds 40 characters of it.",
        ),
        used_by=RIO_READERS,
        example="Intro QC",
        reads=says("Intro QC", "Intro QC"),
    ),
    "privateCategories": Field(
        pointer="/content/privateCategories",
        name=says("Categorie van non-formeel onderwijs", "Category of non-formal education"),
        why=says(
            "RIO deelt non-formeel onderwijs hiermee in; kies er hoogstens drie.",
            "RIO classifies non-formal education by it; choose three at most.",
        ),
        used_by=RIO_READERS,
        example=["technology_and_ict"],
        reads=says("techniek en ict", "technology and ICT"),
    ),
    "skills": Field(
        pointer="/content/skills",
        name=says("Vaardigheden (ESCO)", "Skills (ESCO)"),
        why=says(
            "Met ESCO-vaardigheden legt een vacaturesite dit naast een baan.",
            "By ESCO skills a job site lays this beside a job.",
        ),
        used_by=EMPLOYER,
        example=[
            {
                "uri": "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
                "label": _text("Python (programmeertaal)", "Python (computer programming)"),
            }
        ],
        reads=says("Python", "Python"),
    ),
}
