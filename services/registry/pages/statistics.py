"""The page with the figures of the register: a chart and a table of each, without a script."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from services.registry.domain.statistics import BASE, THRESHOLD, Dimension
from services.registry.operations import statistics
from services.registry.operations.statistics import NoStatisticsError
from services.registry.schemas.statistics import CSV, LICENCE, StatisticsAnswer
from shared.contracts.vocabulary import LocalText
from shared.runtime.http import public_headers
from shared.runtime.pages import page

router = APIRouter()

FRESH_SECONDS: Final = 600
FULL_WIDTH: Final = 100
_ORDER: Final = (
    Dimension.SECTOR,
    Dimension.LEVEL,
    Dimension.SIZE,
    Dimension.MONTH,
    Dimension.STATUS,
    Dimension.ORGANISATION,
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a table with its bar: how wide that is, in hundredths of the widest."""

    key: str
    name: LocalText | None
    registrations: int | None
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A table of figures as it is shown."""

    dimension: str
    bars: tuple[Bar, ...]

    @property
    def withheld(self) -> bool:
        """Say whether nothing of it is shown."""
        return all(bar.registrations is None for bar in self.bars)

    @property
    def highest(self) -> Bar:
        """Return the widest row that is shown."""
        return max(self.bars, key=lambda bar: bar.registrations or 0)


@router.get("/statistics")
async def show_statistics(request: Request) -> Response:
    """Show the figures of the register."""
    try:
        figures = await statistics.read_statistics(request.app.state.database)
    except NoStatisticsError:
        figures = None
    return page(
        request,
        "statistics.html",
        figures=figures,
        charts=[_chart(figures, dimension) for dimension in _ORDER] if figures else [],
        threshold=THRESHOLD,
        base=BASE,
        licence=LICENCE,
    )


@router.get("/statistics.csv")
async def give_statistics(request: Request) -> Response:
    """Give the figures as a file for a spreadsheet."""
    figures = await statistics.read_statistics(request.app.state.database)
    headers = public_headers(max_age=FRESH_SECONDS) | {
        "Content-Disposition": 'attachment; filename="statistics.csv"',
        "Link": f'<{LICENCE}>; rel="license"',
    }
    return Response(figures.as_csv(), headers=headers, media_type=CSV)


def _chart(figures: StatisticsAnswer, dimension: Dimension) -> Chart:
    cells = figures.table(dimension).cells
    widest = max((cell.registrations or 0 for cell in cells), default=0) or 1
    bars = [
        Bar(
            key=cell.key,
            name=cell.name,
            registrations=cell.registrations,
            width=round((cell.registrations or 0) * FULL_WIDTH / widest, 1),
        )
        for cell in cells
    ]
    if dimension is Dimension.ORGANISATION:
        bars.sort(key=lambda bar: (-(bar.registrations or 0), bar.key))
    return Chart(dimension.value, tuple(bars))
