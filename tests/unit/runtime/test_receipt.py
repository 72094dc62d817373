"""In whatever order versions come, histories are heard in turn and states never go back."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.events import Event
from shared.runtime.letters import Letter, Message
from shared.runtime.receipt import Plan
from tests.support.bus import a_key_event, an_award_event

AWARDS = [UUID(int=1), UUID(int=2)]


def letters_of(events: Sequence[Event]) -> list[Letter]:
    return [
        Letter(
            Message(event.topic.name, 0, offset, event.subject.encode(), b""),
            event.subject,
            event.record_version,
            event=event,
        )
        for offset, event in enumerate(events)
    ]


def plan_for(letters: Sequence[Letter], *, refused: dict[tuple[int, int], str]) -> Plan:
    plan = Plan(versions={}, waiting={}, refused=refused)
    for letter in letters:
        plan.place(letter)
    return plan


def heard_versions(plan: Plan, subject: str) -> list[int]:
    return [letter.version for letter in plan.heard if letter.subject == subject]


everything_twice = st.permutations(
    [an_award_event(award, version=version) for award in AWARDS for version in range(1, 6)] * 2
)


@given(events=everything_twice)
def test_a_history_in_any_order_with_doubles_is_heard_once_and_in_turn(
    events: list[Event],
) -> None:
    plan = plan_for(letters_of(events), refused={})

    for award in AWARDS:
        assert heard_versions(plan, str(award)) == [1, 2, 3, 4, 5]
    assert not plan.newly_parked
    assert plan.ignored == 10


@given(versions=st.lists(st.integers(min_value=1, max_value=9), min_size=1))
def test_states_never_go_back_and_the_newest_is_always_heard(versions: list[int]) -> None:
    events = [a_key_event("key", version=version) for version in versions]
    heard = heard_versions(plan_for(letters_of(events), refused={}), "key")

    assert heard == sorted(set(heard))
    assert heard[-1] == max(versions)


@given(events=st.permutations([an_award_event(AWARDS[0], version=v) for v in range(1, 6)]))
def test_what_follows_a_refused_version_of_a_history_waits(events: list[Event]) -> None:
    letters = letters_of(events)
    [third] = [letter for letter in letters if letter.version == 3]
    plan = plan_for(letters, refused={third.message.place: "not-found"})

    assert heard_versions(plan, str(AWARDS[0])) == [1, 2]
    assert plan.dead == [(third.message, "not-found")]
    assert {letter.version for letter in plan.newly_parked.values()} == {4, 5}


@given(
    events=everything_twice, unheard=st.sets(st.integers(0, 19)), bad=st.sets(st.integers(0, 19))
)
def test_in_any_order_all_that_concerns_us_is_heard_as_it_came_and_nothing_is_kept(
    events: list[Event], unheard: set[int], bad: set[int]
) -> None:
    letters = [
        letter._replace(event=None) if offset in unheard else letter
        for offset, letter in enumerate(letters_of(events))
    ]
    plan = Plan(versions={}, waiting={}, refused={(0, offset): "not-found" for offset in bad})
    for letter in letters:
        plan.place_anywhere(letter)

    ours = [letter for letter in letters if letter.event]
    assert plan.heard == [one for one in ours if one.message.offset not in bad]
    assert [message.offset for message, _ in plan.dead] == sorted(bad - unheard)
    assert plan.ignored == len(unheard)
    assert not any([plan.versions, plan.moved, plan.waiting, plan.newly_parked])
