"""Whatever single byte of a valid credential is changed, the verdict is never green."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from services.verifier.domain.verdict import Look
from tests.unit.verifier.forge import a_token
from tests.unit.verifier.world import World

TOKEN: Final = a_token()
# The register holds the honest credential; it must not be asked to agree with the forgery.
WORLD: Final = World(registered=TOKEN)


@given(place=st.integers(0, len(TOKEN) - 1), byte=st.integers(0, 127))
def test_a_credential_with_one_byte_changed_is_never_green(place: int, byte: int) -> None:
    forged = TOKEN[:place] + chr(byte) + TOKEN[place + 1 :]

    if forged != TOKEN:
        judgement = WORLD.judge(forged)
        assert judgement.verdict.look is not Look.GREEN
        assert judgement.credential is None


@given(cut=st.integers(0, len(TOKEN) - 1))
def test_a_credential_cut_short_is_never_green(cut: int) -> None:
    assert WORLD.judge(TOKEN[:cut]).verdict.look is not Look.GREEN


@given(garbage=st.text(max_size=300))
def test_garbage_is_a_verdict_and_never_green(garbage: str) -> None:
    assert WORLD.judge(garbage).verdict.look is not Look.GREEN


@given(place=st.integers(0, len(TOKEN) - 1))
def test_a_flipped_bit_is_never_green(place: int) -> None:
    for bit in range(7):
        forged = TOKEN[:place] + chr(ord(TOKEN[place]) ^ (1 << bit)) + TOKEN[place + 1 :]

        assert WORLD.judge(forged).verdict.look is not Look.GREEN
