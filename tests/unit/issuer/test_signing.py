"""The wall before the keys, and the two places where keys are kept: under seal and in a token."""

import json
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from services.issuer.credential import digest_of
from services.issuer.domain.keys import ED25519, ES256, SealedKey
from services.issuer.signing import (
    KeyStoreError,
    Signer,
    SigningRefusedError,
    TokenPlace,
    TokenStore,
    token,
)
from services.issuer.signing.signer import NewKey
from shared.proofs import jws, vc_jwt
from shared.proofs.public_keys import parse_issuer_jwk
from shared.proofs.sealing import KeyEncryptionKey, SealError
from shared.proofs.vc_jwt import Form
from tests.support.issuing import NHL, UTWENTE

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://issuer.example.nl"
KEK = KeyEncryptionKey(bytes(32))
HASHES = bytes(64)


@pytest.fixture
def software() -> Signer:
    return Signer(key_encryption_key=KEK, public_url=URL)


@pytest.fixture
def hardware(token_place: TokenPlace) -> Signer:
    return Signer(key_encryption_key=KEK, public_url=URL, token=token_place, makes_in_token=True)


@pytest.fixture(params=["software", "hardware"])
def signer(request: pytest.FixtureRequest) -> Signer:
    """Give a signer that makes its keys in one of the two places."""
    made: Signer = request.getfixturevalue(request.param)
    return made


def a_payload(signer: Signer, organisation: str = UTWENTE) -> bytes:
    return json.dumps({"issuer": {"id": signer.issuer_of(organisation)}}).encode()


def sign(signer: Signer, key: SealedKey, payload: bytes, organisation: str = UTWENTE) -> str:
    signatures = signer.sign_credential(
        key, organisation=organisation, payload=payload, digest=digest_of(payload)
    )
    return token(payload, form=Form.OPEN_BADGES, signatures=signatures)


def holds(signed: str, new: NewKey) -> None:
    read, _claims = vc_jwt.read(signed)
    jws.verify(read, key=parse_issuer_jwk(new.public.public_jwk))


def test_a_credential_is_signed_in_both_forms_and_any_reader_can_check_it(signer: Signer) -> None:
    new = signer.new_key(UTWENTE, now=NOW)
    payload = a_payload(signer)
    signatures = signer.sign_credential(
        new.sealed, organisation=UTWENTE, payload=payload, digest=digest_of(payload)
    )

    assert len(signatures.jwt) == len(signatures.enveloped) == 64
    for form in Form:
        holds(token(payload, form=form, signatures=signatures), new)


def test_an_ed25519_key_signs_the_hashes_of_a_proof_and_no_token(signer: Signer) -> None:
    new = signer.new_key(UTWENTE, algorithm=ED25519, now=NOW)
    payload = a_payload(signer)
    asked = {"organisation": UTWENTE, "payload": payload, "digest": digest_of(payload)}

    signature = signer.sign_hashes(new.sealed, hashes=HASHES, **asked)  # type: ignore[arg-type] # a table of words

    assert parse_issuer_jwk(new.public.public_jwk).holds(signature, HASHES)
    assert new.public.algorithm == "Ed25519"
    with pytest.raises(SigningRefusedError):
        sign(signer, new.sealed, payload)
    with pytest.raises(SigningRefusedError):
        signer.sign_hashes(new.sealed, hashes=b"short", **asked)  # type: ignore[arg-type] # the same


def test_a_key_for_tokens_signs_no_proof(signer: Signer) -> None:
    new = signer.new_key(UTWENTE, now=NOW)
    payload = a_payload(signer)

    with pytest.raises(SigningRefusedError):
        signer.sign_hashes(
            new.sealed,
            organisation=UTWENTE,
            payload=payload,
            digest=digest_of(payload),
            hashes=HASHES,
        )


def test_no_key_signs_for_another_organisation(signer: Signer) -> None:
    own, foreign = signer.new_key(UTWENTE, now=NOW), signer.new_key(NHL, now=NOW)

    with pytest.raises(SigningRefusedError):  # 1
        sign(signer, foreign.sealed, a_payload(signer))
    with pytest.raises(SigningRefusedError):  # 3
        sign(signer, own.sealed, a_payload(signer, NHL))
    moved = replace(
        own.sealed,
        wrapped_key=foreign.sealed.wrapped_key,
        sealed_private=foreign.sealed.sealed_private,
    )
    if not moved.is_in_token:
        elsewhere = Signer(key_encryption_key=KEK, public_url=URL)
        with pytest.raises(SealError):  # 2
            sign(elsewhere, moved, a_payload(signer))


