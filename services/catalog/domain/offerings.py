"""Offerings: which state may follow which, and what an offering is to a learner on a day.

concept ──▶ active ◀──▶ inactive     Only a concept can be taken away: nobody else ever saw it.
              └──▶ cancelled ◀──┘     A cancelled one stays cancelled, and stays readable.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from services.catalog.domain.days import dutch_day
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import (
    Cancellation,
    Offering,
    OfferingState,
    OfferingTerms,
    Period,
)
from shared.contracts.vocabulary import LocalText
from shared.errors import ConflictError, NotFoundError


class OfferingUnknownError(NotFoundError):
    """There is no such offering, or it is not public yet."""

    code: ClassVar[str] = "offering-unknown"
    dutch: ClassVar[str] = "Dit aanbod bestaat niet, of is nog niet openbaar."


class NotOfferableError(ConflictError):
    """Only a microcredential that is published and not archived can be offered."""

    code: ClassVar[str] = "not-offerable"
    dutch: ClassVar[str] = (
        "Alleen een microcredential die is gepubliceerd en niet gearchiveerd, kan worden"
        " aangeboden."
    )


class OfferingCodeTakenError(ConflictError):
    """Another offering of this provider has the same primaryCode."""

    code: ClassVar[str] = "offering-code-taken"
    dutch: ClassVar[str] = "Een ander aanbod van deze aanbieder heeft dezelfde primaryCode."


class OfferingMoveError(ConflictError):
    """An offering cannot go from its present state to the one that is asked."""

    code: ClassVar[str] = "offering-move"
    dutch: ClassVar[str] = "Het aanbod kan niet van zijn huidige toestand naar de gevraagde."


class OfferingPublicError(ConflictError):
    """This offering was public, so it is kept; cancel it if it does not take place."""

    code: ClassVar[str] = "offering-public"
    dutch: ClassVar[str] = (
        "Dit aanbod was openbaar en blijft daarom bewaard; annuleer het als het niet doorgaat."
    )


class OfferingOverError(ConflictError):
    """This offering is over: it took place, so it cannot be cancelled any more."""

    code: ClassVar[str] = "offering-over"
    dutch: ClassVar[str] = (
        "Dit aanbod is voorbij: het is doorgegaan en kan niet meer worden geannuleerd."
    )


class Phase(StrEnum):
    """What an offering is to a learner on a day."""

    CONCEPT = "concept"
    ANNOUNCED = "announced"
    ENROLLING = "enrolling"
    FULL = "full"
    CLOSED = "closed"
    RUNNING = "running"
    PAST = "past"
    CANCELLED = "cancelled"


MOVES: Final[Mapping[OfferingState, frozenset[OfferingState]]] = {
    OfferingState.CONCEPT: frozenset({OfferingState.ACTIVE}),
    OfferingState.ACTIVE: frozenset({OfferingState.INACTIVE, OfferingState.CANCELLED}),
    OfferingState.INACTIVE: frozenset({OfferingState.ACTIVE, OfferingState.CANCELLED}),
    OfferingState.CANCELLED: frozenset(),
}
PUBLIC: Final = frozenset(OfferingState) - {OfferingState.CONCEPT}


def require_move(before: OfferingState, after: OfferingState) -> None:
    """Refuse a state that cannot follow this one; a cancelled offering does not move any more."""
    if before is OfferingState.CANCELLED:
        raise OfferingMoveError(
            "This offering is cancelled, and stays so; record another one instead.",
            "Dit aanbod is geannuleerd en blijft dat; leg in plaats daarvan een ander vast.",
        )
    if before is not after and after not in MOVES[before]:
        raise OfferingMoveError(
            f"An offering that is {before} cannot become {after}.",
            f"Een aanbod met de toestand {before} kan niet {after} worden.",
        )


def enrolment_days(terms: OfferingTerms) -> tuple[tuple[date | None, date | None], ...]:
    """Return on which days one can enrol, first and last included; None is without end.

    Without periods: until the day before a fixed start, or until the last day one can start.
    """
    if terms.enrolment_periods:
        return tuple((each.first_day, each.last_day) for each in terms.enrolment_periods)
    if terms.runs is not None:
        return ((None, date.fromordinal(max(terms.runs.first_day.toordinal() - 1, 1))),)
    if terms.flexible_entry is not None:
        return ((None, terms.flexible_entry.last_day),)
    return ()


def phase_on(offering: Offering, day: date) -> Phase:
    """Return what an offering is on a day; the catalogue's database says the same in SQL.

    Whether one can enrol goes before whether it runs: that is what a reader wants to know.
    """
    if offering.state is OfferingState.CONCEPT:
        return Phase.CONCEPT
    if offering.state is OfferingState.CANCELLED:
        return Phase.CANCELLED
    begun, over = _begun_and_over(offering.days, day)
    if over:
        return Phase.PAST
    return _enrolment_phase(offering, day, begun=begun) or Phase.CLOSED


def _enrolment_phase(offering: Offering, day: date, *, begun: bool) -> Phase | None:
    active = offering.state is OfferingState.ACTIVE
    enrolment = enrolment_days(offering) if active else ()
    if any(_holds(days, day) for days in enrolment):
        return Phase.FULL if offering.places_left == 0 else Phase.ENROLLING
    if begun:
        return Phase.RUNNING
    return Phase.ANNOUNCED if any(_is_to_come(days, day) for days in enrolment) else None


def _begun_and_over(days: Period | None, day: date) -> tuple[bool, bool]:
    if days is None:
        return False, False
    return days.first_day <= day, days.last_day is not None and days.last_day < day


def _holds(days: tuple[date | None, date | None], day: date) -> bool:
    first, last = days
    return (first is None or first <= day) and (last is None or day <= last)


def _is_to_come(days: tuple[date | None, date | None], day: date) -> bool:
    first, _ = days
    return first is not None and day < first


def decide_offering(
    terms: OfferingTerms, microcredential: Microcredential, *, offering_id: UUID, now: datetime
) -> Offering:
    """Make an offering of a microcredential: the first record of it."""
    require_offerable(microcredential)
    return Offering.model_validate(
        _said(terms, microcredential)
        | {
            "offering_id": offering_id,
            "record_version": 1,
            "microcredential_id": microcredential.microcredential_id,
            "provider": microcredential.provider,
            "recorded_at": now,
        }
    )


def require_offerable(microcredential: Microcredential) -> None:
    """Refuse to offer what can no longer be awarded."""
    if microcredential.archived_at is not None:
        raise NotOfferableError


def decide_change(
    offering: Offering, terms: OfferingTerms, microcredential: Microcredential, *, now: datetime
) -> Offering:
    """Put these terms in the place of those before; the same again is no change.

    It stays with its microcredential and its provider, whatever happens.
    """
    require_move(offering.state, terms.state)
    if terms.state is OfferingState.ACTIVE and offering.state is not OfferingState.ACTIVE:
        require_offerable(microcredential)
    wanted = offering.model_copy(update=_said(terms, microcredential))
    return offering if wanted == offering else _recorded(wanted, now=now)


def decide_cancellation(offering: Offering, *, reason: LocalText | None, now: datetime) -> Offering:
    """Cancel an offering that is public and not over; it stays readable, and stays cancelled."""
    require_move(offering.state, OfferingState.CANCELLED)
    today = dutch_day(now)
    _, over = _begun_and_over(offering.days, today)
    if over:
        raise OfferingOverError
    cancelled = offering.model_copy(
        update={
            "state": OfferingState.CANCELLED,
            "cancellation": Cancellation(cancelled_on=today, reason=reason),
        }
    )
    return _recorded(cancelled, now=now)


def require_removable(offering: Offering) -> None:
    """Refuse to take away what anybody else may have seen, enrolled in or pointed to."""
    if offering.state is not OfferingState.CONCEPT:
        raise OfferingPublicError


def with_defaults(terms: OfferingTerms, microcredential: Microcredential) -> OfferingTerms:
    """Fill in the language and the forms of the microcredential, as they are today.

    Written down, not looked up later: a revision must not change what somebody enrolled in.
    """
    content = microcredential.content
    return terms.model_copy(
        update={
            "in_language": terms.in_language or content.in_language,
            "modes_of_delivery": terms.modes_of_delivery or content.modes_of_delivery,
        }
    )


def _said(terms: OfferingTerms, microcredential: Microcredential) -> dict[str, object]:
    whole = with_defaults(terms, microcredential)
    return {name: getattr(whole, name) for name in OfferingTerms.model_fields}


def _recorded(offering: Offering, *, now: datetime) -> Offering:
    return offering.model_copy(
        update={"record_version": offering.record_version + 1, "recorded_at": now}
    )
