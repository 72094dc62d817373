"""Of a body that does not fit, what can be read is judged; what cannot silences nothing else."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import Field
from starlette.requests import Request

from shared.contracts.microcredential import DISTINCT, Description
from shared.contracts.offering import OfferingTerms, Period
from shared.errors import Fault
from shared.runtime.api_model import ApiModel
from shared.runtime.legible import BodyRules, Legible, form_of

WEEK = {"firstDay": "2027-01-04", "lastDay": "2027-01-08"}


class Booking(ApiModel):
    """A body with a member of every kind that is read apart."""

    name: str
    seats: int = 1
    day: date | None = None
    stay: Period | None = None
    others: Annotated[tuple[Period, ...], Field(max_length=3)] = ()
    words: Annotated[tuple[Annotated[str, Field(max_length=5)], ...], DISTINCT] = ()


def legible(value: Any, wanted: Any = Booking) -> Legible:
    return Legible(form_of(wanted), value)


def booking(value: Any) -> Booking:
    body = legible(value).body
    assert isinstance(body, Booking)
    return body


def test_what_fits_is_there_as_its_type() -> None:
    body = booking({"seats": "two", "day": "2027-01-04", "stay": WEEK})

    assert (body.day, body.stay) == (date(2027, 1, 4), Period.model_validate(WEEK))
    assert (body.others, body.words) == ((), ())


@pytest.mark.parametrize("member", ["name", "seats"])
def test_what_is_missing_or_does_not_fit_is_absent(member: str) -> None:
    body = booking({"seats": 1.5})

    with pytest.raises(AttributeError):
        getattr(body, member)


def test_what_was_left_out_has_its_default() -> None:
    assert booking({"name": 1}).seats == 1


def test_a_record_inside_is_read_as_far_as_it_goes() -> None:
    body = booking({"name": "a", "stay": {**WEEK, "lastDay": "soon"}, "unknown": 1})

    assert body.stay is not None
    assert body.stay.first_day == date(2027, 1, 4)
    with pytest.raises(AttributeError):
        _ = body.stay.last_day


def test_an_item_that_does_not_fit_keeps_its_place() -> None:
    others = booking({"name": "a", "others": ["tomorrow", WEEK, {"lastDay": "2027-01-08"}]}).others

    assert others[1] == Period.model_validate(WEEK)
    assert others[2].last_day == date(2027, 1, 8)
    for unread in (others[0], others[2]):
        with pytest.raises(AttributeError):
            _ = unread.first_day


@pytest.mark.parametrize("value", [[], "text", 7, None, True])
def test_of_what_is_no_object_nothing_can_be_read(value: Any) -> None:
    with pytest.raises(AttributeError):
        _ = legible(value).body.name  # type: ignore[attr-defined]


def test_a_duplicate_is_named_beside_another_fault_in_its_list() -> None:
    found = legible({"name": "a", "words": ["Noun", "far too long", "noun", 5, "noun"]})

    assert [(one["loc"], one["type"]) for one in found.errors] == [
        (("words", 2), "duplicate"),
        (("words", 4), "duplicate"),
    ]


def test_a_list_that_is_too_long_is_not_read() -> None:
    with pytest.raises(AttributeError):
        _ = booking({"name": "a", "others": [WEEK] * 4}).others


def test_a_duplicate_deep_inside_has_the_place_of_the_whole() -> None:
    class Sent(ApiModel):
        content: Description

    esco = f"http://data.europa.eu/esco/skill/{'0' * 8}{'-0000' * 3}-{'0' * 12}"
    strange, known = ({"uri": uri, "label": {"nl": "x"}} for uri in ("https://a.example", esco))
    found = legible({"content": {"skills": [strange, known, known]}}, Sent)

    assert [one["loc"] for one in found.errors] == [("content", "skills", 2)]


def never(body: Booking) -> Iterator[Fault]:
    yield Fault("/name", "named", body.name, "")


def too_many(body: Booking) -> Iterator[Fault]:
    if body.seats > 5:
        yield Fault("/seats", "seats", "", "")
    _ = body.name
    yield Fault("/name", "after-the-name", "", "")


def test_a_rule_that_needs_what_cannot_be_read_silences_no_other() -> None:
    def elsewhere(body: Booking, request: Request) -> Iterator[Fault]:
        if request.path_params["room"] == body.seats:
            yield Fault("", "room", "", "")

    def who(body: Booking, request: Request) -> Iterator[Fault]:
        yield Fault("", request.state.nobody, str(body.seats), "")

    rules = BodyRules(never, too_many, of_request=[who, elsewhere])
    request = Request({"type": "http", "path_params": {"room": 7}})

    found = rules.judge(booking({"seats": 7}), request)

    assert [one.code for one in found] == ["seats", "room"]


def test_a_whole_offering_can_be_read_of_a_body_with_one_member_too_many() -> None:
    sent = {"primaryCode": "QC-1", "state": "concept", "colour": "red", "places": 3}

    assert legible(sent, OfferingTerms).body == OfferingTerms.model_validate(sent)