def test_a_token_gives_no_key_under_the_label_of_another_organisation(hardware: Signer) -> None:
    foreign = hardware.new_key(NHL, now=NOW).sealed
    claimed = replace(
        foreign, organisation=UTWENTE, kid=f"{hardware.issuer_of(UTWENTE)}#{foreign.thumbprint}"
    )

    with pytest.raises(KeyStoreError):  # 2
        sign(hardware, claimed, a_payload(hardware))


def test_bytes_that_were_not_intended_are_refused(signer: Signer) -> None:
    new = signer.new_key(UTWENTE, now=NOW)

    with pytest.raises(SigningRefusedError):  # 4
        signer.sign_credential(
            new.sealed, organisation=UTWENTE, payload=a_payload(signer), digest="0" * 64
        )


def test_nothing_of_a_private_key_leaves_the_token(
    hardware: Signer, token_place: TokenPlace
) -> None:
    new = hardware.new_key(UTWENTE, now=NOW)

    assert (new.sealed.wrapped_key, new.sealed.sealed_private) == (None, None)
    library = pkcs11.lib(token_place.module)
    # The signer has logged in, which counts for every session of this process.
    with library.get_token(token_label=token_place.label).open() as session:
        kept = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))
        assert kept
        for one in kept:
            assert one[Attribute.SENSITIVE]
            assert not one[Attribute.EXTRACTABLE]
            with pytest.raises(pkcs11.PKCS11Error):
                one[Attribute.VALUE]


def test_a_signer_with_a_token_still_signs_with_keys_made_under_seal(
    software: Signer, hardware: Signer
) -> None:
    sealed_here = software.new_key(UTWENTE, now=NOW)

    holds(sign(hardware, sealed_here.sealed, a_payload(hardware)), sealed_here)


def test_a_signer_without_the_token_does_not_sign_with_its_keys(
    software: Signer, hardware: Signer
) -> None:
    inside = hardware.new_key(UTWENTE, now=NOW)

    with pytest.raises(KeyStoreError):
        sign(software, inside.sealed, a_payload(software))


@pytest.mark.parametrize("wrong", [{"label": "nobody's"}, {"module": "no-such-library.so"}])
def test_a_token_that_is_not_there_is_said_so(
    token_place: TokenPlace, wrong: dict[str, str]
) -> None:
    place = replace(token_place, **wrong)
    signer = Signer(key_encryption_key=KEK, public_url=URL, token=place, makes_in_token=True)

    with pytest.raises(KeyStoreError):
        signer.new_key(UTWENTE, now=NOW)
    assert token_place.pin not in repr(place)


def test_a_token_opens_for_its_pin_only(hardware: Signer, token_place: TokenPlace) -> None:
    # In another process: here somebody may have logged in, which counts for the whole process.
    guess = Signer(
        key_encryption_key=KEK,
        public_url=URL,
        token=replace(token_place, pin="mc-test-guess"),
        makes_in_token=True,
    )
    luggage = pickle.dumps((guess, hardware.new_key(UTWENTE, now=NOW).sealed, a_payload(guess)))

    answer = subprocess.run(
        [sys.executable, "-c", _FAR_AWAY], input=luggage, capture_output=True, check=False
    )

    assert answer.returncode != 0
    assert b"KeyStoreError" in answer.stderr
    assert b"mc-test-guess" not in answer.stderr


def test_a_session_that_was_lost_is_opened_again(token_place: TokenPlace) -> None:
    store = TokenStore(token_place)
    made = store.make(ES256, organisation=UTWENTE, issuer="did:web:x")
    key = SealedKey(kid=made.kid, organisation=UTWENTE, wrapped_key=None, sealed_private=None)
    assert made.public.holds(store.sign(key, b"before"), b"before")

    store._session.close()  # noqa: SLF001 — as when somebody pulls the token out

    assert made.public.holds(store.sign(key, b"after"), b"after")
    store.close()
    assert made.public.holds(store.sign(key, b"again"), b"again")


def test_a_signer_travels_to_another_process_without_anything_open(signer: Signer) -> None:
    new = signer.new_key(UTWENTE, now=NOW)
    sign(signer, new.sealed, a_payload(signer))

    luggage = pickle.dumps((signer, new.sealed, a_payload(signer)))
    answer = subprocess.run(
        [sys.executable, "-c", _FAR_AWAY], input=luggage, capture_output=True, check=True
    )

    holds(answer.stdout.decode(), new)


_FAR_AWAY = """
import pickle, sys
from services.issuer.credential import digest_of
from services.issuer.signing import token
from shared.proofs.vc_jwt import Form
signer, key, payload = pickle.load(sys.stdin.buffer)
signatures = signer.sign_credential(
    key, organisation=key.organisation, payload=payload, digest=digest_of(payload)
)
sys.stdout.write(token(payload, form=Form.OPEN_BADGES, signatures=signatures))
"""
