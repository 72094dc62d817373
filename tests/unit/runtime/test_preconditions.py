"""Acting only on the state that was read (RFC 9110 13.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import StaleError
from shared.runtime.preconditions import (
    ANY_STATE,
    Condition,
    read_condition,
    tag_of_bytes,
    tag_of_revision,
)
from shared.runtime.problems import InvalidRequestError

TAGS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f'), max_size=8
).map(lambda text: f'"{text}"')


def read(*lines: str) -> Condition:
    found = read_condition([*lines], name="If-Match")
    assert found is not None
    return found


def test_nothing_sent_is_no_condition() -> None:
    assert read_condition([], name="If-Match") is None


@pytest.mark.parametrize(
    "lines",
    [['"7"'], ['"6", "7"'], ['"6"', '"7"'], ['"6","7" ,'], [', ,"7"'], ["*"], [" * "]],
)
def test_the_state_that_was_read_may_be_acted_on(lines: list[str]) -> None:
    read(*lines).require('"7"')


@pytest.mark.parametrize("line", ['"6"', 'W/"7"', '"6", W/"7"'])
def test_another_state_is_stale_and_a_weak_tag_never_matches(line: str) -> None:
    with pytest.raises(StaleError):
        read(line).require('"7"')


@pytest.mark.parametrize(
    "line",
    ["7", '"7', '"6" "7"', '"6""7"', '*, "7"', 'w/"7"', '"a\tb"', "", ",", '"7";q=1', '"' * 3000],
)
def test_what_is_no_list_of_entity_tags_is_refused_without_being_repeated(line: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read(line)

    [fault] = refused.value.found
    assert (fault.place, fault.pointer) == ("header", "/If-Match")


@given(st.lists(TAGS, min_size=1, max_size=5))
def test_every_tag_of_a_list_is_found(tags: list[str]) -> None:
    assert read(", ".join(tags)).tags == frozenset(tags)


def test_a_cache_compares_weakly() -> None:
    assert read('W/"7"').holds_weakly('"7"')
    assert ANY_STATE.holds_weakly('"7"')
    assert not Condition().holds_weakly('"7"')


def test_a_long_row_of_commas_is_answered_at_once() -> None:
    with pytest.raises(InvalidRequestError):
        read(", " * 1000 + "x")


def test_tags_are_strong_and_tell_states_apart() -> None:
    assert tag_of_revision(7) == '"7"'
    assert tag_of_bytes(b"a") != tag_of_bytes(b"b")
    read(tag_of_bytes(b"a")).require(tag_of_bytes(b"a"))
