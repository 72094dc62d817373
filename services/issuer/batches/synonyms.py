"""The words by which a column is recognised, in Dutch and English, and those of other systems.

A table of words, apart from what is done with them. Each is written as it is compared: small
letters and digits only, without accents.
"""

from typing import Final

from services.issuer.batches.columns import Field

STRONG: Final[dict[Field, str]] = {
    Field.MICROCREDENTIAL: (
        "microcredential microcredentialid microcredentialcode microcredentialtitel"
        " microcredentialnaam microcredentialtitle badgeclass badgeclassid badgeclassname"
        " edubadge opleidingseenheid cursuscode cursusnaam cursustitel coursecode coursename"
        " coursetitle modulecode modulenaam modulename vakcode"
    ),
    Field.MICROCREDENTIAL_VERSION: "microcredentialversion microcredentialversie",
    Field.ENROLMENT_REFERENCE: (
        "enrolmentreference enrollmentreference enrolmentid enrollmentid enrolment enrollment"
        " enrolmentnumber inschrijving inschrijvingsnummer inschrijvingnummer inschrijvingsid"
        " inschrijvingid inschrijvingskenmerk kenmerk referentie reference referentienummer"
        " deelnamenummer deelnameid resultaatid resultaatnummer resultid associationid"
    ),
    Field.STUDENT_NUMBER: (
        "studentnummer studentnr studentennummer studentnumber studentid studentcode"
        " studentidentificatie leerlingnummer deelnemernummer deelnemerid cursistnummer"
        " cursistid relatienummer sisuserid registratienummer"
    ),
    Field.AWARDED_ON: (
        "awardedon awarddate dateawarded datumresultaat resultaatdatum toetsdatum"
        " datumtoets behaaldop datumbehaald behaalddatum datumafgerond afgerondop afronddatum"
        " uitreikdatum datumuitreiking toekenningsdatum datumtoekenning issuedon issuedate"
        " completiondate completedon resultdate examdate datumexamen examendatum datumbeoordeling"
        " beoordelingsdatum assessmentdate tentamendatum datumtentamen"
    ),
    Field.EDU_ID: "eduid eduidnummer surfeduid eduididentifier eduidpseudoniem",
    Field.EMAIL: (
        "email emailadres mailadres emailaddress mailaddress recipientemail studentemail"
        " emailstudent emailadresstudent instellingsemail instellingsmail schoolmail"
        " studentmail emailinstelling emailadresinstelling"
    ),
    Field.NAME: (
        "volledigenaam fullname volledigenaamstudent studentnaam naamstudent studentname"
        " displayname weergavenaam naamdeelnemer deelnemernaam naamcursist cursistnaam"
        " recipientname achternaamvoornaam"
    ),
    Field.GIVEN_NAME: (
        "voornaam voornamen roepnaam firstname firstnames givenname givennames forename"
        " learnergivenname"
    ),
    Field.FAMILY_PREFIX: (
        "tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels tussenvoegselachternaam infix"
        " surnameprefix familynameprefix nameprefix"
    ),
    Field.FAMILY_NAME: (
        "achternaam achternamen familienaam geslachtsnaam lastname lastnames surname familyname"
        " learnerfamilyname"
    ),
    Field.GRADE: (
        "cijfer eindcijfer resultaat eindresultaat grade finalgrade gradeachieved"
        " beoordeling waardering score resultgrade oordeel eindoordeel"
    ),
    Field.VALID_UNTIL: (
        "validuntil geldigtot geldigtotenmet geldigtm vervaldatum einddatumgeldigheid expires"
        " expireson expirationdate expirydate validto"
    ),
    Field.NARRATIVE: "narrative toelichting motivatie onderbouwing",
}
WEAK: Final[dict[Field, str]] = {
    Field.MICROCREDENTIAL: "cursus course vak module code badge",
    Field.MICROCREDENTIAL_VERSION: "version versie",
    Field.ENROLMENT_REFERENCE: "id ref",
    Field.STUDENT_NUMBER: "nummer number nr",
    Field.AWARDED_ON: "datum date dag",
    Field.EMAIL: "mail eppn emailprive priveemail priveemailadres emailadresprive",
    Field.NAME: "naam name student deelnemer cursist learner",
    Field.GRADE: "result uitslag punten",
    Field.NARRATIVE: "opmerking opmerkingen comment comments remarks",
}
FORBIDDEN: Final = frozenset(
    {
        "bsn",
        "burgerservicenummer",
        "sofinummer",
        "pgn",
        "persoonsgebondennummer",
        "onderwijsnummer",
        "onderwijsnr",
        "citizenservicenumber",
    }
)
_FORBIDDEN_PARTS: Final = tuple(word for word in FORBIDDEN if len(word) > len("bsn"))
MEMBERS: Final = frozenset({"learner", "result", "student", "person", "achievement", "award"})
"""Members of an award that hold others, so that what is behind their dot is a name by itself."""
NOT_NEEDED: Final = frozenset(
    {
        *(
            "geboortedatum",
            "geboorteplaats",
            "geboorteland",
            "dateofbirth",
            "birthdate",
            "birthday",
            "gebdatum",
            "gebdat",
            "datumgeboorte",
        ),
        *("geslacht", "gender", "sex", "nationaliteit", "nationality", "iban", "titulatuur"),
        *("adres", "straat", "huisnummer", "postcode", "woonplaats", "plaats", "city"),
        *("telefoon", "telefoonnummer", "mobiel", "phone", "phonenumber"),
        *("evidenceurl", "evidencename", "evidencedescription"),
        *("rijinhetbestand", "rowinthefile", "watisermis", "whatiswrong", "foutcode", "faultcode"),
        *("docent", "docentnaam", "teacher", "groep", "klas", "class", "group"),
        *("initialen", "voorletters", "initials", "ects", "ec", "studiepunten", "credits"),
    }
)
LAYOUTS: Final[dict[str, frozenset[str]]] = {
    "edubadges-eppn": frozenset({"email", "eppn", "narrative", "gradeachieved"}),
    "edubadges-email": frozenset({"email", "firstname", "surname", "narrative", "gradeachieved"}),
    "edubadges-direct-award": frozenset({"recipientemail", "eppn"}),
    "waarmerk": frozenset({"microcredentialid", "enrolmentreference", "awardedon"}),
}
OF_ACCOUNTS: Final = frozenset({"edubadges-eppn", "edubadges-direct-award"})
"""Layouts in which a learner is somebody with an account at an institution (eppn)."""
EXACT: Final[dict[str, tuple[Field, float]]] = {
    **{word: (field, 0.8) for field, words in WEAK.items() for word in words.split()},
    **{word: (field, 1.0) for field, words in STRONG.items() for word in words.split()},
}


def is_forbidden(word: str) -> bool:
    """Say whether a header names a number of a citizen, however it is written out or cut short."""
    if word.startswith(("bsn", "pgn")) or word.endswith("bsn"):
        return True
    return any(part in word for part in _FORBIDDEN_PARTS)
