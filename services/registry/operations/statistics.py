"""Figures of the register: counted by the worker once in a while, and read by anybody at no cost.

1. One transaction sees one state of the tallies; nothing is counted again for it.
2. What may be published is decided at once over all tables: nothing else is ever kept.
3. There is one edition at a time. It lasts, because two that differ by one registration would say
   of that one what it is; but while nothing could be shown, the next is not waited for.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from services.registry.domain.facts import sequence_text
from services.registry.domain.statistics import Dimension, Figures, publish
from services.registry.repository import statistics as repository
from services.registry.repository.moments import see_one_moment
from services.registry.repository.statistics import Awarder, Edition
from services.registry.schemas.statistics import Cell, StatisticsAnswer, Table
from shared.errors import NotFoundError
from shared.runtime.database import EVERY_ORGANISATION, Database


class NoStatisticsError(NotFoundError):
    """No figures have been published yet; a new register counts within minutes."""

    code = "no-statistics"
    dutch = "Er zijn nog geen cijfers; een nieuw register telt binnen enkele minuten."


async def publish_statistics(
    database: Database, *, now: datetime, every: timedelta
) -> StatisticsAnswer | None:
    """Publish another edition when it is time; return it, or None when it is not."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        if not await see_one_moment(straight, "statistics_edition"):  # 1
            return None
        latest = await repository.find_latest(straight)
        if latest is not None and not _is_due(latest, now=now, every=every):
            return None
        counted = await repository.count_all(straight)
        if counted is None:
            return None
        awarders = await repository.list_awarders(straight)
        figures = publish(  # 2
            counted.by_organisation,
            counted.by_dimension,
            {oin: awarder.sector for oin, awarder in awarders.items()},
        )
        answer = StatisticsAnswer(
            published_at=now,
            sequence=sequence_text(counted.sequence - 1),
            registrations=figures.registrations,
            tables=list(_tables(figures, awarders)),
        )
        await repository.keep_edition(  # 3
            straight,
            Edition(
                published_at=now,
                sequence=counted.sequence,
                content=answer.model_dump_json(exclude_defaults=False),
            ),
        )
    return answer


async def read_statistics(database: Database) -> StatisticsAnswer:
    """Return the latest edition."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        latest = await repository.find_latest(straight)
    if latest is None:
        raise NoStatisticsError
    return StatisticsAnswer.model_validate_json(latest.content)


def _is_due(latest: Edition, *, now: datetime, every: timedelta) -> bool:
    if now - latest.published_at >= every:
        return True
    return StatisticsAnswer.model_validate_json(latest.content).registrations is None


def _tables(figures: Figures, awarders: Mapping[str, Awarder]) -> Iterator[Table]:
    for dimension, cells in figures.tables.items():
        known = awarders if dimension is Dimension.ORGANISATION else {}
        yield Table(
            dimension=dimension,
            cells=[
                Cell(
                    key=key,
                    name=known[key].name if key in known else None,
                    sector=known[key].sector if key in known else None,
                    registrations=count,
                )
                for key, count in cells.items()
            ],
        )
