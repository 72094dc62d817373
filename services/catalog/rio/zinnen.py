"""What a dry run for RIO says, in plain Dutch and English; apart, so that an editor can mend it."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.vocabulary import LocalText


def says(nl: str, en: str) -> LocalText:
    """Make a sentence in both languages."""
    return LocalText(nl=nl, en=en)


MEMBERS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("de titel", "the title"),
    "description": ("de beschrijving", "the description"),
    "abbreviation": ("de korte naam", "the short name"),
    "learningOutcomes": ("leeruitkomsten", "learning outcomes"),
    "level": ("een niveau (EQF of NLQF)", "a level (EQF or NLQF)"),
    "assessment": ("de toetsvorm", "the assessment"),
    "qualityAssurance": ("de kwaliteitszorg", "quality assurance"),
    "supervision": ("het toezicht bij de toets", "supervision during the assessment"),
    "admissionRequirements": ("toelatingseisen", "admission requirements"),
    "admission": ("de manier van toelaten", "the way of admission"),
    "stackability": ("stapelbaarheid", "stackability"),
    "targetGroup": ("een doelgroep", "a target group"),
    "skills": ("ESCO-vaardigheden", "ESCO skills"),
    "keywords": ("trefwoorden", "keywords"),
    "primaryCode": ("uw eigen code", "your own code"),
    "otherCodes": ("deze code", "this code"),
    "fieldOfStudy": ("het vakgebied (ISCED-F)", "the field of study (ISCED-F)"),
    "privateCategories": ("deze indeling", "this classification"),
    "furtherInformation": ("het webadres", "the address on the web"),
    "inLanguage": ("de taal", "the language"),
    "name": ("een eigen naam", "a name of its own"),
    "placesLeft": ("het aantal vrije plaatsen", "the number of places left"),
    "location": ("een plaats zonder locatiecode", "a place without a location code"),
    "enrolAt": ("een adres om u aan te melden", "an address to enrol at"),
    "price": ("btw of uitleg bij de prijs", "tax or explanation with the price"),
    "cancellation": ("de reden van annuleren", "the reason of a cancellation"),
    "permissionExplanation": ("de uitleg over toestemming", "the explanation about permission"),
    "modesOfDelivery": ("deze vorm van deelname", "this form of participation"),
}


def no_place(member: str) -> LocalText:
    """Say that RIO has no place for a member."""
    nl, en = MEMBERS[member]
    return says(
        f"RIO heeft geen plaats voor {nl}: dit gaat niet mee.",
        f"RIO has no place for {en}: it is left out.",
    )


def cut(member: str, most: int) -> LocalText:
    """Say that a text is longer than RIO holds."""
    nl, en = MEMBERS[member]
    return says(
        f"RIO bewaart hiervan hoogstens {most} tekens; het einde van {nl} is afgekapt.",
        f"RIO holds at most {most} characters of this; the end of {en} is cut off.",
    )


def markup(member: str) -> LocalText:
    """Say that a text was changed because it looks like HTML."""
    nl, en = MEMBERS[member]
    return says(
        f"RIO weigert wat op HTML lijkt; in {nl} is daarom een spatie gezet na < of &.",
        f"RIO refuses what looks like HTML; in {en} a space was put after < or &.",
    )


def other_language(member: str) -> LocalText:
    """Say that the English text stands where RIO expects a Dutch one."""
    nl, en = MEMBERS[member]
    return says(
        f"RIO vraagt {nl} in het Nederlands; nu staat er de Engelse tekst.",
        f"RIO asks for {en} in Dutch; the English text stands there now.",
    )


NO_NAME: Final = says(
    "RIO vraagt een naam van de opleiding; in de titel blijft geen leesbare tekst over.",
    "RIO asks for a name of the education; no readable text is left of the title.",
)
NOT_WHOLE: Final = says(
    "RIO bewaart de studielast als heel getal. Dit getal heeft een deel achter de komma en gaat"
    " daarom niet mee: afronden zou iets anders zeggen dan u bedoelt.",
    "RIO holds the study load as a whole number. This number has a fraction and is therefore left"
    " out: rounding it would say something else than you mean.",
)
ISCED_NARROWED: Final = says(
    "RIO bewaart het vakgebied met drie cijfers; het vierde cijfer gaat niet mee.",
    "RIO holds the field of study in three digits; the fourth is left out.",
)
ISCED_BROAD: Final = says(
    "RIO bewaart het vakgebied met drie cijfers; met twee cijfers gaat het niet mee.",
    "RIO holds the field of study in three digits; with two digits it is left out.",
)
NO_LEVEL_HO: Final = says(
    "Een onderwijseenheid in het hoger onderwijs heeft in RIO geen EQF- of NLQF-niveau: dit gaat"
    " niet mee.",
    "A unit of higher education has no EQF or NLQF level in RIO: it is left out.",
)
NO_LEVEL_PARTICULIER: Final = says(
    "Sinds 1 november 2025 bewaart RIO geen EQF- of NLQF-niveau van non-formeel onderwijs: dit gaat"
    " niet mee.",
    "Since 1 November 2025 RIO holds no EQF or NLQF level of non-formal education: it is left out.",
)
CERTIFICAAT: Final = says(
    "RIO kent geen microcredential als soort document; het staat er als CERTIFICAAT.",
    "RIO has no microcredential among its kinds of document; it is there as CERTIFICAAT.",
)
MBO: Final = says(
    "In het mbo-deel van RIO kan alleen staan wat een code van OCW heeft. Een microcredential van"
    " een mbo-school kan daarom alleen als non-formeel onderwijs in RIO; vraag DUO of dat mag. De"
    " RIO-koppeling van SURF ondersteunt alleen hoger en non-formeel onderwijs.",
    "The mbo part of RIO holds only what has a code of OCW. A microcredential of an mbo school can"
    " therefore only be in RIO as non-formal education; ask DUO whether it may. SURF's RIO mapper"
    " supports only higher and non-formal education.",
)
NO_AANBIEDER: Final = says(
    "Van uw organisatie is geen onderwijsaanbiedercode bekend (bijvoorbeeld 100A123). Zonder deze"
    " code weet RIO niet wie de opleiding aanbiedt. De beheerder van de catalogus legt haar vast.",
    "No onderwijsaanbiedercode of your organisation is known (such as 100A123). Without that code"
    " RIO does not know who offers the education. The steward of the catalogue records it.",
)
CODE_TO_COME: Final = says(
    "RIO geeft de code van de opleidingseenheid pas als deze is geregistreerd. De koppeling vult"
    " haar dan hier in, of u zet haar in otherCodes (x-rio-opleidingseenheidcode).",
    "RIO gives the code of the opleidingseenheid once it is registered. The coupling then fills it"
    " in here, or you put it in otherCodes (x-rio-opleidingseenheidcode).",
)
BAD_CODE: Final = says(
    "Deze code heeft niet het patroon dat RIO vraagt en gaat daarom niet mee.",
    "This code does not have the pattern that RIO asks and is therefore left out.",
)
URL_TOO_LONG: Final = says(
    "RIO bewaart een webadres van hoogstens 320 tekens zonder & en ;. Dit adres past niet en gaat"
    " niet mee.",
    "RIO holds an address on the web of at most 320 characters without & and ;. This one does not"
    " fit and is left out.",
)
NO_VOERTAAL: Final = says(
    "RIO kent 18 talen, en deze niet: de taal gaat niet mee.",
    "RIO knows 18 languages, and not this one: the language is left out.",
)
TOO_MANY_VOERTALEN: Final = says(
    "RIO bewaart hier niet zoveel talen; de taal van dit aanbod gaat niet mee.",
    "RIO does not hold that many languages here; the language of this offering is left out.",
)
TOO_MANY_PERIODEN: Final = says(
    "RIO bewaart hoogstens 999 perioden; de oudste versies gaan niet mee.",
    "RIO holds at most 999 periods; the oldest versions are left out.",
)
TOO_MANY_COHORTEN: Final = says(
    "RIO bewaart hoogstens 999 cohorten; dit oudere aanbod gaat niet mee.",
    "RIO holds at most 999 cohorts; this older offering is left out.",
)
SEVERAL_LOCATIES: Final = says(
    "RIO bewaart één locatie per aangeboden opleiding; uw aanbod noemt er meer, dus geen ervan gaat"
    " mee.",
    "RIO holds one location of an aangeboden opleiding; your offerings name several, so none is"
    " sent.",
)
CONCEPT: Final = says(
    "Dit aanbod is nog een concept en gaat niet mee.",
    "This offering is still a concept and is not sent.",
)
COHORTCODE: Final = says(
    "RIO bewaart een cohortcode van hoogstens 60 tekens, op één regel en zonder wat op HTML lijkt."
    " Een code kan niet worden veranderd: dit aanbod gaat niet mee.",
    "RIO holds a cohortcode of at most 60 characters, on one line and without what looks like HTML."
    " A code cannot be changed: this offering is not sent.",
)
NO_AANMELDPERIODE: Final = says(
    "RIO vraagt vanaf welke dag men zich kan aanmelden. Zonder die dag gaat dit aanbod niet mee.",
    "RIO asks from which day one can enrol. Without that day this offering is not sent.",
)
NO_INSTROOM: Final = says(
    "RIO vraagt wanneer men begint: een vaste dag of een periode. Zonder dat gaat dit aanbod niet"
    " mee.",
    "RIO asks when one starts: a fixed day or a period. Without it this offering is not sent.",
)
NO_OPLEIDINGSVORM: Final = says(
    "RIO vraagt een opleidingsvorm (klassikaal, online of beide). Van de vormen die u noemt, kent"
    " RIO er geen. Zonder vorm gaat dit aanbod niet mee.",
    "RIO asks for a form (in class, online or both). Of the forms you name, RIO knows none. Without"
    " a form this offering is not sent.",
)
NO_OPLEIDINGSVORM_AT_ALL: Final = says(
    "RIO vraagt een opleidingsvorm (klassikaal, online of beide). Zonder vorm gaat dit aanbod niet"
    " mee.",
    "RIO asks for a form (in class, online or both). Without a form this offering is not sent.",
)
AANMELDPERIODEN_JOINED: Final = says(
    "RIO bewaart één aanmeldperiode; uw perioden zijn samengevoegd, van de eerste tot de laatste"
    " dag.",
    "RIO holds one period to enrol in; yours are joined, from the first day to the last.",
)
PLAATSEN: Final = says(
    "RIO bewaart 1 tot en met 32.000 plaatsen; dit aantal gaat niet mee.",
    "RIO holds 1 to 32,000 places; this number is left out.",
)
NOT_EURO: Final = says(
    "RIO bewaart een prijs in euro; deze prijs gaat niet mee.",
    "RIO holds a price in euro; this price is left out.",
)
