"""Who may say what of a version, and who sees it, whatever happened in whatever order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyHttpUrl

from services.catalog.domain.statements import (
    AuthorNotRecognisedError,
    NotTheAuthorError,
    NotTheProviderError,
    Said,
    SelfEndorsementError,
    Statement,
    StatementKind,
    StatementRefusedError,
    StatementSettledError,
    StatementState,
    decide_statement,
)
from shared.contracts.microcredential import Microcredential, PolicyPin
from shared.contracts.vocabulary import LocalText
from tests.unit.catalog.builders import HVA, UT, a_description, a_policy, an_organisation

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ID = UUID("5b0e7c1a-93d4-4a8e-8f67-1c2d3e4f5a6b")
THIRD = "00000099000000230000"
STEPS = ("accepted", "declined", "withdrawn")


def a_version(**changed: Any) -> Microcredential:
    version = Microcredential(
        microcredential_id=ID,
        version=1,
        provider=UT,
        page=AnyHttpUrl("https://catalog.example.nl/microcredentials/1/versions/1"),
        content=a_description(),
        policy=PolicyPin(policy_id="wo", version=1, framework=a_policy().framework),
        published_at=NOW,
    )
    return version.model_copy(update=changed)


def said(**changed: Any) -> Said:
    whole: dict[str, Any] = {
        "kind": StatementKind.ENDORSEMENT,
        "version": 1,
        "text": LocalText(nl="Wij geven hiervoor vrijstelling."),
        "stated_on": TODAY,
    }
    return Said(**{**whole, **changed})


def filed(by: str = HVA, about: Microcredential | None = None, **changed: Any) -> Statement:
    return decide_statement(
        about or a_version(),
        said(**changed),
        statement_id=ID,
        author=by,
        organisation=an_organisation(oin=by),
        now=NOW,
    )


def test_nobody_endorses_what_it_provides_or_what_is_awarded_for_it() -> None:
    for by, about in ((UT, a_version()), (HVA, a_version(on_behalf_of=HVA))):
        with pytest.raises(SelfEndorsementError):
            filed(by, about)


def test_recognition_is_judged_on_the_day_of_filing() -> None:
    period = {"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": "2026-11-22"}

    with pytest.raises(AuthorNotRecognisedError):
        decide_statement(
            a_version(),
            said(),
            statement_id=ID,
            author=HVA,
            organisation=an_organisation(oin=HVA, recognitions=[period]),
            now=NOW,
        )


def test_today_is_not_the_future() -> None:
    assert filed(stated_on=TODAY).state is StatementState.OFFERED
    with pytest.raises(StatementRefusedError):
        filed(stated_on=TODAY + timedelta(days=1))


def test_a_panels_review_is_filed_by_the_provider_and_public_at_once() -> None:
    review = filed(UT, kind=StatementKind.PEER_REVIEW, panel=LocalText(nl="Panel"))

    assert (review.state, review.settled_at) == (StatementState.ACCEPTED, NOW)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([UT, HVA, THIRD])), max_size=8))
def test_only_what_its_provider_accepted_last_is_public(steps: list[tuple[str, str]]) -> None:
    """Replay the steps by a table of who may go where from where, and compare."""
    may = {
        ("offered", "accepted", UT),
        ("offered", "declined", UT),
        ("accepted", "declined", UT),
        ("offered", "withdrawn", HVA),
        ("accepted", "withdrawn", HVA),
    }
    statement, expected = filed(), "offered"
    for step, by in steps:
        allowed = (expected, step, by) in may
        try:
            statement = getattr(statement, step)(by=by, now=NOW)
        except (NotTheProviderError, NotTheAuthorError, StatementSettledError):
            assert not allowed
        else:
            assert allowed
            expected = step
    assert statement.state == expected
    assert statement.is_seen_by(UT)
    assert statement.is_seen_by(HVA)
    assert statement.is_seen_by(THIRD) is statement.is_seen_by(None) is (expected == "accepted")
