"""A template says of every learner what building each credential by itself would say."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issuer.credential import (
    CredentialTemplate,
    LintError,
    Naming,
    Templates,
    build_credential,
    payload_of,
)
from services.issuer.domain import Learner, WantedAward
from services.issuer.status import Place
from shared.contracts.microcredential import Microcredential
from shared.contracts.vocabulary import LocalText
from shared.proofs.identity import new_salt
from tests.support.issuing import (
    ISSUING_NOW,
    a_description,
    a_microcredential,
    a_provider,
    a_wish,
)

LIST = "https://issuer.example.nl/status-lists/00000099000000210000/{}"
ISSUER = "did:web:issuer.example.nl:issuers:00000099000000210000"
ENDS = datetime(2031, 1, 1, 9, 30, tzinfo=UTC)

names = st.text(
    st.characters(exclude_categories=("C", "Z"), max_codepoint=0x1FFFF), min_size=1, max_size=40
)
learners = st.builds(Learner, email=st.emails(), given_name=names, family_name=names) | st.builds(
    Learner, edu_id=st.uuids().map(lambda one: one.urn), given_name=st.none() | names
)
places = st.builds(
    lambda number, index: Place(list_id=number, url=LIST.format(number), index=index),
    st.integers(1, 99),
    st.integers(0, 131_071),
)


def a_naming() -> Naming:
    return Naming(credential_id=uuid4(), subject_id=uuid4(), issuer=ISSUER, salt=new_salt())


def a_template(wish: WantedAward, known: Microcredential | None = None) -> CredentialTemplate:
    return CredentialTemplate.of(
        wish,
        naming=a_naming(),
        organisation=a_provider(),
        microcredential=known or a_microcredential(),
        place=Place(list_id=1, url=LIST.format(1), index=7),
        now=ISSUING_NOW,
    )


@given(
    learner=learners,
    place=places,
    grades=st.sampled_from([("8,5", "10"), ("6.0", "5,5"), ("V", "cum laude"), (None, None)]),
    ends=st.sampled_from([(None, None), (ENDS, ENDS.replace(year=2040))]),
    day=st.dates(date(2020, 1, 1), date(2026, 11, 20)),
)
def test_it_gives_the_bytes_that_building_gives(
    learner: Learner,
    place: Place,
    grades: tuple[str | None, str | None],
    ends: tuple[datetime | None, datetime | None],
    day: date,
) -> None:
    template = a_template(a_wish(grade=grades[0], valid_until=ends[0]))
    wish = a_wish(learner=learner, grade=grades[1], valid_until=ends[1], awarded_on=day)
    naming, now = a_naming(), ISSUING_NOW.replace(hour=3)

    filled = template.fill(wish, naming=naming, place=place, now=now)

    assert filled == payload_of(
        build_credential(
            wish,
            naming=naming,
            organisation=a_provider(),
            microcredential=a_microcredential(),
            place=place,
            now=now,
        )
    )


@pytest.mark.parametrize(
    "other",
    [{"grade": None}, {"grade": "goed"}, {"valid_until": ENDS}],
    ids=["no grade", "another kind of grade", "an end"],
)
def test_a_credential_of_another_shape_has_another_template(other: dict[str, object]) -> None:
    template = a_template(a_wish(grade="8,5"))

    with pytest.raises(LintError):
        template.fill(
            a_wish(**other),
            naming=a_naming(),
            place=Place(list_id=1, url=LIST.format(1), index=8),
            now=ISSUING_NOW,
        )


def test_it_speaks_for_one_issuer_only() -> None:
    with pytest.raises(LintError):
        a_template(a_wish()).fill(
            a_wish(),
            naming=replace(a_naming(), issuer=f"{ISSUER[:-1]}1"),
            place=Place(list_id=1, url=LIST.format(1), index=8),
            now=ISSUING_NOW,
        )


def test_a_text_that_looks_like_a_mark_is_never_filled_in() -> None:
    named = a_microcredential(content=a_description(title=LocalText(en="@@subject@@")))

    with pytest.raises(LintError):
        a_template(a_wish(), named)


def test_half_a_surrogate_pair_is_signed_by_nobody() -> None:
    learner = Learner(email="jo@example.nl", given_name="Jo\ud800", family_name="Voorbeeld")

    with pytest.raises(LintError):
        a_template(a_wish()).fill(
            a_wish(learner=learner),
            naming=a_naming(),
            place=Place(list_id=1, url=LIST.format(1), index=8),
            now=ISSUING_NOW,
        )


def filled(templates: Templates, naming: Naming, **about: object) -> bytes:
    asked: dict[str, object] = {
        "organisation": a_provider(),
        "microcredential": a_microcredential(),
        "place": Place(list_id=1, url=LIST.format(1), index=8),
        "now": ISSUING_NOW,
    }
    return templates.fill(a_wish(), naming=naming, **(asked | about))  # type: ignore[arg-type] # a table


def alone(naming: Naming, **about: object) -> bytes:
    asked: dict[str, object] = {
        "organisation": a_provider(),
        "microcredential": a_microcredential(),
        "place": Place(list_id=1, url=LIST.format(1), index=8),
        "now": ISSUING_NOW,
    }
    return payload_of(build_credential(a_wish(), naming=naming, **(asked | about)))  # type: ignore[arg-type] # a table


def test_the_templates_in_use_never_say_what_no_longer_holds() -> None:
    templates, naming = Templates(most=2), a_naming()
    renamed = a_provider(name=LocalText(nl="Nieuwe naam"))
    revised = a_microcredential(version=2, content=a_description(title=LocalText(en="Revised")))

    for about in (
        {},
        {"organisation": renamed},
        {"microcredential": revised},
        {"organisation": renamed, "microcredential": revised},
        {},
    ):
        assert filled(templates, naming, **about) == alone(naming, **about)


def test_what_no_template_can_be_made_of_is_built_by_itself() -> None:
    named = a_microcredential(content=a_description(title=LocalText(en="@@subject@@")))
    naming = a_naming()

    assert filled(Templates(), naming, microcredential=named) == alone(
        naming, microcredential=named
    )
