"""What is no badge class is refused with every fault; whatever else is sent becomes a draft."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.edubadges import EdubadgesRefusedError, read_badge_class
from shared.strict_json import JsonObject
from tests.unit.catalog.edubadges_builders import (
    achievement,
    api_badge_class,
    public_badge_class,
)
from tests.unit.catalog.test_edubadges import (
    SHAPES,
    require_all_in_the_draft,
    taken_in,
    with_extensions,
)


def refused(members: JsonObject) -> list[tuple[str, str]]:
    """Return the faults of what is refused."""
    with pytest.raises(EdubadgesRefusedError) as error:
        read_badge_class(members, sector=None)
    faults = error.value.faults
    assert all(one.detail and one.dutch for one in faults)
    return [(one.pointer, one.code) for one in faults]


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        ({}, [("", "edubadges-shape"), ("/name", "edubadges-name")]),
        ({"name": "Zomaar iets"}, [("", "edubadges-shape")]),
        (api_badge_class(name=None), [("/name", "edubadges-name")]),
        (api_badge_class(name="<b></b>"), [("/name", "edubadges-name")]),
        (
            api_badge_class(name=5, stackable="ja", tags="x", alignments=[1]),
            [
                ("/name", "edubadges-type"),
                ("/stackable", "edubadges-type"),
                ("/tags", "edubadges-type"),
                ("/alignments/0", "edubadges-type"),
            ],
        ),
        (
            api_badge_class(extensions={"extensions:ECTSExtension": {"ECTS": "veel"}}),
            [("/extensions/extensions:ECTSExtension/ECTS", "edubadges-type")],
        ),
        (
            with_extensions(EducationProgramIdentifier=[56551, "x", True]),
            [
                (f"/extensions/extensions:{name}Extension/{name}/{at}", "edubadges-type")
                for name, at in (
                    ("EducationProgramIdentifier", 1),
                    ("EducationProgramIdentifier", 2),
                )
            ],
        ),
        (api_badge_class(description="x" * 20_001), [("/description", "edubadges-length")]),
        (api_badge_class(extensions=[]), [("/extensions", "edubadges-type")]),
    ],
)
def test_what_is_no_badge_class_is_refused_with_every_fault(
    members: JsonObject, faults: list[tuple[str, str]]
) -> None:
    assert refused(members) == faults


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = st.sampled_from([*api_badge_class(), *public_badge_class(), *achievement()])


@given(shape=st.sampled_from(sorted(SHAPES)), broken=st.dictionaries(NAMES, JSONS, max_size=4))
def test_any_json_is_a_draft_or_a_refusal_with_faults(shape: str, broken: Any) -> None:
    members = SHAPES[shape](**broken)
    refusal: EdubadgesRefusedError | None = None
    try:
        draft, imported = taken_in(members)
    except EdubadgesRefusedError as error:
        refusal = error
    else:
        require_all_in_the_draft(draft, imported)
        assert imported.entries
    assert refusal is None or refusal.faults
