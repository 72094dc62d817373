"""A key binding holds for one token, by the key its issuer named, and says for whom and when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import ProofRefusedError, key_binding, sd_jwt
from shared.proofs.jws import SignatureRefusedError, TypeRefusedError
from shared.proofs.key_binding import (
    HolderKeyMissingError,
    KeyBinding,
    KeyBindingClaimsRefusedError,
    KeyBindingNotYetMadeError,
    KeyBindingOfAnotherError,
)
from shared.proofs.keys import KeyRefusedError
from tests.unit.proofs.sd_jwts import (
    CLAIMS,
    HOLDER,
    ISSUER,
    NOW,
    READER,
    SECONDS,
    STRANGER,
    bound,
    digest,
    disclosure,
    presented,
    shown,
)

NAME = disclosure("salt-1", "given_name", "Jo")
ECTS = disclosure("salt-2", "ects", 5)
TOKEN = shown(NAME, ECTS)


def believe(token: str) -> KeyBinding | None:
    read = sd_jwt.read(token, types={"dc+sd-jwt"})
    sd_jwt.verify(read, key=ISSUER.public)
    return key_binding.believe(read, now=NOW)


def test_a_holder_says_for_whom_in_answer_to_what_and_when() -> None:
    binding = believe(bound(TOKEN))

    assert binding is not None
    assert binding.key == HOLDER.public
    assert (binding.audience, binding.nonce, binding.made_at) == (READER, "n-1", NOW)


def test_without_one_nothing_is_said_of_a_holder() -> None:
    assert believe(TOKEN) is None


def test_the_token_s_own_hash_is_used() -> None:
    claims = {**CLAIMS, "_sd_alg": "sha-512", "_sd": [digest(NAME, "sha512")]}
    token = presented(claims, NAME)

    assert believe(bound(token, sd_hash=digest(token, "sha512"))) is not None
    with pytest.raises(KeyBindingOfAnotherError):
        believe(bound(token))


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        (bound(TOKEN, STRANGER), SignatureRefusedError),
        (bound(TOKEN, ISSUER), SignatureRefusedError),
        (bound(TOKEN, typ="JWT"), TypeRefusedError),
        (bound(TOKEN, typ="dc+sd-jwt"), TypeRefusedError),
        (bound(TOKEN, aud=None), KeyBindingClaimsRefusedError),
        (bound(TOKEN, aud=[READER]), KeyBindingClaimsRefusedError),
        (bound(TOKEN, nonce=None), KeyBindingClaimsRefusedError),
        (bound(TOKEN, iat=None), KeyBindingClaimsRefusedError),
        (bound(TOKEN, iat="1"), KeyBindingClaimsRefusedError),
        (bound(TOKEN, sd_hash=None), KeyBindingClaimsRefusedError),
        (bound(TOKEN, sd_hash=digest(shown(NAME))), KeyBindingOfAnotherError),
        (bound(TOKEN, iat=SECONDS + 120), KeyBindingNotYetMadeError),
        (bound(shown(cnf={})), HolderKeyMissingError),
        (bound(shown(cnf={"kid": "x"})), HolderKeyMissingError),
        (bound(shown(cnf="x")), HolderKeyMissingError),
        (bound(shown(cnf={"jwk": "x"})), KeyRefusedError),
        (bound(shown(cnf={"jwk": {"kty": "OKP", "crv": [], "alg": []}})), KeyRefusedError),
    ],
)
def test_what_binds_nobody_is_refused_by_name(token: str, refusal: type[ProofRefusedError]) -> None:
    with pytest.raises(refusal):
        believe(token)


def test_a_clock_may_be_a_little_fast() -> None:
    binding = believe(bound(TOKEN, iat=SECONDS + 30))

    assert binding is not None
    assert binding.made_at == NOW + timedelta(seconds=30)


def test_a_binding_does_not_hold_when_a_disclosure_is_taken_away_or_moved() -> None:
    whole = bound(TOKEN)
    *_, binding = whole.split("~")
    signed, first, second, _ = TOKEN.split("~")

    for parts in ((signed, first), (signed, second, first)):
        with pytest.raises(KeyBindingOfAnotherError):
            believe("~".join((*parts, binding)))


@given(st.data())
def test_no_changed_byte_of_a_bound_token_is_believed(data: st.DataObject) -> None:
    token = bound(TOKEN)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(max_codepoint=127).filter(lambda one: one != token[place]))

    with pytest.raises(ProofRefusedError):
        believe(token[:place] + letter + token[place + 1 :])
