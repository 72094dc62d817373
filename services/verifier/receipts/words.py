"""The words on a receipt, in Dutch and in English."""

from collections.abc import Mapping
from typing import Final

from shared.runtime.language import Language

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.NL: {
        "title": "Bevestiging van een controle",
        "description": "Wat er is gecontroleerd aan een bewijs, en wat eruit kwam",
        "test": "Testbewijs, zonder waarde",
        "intro": (
            "Dit is gecontroleerd op het moment dat hieronder staat. Daarna kan een bewijs zijn "
            "ingetrokken of vervangen: controleer het opnieuw als het ertoe doet. In dit document "
            "zit een bestand, receipt.jwt, met hetzelfde, ondertekend. Alleen dat bestand telt; "
            "wat hier gedrukt staat, kan iemand hebben veranderd."
        ),
        "field": "Gegeven",
        "value": "Wat er staat",
        "checkedAt": "Gecontroleerd op",
        "asOf": "Kennis compleet tot",
        "verifier": "Gecontroleerd door",
        "receiptId": "Nummer van deze bevestiging",
        "digest": "SHA-256 van wat is ingeleverd",
        "insideDigest": "SHA-256 van het bewijs daarin",
        "file": "Het kwam in een bestand van soort",
        "fileDigest": "SHA-256 van dat bestand",
        "state": "Uitkomst",
        "name": "Naam",
        "result": "Resultaat",
        "person": "Wat de controleur van de persoon zag",
        "noPerson": "In deze bevestiging staat niets over de persoon.",
        "checks": "Wat is gecontroleerd",
        "check": "Controle",
        "outcome": "Uitkomst",
        "lookedUp": "Opgezocht in",
        "upTo": "tot",
        "nowhere": "in het bewijs zelf",
        "versions": "Waartegen is gecontroleerd",
        "hidden": (
            "Over de inhoud van dit bewijs staat hier niets: die tonen we alleen als zeker is dat "
            "de uitgever het zo heeft afgegeven, en nooit als het is gewist."
        ),
        "microcredential": "Microcredential",
        "page": "Beschrijving",
        "version": "versie",
        "policy": "Afspraken",
        "framework": "Kwaliteitskader",
        "frameworkDigest": "SHA-256 van het kwaliteitskader",
        "issuer": "Uitgever",
        "oin": "OIN van de uitgever",
        "key": "Sleutel van de uitgever",
        "registration": "Inschrijving",
        "software": "Programma",
        "unknown": "onbekend",
        "verify": "Zo controleert u deze bevestiging",
        "verifyIntro": (
            "Bewaar dit bestand, en haal één keer de sleutels van de controleur op. Daarna is er "
            "geen verbinding meer nodig:"
        ),
        "keys": "Sleutels van de controleur",
        "signedWith": "Ondertekend met sleutel",
        "squares": "Een teken dat hier niet te drukken is, staat er als □.",
        "attachment": "Dezelfde bevestiging, ondertekend",
    },
    Language.EN: {
        "title": "Receipt of a verification",
        "description": "What was checked of a credential, and what came out",
        "test": "Test credential, no value",
        "intro": (
            "This was checked at the moment below. A credential can be revoked or replaced after "
            "that: check it again when it matters. In this document is a file, receipt.jwt, that "
            "says the same and is signed. Only that file counts; what is printed here may have "
            "been changed by anybody."
        ),
        "field": "Item",
        "value": "What it says",
        "checkedAt": "Checked at",
        "asOf": "Knowledge complete up to",
        "verifier": "Checked by",
        "receiptId": "Number of this receipt",
        "digest": "SHA-256 of what was handed in",
        "insideDigest": "SHA-256 of the credential in it",
        "file": "It came in a file of type",
        "fileDigest": "SHA-256 of that file",
        "state": "Outcome",
        "name": "Name",
        "result": "Result",
        "person": "What the checker saw of the person",
        "noPerson": "There is nothing about the person in this receipt.",
        "checks": "What was checked",
        "check": "Check",
        "outcome": "Outcome",
        "lookedUp": "Looked up in",
        "upTo": "up to",
        "nowhere": "the credential itself",
        "versions": "What it was checked against",
        "hidden": (
            "Nothing of the content of this credential is here: we show it only when it is certain "
            "that its issuer gave it out as it is, and never when it was erased."
        ),
        "microcredential": "Microcredential",
        "page": "Description",
        "version": "version",
        "policy": "Policy",
        "framework": "Quality framework",
        "frameworkDigest": "SHA-256 of the quality framework",
        "issuer": "Issuer",
        "oin": "OIN of the issuer",
        "key": "Key of the issuer",
        "registration": "Registration",
        "software": "Program",
        "unknown": "unknown",
        "verify": "How to check this receipt",
        "verifyIntro": (
            "Keep this file, and fetch the keys of the verifier once. After that no connection is "
            "needed:"
        ),
        "keys": "Keys of the verifier",
        "signedWith": "Signed with key",
        "squares": "A character that cannot be printed here is shown as □.",
        "attachment": "The same receipt, signed",
    },
}
OUTCOMES: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.NL: {
        "ok": "in orde",
        "failed": "niet in orde",
        "unknown": "weten we niet",
        "not-run": "niet gedaan",
    },
    Language.EN: {
        "ok": "passed",
        "failed": "failed",
        "unknown": "cannot tell",
        "not-run": "not done",
    },
}
