"""What is sealed opens with its own key and context, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import base64url, sealing
from shared.proofs.sealing import (
    DataKey,
    KeyEncryptionKey,
    KeySettingError,
    OtherWrappingKeyError,
    SealBrokenError,
    SealError,
    SealFormatError,
    open_sealed,
    seal,
)

SETTING = base64url.encode(bytes(range(32))).decode()
KEK = KeyEncryptionKey.from_setting(SETTING)
KEY, WRAPPED = KEK.new_data_key(context=b"learner 1")


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_again(plaintext: bytes, context: bytes) -> None:
    sealed = seal(plaintext, key=KEY, context=context)

    assert open_sealed(sealed, key=KEY, context=context) == plaintext
    assert len(sealed) == 1 + 12 + len(plaintext) + 16


def test_sealing_twice_never_gives_the_same_bytes() -> None:
    assert seal(b"Jo", key=KEY, context=b"") != seal(b"Jo", key=KEY, context=b"")


def test_another_context_or_key_opens_nothing() -> None:
    sealed = seal(b"Jo", key=KEY, context=b"award 1")

    with pytest.raises(SealBrokenError):
        open_sealed(sealed, key=KEY, context=b"award 2")
    with pytest.raises(SealBrokenError):
        open_sealed(sealed, key=KEK.new_data_key(context=b"")[0], context=b"award 1")


@given(st.data())
def test_a_changed_envelope_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal(b"Jo", key=KEY, context=b""))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealError):
        open_sealed(bytes(sealed), key=KEY, context=b"")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + bytes(40), b"\x01" + bytes(27)])
def test_what_is_no_envelope_is_called_so(sealed: bytes) -> None:
    with pytest.raises(SealFormatError):
        open_sealed(sealed, key=KEY, context=b"")


def test_a_wrapped_data_key_is_the_same_key_when_unwrapped() -> None:
    again = KEK.unwrap(WRAPPED, context=b"learner 1")

    assert open_sealed(seal(b"Jo", key=KEY, context=b""), key=again, context=b"") == b"Jo"


def test_a_data_key_of_one_learner_does_not_unwrap_for_another() -> None:
    with pytest.raises(SealBrokenError):
        KEK.unwrap(WRAPPED, context=b"learner 2")


def test_another_key_encryption_key_is_told_apart_from_damage() -> None:
    with pytest.raises(OtherWrappingKeyError):
        KeyEncryptionKey(bytes(32)).unwrap(WRAPPED, context=b"learner 1")


def test_a_data_key_can_be_wrapped_anew_under_the_next_key() -> None:
    following = KeyEncryptionKey(bytes(32))
    rewrapped = following.wrap(KEK.unwrap(WRAPPED, context=b"learner 1"), context=b"l")

    again = following.unwrap(rewrapped, context=b"l")
    assert open_sealed(seal(b"Jo", key=KEY, context=b""), key=again, context=b"") == b"Jo"


@pytest.mark.parametrize(
    "wrapped",
    [b"", WRAPPED[:-1], WRAPPED + b"x", b"\x02" + WRAPPED[1:]],
    ids=["nothing", "too short", "too long", "another version"],
)
def test_what_is_no_wrapped_key_is_called_so(wrapped: bytes) -> None:
    with pytest.raises(SealFormatError):
        KEK.unwrap(wrapped, context=b"learner 1")


@pytest.mark.parametrize("setting", ["", "c2hvcnQ", SETTING + "=", SETTING[:-1], "é" * 43])
def test_a_setting_that_is_no_key_is_refused_without_being_shown(setting: str) -> None:
    with pytest.raises(KeySettingError) as refused:
        KeyEncryptionKey.from_setting(setting)
    assert setting == "" or setting not in str(refused.value)


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(KeySettingError):
        KeyEncryptionKey(b"short")
    with pytest.raises(SealFormatError):
        DataKey(b"short")


def test_no_key_shows_in_its_repr() -> None:
    assert (repr(KEK), repr(KEY)) == ("KeyEncryptionKey()", "DataKey()")


def test_a_secret_setting_is_read_as_its_32_bytes() -> None:
    assert sealing.read_secret(SETTING) == bytes(range(32))
