"""What can be wrong with a row, in Dutch and English: found, expected, proposed.

One table, so that the words can be read and bettered in one place. {found} is the value of the
cell, {hint} what was probably meant, or the row or limit it runs into.
"""

from typing import Final

from services.issuer.batches.before import BEFORE
from services.issuer.batches.codes import Code
from services.issuer.batches.sentences import NOTHING, Sentence, Wording, worded

__all__ = ["MEANT", "WORDINGS", "Code", "Wording"]


_A_DATE: Final = Sentence(
    "een datum als 13-11-2026 of 2026-11-13", "a date such as 13-11-2026 or 2026-11-13"
)
_AN_ADDRESS: Final = Sentence(
    "één e-mailadres als naam@voorbeeld.nl", "one e-mail address such as name@example.nl"
)
_A_NAME: Final = Sentence("een voornaam en een achternaam", "a given name and a family name")
_A_PASS: Final = Sentence("een voldoende: 5,5 tot en met 10", "a pass: 5.5 up to and including 10")
_TEXT: Final = Sentence("gewone tekst van één regel", "plain text of one line")
MEANT: Final = Sentence("Bedoelt u {hint}?", "Did you mean {hint}?")
_A_REFERENCE: Final = Sentence(
    "uw eigen kenmerk van de inschrijving, hoogstens 100 letters en cijfers zonder @",
    "your own reference of the enrolment, at most 100 letters and digits without @",
)


