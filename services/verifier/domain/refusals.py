"""Why something handed in could not be read: a code for programs, a sentence for people.

Apart from what was handed in, because words can be bettered without touching what is decided.
"""

from enum import StrEnum
from typing import Final

from services.verifier.domain.text import Text


class RefusalCode(StrEnum):
    """Why something could not be read."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    OTHER_FILE = "other-file"
    JSON_UNREADABLE = "json-unreadable"
    PROOFS_MANY = "proofs-many"

    PNG_DAMAGED = "png-damaged"
    PNG_ANIMATED = "png-animated"
    PNG_CONTINUES = "png-continues"
    PNG_TWO_CREDENTIALS = "png-two-credentials"
    PNG_COMPRESSED = "png-compressed"
    PNG_WRONG_CHUNK = "png-wrong-chunk"

    PICTURE_DAMAGED = "picture-damaged"
    PIXELS_MANY = "pixels-many"
    NOTHING_IN_PICTURE = "nothing-in-picture"

    SVG_DAMAGED = "svg-damaged"
    SVG_DOCTYPE = "svg-doctype"
    SVG_ACTIVE = "svg-active"
    SVG_EXTERNAL = "svg-external"
    SVG_TWO_CREDENTIALS = "svg-two-credentials"
    SVG_TWO_PLACES = "svg-two-places"
    SVG_WRONG_NAMESPACE = "svg-wrong-namespace"
    SVG_EMPTY = "svg-empty"

    PDF_DAMAGED = "pdf-damaged"
    PDF_LOCKED = "pdf-locked"
    PDF_PAGES_LEFT = "pdf-pages-left"
    NOTHING_IN_PDF = "nothing-in-pdf"
    ONLY_SEAL_IN_PDF = "only-seal-in-pdf"

    ARCHIVE_DAMAGED = "archive-damaged"
    ARCHIVE_LOCKED = "archive-locked"
    ARCHIVE_NESTED = "archive-nested"
    ARCHIVE_NAME = "archive-name"
    ARCHIVE_ENTRIES_MANY = "archive-entries-many"
    ARCHIVE_UNPACKS_TOO_LARGE = "archive-unpacks-too-large"
    NOTHING_IN_BUNDLE = "nothing-in-bundle"
    TABLE_DAMAGED = "table-damaged"
    TABLE_ROWS_LEFT = "table-rows-left"

    TOOK_TOO_LONG = "took-too-long"
    TOO_HEAVY = "too-heavy"
    BROKE_THE_READER = "broke-the-reader"
    BUSY = "busy"

    @property
    def sentence(self) -> Text:
        """Return it as a sentence for people."""
        return _SENTENCES[self]

    @property
    def is_ours(self) -> bool:
        """Say whether it says more of us, and of this moment, than of what was handed in."""
        return self in _OURS


_OURS: Final = frozenset(
    {
        RefusalCode.TOOK_TOO_LONG,
        RefusalCode.TOO_HEAVY,
        RefusalCode.BROKE_THE_READER,
        RefusalCode.BUSY,
    }
)

_SENTENCES: Final = {
    RefusalCode.EMPTY: Text(
        nl="Er is niets om te controleren: dit is leeg.",
        en="There is nothing to check: this is empty.",
    ),
    RefusalCode.TOO_LARGE: Text(
        nl="Dit is groter dan we lezen.",
        en="This is larger than we read.",
    ),
    RefusalCode.OTHER_FILE: Text(
        nl="Dit soort bestand kunnen we niet lezen. Bewaar het als PDF, PNG, JPEG of XLSX, of maak "
        "een schermafbeelding van de QR-code.",
        en="We cannot read this kind of file. Save it as PDF, PNG, JPEG or XLSX, or make a "
        "screenshot of the QR code.",
    ),
    RefusalCode.JSON_UNREADABLE: Text(
        nl="De tekst is niet te lezen, of kan op twee manieren gelezen worden.",
        en="The text cannot be read, or can be read in two ways.",
    ),
    RefusalCode.PROOFS_MANY: Text(
        nl="Hier zit meer in dan we in één keer controleren. De rest is niet gelezen.",
        en="There is more in here than we check at once. The rest was not read.",
    ),
    RefusalCode.PNG_DAMAGED: Text(
        nl="De afbeelding is beschadigd.",
        en="The picture is damaged.",
    ),
    RefusalCode.PNG_ANIMATED: Text(
        nl="De afbeelding beweegt. Een bewijs zit in een stilstaande afbeelding.",
        en="The picture moves. A credential is in a picture that stands still.",
    ),
    RefusalCode.PNG_CONTINUES: Text(
        nl="Achter de afbeelding zit nog iets anders in het bestand.",
        en="Behind the picture there is something else in the file.",
    ),
    RefusalCode.PNG_TWO_CREDENTIALS: Text(
        nl="In de afbeelding zit meer dan één bewijs. We kunnen niet zeggen welk geldt.",
        en="The picture holds more than one credential. We cannot say which of them counts.",
    ),
    RefusalCode.PNG_COMPRESSED: Text(
        nl="Het bewijs in de afbeelding is ingepakt. Dat is niet afgesproken.",
        en="The credential in the picture is compressed. That was not agreed.",
    ),
    RefusalCode.PNG_WRONG_CHUNK: Text(
        nl="Het bewijs zit op een verkeerde plek in de afbeelding.",
        en="The credential is in a wrong place in the picture.",
    ),
    RefusalCode.PICTURE_DAMAGED: Text(
        nl="De afbeelding is niet te lezen.",
        en="The picture cannot be read.",
    ),
    RefusalCode.PIXELS_MANY: Text(
        nl="De afbeelding heeft meer beeldpunten dan we lezen. Maak haar kleiner.",
        en="The picture has more pixels than we read. Make it smaller.",
    ),
    RefusalCode.NOTHING_IN_PICTURE: Text(
        nl="We vinden geen bewijs en geen QR-code in de afbeelding. Staat de QR-code er scherp en "
        "helemaal op?",
        en="We find no credential and no QR code in the picture. Is the QR code sharp and whole?",
    ),
    RefusalCode.SVG_DAMAGED: Text(
        nl="De tekening is beschadigd.",
        en="The drawing is damaged.",
    ),
    RefusalCode.SVG_DOCTYPE: Text(
        nl="De tekening heeft een DOCTYPE. Dat lezen we nooit.",
        en="The drawing has a DOCTYPE. We never read those.",
    ),
    RefusalCode.SVG_ACTIVE: Text(
        nl="In de tekening zit een programma. Een bewijs heeft dat niet.",
        en="There is a program in the drawing. A credential has none.",
    ),
    RefusalCode.SVG_EXTERNAL: Text(
        nl="De tekening haalt iets van een ander adres. Een bewijs doet dat niet.",
        en="The drawing takes something from another address. A credential does not.",
    ),
    RefusalCode.SVG_TWO_CREDENTIALS: Text(
        nl="In de tekening zit meer dan één bewijs. We kunnen niet zeggen welk geldt.",
        en="The drawing holds more than one credential. We cannot say which of them counts.",
    ),
    RefusalCode.SVG_TWO_PLACES: Text(
        nl="Het bewijs in de tekening staat er twee keer, op twee manieren.",
        en="The credential is in the drawing twice, in two ways.",
    ),
    RefusalCode.SVG_WRONG_NAMESPACE: Text(
        nl="Het bewijs in de tekening is niet zo opgeschreven als is afgesproken.",
        en="The credential in the drawing is not written in the way that was agreed.",
    ),
    RefusalCode.SVG_EMPTY: Text(
        nl="We vinden geen bewijs in de tekening.",
        en="We find no credential in the drawing.",
    ),
    RefusalCode.PDF_DAMAGED: Text(
        nl="De PDF is beschadigd.",
        en="The PDF is damaged.",
    ),
    RefusalCode.PDF_LOCKED: Text(
        nl="De PDF is met een wachtwoord gesloten.",
        en="The PDF is locked with a password.",
    ),
    RefusalCode.PDF_PAGES_LEFT: Text(
        nl="De PDF heeft meer bladzijden dan we bekijken. De rest is niet bekeken.",
        en="The PDF has more pages than we look at. The rest was not looked at.",
    ),
    RefusalCode.NOTHING_IN_PDF: Text(
        nl="We vinden geen bewijs en geen QR-code in de PDF.",
        en="We find no credential and no QR code in the PDF.",
    ),
    RefusalCode.ONLY_SEAL_IN_PDF: Text(
        nl="Deze PDF heeft een zegel, maar er zit geen bewijs in dat we kunnen controleren.",
        en="This PDF has a seal, but there is no credential in it that we can check.",
    ),
    RefusalCode.ARCHIVE_DAMAGED: Text(
        nl="Het ingepakte bestand is beschadigd, of ingepakt op een manier die we niet lezen.",
        en="The archive is damaged, or packed in a way we do not read.",
    ),
    RefusalCode.ARCHIVE_LOCKED: Text(
        nl="Het bestand is met een wachtwoord gesloten.",
        en="The file is locked with a password.",
    ),
    RefusalCode.ARCHIVE_NESTED: Text(
        nl="In het ingepakte bestand zit weer een ingepakt bestand. Pak dat eerst uit.",
        en="There is an archive in the archive. Unpack that one first.",
    ),
    RefusalCode.ARCHIVE_NAME: Text(
        nl="De naam van dit bestand is geen gewone naam, of komt twee keer voor.",
        en="The name of this file is no ordinary name, or is there twice.",
    ),
    RefusalCode.ARCHIVE_ENTRIES_MANY: Text(
        nl="In het ingepakte bestand zitten meer bestanden dan we in één keer controleren.",
        en="The archive holds more files than we check at once.",
    ),
    RefusalCode.ARCHIVE_UNPACKS_TOO_LARGE: Text(
        nl="Uitgepakt is dit groter dan we lezen.",
        en="Unpacked this is larger than we read.",
    ),
    RefusalCode.NOTHING_IN_BUNDLE: Text(
        nl="We vinden hier geen bewijs, link of code in.",
        en="We find no credential, link or code in here.",
    ),
    RefusalCode.TABLE_DAMAGED: Text(
        nl="De tabel is beschadigd.",
        en="The table is damaged.",
    ),
    RefusalCode.TABLE_ROWS_LEFT: Text(
        nl="De tabel heeft meer rijen dan we lezen. De rest is niet gelezen.",
        en="The table has more rows than we read. The rest was not read.",
    ),
    RefusalCode.TOOK_TOO_LONG: Text(
        nl="Het lezen duurde te lang en is gestopt.",
        en="Reading it took too long and was stopped.",
    ),
    RefusalCode.TOO_HEAVY: Text(
        nl="Het lezen vraagt meer geheugen dan we geven.",
        en="Reading it asks for more memory than we give.",
    ),
    RefusalCode.BROKE_THE_READER: Text(
        nl="Dit bestand is niet te lezen.",
        en="This file cannot be read.",
    ),
    RefusalCode.BUSY: Text(
        nl="Het is nu te druk om dit bestand te lezen. Probeer het over een minuut opnieuw.",
        en="It is too busy now to read this file. Try again in a minute.",
    ),
}
