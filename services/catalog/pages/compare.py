"""Up to three microcredentials side by side, and in words where they differ.

Apart from the pages of one, because a difference is a thing of its own: it is said, not coloured.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from fastapi import APIRouter, Request, Response

from services.catalog.domain import dutch_day
from services.catalog.operations import organisations
from services.catalog.pages import telling, words
from services.catalog.pages.browse import read_compared
from services.catalog.pages.detail import read_runs
from services.catalog.pages.frame import show
from services.catalog.pages.questions import MOST_COMPARED, Asked, read_ids
from services.catalog.pages.runs import Runs
from services.catalog.pages.words import Words
from services.catalog.search import Question
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.pages import AMSTERDAM, write_money

router = APIRouter()

Cell = Words | tuple[LocalText, ...] | date | None
_UNKNOWN: Final[Words] = ("niet vermeld", "not stated")


@dataclass(frozen=True, slots=True)
class Column:
    """One microcredential of a comparison."""

    one: Microcredential
    provider: Organisation
    runs: Runs


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of each, and whether they are the same."""

    label: Words
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Say whether not all of them are the same here."""
        return any(cell != self.cells[0] for cell in self.cells)


@router.get("/compare")
async def show_comparison(request: Request, session: Session, now: Now) -> Response:
    """Show up to three microcredentials side by side."""
    ignored: list[Words] = []
    wanted = read_ids(request.query_params.getlist("id"), ignored)
    asked = Asked(question=Question(), compared=wanted)
    known = await read_compared(session, asked)
    if len(known) < len(wanted):
        ignored.append(
            ("een nummer dat we niet kennen", "a number that we do not know"),
        )
    today = dutch_day(now)
    columns = [
        Column(
            one,
            await organisations.read_organisation(session, one.provider),
            await read_runs(session, one.microcredential_id, today=today),
        )
        for one in known
    ]
    ids = tuple(one.microcredential_id for one in known)
    return show(
        request,
        "compare.html",
        columns=columns,
        rows=compare(columns) if columns else [],
        asked=replace(asked, compared=ids),
        without=[[("id", str(each)) for each in ids if each != this] for this in ids],
        ignored=tuple(dict.fromkeys(ignored)),
        most=MOST_COMPARED,
    )


def compare(columns: list[Column]) -> list[Row]:
    """Lay facts of the same kind beside each other; what nobody states is left out."""
    found = [
        Row(label, tuple(read(column) for column in columns)) for label, read in _FACTS.items()
    ]
    return [row for row in found if any(cell is not None for cell in row.cells)]


def _size(column: Column) -> Cell:
    load = column.one.content.study_load
    if load is None:
        return None
    dutch, english = telling.written(load.value)
    return f"{dutch} {words.UNITS[load.unit][0]}", f"{english} {words.UNITS[load.unit][1]}"


def _hours(column: Column) -> Cell:
    hours = telling.hours_of(column.one.content.study_load)
    return None if hours is None else (f"ongeveer {hours}", f"about {hours}")


def _level(column: Column) -> Cell:
    level = column.one.content.level
    return None if level is None else words.LEVELS[level.value]


def _basis(column: Column) -> Cell:
    level = column.one.content.level
    return None if level is None else words.BASES[level.basis]


def _form(column: Column) -> Cell:
    return _listed([words.MODES[each] for each in column.one.content.modes_of_delivery])


def _language(column: Column) -> Cell:
    tag = column.one.content.in_language
    return None if tag is None else words.language(tag)


def _assessment(column: Column) -> Cell:
    assessment = column.one.content.assessment
    return _listed([words.ASSESSMENTS[each] for each in assessment.types]) if assessment else None


def _supervision(column: Column) -> Cell:
    supervision = column.one.content.supervision
    return None if supervision is None else words.SUPERVISIONS[supervision]


def _admission(column: Column) -> Cell:
    return _text(column.one.content.admission_requirements)


def _stacking(column: Column) -> Cell:
    return _text(column.one.content.stackability)


def _outcomes(column: Column) -> Cell:
    return column.one.content.learning_outcomes or None


def _field(column: Column) -> Cell:
    code = column.one.content.field_of_study
    return None if code is None else words.field(code)


def _start(column: Column) -> Cell:
    offering = column.runs.next
    if offering is None:
        return "nu geen aanbod bekend", "no offering known now"
    if offering.runs:
        return offering.runs.first_day
    return ("wanneer u wilt", "whenever you like") if offering.flexible_entry else None


def _price(column: Column) -> Cell:
    offering = column.runs.next
    price = offering.price if offering else None
    if price is None:
        return None
    if not price.amount:
        return "gratis", "free of charge"
    return write_money(price.amount, price.currency)


def _place(column: Column) -> Cell:
    offering = column.runs.next
    if offering is None or offering.location is None:
        return None
    return offering.location.city, offering.location.city


def _kind(column: Column) -> Cell:
    return words.SECTORS[column.provider.sector]


def _agreements(column: Column) -> Cell:
    framework = column.one.policy.framework
    name = framework.name
    return f"{name.best('nl')} {framework.version}", f"{name.best('en')} {framework.version}"


def _published(column: Column) -> Cell:
    return column.one.published_at.astimezone(AMSTERDAM).date()


def _text(text: LocalText | None) -> Cell:
    return None if text is None else (text,)


def _listed(named: list[Words]) -> Cell:
    if not named:
        return None
    return "; ".join(each[0] for each in named), "; ".join(each[1] for each in named)


_FACTS: Final = {
    ("Soort aanbieder", "Kind of provider"): _kind,
    ("Omvang", "Size"): _size,
    ("Uren werk", "Hours of work"): _hours,
    ("Niveau", "Level"): _level,
    ("Wie het niveau noemt", "Who claims the level"): _basis,
    ("Leeruitkomsten", "Learning outcomes"): _outcomes,
    ("Vorm", "Form"): _form,
    ("Taal", "Language"): _language,
    ("Eerste start", "First start"): _start,
    ("Prijs", "Price"): _price,
    ("Plaats", "Place"): _place,
    ("Toelating", "Admission"): _admission,
    ("Toetsing", "Assessment"): _assessment,
    ("Toezicht", "Supervision"): _supervision,
    ("Stapelen", "Stacking"): _stacking,
    ("Vakgebied", "Field of study"): _field,
    ("Kwaliteitskader", "Quality framework"): _agreements,
    ("Gepubliceerd", "Published"): _published,
}
