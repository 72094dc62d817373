"""What the report of an import says, in plain Dutch and English."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.vocabulary import LocalText


def _says(nl: str, en: str) -> LocalText:
    return LocalText(nl=nl, en=en)


TAKEN: Final = _says("Overgenomen.", "Taken over.")

CHANGED: Final[Mapping[str, LocalText]] = {
    "plain-text": _says(
        "De opmaak (HTML of Markdown) is weggehaald; de woorden zijn gebleven.",
        "The markup (HTML or Markdown) was taken away; the words stayed.",
    ),
    "language-code": _says(
        "De taalcode is geschreven zoals BCP 47 vraagt.",
        "The language code is written as BCP 47 asks.",
    ),
    "split-in-outcomes": _says(
        "De lijst is gesplitst: elk punt is nu een eigen leeruitkomst.",
        "The list was split: every point is a learning outcome of its own now.",
    ),
    "joined-statement": _says(
        "Naam en beschrijving van de kwaliteitszorg zijn samen één verklaring.",
        "Name and description of the quality assurance together are one statement.",
    ),
    "other-word": _says(
        "Dit heet hier anders; de betekenis is dezelfde.",
        "This is called otherwise here; the meaning is the same.",
    ),
    "own-code": _says(
        "Bewaard als code van edubadges, zodat dezelfde badge niet twee keer komt.",
        "Kept as the code of edubadges, so that the same badge does not come twice.",
    ),
    "stackable": _says(
        "Waar het in meetelt, staat er niet bij; nu staat er alleen dat het meetelt. Vul aan.",
        "What it counts towards is not said; only that it does stands there now. Add to it.",
    ),
    "added-to-description": _says(
        "Er is geen toetsvorm om dit bij te zetten; het staat nu onder de beschrijving.",
        "There is no type of assessment to put this with; it stands under the description now.",
    ),
    "number-from-text": _says(
        "Dit getal stond er als tekst.", "This number was written as a text."
    ),
    "self-declared": _says(
        "Het niveau staat er als door u zelf opgegeven; verander de grondslag als die anders is.",
        "The level stands there as declared by yourself; change the basis if it is another.",
    ),
}

DOUBTFUL: Final[Mapping[str, LocalText]] = {
    "other-language": _says(
        "Deze tekst is niet in het Nederlands of Engels. Zij staat nu bij Engels; vertaal haar.",
        "This text is not in Dutch or English. It stands with English now; translate it.",
    ),
    "no-language": _says(
        "Er staat geen taal bij. De teksten staan nu bij Nederlands; controleer dat.",
        "No language is given. The texts stand with Dutch now; check that.",
    ),
    "level-verified-by": _says(
        "In edubadges is het niveau gecontroleerd, maar er staat niet door wie. Kies zelf de"
        " grondslag (geaccrediteerde opleiding, of ingeschreven bij het NCP NLQF).",
        "In edubadges the level is verified, but not by whom. Choose the basis yourself (accredited"
        " programme, or registered with the NCP NLQF).",
    ),
    "near-assessment": _says(
        "Deze toetsvorm bestaat hier niet precies; de naaste is gekozen. Controleer dat.",
        "This type of assessment does not exist exactly here; the nearest was chosen. Check that.",
    ),
    "no-own-words": _says(
        "Er staat geen uitleg bij de toets; nu staat er alleen hoe de toetsvorm heet. Vul aan.",
        "The assessment has no explanation; only the name of its type stands there now. Add to it.",
    ),
    "supervised-where": _says(
        "Er staat niet of het toezicht online of op locatie is; nu staat er op locatie.",
        "It is not said whether the supervision is online or on site; it says on site now.",
    ),
    "identity-without-supervision": _says(
        "De identiteit is gecontroleerd zonder toezicht; dat bestaat hier niet. Nu staat er zonder"
        " toezicht; controleer dat.",
        "The identity was checked without supervision, which does not exist here. It says"
        " unsupervised now; check that.",
    ),
    "false-by-default": _says(
        "In edubadges staat dit uit als niemand iets kiest; controleer of het zo bedoeld is.",
        "In edubadges this is off when nobody chooses; check whether it is meant.",
    ),
    "not-a-microcredential": _says(
        "In edubadges is dit geen microcredential maar een gewone edubadge.",
        "In edubadges this is no microcredential but an ordinary edubadge.",
    ),
    "croho-or-crebo": _says(
        "Of dit een CROHO- of een CREBO-code is, volgt uit uw sector; controleer dat.",
        "Whether this is a CROHO or a CREBO code follows from your sector; check that.",
    ),
    "archived-there": _says(
        "In edubadges is deze badge gearchiveerd.", "In edubadges this badge is archived."
    ),
    "near-participation": _says(
        "Deze vorm van deelname bestaat hier niet precies; de naaste is gekozen. Controleer dat.",
        "This form of participation does not exist exactly here; the nearest was chosen. Check it.",
    ),
}

LOST: Final[Mapping[str, LocalText]] = {
    "unknown-member": _says(
        "Dit onderdeel kennen wij niet; het is niet overgenomen.",
        "We do not know this member; it was not taken over.",
    ),
    "unknown-value": _says(
        "Deze waarde kennen wij niet; zij is niet overgenomen.",
        "We do not know this value; it was not taken over.",
    ),
    "empty": _says("Dit is leeg.", "This is empty."),
    "does-not-fit": _says(
        "Dit voldoet niet aan de regels voor een beschrijving; het is niet overgenomen.",
        "This does not meet the rules of a description; it was not taken over.",
    ),
    "too-long": _says(
        "De tekst is langer dan 4.000 tekens; wat daarna komt, is niet overgenomen.",
        "The text is longer than 4,000 characters; what comes after them was not taken over.",
    ),
    "name-too-long": _says(
        "De titel is langer dan 4.000 tekens; wat daarna komt, is niet overgenomen.",
        "The title is longer than 4,000 characters; what comes after them was not taken over.",
    ),
    "too-many": _says(
        "Er kunnen er niet meer bij; deze is niet overgenomen.",
        "There is no room for more; this one was not taken over.",
    ),
    "two-decimals": _says(
        "De omvang heeft hier hoogstens één cijfer achter de komma; dit getal is niet overgenomen"
        " en niet afgerond.",
        "A size has at most one decimal here; this number was not taken over, and not rounded.",
    ),
    "size-range": _says(
        "Een omvang is groter dan 0 en hoogstens 10.000; dit getal is niet overgenomen.",
        "A size is more than 0 and at most 10,000; this number was not taken over.",
    ),
    "another-size": _says(
        "Er is al een omvang in een andere eenheid; een beschrijving heeft er één.",
        "There is a size in another unit already; a description has one.",
    ),
    "intro-of-outcomes": _says(
        "De zin vóór de lijst is geen leeruitkomst; zij is niet overgenomen.",
        "The sentence before the list is no learning outcome; it was not taken over.",
    ),
    "picture": _says(
        "Een plaatje hoort hier niet bij de beschrijving; het bewijs krijgt een eigen beeld.",
        "A picture is no part of a description here; the credential gets an image of its own.",
    ),
    "of-the-award": _says(
        "Dit hoort bij de toekenning aan een lerende, niet bij de beschrijving.",
        "This belongs to the award to a learner, not to the description.",
    ),
    "setting": _says(
        "Dit is een instelling van edubadges; hier bestaat zij niet.",
        "This is a setting of edubadges; it does not exist here.",
    ),
    "person": _says(
        "Dit gaat over een persoon; zulke gegevens bewaren wij niet bij een beschrijving.",
        "This is about a person; such particulars are not kept with a description.",
    ),
    "issuer": _says(
        "De aanbieder is de organisatie van uw toegang, niet die in het bestand.",
        "The provider is the organisation of your access, not the one in the file.",
    ),
    "technical": _says(
        "Dit is alleen techniek van het bestand.", "This is only technique of the file."
    ),
    "repeated": _says(
        "Dit herhaalt wat elders in het bestand staat.",
        "This repeats what stands elsewhere in the file.",
    ),
    "alignment": _says(
        "Van verwijzingen nemen wij ESCO-vaardigheden, ISCED-F en EQF over; deze niet.",
        "Of alignments we take ESCO skills, ISCED-F and EQF; not this one.",
    ),
    "number-of-a-tag": _says(
        "Dit is het nummer van een label in edubadges, zonder de naam; het zegt hier niets.",
        "This is the number of a label in edubadges without its name; it says nothing here.",
    ),
    "dates-of-there": _says(
        "Wanneer iets in edubadges gebeurde, wordt niet overgenomen.",
        "When something happened in edubadges is not taken over.",
    ),
    "address": _says(
        "Dit is geen webadres dat iedereen kan openen; het is niet overgenomen.",
        "This is no address on the web that everybody can open; it was not taken over.",
    ),
    "level-range": _says(
        "Een EQF-niveau is een heel getal van 1 tot en met 8; dit is niet overgenomen.",
        "An EQF level is a whole number from 1 to 8; this was not taken over.",
    ),
    "programme-code": _says(
        "Een CROHO- of CREBO-code heeft vijf cijfers; deze is niet overgenomen.",
        "A CROHO or CREBO code has five digits; this one was not taken over.",
    ),
    "words-have-it": _says(
        "Dit staat al in de beschrijving van de toets.",
        "The description of the assessment says this already.",
    ),
    "participation-known": _says(
        "Voor deze vorm is hier geen woord; zij is niet overgenomen.",
        "There is no word for this form here; it was not taken over.",
    ),
}
