"""What a receipt says of a verification, and what it keeps silent about."""

import json
import re
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import pytest

from services.verifier.checks.judgement import Verification
from services.verifier.domain.knowledge import Knowledge
from services.verifier.receipts.claims import describe, key_named_in
from services.verifier.schemas.verification import VerificationAnswer
from shared.contracts.receipt import Receipt, SaidFile
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs.receipts import digest_of, is_about
from tests.support.canary import find, needles
from tests.unit.verifier.forge import (
    DID,
    KID,
    MICROCREDENTIAL,
    NOW,
    OIN,
    PAGE,
    REGISTRATION,
    a_token,
    put,
)
from tests.unit.verifier.world import World

RESULT: Final = "uitmuntend behaald"
PERSON: Final = ("Sam de Vries", RESULT, "0f6f5a0e-7f7e-4d2b-9c1b-4b8f8ed0c9a1", "0" * 64)
RECEIPT: Final = UUID(int=7)


def an_answer(token: str, world: World | None = None) -> VerificationAnswer:
    known = world or World()
    return VerificationAnswer.of(
        Verification(
            verification_id=uuid4(),
            judgement=known.judge(token),
            is_test=True,
            issuer=known.issuer,
            registration=known.registration(token),
            microcredential=known.microcredential,
            knowledge=Knowledge(NOW),
            checked_at=NOW,
        )
    )


def a_receipt(
    token: str,
    *,
    with_person: bool = False,
    world: World | None = None,
    handed: bytes | None = None,
    file: SaidFile | None = None,
) -> Receipt:
    return describe(
        an_answer(token, world),
        verifier="https://verifier.example.nl",
        receipt_id=RECEIPT,
        handed=token.encode() if handed is None else handed,
        found=token,
        file=file,
        with_person=with_person,
        now=NOW,
    )


def spelled(receipt: Receipt) -> bytes:
    return receipt.model_dump_json(by_alias=True).encode()


def test_it_says_every_check_as_it_came_out() -> None:
    token = a_token()
    answer, receipt = an_answer(token), a_receipt(token)

    assert [
        (one.number, one.name, one.outcome, one.code, one.looked_up and one.looked_up.where)
        for one in receipt.checks
    ] == [
        (
            one.number,
            one.name.value,
            one.outcome.value,
            one.code.value,
            one.looked_up and one.looked_up.where.value,
        )
        for one in answer.checks
    ]
    [registered] = [one for one in receipt.checks if one.name == "register"]
    assert registered.looked_up is not None
    assert registered.looked_up.as_of == NOW
    assert receipt.verdict.state == "valid"
    assert receipt.verdict.title.nl == "Echt en geldig"
    assert receipt.knowledge.as_of == NOW
    assert receipt.handed_in.sha256 == digest_of(token.encode())
    assert receipt.software.version


def test_it_says_against_which_versions_was_checked() -> None:
    against = a_receipt(a_token()).checked_against

    assert against is not None
    assert (against.microcredential.id, against.microcredential.version) == (PAGE, "1")
    assert str(MICROCREDENTIAL) in against.microcredential.id
    assert against.policy is not None
    assert (against.policy.policy_id, against.policy.version) == ("wo", "1")
    assert against.quality_framework is not None
    assert against.quality_framework.sha256 == "ab" * 32
    assert against.issuer is not None
    assert (against.issuer.oin, against.issuer.did, against.issuer.kid) == (OIN, DID, KID)
    assert against.registration is not None
    assert against.registration.registration_id == REGISTRATION
    assert against.registration.record_version == 1


def test_the_issuer_is_in_the_words_of_the_catalogue() -> None:
    boasting = a_token(put("issuer/name", "Harvard University"))

    assert b"Harvard" not in spelled(a_receipt(boasting))


def a_personal_token() -> str:
    return a_token(put("credentialSubject/result/0/value", RESULT))


def test_nothing_of_the_person_is_in_it_unless_that_was_asked() -> None:
    token = a_personal_token()
    silent, telling = spelled(a_receipt(token)), spelled(a_receipt(token, with_person=True))

    assert find(needles(*PERSON), silent) == []
    assert find(needles(PERSON[0]), telling)
    assert find(needles(RESULT), telling)


def test_of_the_person_no_more_is_in_it_than_the_page_shows() -> None:
    receipt = a_receipt(a_personal_token(), with_person=True)

    assert receipt.person is not None
    assert (receipt.person.name, receipt.person.result) == PERSON[:2]
    assert find(needles(*PERSON[2:]), spelled(receipt)) == []


@pytest.mark.parametrize(
    "token",
    [a_token()[:-8] + "AAAAAAAA", a_token()[:-4], "no token", ""],
    ids=["altered", "cut off", "a text", "nothing"],
)
def test_of_what_is_not_believed_nothing_is_said_but_that(token: str) -> None:
    receipt = a_receipt(token, with_person=True)

    assert receipt.verdict.state in {"altered", "not-a-credential"}
    assert receipt.checked_against is None
    assert receipt.person is None
    said = spelled(receipt)
    assert find(needles(*PERSON, OIN, "kwantum", "utwente", "Twente"), said) == []


def test_an_erased_credential_stays_forgotten() -> None:
    receipt = a_receipt(a_personal_token(), with_person=True, world=World(is_erased=True))

    assert receipt.verdict.state == "erased"
    assert find(needles(*PERSON, "kwantum"), spelled(receipt)) == []


def test_a_receipt_of_a_revoked_credential_says_so() -> None:
    receipt = a_receipt(a_token(), world=World(status=RegistrationStatus.REVOKED))

    assert receipt.verdict.state == "revoked"
    assert receipt.checked_against is not None
    assert receipt.checked_against.registration is not None
    assert receipt.checked_against.registration.record_version == 2


def test_however_long_an_issuer_writes_a_receipt_stays_small() -> None:
    long = "é" * 20_000
    token = a_token(
        put("credentialSubject/achievement/name", long),
        put("credentialSubject/achievement/qualityFramework/name", long),
        put("credentialSubject/result/0/value", long),
        put("credentialSubject/identifier/1/identityHash", long),
    )

    assert len(spelled(a_receipt(token, with_person=True))) < 20_000


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b.c", "é.é.é", "{", "{}", '{"proof": 1}', '{"proof": [{}, {}]}', "W10.e30.AA"],
)
def test_what_names_no_key_has_none(text: str) -> None:
    assert key_named_in(text) is None


def test_a_key_is_named_in_a_header_or_in_the_one_proof() -> None:
    document = json.dumps({"proof": {"verificationMethod": KID}})

    assert key_named_in(a_token()) == key_named_in(f"{a_token()}~disclosed~") == KID
    assert key_named_in(document) == KID


def test_of_a_file_it_says_which_credential_was_in_it() -> None:
    token, picture = a_token(), b"\x89PNG..."
    about, plain = a_receipt(token, handed=picture), a_receipt(token)

    assert about.handed_in.sha256 == digest_of(picture)
    assert about.handed_in.credential_sha256 == digest_of(token.encode())
    assert is_about(about, picture)
    assert is_about(about, token.encode())
    assert plain.handed_in.credential_sha256 is None


def test_it_is_signed_at_the_moment_of_the_verification() -> None:
    receipt = a_receipt(a_token())

    assert datetime.fromtimestamp(receipt.iat, UTC) == receipt.checked_at == NOW
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", receipt.jti)
