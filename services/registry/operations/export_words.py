"""The words on an access export, in Dutch and in English."""

from collections.abc import Mapping
from typing import Final

from shared.runtime.language import Language

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.NL: {
        "title": "Wat het register van u weet",
        "description": "Inzage in alles wat het register over één lerende heeft",
        "intro": (
            "Dit is alles wat het landelijke register van microcredentials over u heeft. Uw naam, "
            "e-mailadres en geboortedatum staan er niet in: het register kent u alleen onder een "
            "pseudoniem. Klopt er iets niet? Vraag de instelling die de microcredential toekende "
            "om het te verbeteren. Bij dit document hoort een JSON-bestand met hetzelfde, als "
            "bijlage, ondertekend door het register."
        ),
        "field": "Gegeven",
        "value": "Wat er staat",
        "created": "Gemaakt op",
        "exportId": "Nummer van dit overzicht",
        "register": "Register",
        "profile": "Juridisch profiel",
        "learner": "Uw pseudoniem in het register",
        "digest": "SHA-256 van het overzicht",
        "registrations": "Registraties",
        "registration": "Registratie",
        "nothing": "Er is niets geregistreerd.",
        "restricted": (
            "U vroeg om wissen. Een wet zegt dat dit bewaard moet blijven; alleen u ziet het nog."
        ),
        "id": "Nummer",
        "organisation": "Organisatie (OIN)",
        "microcredential": "Microcredential",
        "load": "Omvang",
        "status": "Stand",
        "awardedOn": "Toegekend op",
        "validFrom": "Geldig vanaf",
        "recordedAt": "Bekend sinds",
        "credential": "Bewijs",
        "credentialDigest": "SHA-256 van het bewijs",
        "version": "Versie",
        "index": "Plaats in het logboek",
        "notYet": "staat nog niet in het logboek",
        "gone": "gewist",
        "commitment": "Vastlegging",
        "salt": "Zout (opent de vastlegging)",
        "content": "Inhoud",
        "proof": "Bewijs uit het logboek",
        "consultations": "Wie uw gegevens bekeek",
        "nobody": "Niemand heeft uw gegevens bekeken.",
        "more": "Er is {count} keer gekeken. Hier staan de laatste 500; alle staan in de bijlage.",
        "when": "Wanneer (UTC)",
        "purpose": "Waarvoor",
        "reference": "Kenmerk",
        "found": "Gezien",
        "names": "Onder welke namen anderen u kennen",
        "namesIntro": (
            "Elke organisatie die naar u vroeg, kent u onder een eigen pseudoniem. Twee "
            "organisaties kunnen daaraan niet zien dat het om dezelfde persoon gaat."
        ),
        "processings": "Wat er met uw gegevens gebeurt",
        "processing": "Verwerking",
        "controller": "Verantwoordelijk",
        "basis": "Grondslag",
        "term": "Hoe lang",
        "signature": "Handtekening",
        "signatureIntro": (
            "Het register ondertekende het SHA-256 hierboven. De sleutel staat op "
            "/v1/access-export-keys van het register."
        ),
        "attachment": "Hetzelfde als JSON, ondertekend",
    },
    Language.EN: {
        "title": "What the register knows of you",
        "description": "Access to everything the register has about one learner",
        "intro": (
            "This is everything the national register of microcredentials has about you. Your "
            "name, e-mail address and date of birth are not in it: the register knows you by a "
            "pseudonym only. Is something wrong? Ask the institution that awarded the "
            "microcredential to correct it. A JSON file that says the same is attached to this "
            "document, signed by the register."
        ),
        "field": "Item",
        "value": "What it says",
        "created": "Made at",
        "exportId": "Number of this overview",
        "register": "Register",
        "profile": "Legal profile",
        "learner": "Your pseudonym in the register",
        "digest": "SHA-256 of the overview",
        "registrations": "Registrations",
        "registration": "Registration",
        "nothing": "Nothing is registered.",
        "restricted": (
            "You asked to erase this. A law says that it must be kept; only you still see it."
        ),
        "id": "Number",
        "organisation": "Organisation (OIN)",
        "microcredential": "Microcredential",
        "load": "Size",
        "status": "Status",
        "awardedOn": "Awarded on",
        "validFrom": "Valid from",
        "recordedAt": "Known since",
        "credential": "Credential",
        "credentialDigest": "SHA-256 of the credential",
        "version": "Version",
        "index": "Place in the log",
        "notYet": "not in the log yet",
        "gone": "erased",
        "commitment": "Commitment",
        "salt": "Salt (opens the commitment)",
        "content": "Content",
        "proof": "Proof from the log",
        "consultations": "Who looked at your records",
        "nobody": "Nobody has looked at your records.",
        "more": "There were {count} looks. Here are the last 500; all are in the attachment.",
        "when": "When (UTC)",
        "purpose": "What for",
        "reference": "Reference",
        "found": "Seen",
        "names": "By which names others know you",
        "namesIntro": (
            "Each organisation that asked about you knows you by a pseudonym of its own. Two "
            "organisations cannot tell from these that they are about the same person."
        ),
        "processings": "What happens to your records",
        "processing": "Processing",
        "controller": "Controller",
        "basis": "Legal basis",
        "term": "How long",
        "signature": "Signature",
        "signatureIntro": (
            "The register signed the SHA-256 above. The key is at /v1/access-export-keys of the "
            "register."
        ),
        "attachment": "The same as JSON, signed",
    },
}
KINDS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.NL: {
        "issued": "geregistreerd",
        "corrected": "gecorrigeerd",
        "suspended": "opgeschort",
        "reinstated": "hersteld",
        "revoked": "ingetrokken",
        "expired": "verlopen",
        "erased": "gewist of afgeschermd",
        "key": "sleutel",
    },
    Language.EN: {
        "issued": "registered",
        "corrected": "corrected",
        "suspended": "suspended",
        "reinstated": "reinstated",
        "revoked": "revoked",
        "expired": "expired",
        "erased": "erased or restricted",
        "key": "key",
    },
}
LISTS: Final[Mapping[Language, Mapping[str, Mapping[str, str]]]] = {
    Language.NL: {
        "profiles": {"pilot": "pilot", "statutory": "wettelijk"},
        "statuses": {
            "active": "geldig",
            "suspended": "opgeschort",
            "revoked": "ingetrokken",
            "expired": "verlopen",
            "erased": "gewist",
        },
        "purposes": {
            "admission": "toelating",
            "exemption": "vrijstelling",
            "stacking": "stapelen",
            "credential-check": "controle van een bewijs",
            "funding": "bekostiging",
            "none": "inzage",
        },
        "controllers": {
            "institution": "de instelling",
            "operator": "het register",
            "consumer": "wie ernaar vraagt",
        },
        "bases": {
            "consent": "toestemming (AVG 6.1.a)",
            "contract": "overeenkomst (AVG 6.1.b)",
            "legal-obligation": "wettelijke plicht (AVG 6.1.c)",
            "public-task": "publieke taak (AVG 6.1.e)",
        },
    },
    Language.EN: {
        "profiles": {"pilot": "pilot", "statutory": "statutory"},
        "statuses": {
            "active": "valid",
            "suspended": "suspended",
            "revoked": "revoked",
            "expired": "expired",
            "erased": "erased",
        },
        "purposes": {
            "admission": "admission",
            "exemption": "exemption",
            "stacking": "stacking",
            "credential-check": "check of a credential",
            "funding": "funding",
            "none": "access",
        },
        "controllers": {
            "institution": "the institution",
            "operator": "the register",
            "consumer": "who asks",
        },
        "bases": {
            "consent": "consent (GDPR 6.1.a)",
            "contract": "contract (GDPR 6.1.b)",
            "legal-obligation": "legal obligation (GDPR 6.1.c)",
            "public-task": "public task (GDPR 6.1.e)",
        },
    },
}