WORDINGS: Final[dict[Code, Wording]] = {
    Code.ROW_BROKEN: worded(
        ("deze rij is niet als rij te lezen.", "this row cannot be read as a row."),
        Sentence("cellen volgens RFC 4180", "cells as in RFC 4180"),
        (
            "Kijk of de aanhalingstekens goed staan: in een cel worden ze verdubbeld.",
            "See whether its quotes are right: inside a cell they are doubled.",
        ),
    ),
    Code.ROW_ERASED: worded(
        (
            "de gegevens van deze persoon zijn op verzoek gewist.",
            "what this row said of its person was erased on request.",
        ),
        NOTHING,
        ("Hieraan is niets te doen.", "There is nothing to mend."),
    ),
    Code.ROW_LONG: worded(
        ("{found} staat voorbij de laatste kolom.", "{found} stands beyond the last column."),
        Sentence("{hint} cellen, zoveel als de kop", "{hint} cells, as many as the header"),
        (
            "Zet een cel met het scheidingsteken erin tussen aanhalingstekens.",
            "Put a cell that holds the delimiter between quotes.",
        ),
    ),
    Code.ROW_SHORT: worded(
        ("de rij houdt hier op.", "the row ends here."),
        Sentence("{hint} cellen, zoveel als de kop", "{hint} cells, as many as the header"),
        (
            "Staat er een regeleinde in een cel? Zet die cel tussen aanhalingstekens.",
            "Is there a line break in a cell? Put that cell between quotes.",
        ),
    ),
    Code.MEMBER_UNKNOWN: worded(
        ("deze naam komt in geen eerdere toekenning voor.", "no earlier award has this name."),
        Sentence(
            "dezelfde namen als eerder in het bestand", "the same names as before in the file"
        ),
        ("Is het een tikfout? Anders: haal het weg.", "Is it a typing error? Else take it out."),
    ),
    Code.CELL_CONTROL: worded(
        (
            "{found} heeft een teken dat niemand ziet, of dat de leesrichting omkeert.",
            "{found} has a character that nobody sees, or that changes the direction of reading.",
        ),
        _TEXT,
        ("Typ de waarde opnieuw in, zonder te plakken.", "Type the value anew, without pasting."),
    ),
    Code.CELL_ERROR: worded(
        (
            "het rekenblad geeft hier een fout: {found}.",
            "the spreadsheet has an error here: {found}.",
        ),
        _TEXT,
        ("Vul de waarde zelf in.", "Fill in the value yourself."),
    ),
    Code.CELL_FORMULA: worded(
        ("{found} is een formule of begint als een.", "{found} is a formula or begins as one."),
        Sentence("een waarde, zonder = + - of @ vooraan", "a value, without = + - or @ in front"),
        ("Kopieer de kolom en plak haar als waarden.", "Copy the column and paste it as values."),
    ),
    Code.CELL_HTML: worded(
        ("{found} heeft HTML.", "{found} has HTML."),
        _TEXT,
        ("Haal de tags weg.", "Take the tags out."),
    ),
    Code.CELL_LONG: worded(
        ("{found} is te lang.", "{found} is too long."),
        Sentence("hoogstens {hint} tekens", "at most {hint} characters"),
        ("Kort de tekst in.", "Shorten the text."),
    ),
    Code.CELL_NESTED: worded(
        ("hier staat een lijst of een object.", "a list or an object stands here."),
        Sentence("één waarde", "one value"),
        ("Geef één waarde.", "Give one value."),
    ),
    Code.CELL_PRECISION: worded(
        (
            "{found} is een getal met meer cijfers dan het rekenblad bewaart.",
            "{found} is a number of more digits than the spreadsheet keeps.",
        ),
        Sentence("een nummer dat als tekst is bewaard", "a number that is kept as text"),
        (
            "Maak de kolom tekst en plak de nummers opnieuw.",
            "Make the column text and paste the numbers anew.",
        ),
    ),
    Code.NAME_MISSING: worded(
        ("er is geen naam.", "there is no name."), _A_NAME, ("Vul de naam in.", "Fill in the name.")
    ),
    Code.NAME_HALF: worded(
        (
            "{found} is alleen een voornaam of alleen een achternaam.",
            "{found} is only a given name or only a family name.",
        ),
        _A_NAME,
        ("Vul beide in.", "Fill in both."),
    ),
    Code.NAME_ENCODING: worded(
        ("{found} is verkeerd ingelezen.", "{found} was read with the wrong encoding."),
        Sentence("een tekst in UTF-8", "a text in UTF-8"),
        ("Sla de lijst op als “CSV UTF-8”.", "Save the list as “CSV UTF-8”."),
        asks=True,
    ),
    Code.EMAIL_MISSING: worded(
        ("er is geen eduID en geen e-mailadres.", "there is no eduID and no e-mail address."),
        Sentence(
            "een eduID, of een e-mailadres met een naam", "an eduID, or an address with a name"
        ),
        ("Vul er een in.", "Fill in one of them."),
    ),
    Code.EMAIL_FORM: worded(
        ("{found} is geen e-mailadres.", "{found} is no e-mail address."),
        _AN_ADDRESS,
        ("Verbeter het adres.", "Mend the address."),
        asks=True,
    ),
    Code.EMAIL_SPACE: worded(
        ("in {found} staat een spatie.", "there is a space in {found}."), _AN_ADDRESS, MEANT
    ),
    Code.EMAIL_MANY: worded(
        ("{found} is meer dan één adres.", "{found} is more than one address."),
        _AN_ADDRESS,
        ("Laat één adres staan, zoals {hint}.", "Leave one address, such as {hint}."),
    ),
    Code.IDENTIFIER_DOMAIN: worded(
        (
            "{found} lijkt een medewerkersadres; studenten hebben een ander.",
            "{found} looks like a staff address; students have another.",
        ),
        NOTHING,
        MEANT,
    ),
    Code.EDUID_FORM: worded(
        ("{found} is geen eduID.", "{found} is no eduID."),
        Sentence("8 tot 200 tekens zonder spaties", "8 to 200 characters without spaces"),
        ("Neem het eduID over uit het studentsysteem.", "Take the eduID from the student system."),
    ),
    Code.REFERENCE_MISSING: worded(
        ("er is geen kenmerk.", "there is no reference."),
        _A_REFERENCE,
        (
            "Vul het studentnummer of het inschrijvingsnummer in.",
            "Fill in the student number or the enrolment number.",
        ),
    ),
    Code.REFERENCE_FORM: worded(
        ("{found} kan geen kenmerk zijn.", "{found} cannot be a reference."),
        _A_REFERENCE,
        (
            "Gebruik een nummer, geen naam of e-mailadres.",
            "Use a number, not a name or an e-mail address.",
        ),
    ),
    Code.MICROCREDENTIAL_MISSING: worded(
        ("er staat niet bij om welke microcredential het gaat.", "no microcredential is named."),
        Sentence(
            "een id, code of titel uit uw catalogus", "an id, code or title of your catalogue"
        ),
        (
            "Vul die in, of kies één microcredential voor het hele bestand.",
            "Fill it in, or choose one microcredential for the whole file.",
        ),
    ),
    Code.MICROCREDENTIAL_UNKNOWN: worded(
        (
            "{found} is geen microcredential van uw organisatie.",
            "{found} is no microcredential of your organisation.",
        ),
        Sentence(
            "een id, code of titel uit uw catalogus", "an id, code or title of your catalogue"
        ),
        ("Neem de id over uit de catalogus.", "Take the id from the catalogue."),
        asks=True,
    ),
    Code.VERSION_FORM: worded(
        ("{found} is geen versie.", "{found} is no version."),
        Sentence("een geheel getal vanaf 1", "a whole number from 1"),
        ("Laat de cel leeg voor de nieuwste versie.", "Leave the cell empty for the newest one."),
    ),
    Code.DATE_MISSING: worded(
        ("er is geen datum.", "there is no date."),
        _A_DATE,
        ("Vul de dag van het resultaat in.", "Fill in the day of the result."),
    ),
    Code.DATE_FORM: worded(
        ("{found} is geen datum.", "{found} is no date."),
        _A_DATE,
        ("Schrijf dag-maand-jaar.", "Write day-month-year."),
    ),
    Code.DATE_ABSENT: worded(
        ("{found} is een dag die niet bestaat.", "{found} is a day that does not exist."),
        _A_DATE,
        MEANT,
    ),
    Code.DATE_SWAPPED: worded(("{found} is geen datum.", "{found} is no date."), _A_DATE, MEANT),
    Code.DATE_YEAR: worded(
        ("{found} heeft een jaar van twee cijfers.", "{found} has a year of two digits."),
        _A_DATE,
        MEANT,
    ),
    Code.DATE_FUTURE: worded(
        ("{found} ligt in de toekomst.", "{found} lies in the future."),
        Sentence("vandaag of eerder", "today or earlier"),
        ("Kijk of dag, maand en jaar kloppen.", "See whether day, month and year are right."),
    ),
    Code.DATE_EARLY: worded(
        ("{found} is te lang geleden.", "{found} is too long ago."),
        Sentence("{hint} of later", "{hint} or later"),
        ("Kijk of het jaar klopt.", "See whether the year is right."),
    ),
    Code.GRADE_FORM: worded(
        ("{found} is geen resultaat.", "{found} is no result."),
        Sentence("een cijfer als 7,5 of een woord als voldoende", "a grade such as 7.5 or a word"),
        (
            "Laat alleen het cijfer staan, met hoogstens één cijfer achter de komma.",
            "Leave only the grade, with one decimal at most.",
        ),
    ),
    Code.GRADE_RANGE: worded(
        ("{found} is geen cijfer van 1 tot en met 10.", "{found} is no grade from 1 to 10."),
        _A_PASS,
        ("Verbeter het cijfer.", "Mend the grade."),
        asks=True,
    ),
    Code.GRADE_LOW: worded(
        ("{found} is geen voldoende.", "{found} is no pass."),
        _A_PASS,
        ("Haal de rij weg: er is niets toe te kennen.", "Take the row out: nothing is earned."),
    ),
    Code.GRADE_DATE: worded(
        (
            "het rekenblad maakte een datum van dit cijfer: {found}.",
            "the spreadsheet made a date of this grade: {found}.",
        ),
        _A_PASS,
        MEANT,
    ),
    Code.VALIDITY_PAST: worded(
        ("{found} is al voorbij.", "{found} is past."),
        Sentence("een dag in de toekomst", "a day in the future"),
        ("Verbeter de dag, of laat de cel leeg.", "Mend the day, or leave the cell empty."),
    ),
    Code.ECTS_RANGE: worded(
        (
            "deze microcredential is {found}; dat mag niet.",
            "this microcredential is {found}; that is not allowed.",
        ),
        Sentence("{hint}", "{hint}"),
        ("Een edubadge kan wel.", "An edubadge is possible."),
    ),
    Code.EVIDENCE_MISSING: worded(
        ("dit aanbod vraagt een toelichting.", "this offering requires a narrative."),
        Sentence("een toelichting bij het resultaat", "a narrative with the result"),
        ("Vul de toelichting in.", "Fill in the narrative."),
    ),
    **BEFORE,
}
