"""From a form to what is to be judged: a text, a file, a photo, or what a page handed in before.

Apart from the pages, because another language, one verdict out of several and a receipt all begin
with the same things. Nothing is kept between two pages, so a page carries along what it was about:
as hidden fields, never in an address.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import Depends, File, Form, Request, UploadFile
from pydantic import TypeAdapter, ValidationError

from services.verifier.checks.holder import AskedHolder, IdentifierKind
from services.verifier.domain.handed import Handed, IntakeRefusal
from services.verifier.receipts.routes import OwnSigner
from services.verifier.receipts.uploads import describe_file, read_vouched, vouch
from services.verifier.routes import OwnDesk
from services.verifier.shares.book import note_visitor
from shared.contracts.receipt import SaidFile
from shared.runtime.problems import InvalidRequestError

Item = Handed | IntakeRefusal
"""One thing to judge, or one that could not be read."""
MOST_VERDICTS: Final = 2_000
_ITEM: Final[TypeAdapter[Item]] = TypeAdapter(Item)


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to judge, and the file it came in, if it was one."""

    item: Item
    file: SaidFile | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in, whose it is asked to be, and which of its verdicts is to be shown."""

    items: tuple[Piece, ...]
    asked: AskedHolder | None = None
    wanted: int | None = None
    """The number of one verdict, from 1; None for all of them."""


def write_again(item: Item) -> str:
    """Write an item as a page hands it in again."""
    return _ITEM.dump_json(_plain(item)).decode()


def write_origin(signer: OwnSigner, piece: Piece) -> str:
    """Write the file of an item as a page hands it in again, with our word for it."""
    item = piece.item
    return vouch(signer, piece.file, item.text) if isinstance(item, Handed) else ""


def read_again(written: str) -> Item:
    """Read back an item, or raise InvalidRequestError; it is believed no more than a new one."""
    try:
        return _plain(_ITEM.validate_json(written))
    except ValidationError:
        raise InvalidRequestError from None


def _plain(item: Item) -> Item:
    """Return an item as anybody may hand it in: with nothing good of a seal that we do not see."""
    if item.paper is None:
        return item
    return replace(item, paper=item.paper.without_praise())


def read_asked(
    kind: Annotated[IdentifierKind, Form(alias="holderKind")] = IdentifierKind.EMAIL,
    value: Annotated[str, Form(alias="holder", max_length=320)] = "",
) -> AskedHolder | None:
    """Return the person who is named, if anybody."""
    named = value.strip()
    return AskedHolder(kind, named) if named else None


async def read_new(
    desk: OwnDesk,
    text: Annotated[str, Form(alias="credential")] = "",
    file: Annotated[UploadFile | None, File()] = None,
    photo: Annotated[UploadFile | None, File()] = None,
) -> tuple[Piece, ...]:
    """Take in all that is handed in: whoever pastes and chooses hears of both."""
    pasted = text.encode(errors="replace") if text.strip() else b""
    files = [await one.read() for one in (file, photo) if one is not None and one.filename]
    pieces: list[Piece] = []
    for content in [pasted, *files] if pasted else files:
        taken = await desk.intake.take_in(content)
        stated = None if content is pasted else describe_file(content)
        found: list[Item] = [*taken.handed, *taken.refusals]
        pieces += [Piece(one, stated) for one in found]
    return tuple(pieces)


async def read_carried(
    signer: OwnSigner,
    again: Annotated[list[str] | None, Form()] = None,
    origin: Annotated[list[str] | None, Form()] = None,
) -> tuple[Piece, ...]:
    """Read back what a page carried along: each item, and its file where it has our word."""
    items = list(map(read_again, again or ()))
    origins = origin if origin is not None and len(origin) == len(items) else [""] * len(items)
    return tuple(
        Piece(item, read_vouched(signer, written, item.text) if isinstance(item, Handed) else None)
        for item, written in zip(items, origins, strict=True)
    )


async def read_given(
    request: Request,
    new: Annotated[tuple[Piece, ...], Depends(read_new)],
    carried: Annotated[tuple[Piece, ...], Depends(read_carried)],
    asked: Annotated[AskedHolder | None, Depends(read_asked)],
    show: Annotated[int | None, Form(ge=1, le=MOST_VERDICTS)] = None,
    *,
    whole: Annotated[bool, Form()] = False,
) -> Given:
    """Read a form of ours: what is new in it, or else what it hands in again."""
    note_visitor(request.scope)
    return Given(new or carried, asked, None if whole else show)


HandedIn = Annotated[Given, Depends(read_given)]
