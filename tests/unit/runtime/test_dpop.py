"""A DPoP proof shows for one request that its sender holds the key; every check on it refuses."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from shared.runtime import dpop
from shared.runtime.dpop import (
    DpopNonceNeededError,
    DpopRefusedError,
    DpopVerifier,
    Presented,
)
from tests.support.token_clients import DpopKey, an_rsa_key, digest, signed

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
URL = "https://issuer.example.nl/v1/awards"
TOKEN = "header.claims.signature"
KEY = DpopKey()
VERIFIER = DpopVerifier()
GUESSABLE_BITS = 1024
PRESENTED = Presented(method="POST", url=URL, token=TOKEN)


def proof(**changes: Any) -> str:
    given: dict[str, Any] = {"nonce": VERIFIER.nonce(NOW), "token": TOKEN} | changes
    return KEY.proof("POST", given.pop("url", URL), given.pop("now", NOW), **given)


def proved(text: str, *, now: datetime = NOW, presented: Presented = PRESENTED) -> str:
    return VERIFIER.verify(text, presented, now=now)


def test_a_good_proof_names_the_key() -> None:
    assert proved(proof()) == KEY.thumbprint


def test_without_a_token_it_needs_no_digest_of_one() -> None:
    asking = Presented(method="POST", url=URL, token=None)

    assert proved(proof(token=None), presented=asking) == KEY.thumbprint


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}?limit=5",
        f"{URL}#here",
        "HTTPS://Issuer.Example.NL/v1/awards",
        "https://issuer.example.nl:443/v1/awards",
    ],
)
def test_one_place_may_be_written_in_more_ways(url: str) -> None:
    assert proved(proof(url=url)) == KEY.thumbprint


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_a_proof_may_be_made_with_rsa(algorithm: str) -> None:
    key = an_rsa_key()
    text = by_key(key, algorithm)

    assert proved(text) == key.thumbprint()


def by_key(key: ECKey | RSAKey, algorithm: str, jwk: object = None) -> str:
    claims = {"jti": token_urlsafe(16), "htm": "POST", "htu": URL, "iat": int(NOW.timestamp())}
    claims |= {"nonce": VERIFIER.nonce(NOW), "ath": digest(TOKEN)}
    shown = key.as_dict(private=False) if jwk is None else jwk
    return signed(key, claims, algorithm=algorithm, typ="dpop+jwt", jwk=shown)


def with_header(**header: Any) -> Callable[[], str]:
    return lambda: proof(header=header)


def stale() -> str:
    return proof(nonce=VERIFIER.nonce(NOW - timedelta(seconds=301)))


OTHER = ECKey.generate_key("P-256", private=True)
BAD: dict[str, Callable[[], str]] = {
    "1 words": lambda: "believe me",
    "1 too long": lambda: proof(more="x" * 5000),
    "1 a client assertion": with_header(typ="client-authentication+jwt"),
    "1 no type": with_header(typ=""),
    "1 an extension": with_header(crit=["exp"]),
    "2 no key": with_header(jwk=None),
    "2 a private key": lambda: by_key(OTHER, "ES256", OTHER.as_dict(private=True)),
    "2 a secret": with_header(jwk={"kty": "oct", "k": "AAAA"}),
    "2 a key of another kind": lambda: by_key(OTHER, "ES256", an_rsa_key().as_dict(private=False)),
    "2 a small RSA key": with_header(
        alg="ES256", jwk={"kty": "RSA", "e": "AQAB", "n": "wcHB" * 43}
    ),
    "3 another's key": lambda: proof(header={"jwk": OTHER.as_dict(private=False)}),
    "4 another method": lambda: proof(htm="GET"),
    "4 another place": lambda: proof(url="https://issuer.example.nl/v1/awards/1"),
    "4 another host": lambda: proof(url="https://elsewhere.example.nl/v1/awards"),
    "4 another port": lambda: proof(url="https://issuer.example.nl:8443/v1/awards"),
    "4 not encrypted": lambda: proof(url="http://issuer.example.nl/v1/awards"),
    "4 no place": lambda: proof(htu=7),
    "4 no port": lambda: proof(htu="https://issuer.example.nl:x/v1/awards"),
    "5 no moment": lambda: proof(iat="now"),
    "5 a moment that is true": lambda: proof(iat=True),
    "5 long ago": lambda: proof(iat=int(NOW.timestamp()) - 61),
    "5 later": lambda: proof(iat=int(NOW.timestamp()) + 61),
    "7 no digest": lambda: proof(token=None),
    "7 of another token": lambda: proof(token="other"),
    "8 a number for an id": lambda: proof(jti=7),
    "8 no id": lambda: proof(jti=""),
    "8 a long id": lambda: proof(jti="x" * 257),
}
UNFRESH: dict[str, Callable[[], str]] = {
    "6 no nonce": lambda: proof(nonce=None),
    "6 words": lambda: proof(nonce="fresh"),
    "6 no text": lambda: proof(nonce=7),
    "6 another's nonce": lambda: proof(nonce=DpopVerifier().nonce(NOW)),
    "6 an old nonce": stale,
    "6 a nonce of later": lambda: proof(nonce=VERIFIER.nonce(NOW + timedelta(minutes=2))),
}


@pytest.mark.parametrize("name", BAD)
def test_a_proof_that_fails_a_check_proves_nothing(name: str) -> None:
    with pytest.raises(DpopRefusedError) as refused:
        proved(BAD[name]())

    assert not isinstance(refused.value, DpopNonceNeededError)
    assert 'error="invalid_dpop_proof"' in refused.value.challenge


@pytest.mark.parametrize("name", UNFRESH)
def test_a_proof_that_may_have_been_made_before_is_told_how_not_to(name: str) -> None:
    with pytest.raises(DpopNonceNeededError) as refused:
        proved(UNFRESH[name]())

    assert 'error="use_dpop_nonce"' in refused.value.challenge
    assert proved(proof(nonce=refused.value.nonce)) == KEY.thumbprint


def test_a_key_that_can_be_guessed_proves_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # As it is outside of tests.
        key = RSAKey.import_key(rsa.generate_private_key(65537, GUESSABLE_BITS))
        text = by_key(key, "RS256", jwk={**key.as_dict(private=False)})
        with pytest.raises(DpopRefusedError, match="public key"):
            proved(text)


def test_a_proof_is_taken_once() -> None:
    text = proof()

    assert proved(text)
    with pytest.raises(DpopRefusedError, match="before"):
        proved(text)
    with pytest.raises(DpopRefusedError, match="before"):
        proved(text, now=NOW + timedelta(seconds=60))


def test_a_proof_is_remembered_for_as_long_as_it_could_be_taken_again() -> None:
    """Whatever else is proved meanwhile, and whenever the memory is turned over."""
    for early in range(0, 121, 20):
        verifier, began = DpopVerifier(), NOW - timedelta(seconds=early)
        first = KEY.proof("POST", URL, began, nonce=verifier.nonce(began), token=TOKEN)
        assert verifier.verify(first, PRESENTED, now=began)
        future = int(NOW.timestamp()) + 60
        text = KEY.proof("POST", URL, NOW, nonce=verifier.nonce(NOW), token=TOKEN, iat=future)
        assert verifier.verify(text, PRESENTED, now=NOW)
        for later in range(1, 121):
            with pytest.raises(DpopRefusedError, match="before"):
                verifier.verify(text, PRESENTED, now=NOW + timedelta(seconds=later))


def test_what_cannot_be_taken_again_is_forgotten() -> None:
    verifier = DpopVerifier()
    for minute in range(12):
        now = NOW + timedelta(minutes=minute)
        text = KEY.proof("POST", URL, now, nonce=verifier.nonce(now), token=TOKEN)
        assert verifier.verify(text, PRESENTED, now=now)

    assert verifier.remembered <= 6


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dpop, "MOST_PROOFS", 2)
    verifier = DpopVerifier()

    def once() -> str:
        text = KEY.proof("POST", URL, NOW, nonce=verifier.nonce(NOW), token=TOKEN)
        return verifier.verify(text, PRESENTED, now=NOW)

    assert once() == once()
    with pytest.raises(DpopRefusedError):
        once()


def test_processes_with_one_key_take_each_others_nonces() -> None:
    one, other = DpopVerifier(b"k" * 32), DpopVerifier(b"k" * 32)
    text = KEY.proof("POST", URL, NOW, nonce=one.nonce(NOW), token=TOKEN)

    assert other.verify(text, PRESENTED, now=NOW) == KEY.thumbprint
