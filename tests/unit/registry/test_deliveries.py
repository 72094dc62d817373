"""When a delivery is tried again, when it stops, and what is signed of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.deliveries import (
    DELAYS,
    GIVE_UP,
    Answer,
    Course,
    Failing,
    Permission,
    Reason,
    State,
    after_answer,
    after_permission,
    asked_wait,
    pause_between,
    read_permission,
    signing_input,
    spread,
)
from services.registry.domain.feed import EVERYTHING, EventFilter, FeedType
from services.registry.domain.subscriptions import Subscription, decide_change, decide_replay
from services.registry.operations.webhook_keys import WebhookKey
from shared.proofs.log_entries import EntryKind

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACTIVE = Course(state=State.ACTIVE, due_at=NOW)
CHANCES = st.floats(min_value=0, max_value=1)
ILL = st.one_of(
    st.sampled_from(list(Failing)).map(lambda why: Answer(failing=why)),
    st.integers(100, 599)
    .filter(lambda status: not 200 <= status < 300 and status != 410)
    .map(lambda status: Answer(status=status)),
)


def a_subscription(course: Course = ACTIVE, **changes: Any) -> Subscription:
    made = Subscription(
        subscription_id=UUID(int=1),
        organisation="00000099000000210000",
        target="https://receiver.example.nl/",
        wanted=EVERYTHING,
        position=7,
        course=course,
        allowed_rate=60,
        validated_at=NOW,
        revision=3,
        created_at=NOW,
        changed_at=NOW,
    )
    return replace(made, **changes)


def test_the_delays_are_those_of_standard_webhooks_and_are_three_days() -> None:
    assert [delay.total_seconds() for delay in DELAYS[:6]] == [5, 300, 1800, 7200, 18000, 36000]
    assert sum(DELAYS, timedelta()) == timedelta(days=3)
    assert list(DELAYS) == sorted(DELAYS)


@given(CHANCES, st.sampled_from(DELAYS))
def test_chance_moves_a_try_by_a_tenth_at_most(chance: float, delay: timedelta) -> None:
    assert abs(spread(delay, chance=chance) - delay) <= delay * 0.1000001


@given(st.lists(st.tuples(ILL, CHANCES), min_size=12, max_size=12))
def test_who_never_takes_it_is_tried_ten_times_in_three_days_and_then_paused(
    answers: list[tuple[Answer, float]],
) -> None:
    course, now, tries = ACTIVE, NOW, 0
    for answer, chance in answers:
        if course.state is not State.ACTIVE:
            break
        assert course.due_at >= now or tries == 0
        now, tries = course.due_at, tries + 1
        course = after_answer(course, answer, now=now, chance=chance)

    assert tries == len(DELAYS) + 1
    assert (course.state, course.reason) == (State.PAUSED, Reason.RETRIES_EXHAUSTED)
    assert course.failing_since == NOW
    assert GIVE_UP * 0.9 <= now - NOW <= GIVE_UP * 1.1


@given(st.integers(200, 299), st.integers(0, 9), CHANCES)
def test_a_delivery_forgets_every_failure_before_it(
    status: int, failures: int, chance: float
) -> None:
    course = replace(ACTIVE, failures=failures, failing_since=NOW - timedelta(hours=1))

    assert after_answer(course, Answer(status=status), now=NOW, chance=chance) == ACTIVE


def test_gone_ends_it_at_once() -> None:
    course = after_answer(ACTIVE, Answer(status=410), now=NOW, chance=0.5)

    assert (course.state, course.reason) == (State.DISABLED, Reason.GONE)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 1),
        ("999999999999999999", 86_400),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        ("Sunday, 22-Nov-26 12:05:00 GMT", 300),
        (format_datetime(NOW - timedelta(days=5), usegmt=True), 1),
        (format_datetime(NOW + timedelta(days=5), usegmt=True), 86_400),
    ],
)
def test_a_wait_that_is_asked_is_kept_and_is_no_attempt(
    status: int, text: str, seconds: int
) -> None:
    answer = Answer(status=status, retry_after=text)

    course = after_answer(replace(ACTIVE, failures=3), answer, now=NOW, chance=0.5)

    assert course.due_at == NOW + timedelta(seconds=seconds)
    assert (course.failures, course.state) == (3, State.ACTIVE)


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "٣", "9" * 65, "0x10", "Sun, 99 Nov"])
def test_a_wait_that_cannot_be_read_is_none(text: str) -> None:
    assert asked_wait(Answer(status=429, retry_after=text), now=NOW) is None


def test_only_who_is_busy_may_ask_for_a_wait() -> None:
    assert asked_wait(Answer(status=500, retry_after="9"), now=NOW) is None


@given(st.text(max_size=70))
def test_whatever_a_receiver_asks_the_wait_is_a_second_to_a_day(text: str) -> None:
    wait = asked_wait(Answer(status=503, retry_after=text), now=NOW)

    assert wait is None or timedelta(seconds=1) <= wait <= timedelta(days=1)


def test_who_asks_to_wait_for_ever_is_paused_after_three_days() -> None:
    course, now = ACTIVE, NOW
    while course.state is State.ACTIVE:
        now = course.due_at
        course = after_answer(course, Answer(status=429, retry_after="86400"), now=now, chance=1)

    assert timedelta(days=3) <= now - NOW <= timedelta(days=4)
    assert course.reason is Reason.RETRIES_EXHAUSTED


@pytest.mark.parametrize(
    ("origin", "rate", "expected"),
    [
        ("register.example.nl", "100", Permission(100)),
        ("REGISTER.example.nl ", "*", Permission(None)),
        ("*", None, Permission(None)),
        ("*", "0", Permission(None)),
        ("*", "-1", Permission(None)),
        ("*", "many", Permission(None)),
        ("other.example.nl", "100", None),
        ("example.nl", "100", None),
        ("", "100", None),
        (None, "100", None),
    ],
)
def test_a_receiver_allows_by_naming_us_or_everybody(
    origin: str | None, rate: str | None, expected: Permission | None
) -> None:
    found = read_permission(allowed_origin=origin, allowed_rate=rate, origin="register.example.nl")

    assert found == expected


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (Answer(status=200), State.PAUSED, Reason.NOT_ALLOWED),
        (Answer(status=405), State.PAUSED, Reason.NOT_ALLOWED),
        (Answer(status=301), State.PAUSED, Reason.NOT_ALLOWED),
        (Answer(status=410), State.DISABLED, Reason.GONE),
        (Answer(status=500), State.VALIDATING, None),
        (Answer(status=429, retry_after="30"), State.VALIDATING, None),
        (Answer(failing=Failing.UNREACHABLE), State.VALIDATING, None),
    ],
)
def test_an_answer_without_permission_is_a_no_and_no_answer_is_not(
    answer: Answer, state: State, reason: Reason | None
) -> None:
    asked = Course(state=State.VALIDATING, due_at=NOW)

    course = after_permission(asked, answer, None, now=NOW, chance=0.5)

    assert (course.state, course.reason) == (state, reason)
    allowed = after_permission(course, answer, Permission(None), now=NOW, chance=0.5)
    assert allowed == ACTIVE


@pytest.mark.parametrize(("rate", "seconds"), [(None, 0), (60, 1), (1, 60), (600, 0.1)])
def test_at_so_many_a_minute_there_is_a_pause_between_two(rate: int | None, seconds: float) -> None:
    assert pause_between(rate) == timedelta(seconds=seconds)


def test_the_name_we_go_by_has_no_capitals_to_a_receiver() -> None:
    found = read_permission(
        allowed_origin="register.example.nl", allowed_rate=None, origin="Register.Example.nl"
    )

    assert found == Permission(None)


def test_what_is_signed_is_the_id_the_time_and_the_very_bytes() -> None:
    event_id = uuid4()

    assert signing_input(event_id, 7, b'{"a":1.5}') == f'{event_id}.7.{{"a":1.5}}'.encode()


def test_a_key_shows_neither_its_secret_nor_its_seed() -> None:
    key = WebhookKey.generate()

    assert key.secret not in repr(key)
    assert "bytes" not in repr(key)
    assert repr(key) == "WebhookKey()"


def test_another_address_is_asked_first_and_the_same_one_is_not() -> None:
    moved = decide_change(a_subscription(), target="https://new.example.nl/", now=NOW)
    same = decide_change(a_subscription(), target="https://receiver.example.nl/", now=NOW)

    assert (moved.course.state, moved.validated_at, moved.allowed_rate) == (
        State.VALIDATING,
        None,
        None,
    )
    assert (same.course.state, same.validated_at) == (State.ACTIVE, NOW)
    assert (moved.position, moved.revision) == (7, 4)


@pytest.mark.parametrize("reason", list(Reason))
def test_going_on_asks_again_only_who_said_no_or_was_gone(reason: Reason) -> None:
    state = State.DISABLED if reason is Reason.GONE else State.PAUSED
    course = Course(state=state, reason=reason, due_at=NOW, failures=9, failing_since=NOW)

    known = decide_change(a_subscription(course), state=State.ACTIVE, now=NOW)

    asks = reason in {Reason.GONE, Reason.NOT_ALLOWED}
    assert known.course == Course(state=State.VALIDATING if asks else State.ACTIVE, due_at=NOW)


@pytest.mark.parametrize("state", list(State))
def test_pausing_pauses_and_another_address_or_replay_does_not_go_on(state: State) -> None:
    known = a_subscription(Course(state=state, due_at=NOW, reason=Reason.ASKED))

    paused = decide_change(known, state=State.PAUSED, now=NOW)
    moved = decide_change(known, target="https://new.example.nl/", now=NOW)
    replayed = decide_replay(known, position=2, now=NOW)

    assert (paused.course.state, paused.course.reason) == (State.PAUSED, Reason.ASKED)
    assert moved.course.state is (State.VALIDATING if state is State.ACTIVE else state)
    assert (replayed.course.state, replayed.position) == (state, 2)


def test_a_filter_asks_for_erasures_whatever_else_it_asks() -> None:
    for kind in FeedType:
        assert EntryKind.ERASED in EventFilter.of(types=[kind]).kinds
    assert EventFilter.of(types=[FeedType.RECORDED]).kinds == {EntryKind.ISSUED, EntryKind.ERASED}
    assert EventFilter.of(types=[FeedType.STATUS_CHANGED]).kinds == {
        EntryKind.SUSPENDED,
        EntryKind.REINSTATED,
        EntryKind.REVOKED,
        EntryKind.EXPIRED,
        EntryKind.ERASED,
    }
    assert EVERYTHING.kinds == frozenset(EntryKind)
    assert EVERYTHING.passes_all
    assert not EventFilter.of(sectors=["wo"]).passes_all
