"""From a form to what is to be judged: a text, a file, a photo, or what a page handed in before.

Apart from the pages, because another language, one verdict out of several and a receipt all begin
with the same things. Nothing is kept between two pages, so a page carries along what it was about:
as hidden fields, never in an address.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, File, Form, UploadFile
from pydantic import TypeAdapter, ValidationError

from services.verifier.checks.holder import AskedHolder, IdentifierKind
from services.verifier.domain.handed import Handed, IntakeRefusal
from services.verifier.routes import OwnDesk
from shared.runtime.problems import InvalidRequestError

Item = Handed | IntakeRefusal
"""One thing to judge, or one that could not be read."""
MOST_VERDICTS: Final = 2_000
_ITEM: Final[TypeAdapter[Item]] = TypeAdapter(Item)


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in, whose it is asked to be, and which of its verdicts is to be shown."""

    items: tuple[Item, ...]
    asked: AskedHolder | None = None
    wanted: int | None = None
    """The number of one verdict, from 1; None for all of them."""


def write_again(item: Item) -> str:
    """Write an item as a page hands it in again."""
    return _ITEM.dump_json(item).decode()


def read_again(written: str) -> Item:
    """Read back an item, or raise InvalidRequestError; it is believed no more than a new one."""
    try:
        return _ITEM.validate_json(written)
    except ValidationError:
        raise InvalidRequestError from None


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
) -> tuple[Item, ...]:
    """Take in all that is handed in: whoever pastes and chooses hears of both."""
    contents = [text.encode(errors="replace")] if text.strip() else []
    contents += [await one.read() for one in (file, photo) if one is not None and one.filename]
    items: list[Item] = []
    for content in contents:
        taken = await desk.intake.take_in(content)
        items += (*taken.handed, *taken.refusals)
    return tuple(items)


async def read_given(
    new: Annotated[tuple[Item, ...], Depends(read_new)],
    asked: Annotated[AskedHolder | None, Depends(read_asked)],
    again: Annotated[list[str] | None, Form()] = None,
    show: Annotated[int | None, Form(ge=1, le=MOST_VERDICTS)] = None,
    *,
    whole: Annotated[bool, Form()] = False,
) -> Given:
    """Read a form of ours: what is new in it, or else what it hands in again."""
    items = new or tuple(map(read_again, again or ()))
    return Given(items, asked, None if whole else show)


HandedIn = Annotated[Given, Depends(read_given)]
