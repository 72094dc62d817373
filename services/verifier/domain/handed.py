"""What somebody handed in, and what was found inside: proofs, links, codes, and what was refused.

Apart from the containers, because checks, pages and answers speak of these without knowing whether
a proof was pasted, photographed or baked into a picture.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.seals import Paper
from shared.errors import Remedy, RuleError


class Form(StrEnum):
    """What a text is, by its form alone; nothing about it has been checked."""

    VC_JWT = "vc-jwt"
    SD_JWT_VC = "sd-jwt-vc"
    EMBEDDED = "embedded"
    UNSIGNED = "unsigned"
    PRESENTATION_JWT = "presentation-jwt"
    PRESENTATION = "presentation"
    OPEN_BADGES_2 = "open-badges-2"
    ELM = "elm"
    SHARE_LINK = "share-link"
    SHORT_CODE = "short-code"
    URL = "url"
    UNKNOWN = "unknown"


class Container(StrEnum):
    """What a proof came in, by its bytes and never by its name."""

    TEXT = "text"
    JSON = "json"
    PNG = "png"
    SVG = "svg"
    PHOTO = "photo"
    PDF = "pdf"
    ZIP = "zip"
    XLSX = "xlsx"
    CSV = "csv"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in what was handed in: all empty when it is the whole of it."""

    entry: str = ""
    """The name of a file in an archive, as the archive says it."""
    sheet: str = ""
    """The name of a sheet, where a workbook has several."""
    row: int = 0
    """The row of a table, or the line of a text, from 1."""
    page: int = 0
    """The page of a PDF, from 1."""
    attachment: str = ""
    """The name of a file inside a PDF, as the PDF says it."""

    def inside(self, outer: "Place") -> "Place":
        """Return this place within one that lies around it."""
        return Place(
            entry=outer.entry or self.entry,
            sheet=outer.sheet or self.sheet,
            row=outer.row or self.row,
            page=outer.page or self.page,
            attachment=outer.attachment or self.attachment,
        )


WHOLE: Final = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One text to check or to explain, and where it stood."""

    form: Form
    text: str
    container: Container
    place: Place = WHOLE
    paper: Paper | None = None
    """The PDF it stood in; None where it stood in anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRefusal:
    """Something that was not read, where it stood, and why."""

    code: RefusalCode
    place: Place = WHOLE
    reason: str = ""
    """The rule in more detail, as a code, where there is one."""
    paper: Paper | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """All that came out of what was handed in, in the order in which it stood."""

    container: Container
    handed: tuple[Handed, ...] = ()
    refusals: tuple[IntakeRefusal, ...] = ()


class SeveralFoundError(RuleError):
    """There is more than one credential in this; hand them in one by one, or as a batch."""

    code: ClassVar[str] = "several-found"
    dutch: ClassVar[str] = "Hier zitten meer bewijzen in; geef ze één voor één, of als partij."
    remedy: ClassVar[Remedy | None] = (
        "Send each credential by itself, or all of them to `POST /v1/verification-batches`.",
        "Stuur elk bewijs apart, of alle samen naar `POST /v1/verification-batches`.",
    )
