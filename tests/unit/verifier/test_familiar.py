"""What was found out of an achievement counts again for the same one, and for no other."""

from services.verifier.checks.familiar import Familiar, said_of
from services.verifier.domain.findings import Check, Code
from services.verifier.domain.verdict import State
from shared.strict_json import JsonValue
from tests.unit.verifier.forge import a_token, put
from tests.unit.verifier.world import World, a_microcredential, finding

CREDITS = "credentialSubject/achievement/creditsAvailable"


def saying(*, it: JsonValue) -> bytes:
    return said_of({"credentialSubject": {"achievement": {"creditsAvailable": it}}})


def test_what_was_made_is_not_made_again() -> None:
    familiar, made = Familiar[list[int]](), [5]

    assert familiar.find(saying(it=5), lambda: made) is made
    assert familiar.find(saying(it=5), list) is made


def test_what_json_tells_apart_is_another_achievement() -> None:
    each = [saying(it=one) for one in (1, 1.0, True, "1", None)]

    assert len(set(each)) == len(each)
    assert said_of({}) == said_of({"credentialSubject": "a text"}) == b""


def test_what_was_made_beside_another_thing_is_made_anew() -> None:
    familiar, first, second = Familiar[int](), object(), object()

    assert familiar.find(b"", lambda: 1, first) == 1
    assert familiar.find(b"", lambda: 2, second) == 2
    assert familiar.find(b"", lambda: 3, second) == 2


def test_a_familiar_achievement_is_judged_by_what_is_published_now() -> None:
    token, before, now = a_token(), World(), World(microcredential=a_microcredential(version=2))

    assert before.judge(token).verdict.state is State.VALID
    assert finding(now.judge(token), Check.SCHEMA).code is Code.ACHIEVEMENT_DIFFERS
    assert before.judge(token).verdict.state is State.VALID


def test_a_familiar_achievement_with_another_type_of_number_is_broken() -> None:
    world = World()

    assert world.judge(a_token()).verdict.state is State.VALID
    judged = world.judge(a_token(put(CREDITS, value=True)))
    assert finding(judged, Check.SCHEMA).code is Code.SCHEMA_BROKEN
