"""Whatever is asked about a learner is answered or refused, never a fault, and never repeated."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.runtime.database import Database
from tests.support.consulting import SEARCH, Register, open_register
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
PLACES = (SEARCH, "/v1/consultations/_search", "/v1/access-exports")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=8,
)
IDENTIFIERS = st.text(max_size=40) | st.builds("{}@{}.nl".format, st.text(), st.text(max_size=9))
LEARNERS = st.fixed_dictionaries({"email": IDENTIFIERS}) | st.fixed_dictionaries(
    {"eduId": IDENTIFIERS}
)


@pytest.fixture
async def register(
    make_database: MakeDatabase, open_database: Callable[..., Database]
) -> AsyncIterator[Register]:
    source = "urn:nld:oin:00000099000000000000:systeem:registry"
    opened = open_register(open_database(make_database("services.registry"), source))
    async with opened.client:
        yield opened


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), LEARNERS, st.text(max_size=20))
async def test_any_identifier_is_answered_or_refused(
    register: Register, place: str, learner: dict[str, str], reference: str
) -> None:
    body: dict[str, Any] = {"learner": learner}
    if place == SEARCH:
        body = {
            "learners": [learner],
            "purpose": "admission",
            "legalBasis": "consent",
            "reference": reference,
        }

    answer = await register.post(place, body, "registrations:search", "learners:access")

    assert answer.status_code in {200, 400}, answer.text
    [said] = learner.values()
    if len(said.strip()) > 8 and place != "/v1/access-exports":
        assert said.strip() not in answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(PLACES),
    st.dictionaries(
        st.sampled_from(["learners", "learner", "purpose", "legalBasis", "reference"]), ANYTHING
    ),
)
async def test_any_body_is_answered_or_refused(
    register: Register, place: str, body: dict[str, object]
) -> None:
    answer = await register.post(place, body, "registrations:search", "learners:access")

    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]
