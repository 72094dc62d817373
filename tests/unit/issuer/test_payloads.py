"""A payload is kept squeezed and sealed, and comes back to the byte."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issuer.operations.payloads import open_payload, seal_payload
from shared.proofs.sealing import DataKey, SealBrokenError, seal

CREDENTIAL = UUID("0a000000-0000-4000-8000-000000000001")


@pytest.fixture(scope="module")
def key() -> DataKey:
    """Give a learner's key."""
    return DataKey(bytes(32))


@given(payload=st.binary(max_size=20_000))
def test_what_was_sealed_comes_back_to_the_byte(key: DataKey, payload: bytes) -> None:
    sealed = seal_payload(payload, key=key, credential_id=CREDENTIAL)

    assert open_payload(sealed, key=key, credential_id=CREDENTIAL) == payload


def test_what_repeats_itself_takes_a_third_of_the_room(key: DataKey) -> None:
    payload = b'{"name":"Kwantumcomputers","narrative":"Wie dit heeft behaald, weet ervan."}' * 50

    assert len(seal_payload(payload, key=key, credential_id=CREDENTIAL)) < len(payload) / 3


def test_what_was_kept_before_payloads_were_squeezed_opens(key: DataKey) -> None:
    kept = seal(b'{"id":"1"}', key=key, context=f"credential|{CREDENTIAL}".encode())

    assert open_payload(kept, key=key, credential_id=CREDENTIAL) == b'{"id":"1"}'


def test_a_payload_of_one_credential_is_not_that_of_another(key: DataKey) -> None:
    sealed = seal_payload(b"{}", key=key, credential_id=CREDENTIAL)

    with pytest.raises(SealBrokenError):
        open_payload(sealed, key=key, credential_id=uuid4())
