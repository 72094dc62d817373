"""When a log may be signed, by what its witnesses say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.witnessing import Guard, Hold, Stand, decide_hold
from services.registry.settings import Settings


@given(
    stands=st.lists(st.sampled_from([*Stand]), max_size=7),
    waited=st.floats(0, 1000),
    patience=st.floats(0, 1000),
)
def test_only_those_who_know_our_tree_let_us_sign(
    stands: list[Stand], waited: float, patience: float
) -> None:
    hold = decide_hold(stands, waited=waited, patience=patience)

    warned = {Stand.AHEAD, Stand.DISPUTES} & {*stands}
    agreed = stands.count(Stand.AGREES)
    if warned:
        assert hold is not None
    elif not stands or agreed > len(stands) / 2:
        assert hold is None
    else:
        assert (hold is None) == (agreed > 0 and waited >= patience)


def test_a_guard_that_opened_stays_open_whatever_a_witness_says_later() -> None:
    guard = Guard(["w1"], patience=0, began=0)
    guard.hear("w1", Stand.AGREES)
    assert guard.find_hold(5, at=1) is None
    guard.hear("w1", Stand.AHEAD)
    assert guard.find_hold(6, at=2) is None


@pytest.mark.parametrize("vkey", ["", "w1", "w1.example.nl+00000000+BAAA"])
def test_a_witness_without_a_key_of_its_own_is_no_setting(vkey: str) -> None:
    told = {"vkey": vkey, "url": "https://w1.example.nl"}
    with pytest.raises(ValueError, match="witness"):
        Settings.model_validate(
            {
                "database_url": "postgresql://nobody@127.0.0.1:1/none",
                "public_url": "https://register.example.nl",
                "witnesses": [told],
            }
        )


@given(
    heard=st.lists(st.tuples(st.sampled_from(["w1", "w2", "w3"]), st.sampled_from([*Stand]))),
    size=st.integers(0, 5),
)
def test_a_guard_opens_on_what_was_heard_last_of_each_and_never_on_silence(
    heard: list[tuple[str, Stand]], size: int
) -> None:
    guard = Guard(["w1", "w2", "w3"], patience=10, began=0)
    said: dict[str, Stand] = dict.fromkeys(("w1", "w2", "w3"), Stand.UNHEARD)
    for name, stand in heard:
        guard.hear(name, stand)
        # Who agreed once and is silent now, agreed.
        if said[name] is not Stand.AGREES or stand in {Stand.AHEAD, Stand.DISPUTES}:
            said[name] = stand

    assert guard.find_hold(size, at=1) == decide_hold(said.values(), waited=1, patience=10)
    assert guard.is_open == (guard.find_hold(size, at=1) is None)


def test_a_tree_that_became_smaller_is_a_database_that_was_restored() -> None:
    guard = Guard(["w1"], patience=0, began=0)
    guard.hear("w1", Stand.AGREES)
    assert guard.find_hold(5, at=1) is None
    assert guard.find_hold(4, at=2) is Hold.WAITING
    guard.hear("w1", Stand.AHEAD)
    assert guard.find_hold(4, at=3) is Hold.BEHIND
    guard.hear("w1", Stand.AGREES)
    assert guard.find_hold(5, at=4) is None
