"""A receipt proves what a verifier said, to whoever has its key, and nothing else does."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.receipt import (
    URN,
    HandedIn,
    Receipt,
    Said,
    SaidCheck,
    SaidKnowledge,
    SaidPerson,
    SaidVerdict,
    Software,
)
from shared.proofs import ProofRefusedError, jws
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.keys import SigningKey
from shared.proofs.receipts import (
    MAX_RECEIPT_CHARACTERS,
    TYPE,
    ReceiptContentError,
    ReceiptKeysRefusedError,
    ReceiptKeyUnknownError,
    ReceiptTooLargeError,
    digest_of,
    is_about,
    key_set,
    read_key_set,
    read_receipt,
    sign_receipt,
)
from shared.strict_json import canonical

NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY: Final = SigningKey.generate()
KEYS: Final = {KEY.public.thumbprint: KEY.public}
HANDED: Final = b"eyJhbGciOiJFUzI1NiJ9.e30.AA"


def a_receipt(**changes: Any) -> Receipt:
    words = Said(nl="Echt en geldig", en="Genuine and valid")
    return Receipt.model_validate(
        {
            "iss": "https://verifier.example.nl",
            "jti": f"{URN}{UUID(int=1)}",
            "iat": int(NOW.timestamp()),
            "verification_id": UUID(int=2),
            "checked_at": NOW,
            "handed_in": HandedIn(sha256=digest_of(HANDED)),
            "verdict": SaidVerdict(state="valid", code="registered", title=words),
            "test": True,
            "checks": (
                SaidCheck(number=1, name="parse", title=words, outcome="ok", code="readable"),
            ),
            "knowledge": SaidKnowledge(as_of=NOW),
            "person": SaidPerson(name="Sam de Vries"),
            "software": Software(version="0.1.0"),
            **changes,
        }
    )


SIGNED: Final = sign_receipt(a_receipt(), key=KEY)


def signed_as(payload: bytes, *, key: SigningKey = KEY, **members: str) -> str:
    header = {"typ": TYPE, "kid": key.public.thumbprint, **members}
    return jws.sign(payload, key=key, header=header)


def test_what_was_signed_is_read_back_as_it_was() -> None:
    assert read_receipt(SIGNED.token, keys=KEYS) == SIGNED
    assert sign_receipt(a_receipt(), key=KEY).token == SIGNED.token


@given(st.data())
def test_a_receipt_with_one_byte_changed_is_refused(data: st.DataObject) -> None:
    spelled = bytearray(SIGNED.token.encode())
    at = data.draw(st.integers(0, len(spelled) - 1))
    spelled[at] = data.draw(st.integers(0, 255).filter(lambda other: other != spelled[at]))

    with pytest.raises(ProofRefusedError):
        read_receipt(bytes(spelled), keys=KEYS)


@given(st.integers(0, len(SIGNED.token) - 1))
def test_a_receipt_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ProofRefusedError):
        read_receipt(SIGNED.token[:length], keys=KEYS)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_anything_else_is_refused_and_nothing_more_happens(text: bytes | str) -> None:
    with pytest.raises(ProofRefusedError):
        read_receipt(text, keys=KEYS)


def test_a_key_of_somebody_else_proves_nothing() -> None:
    other = SigningKey.generate()

    with pytest.raises(ReceiptKeyUnknownError):
        read_receipt(sign_receipt(a_receipt(), key=other).token, keys=KEYS)
    with pytest.raises(jws.SignatureRefusedError):
        read_receipt(
            signed_as(
                canonical({"iss": "x"}),
                key=other,
                kid=KEY.public.thumbprint,
            ),
            keys=KEYS,
        )


def test_another_token_of_the_same_key_is_no_receipt() -> None:
    said = SIGNED.content.model_dump(mode="json", by_alias=True, exclude_none=True)

    with pytest.raises(jws.TypeRefusedError):
        read_receipt(signed_as(canonical(said), typ="JWT"), keys=KEYS)


@pytest.mark.parametrize("missing", ["iss", "checkedAt", "handedIn", "verdict", "checks"])
def test_what_lacks_a_member_is_no_receipt(missing: str) -> None:
    said = SIGNED.content.model_dump(mode="json", by_alias=True, exclude_none=True)
    del said[missing]

    with pytest.raises(ReceiptContentError):
        read_receipt(signed_as(canonical(said)), keys=KEYS)


def test_a_receipt_has_one_spelling_only() -> None:
    said = SIGNED.content.model_dump(mode="json", by_alias=True, exclude_none=True)

    with pytest.raises(ReceiptContentError):
        read_receipt(signed_as(json.dumps(said, indent=1).encode()), keys=KEYS)


def test_a_receipt_of_a_later_version_can_still_be_read() -> None:
    said = SIGNED.content.model_dump(mode="json", by_alias=True, exclude_none=True)
    said["somethingNew"] = {"said": "later"}
    said["verdict"]["state"] = "a-state-of-tomorrow"

    read = read_receipt(signed_as(canonical(said)), keys=KEYS)

    assert read.content.verdict.state == "a-state-of-tomorrow"


def test_what_is_larger_than_a_receipt_is_not_even_read() -> None:
    with pytest.raises(ReceiptTooLargeError):
        read_receipt("a" * (MAX_RECEIPT_CHARACTERS + 1), keys=KEYS)


@pytest.mark.parametrize("number", ["urn:uuid:", "urn:uuid:x", str(UUID(int=1)), "URN:UUID:1"])
def test_a_receipt_has_a_number_of_its_own(number: str) -> None:
    with pytest.raises(ValueError, match="jti"):
        a_receipt(jti=number)


@pytest.mark.parametrize(
    "handed",
    [HANDED, HANDED + b"\n", b" \t\r\n" + HANDED, HANDED[:9] + b"\r\n" + HANDED[9:] + b"\r\n"],
)
def test_a_token_is_the_same_with_blanks_and_breaks(handed: bytes) -> None:
    assert is_about(SIGNED.content, handed)


def test_json_is_the_same_however_its_lines_end() -> None:
    assert digest_of(b'{"a":\n "b"}') == digest_of(b' {"a":\r\n "b"}\r\n')
    assert digest_of(b'{"a": "b"}') != digest_of(b'{"a":"b"}')


def test_any_other_file_is_named_byte_for_byte() -> None:
    picture = b"\x89PNG\r\n\x1a\n"

    assert digest_of(picture) == hashlib.sha256(picture).hexdigest()
    assert digest_of(picture) != digest_of(picture + b"\n")


@pytest.mark.parametrize("handed", [b"", HANDED + b"A", HANDED[:-1], HANDED.lower()])
def test_a_receipt_is_about_one_credential(handed: bytes) -> None:
    assert not is_about(SIGNED.content, handed)


def test_a_key_set_gives_the_keys_that_sign_receipts_and_passes_over_others() -> None:
    plain = key_set([KEY.public, KEY.public])
    others = [Ed25519SigningKey.generate().public.jwk, {"kty": "RSA"}, "no key", None]
    document = {"keys": [*others, {**KEY.public.jwk, "kid": "as somebody named it"}]}

    assert len(plain["keys"] if isinstance(plain["keys"], list) else []) == 1
    assert read_key_set(json.dumps(plain)) == KEYS
    assert read_key_set(json.dumps(document)) == KEYS


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": []}', b"\xff"])
def test_what_has_no_key_is_no_key_set(document: bytes) -> None:
    with pytest.raises(ReceiptKeysRefusedError):
        read_key_set(document)


def test_a_private_key_in_a_key_set_proves_nothing() -> None:
    with pytest.raises(ReceiptKeysRefusedError):
        read_key_set(json.dumps({"keys": [{**KEY.public.jwk, "d": "A" * 43}]}))
