"""What a Token Status List says of an SD-JWT (check 10), with the examples of the draft."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from services.verifier.checks.reading import Reading
from services.verifier.checks.token_status import (
    check_every_status,
    check_token_status,
    open_token_list,
    reference_of,
    signer_of_tokens,
)
from services.verifier.domain.findings import Check, Code, Finding, Outcome
from services.verifier.domain.handed import Form
from services.verifier.domain.knowledge import Evidence, HeldTokenList
from services.verifier.domain.verdict import Look, State, Verdict, state_of
from tests.unit.verifier.forge import (
    DID,
    INDEX,
    KEY,
    KID,
    LIST_URL,
    NOW,
    OTHER_KEY,
    STRANGER,
    a_list,
    a_payload,
    sign,
)
from tests.unit.verifier.world import World

URL: Final = "https://issuer.example.nl/token-status-lists/1"
SECONDS: Final = int(NOW.timestamp())
ONE_BIT: Final = {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}
"""Draft, section 4.1: 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1."""
TWO_BITS: Final = {"bits": 2, "lst": "eNo76fITAAPfAgc"}
"""Draft, section 4.1: 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3."""


def a_token_list(**changes: Any) -> str:
    """Sign a list of the draft, changed; None leaves a claim out."""
    head = {"alg": "ES256", "kid": changes.pop("kid", KID), "typ": changes.pop("typ", None)}
    key = changes.pop("key", KEY)
    claims = {
        "iss": DID,
        "sub": URL,
        "iat": SECONDS,
        "exp": SECONDS + 3600,
        "ttl": 900,
        "status_list": TWO_BITS,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    head["typ"] = head["typ"] or "statuslist+jwt"
    return sign(kept, head={name: it for name, it in head.items() if it}, key=key)


def opened(*, looked_up_at: datetime | None = NOW, **changes: Any) -> HeldTokenList:
    signed = a_token_list(**changes)
    return open_token_list(signed, url=URL, key=KEY.public, looked_up_at=looked_up_at, now=NOW)


def reading(status: object = None, **claims: Any) -> Reading:
    said = {"iss": DID, "status": status, **claims}
    return Reading(findings=(), claims=json.loads(json.dumps(said)), form=Form.SD_JWT_VC)


def at(index: object, uri: str = URL) -> Reading:
    return reading({"status_list": {"uri": uri, "idx": index}})


def checked(index: object, held: HeldTokenList | None, *, now: datetime = NOW) -> Finding:
    return check_token_status(at(index), held, now=now)


@pytest.mark.parametrize(
    ("index", "code", "outcome", "state"),
    [
        (0, Code.REVOKED, Outcome.FAILED, State.REVOKED),
        (1, Code.STATUS_SUSPENDED, Outcome.FAILED, State.SUSPENDED),
        (2, Code.NOT_REVOKED, Outcome.OK, State.VALID),
        (3, Code.STATUS_VALUE_UNKNOWN, Outcome.UNKNOWN, State.CANNOT_CHECK),
        (12, Code.STATUS_INDEX_OUT_OF_RANGE, Outcome.FAILED, State.CANNOT_CHECK),
        (-1, Code.STATUS_ENTRY_MALFORMED, Outcome.FAILED, State.CANNOT_CHECK),
        ("2", Code.STATUS_ENTRY_MALFORMED, Outcome.FAILED, State.CANNOT_CHECK),
        (2.5, Code.STATUS_ENTRY_MALFORMED, Outcome.FAILED, State.CANNOT_CHECK),
        (True, Code.STATUS_ENTRY_MALFORMED, Outcome.FAILED, State.CANNOT_CHECK),
    ],
    ids=[
        "revoked",
        "suspended",
        "valid",
        "of an application",
        "beyond the list",
        "below it",
        "a text",
        "a part",
        "a truth",
    ],
)
def test_each_value_of_a_place_is_told_and_none_but_valid_is_green(
    index: object, code: Code, outcome: Outcome, state: State
) -> None:
    found = checked(index, opened())

    assert (found.check, found.code, found.outcome) == (Check.STATUS, code, outcome)
    assert state_of(found) is state
    assert (Verdict(state, code).look is Look.GREEN) is (outcome is Outcome.OK)


def test_lists_of_every_width_are_read_as_the_draft_says() -> None:
    held = opened(status_list=ONE_BIT)
    revoked = [index for index in range(16) if checked(index, held).code is Code.REVOKED]

    assert revoked == [0, 3, 4, 5, 7, 8, 9, 13, 15]
    for bits, last in ((4, 0), (8, 0)):
        wide = opened(status_list={"bits": bits, "lst": ONE_BIT["lst"]})
        assert wide.opened is not None
        assert len(wide.opened.listed) == 16 // bits
        assert checked(last, wide).code is Code.STATUS_VALUE_UNKNOWN


UNFIT: dict[str, tuple[HeldTokenList | None, Code]] = {
    "none": (None, Code.STATUS_LIST_UNKNOWN),
    "by another key": (opened(key=OTHER_KEY), Code.STATUS_LIST_UNSIGNED),
    "of another address": (opened(sub=f"{URL}0"), Code.STATUS_LIST_OF_ANOTHER),
    "without an address": (opened(sub=None), Code.STATUS_LIST_OF_ANOTHER),
    "ended": (opened(exp=SECONDS), Code.STATUS_LIST_EXPIRED),
    "not made yet": (opened(iat=SECONDS + 120), Code.STATUS_LIST_NOT_YET_VALID),
    "without a moment": (opened(iat=None), Code.STATUS_LIST_MALFORMED),
    "of another type": (opened(typ="JWT"), Code.STATUS_LIST_MALFORMED),
    "of three bits": (
        opened(status_list={**TWO_BITS, "bits": 3}),
        Code.STATUS_LIST_MALFORMED,
    ),
    "no zlib": (opened(status_list={"bits": 1, "lst": "AAAA"}), Code.STATUS_LIST_MALFORMED),
    "without a list": (opened(status_list=None), Code.STATUS_LIST_MALFORMED),
    "with a ttl of nothing": (opened(ttl=0), Code.STATUS_LIST_MALFORMED),
    "kept too long": (
        opened(looked_up_at=NOW - timedelta(seconds=900)),
        Code.STATUS_LIST_EXPIRED,
    ),
    "old and endless": (
        opened(exp=None, iat=SECONDS - 24 * 60 * 60),
        Code.STATUS_LIST_EXPIRED,
    ),
}


@pytest.mark.parametrize(("held", "code"), UNFIT.values(), ids=UNFIT.keys())
def test_a_list_that_is_not_fit_says_nothing_and_is_never_green(
    held: HeldTokenList | None, code: Code
) -> None:
    found = checked(2, held)

    assert (found.outcome, found.code) == (Outcome.UNKNOWN, code)


def test_a_list_holds_as_long_as_it_says_and_a_copy_as_long_as_it_may_be_kept() -> None:
    second = timedelta(seconds=1)

    kept = opened(looked_up_at=NOW - timedelta(seconds=899))
    assert checked(2, kept).outcome is Outcome.OK
    assert checked(2, kept, now=NOW + second).code is Code.STATUS_LIST_EXPIRED
    endless = opened(exp=None, ttl=None)
    assert checked(2, endless, now=NOW + timedelta(hours=24) - second).outcome is Outcome.OK
    assert checked(2, endless, now=NOW + timedelta(hours=24)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "status",
    [None, [], {}, "revoked", {"other": {}}, {"status_list": {"idx": 2}}, {"status_list": []}],
    ids=["nothing", "a list", "empty", "a text", "another kind", "no address", "no reference"],
)
def test_a_status_of_another_kind_is_not_passed_over(status: object) -> None:
    one = reading(status)

    assert reference_of(one) is None
    found = check_token_status(one, opened(), now=NOW)
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.STATUS_TYPE_UNKNOWN)


def test_only_an_sd_jwt_refers_so_and_only_by_https() -> None:
    assert reference_of(at(2)) is not None
    assert reference_of(at(2, uri="http://issuer.example.nl/1")) is None
    assert reference_of(replace(at(2), form=Form.VC_JWT)) is None


def test_who_signed_is_read_where_it_is_said() -> None:
    signer, silent = (
        signer_of_tokens(a_token_list()),
        signer_of_tokens(a_token_list(iss=None, kid=None)),
    )

    assert signer is not None
    assert (signer.issuer, signer.key_id) == (DID, KID)
    assert silent is not None
    assert (silent.issuer, silent.key_id) == (None, "")
    assert signer_of_tokens(a_token_list(typ="JWT")) is None
    assert signer_of_tokens("") is None


@pytest.mark.parametrize(
    ("index", "raised", "code"),
    [
        (2, (), Code.NOT_REVOKED),
        (0, (), Code.REVOKED),
        (2, (INDEX,), Code.REVOKED),
        (1, (INDEX,), Code.REVOKED),
        (3, (), Code.STATUS_VALUE_UNKNOWN),
    ],
    ids=["both good", "by the token list", "by the bit", "the graver", "one unknown"],
)
def test_of_two_kinds_of_status_the_worst_counts(
    index: int, raised: tuple[int, ...], code: Code
) -> None:
    both = reading(
        {"status_list": {"uri": URL, "idx": index}},
        credentialStatus=a_payload()["credentialStatus"],
    )
    evidence = Evidence(
        status_list=World(signed_list=a_list(*raised)).open_list(), token_list=opened()
    )

    found = check_every_status(both, evidence, issuer=DID, registered=Code.REGISTERED, now=NOW)
    assert found.code is code


def test_a_credential_without_any_status_is_never_green() -> None:
    nothing = replace(reading(), claims={"iss": STRANGER})
    bit = replace(reading(), claims={"credentialStatus": a_payload()["credentialStatus"]})
    evidence = Evidence(status_list=World().open_list(), token_list=opened())

    missing, by_bit = (
        check_every_status(one, evidence, issuer=DID, registered=Code.REGISTERED, now=NOW)
        for one in (nothing, bit)
    )
    assert missing.code is Code.STATUS_MISSING
    assert by_bit.code is Code.NOT_REVOKED
    assert a_payload()["credentialStatus"]["statusListCredential"] == LIST_URL
