"""Facts as JSON, the way the database keeps them; what is absent or false is left out.

Read leniently: in a rolling update processes of two versions read what either wrote.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.catalog.search.facts import Facts, Run
from services.catalog.search.question import Facet
from services.catalog.search.values import Days

FACETS = {facet.value: facet for facet in Facet}


def write_facts(facts: Facts) -> dict[str, Any]:
    """Write facts as JSON."""
    return _present(
        provider=facts.provider,
        recognised=[_written(days) for days in facts.recognised],
        values={facet.value: list(values) for facet, values in facts.values.items()},
        language=facts.language,
        forms=list(facts.forms),
        region=facts.region,
        load=facts.load,
        skills={uri: list(names) for uri, names in facts.skills.items()},
        runs=[_written_run(run) for run in facts.runs],
    )


def _written_run(run: Run) -> dict[str, Any]:
    return _present(
        id=run.offering_id,
        days=None if run.days is None else _written((run.days.first, run.days.last)),
        flexible=run.is_flexible or None,
        full=run.is_full or None,
        enrolment=[_written(days) for days in run.enrolment],
        cents=run.cents,
        language=run.language,
        forms=list(run.forms),
        region=run.region,
    )


def _present(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def _written(days: tuple[date | None, date | None]) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in days]


def read_facts(written: Mapping[str, Any]) -> Facts:
    """Read facts as they were written."""
    find = written.get
    return Facts(
        provider=written["provider"],
        recognised=tuple((_first(days), _day(days[1])) for days in find("recognised", ())),
        values={
            FACETS[facet]: tuple(values)
            for facet, values in find("values", {}).items()
            if facet in FACETS
        },
        language=find("language"),
        forms=tuple(find("forms", ())),
        region=find("region"),
        load=find("load"),
        skills={uri: (names[0], names[1]) for uri, names in find("skills", {}).items()},
        runs=tuple([_read_run(run) for run in find("runs", ())]),
    )


def _read_run(written: Mapping[str, Any]) -> Run:
    find = written.get
    days = find("days")
    return Run(
        offering_id=written["id"],
        days=None if days is None else Days(_first(days), _day(days[1])),
        is_flexible="flexible" in written,
        is_full="full" in written,
        enrolment=tuple([(_day(first), _day(last)) for first, last in find("enrolment", ())]),
        cents=find("cents"),
        language=find("language"),
        forms=tuple(find("forms", ())),
        region=find("region"),
    )


def _first(days: list[str]) -> date:
    return date.fromisoformat(days[0])


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
