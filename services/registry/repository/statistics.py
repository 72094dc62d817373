"""The questions about figures: what all tallies come to, and the editions that were published."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.registry.domain.statistics import Dimension
from shared.contracts.vocabulary import LocalText, Sector
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Figures as they were published."""

    published_at: datetime
    sequence: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All there is, by organisation and by each dimension, exactly; never to be published so."""

    sequence: int
    by_organisation: Mapping[str, int]
    by_dimension: Mapping[Dimension, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Awarder:
    """What the catalogue says of who awards."""

    sector: Sector
    name: LocalText


_PLACE = "SELECT sequence FROM tally_place"
_ORGANISATIONS = "SELECT organisation, sum(registrations)::bigint AS n FROM tally GROUP BY 1"
_CELLS = """
    SELECT dimension.key AS dimension, cell.key, sum(cell.value::bigint)::bigint AS n
    FROM tally, jsonb_each(counts) dimension, jsonb_each_text(dimension.value) cell
    WHERE organisation = $1 GROUP BY 1, 2
    """
_AWARDERS = "SELECT oin, sector, name_nl, name_en FROM organisation"
_KEEP = "INSERT INTO statistics_edition (published_at, sequence, content) VALUES ($1, $2, $3)"
_LATEST = "SELECT * FROM statistics_edition ORDER BY published_at DESC LIMIT 1"
_DROP = "DELETE FROM statistics_edition WHERE published_at < $1"


async def count_all(straight: Straight) -> Counted | None:
    """Return what all tallies come to; None before anything was counted."""
    place = await straight.ask(_PLACE)
    if place is None:
        return None
    rows = await straight.connection.fetch(_ORGANISATIONS)
    by_organisation = {row["organisation"]: row["n"] for row in rows}
    found: dict[Dimension, Counter[str]] = {}
    # One organisation at a time: each question is answered soon.
    for organisation in by_organisation:
        for row in await straight.connection.fetch(_CELLS, organisation):
            cells = found.setdefault(Dimension(row["dimension"]), Counter())
            cells[row["key"]] += row["n"]
    return Counted(sequence=place["sequence"], by_organisation=by_organisation, by_dimension=found)


async def list_awarders(straight: Straight) -> dict[str, Awarder]:
    """Return what the catalogue says of every organisation we heard of."""
    rows = await straight.connection.fetch(_AWARDERS)
    return {
        row["oin"]: Awarder(
            sector=Sector(row["sector"]), name=LocalText(nl=row["name_nl"], en=row["name_en"])
        )
        for row in rows
    }


async def find_latest(straight: Straight) -> Edition | None:
    """Return the latest edition, if there is one."""
    row = await straight.ask(_LATEST)
    if row is None:
        return None
    return Edition(
        published_at=row["published_at"], sequence=row["sequence"], content=row["content"]
    )


async def keep_edition(straight: Straight, edition: Edition) -> None:
    """Keep the latest edition, and no earlier one: side by side they tell more than apart."""
    await straight.connection.execute(_DROP, edition.published_at)
    await straight.connection.execute(
        _KEEP, edition.published_at, edition.sequence, edition.content
    )
