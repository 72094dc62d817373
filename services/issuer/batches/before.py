"""What is said of a row that asks for what was there before: earlier in the file, or awarded.

Apart from what can be wrong with a cell, because here the cell is right by itself.
"""

from typing import Final

from services.issuer.batches.codes import Code
from services.issuer.batches.sentences import NOTHING, Sentence, Wording, worded

BEFORE: Final[dict[Code, Wording]] = {
    Code.DUPLICATE: worded(
        (
            "dezelfde persoon voor hetzelfde bewijs als in rij {hint}.",
            "the same person for the same microcredential as in row {hint}.",
        ),
        NOTHING,
        ("Deze rij slaan we over.", "This row is passed over."),
    ),
    Code.DUPLICATE_REFERENCE: worded(
        (
            "het kenmerk {found} is in rij {hint} van iemand anders.",
            "the reference {found} is someone else's in row {hint}.",
        ),
        Sentence("een kenmerk per persoon en bewijs", "one reference for each person and award"),
        ("Verbeter het kenmerk.", "Mend the reference."),
    ),
    Code.EXISTS_SAME: worded(
        ("al toegekend{hint}; er verandert niets.", "awarded already{hint}; nothing changes."),
        NOTHING,
        NOTHING,
    ),
    Code.EXISTS_DIFFERS: worded(
        (
            "al toegekend met {hint}; hier staat {found}.",
            "awarded already with {hint}; here stands {found}.",
        ),
        NOTHING,
        ("Dit wordt een correctie.", "This becomes a correction."),
    ),
    Code.EXISTS_OTHER_PERSON: worded(
        (
            "onder kenmerk {found} is al toegekend aan iemand anders (toekenning {hint}).",
            "under the reference {found} somebody else was awarded already (award {hint}).",
        ),
        NOTHING,
        (
            (
                "Kijk of de kolommen nog bij elkaar horen. Is het dezelfde persoon onder een ander "
                "adres of eduID? Verbeter dan die toekenning zelf."
            ),
            (
                "See whether the columns still belong together. Is it the same person by another "
                "address or eduID? Then correct that award itself."
            ),
        ),
    ),
    Code.EXISTS_OTHER_REFERENCE: worded(
        (
            "deze persoon heeft deze microcredential al, onder kenmerk {hint}; hier staat {found}.",
            (
                "this person has this microcredential already, under the reference {hint}; "
                "here stands {found}."
            ),
        ),
        NOTHING,
        (
            "De rij wordt wel toegekend; haal haar weg als dat niet de bedoeling is.",
            "The row is awarded all the same; take it out if that is not meant.",
        ),
    ),
    Code.NOT_ALLOWED: worded(
        ("deze toekenning mag niet. {hint}", "this award may not be made. {hint}"),
        NOTHING,
        NOTHING,
    ),
}
