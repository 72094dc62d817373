"""A key is published before it signs, signs for a year, and never signs again once it stopped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.issuer.domain.keys import (
    ED25519,
    ES256,
    AlreadyCompromisedError,
    CompromisedLaterError,
    IssuingKey,
    KeyState,
    MakeKey,
    NoKeyToFollowError,
    Rhythm,
    Step,
    Switch,
    check_compromise,
    decide_rotation,
    decide_step,
)
from shared.contracts.events import IssuerKey
from shared.contracts.identifiers import did_web
from tests.support.issuing import UTWENTE

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RHYTHM = Rhythm(lifetime=timedelta(days=365), publication=timedelta(hours=48))
DID = did_web("https://issuer.example.nl", UTWENTE)


def a_key(
    *,
    name: str = "1",
    state: KeyState = KeyState.CURRENT,
    signs_from: datetime = NOW,
    published_at: datetime = NOW,
    algorithm: str = ES256,
) -> IssuingKey:
    public = IssuerKey.model_validate(
        {
            "kid": f"{DID}#{name}",
            "issuer": DID,
            "organisation": UTWENTE,
            "algorithm": algorithm,
            "public_jwk": {"kty": "EC"},
            "published_at": published_at,
        }
    )
    return IssuingKey(public=public, state=state, signs_from=signs_from, is_in_token=False)


def step(*living: IssuingKey, now: datetime, algorithm: str = ES256) -> Step | None:
    return decide_step(living, algorithm=algorithm, rhythm=RHYTHM, now=now)


def test_the_first_key_signs_at_once() -> None:
    assert step(now=NOW) == MakeKey(ES256, KeyState.CURRENT, NOW)


def test_a_key_of_the_other_kind_is_no_key_of_this_kind() -> None:
    assert step(a_key(), now=NOW, algorithm=ED25519) == MakeKey(ED25519, KeyState.CURRENT, NOW)


def test_the_next_key_is_published_in_time_and_signs_when_the_year_is_over() -> None:
    end = NOW + RHYTHM.lifetime

    assert step(a_key(), now=end - RHYTHM.publication - timedelta(seconds=1)) is None
    assert step(a_key(), now=end - RHYTHM.publication) == MakeKey(ES256, KeyState.NEXT, end)


def test_a_key_made_late_is_still_published_long_enough() -> None:
    late = NOW + RHYTHM.lifetime + timedelta(days=9)

    assert step(a_key(), now=late) == MakeKey(ES256, KeyState.NEXT, late + RHYTHM.publication)


def test_the_old_key_signs_until_the_moment_of_the_next() -> None:
    following = a_key(name="2", state=KeyState.NEXT, signs_from=NOW + timedelta(hours=48))
    current = a_key()

    assert step(current, following, now=NOW + timedelta(hours=47)) is None
    assert step(current, following, now=NOW + timedelta(hours=48)) == Switch(following, current)


def test_a_rotation_on_demand_asked_twice_gives_one_key() -> None:
    following = a_key(name="2", state=KeyState.NEXT)
    wish = {"algorithm": ES256, "rhythm": RHYTHM, "now": NOW}

    assert decide_rotation([a_key()], **wish) == MakeKey(  # type: ignore[arg-type] # a table of words
        ES256, KeyState.NEXT, NOW + RHYTHM.publication
    )
    assert decide_rotation([a_key(), following], **wish) is following  # type: ignore[arg-type] # the same


def test_nothing_follows_where_nothing_is() -> None:
    with pytest.raises(NoKeyToFollowError):
        decide_rotation([], algorithm=ES256, rhythm=RHYTHM, now=NOW)


def test_a_key_is_marked_once_and_never_from_the_future() -> None:
    check_compromise(a_key(), since=NOW, now=NOW)
    with pytest.raises(AlreadyCompromisedError):
        check_compromise(a_key(state=KeyState.COMPROMISED), since=None, now=NOW)
    with pytest.raises(CompromisedLaterError):
        check_compromise(a_key(), since=NOW + timedelta(seconds=1), now=NOW)


class KeyLife(RuleBasedStateMachine):
    """One organisation's keys of one kind, while the clock runs and anything may be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.keys: list[IssuingKey] = []
        self.unannounced: set[str] = set()
        self.ended: set[str] = set()

    @property
    def living(self) -> list[IssuingKey]:
        return [key for key in self.keys if key.state in {KeyState.NEXT, KeyState.CURRENT}]

    @property
    def current(self) -> list[IssuingKey]:
        return [key for key in self.keys if key.state is KeyState.CURRENT]

    @initialize()
    def begin(self) -> None:
        self.work()

    @rule(hours=st.integers(1, 24 * 400))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def work(self) -> None:
        """Do what the chore does; it comes to an end, and a second worker finds nothing to do."""
        for _ in range(3):
            due = step(*self.living, now=self.now)
            if due is None:
                break
            self._make(due)
        assert step(*self.living, now=self.now) is None
        assert len(self.current) == 1

    @rule()
    def ask(self) -> None:
        wanted = decide_rotation(self.living, algorithm=ES256, rhythm=RHYTHM, now=self.now)
        if isinstance(wanted, MakeKey):
            self._make(wanted)

    @precondition(lambda self: self.living)
    @rule(pick=st.randoms(use_true_random=False))
    def lose(self, pick: object) -> None:
        lost = pick.choice(self.living)  # type: ignore[attr-defined] # hypothesis' Random
        check_compromise(lost, since=None, now=self.now)
        self._set(lost, KeyState.COMPROMISED)
        if lost.state is KeyState.CURRENT:
            self._make(MakeKey(ES256, KeyState.CURRENT, self.now))

    @invariant()
    def at_most_one_signs_and_at_most_one_follows(self) -> None:
        states = [key.state for key in self.living]
        assert len(states) == len(set(states))

    @invariant()
    def whoever_stopped_signs_no_more(self) -> None:
        ended = {
            key.kid for key in self.keys if key.state in {KeyState.RETIRED, KeyState.COMPROMISED}
        }
        assert self.ended <= ended
        self.ended = ended

    @invariant()
    def a_key_that_signs_was_published_long_enough_or_replaces_a_lost_or_missing_one(self) -> None:
        for key in self.current:
            if key.kid not in self.unannounced:
                assert self.now - key.public.published_at >= RHYTHM.publication

    def _make(self, due: Step) -> None:
        if isinstance(due, Switch):
            if due.retiring is not None:
                self._set(due.retiring, KeyState.RETIRED)
            self._set(due.following, KeyState.CURRENT)
            return
        key = a_key(
            name=str(len(self.keys)),
            state=due.state,
            signs_from=due.signs_from,
            published_at=self.now,
        )
        if due.state is KeyState.CURRENT:
            self.unannounced.add(key.kid)
        self.keys.append(key)

    def _set(self, key: IssuingKey, state: KeyState) -> None:
        self.keys[self.keys.index(key)] = replace(key, state=state)


TestKeyLife = KeyLife.TestCase
TestKeyLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
