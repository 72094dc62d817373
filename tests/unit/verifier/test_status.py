"""Check 9 and check 10: status lists and the register (credentials.md 8, cases 47 and 49 to 61)."""

import base64
import gzip
import zlib

import pytest

from services.verifier.checks.status import check_status
from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import Look, State
from shared.contracts.vocabulary import RegistrationStatus
from tests.unit.verifier.forge import (
    INDEX,
    KEY,
    LIST_URL,
    NOW,
    OTHER_KEY,
    SIZE,
    STRANGER,
    Change,
    a_list,
    a_payload,
    a_token,
    bits,
    drop,
    encoded,
    header,
    put,
    sign,
)
from tests.unit.verifier.world import (
    World,
    a_known_key,
    a_microcredential,
    a_policy,
    finding,
)

ENTRY = "credentialStatus"


def packed(content: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(content).rstrip(b"=").decode()


LISTS: dict[str, tuple[str | None, Code]] = {
    "51-unreachable": (None, Code.STATUS_LIST_UNKNOWN),
    "52-other-key": (a_list(key=OTHER_KEY), Code.STATUS_LIST_UNSIGNED),
    "52-other-kid": (a_list(kid=f"{STRANGER}#1"), Code.STATUS_LIST_UNSIGNED),
    "52-other-issuer": (a_list(changes=(put("issuer", STRANGER),)), Code.STATUS_LIST_OF_ANOTHER),
    "52-unsigned": ('{"type": "BitstringStatusListCredential"}', Code.STATUS_LIST_UNSIGNED),
    "52-other-typ": (
        sign({"id": LIST_URL}, head=header(typ="statuslist+jwt")),
        Code.STATUS_LIST_UNSIGNED,
    ),
    "53-expired": (
        a_list(changes=(put("validUntil", "2026-11-22T12:00:00Z"),)),
        Code.STATUS_LIST_EXPIRED,
    ),
    "53-not-yet-valid": (
        a_list(changes=(put("validFrom", "2026-11-22T12:05:00Z"),)),
        Code.STATUS_LIST_NOT_YET_VALID,
    ),
    "53-endless-and-old": (
        a_list(changes=(put("validFrom", "2026-11-20T00:00:00Z"), drop("validUntil"))),
        Code.STATUS_LIST_EXPIRED,
    ),
    "56-too-short": (
        a_list(encoded_list=encoded(bits(size=SIZE // 2))),
        Code.STATUS_LIST_TOO_SHORT,
    ),
    "57-gzip-bomb": (
        a_list(encoded_list=encoded(bytes(64 * 1024 * 1024))),
        Code.STATUS_LIST_MALFORMED,
    ),
    "57-two-members": (
        a_list(encoded_list=packed(gzip.compress(bits()) + gzip.compress(bits()))),
        Code.STATUS_LIST_MALFORMED,
    ),
    "57-trailing-garbage": (
        a_list(encoded_list=packed(gzip.compress(bits()) + b"x")),
        Code.STATUS_LIST_MALFORMED,
    ),
    "57-cut-short": (
        a_list(encoded_list=packed(gzip.compress(bits())[:-9])),
        Code.STATUS_LIST_MALFORMED,
    ),
    "57-no-multibase": (a_list(encoded_list=encoded(bits())[1:]), Code.STATUS_LIST_MALFORMED),
    "57-zlib": (a_list(encoded_list=packed(zlib.compress(bits()))), Code.STATUS_LIST_MALFORMED),
    "58-status-size-2": (
        a_list(changes=(put("credentialSubject/statusSize", 2),)),
        Code.STATUS_LIST_MALFORMED,
    ),
    "59-other-id": (
        a_list(changes=(put("id", LIST_URL + "0"),)),
        Code.STATUS_LIST_MALFORMED,
    ),
    "59-other-type": (
        a_list(changes=(put("type", ["VerifiableCredential"]),)),
        Code.STATUS_LIST_MALFORMED,
    ),
    "59-no-date": (a_list(changes=(drop("validFrom"),)), Code.STATUS_LIST_MALFORMED),
}


@pytest.mark.parametrize(("signed", "code"), LISTS.values(), ids=LISTS.keys())
def test_a_list_that_proves_nothing_leaves_us_not_knowing(signed: str | None, code: Code) -> None:
    judgement = World(signed_list=signed).judge(a_token())
    found = finding(judgement, Check.STATUS)

    assert (found.code, found.outcome) == (code, Outcome.UNKNOWN)
    assert (judgement.verdict.state, judgement.verdict.look) == (State.CANNOT_CHECK, Look.GREY)


def test_52_a_list_signed_with_a_key_in_wrong_hands_proves_nothing() -> None:
    stolen = a_known_key(compromised_at=World().now)

    assert World(key=stolen).open_list().unusable is Code.STATUS_LIST_UNSIGNED  # type: ignore[union-attr] # or the test fails


def test_52_a_list_opened_for_another_issuer_says_nothing_about_this_one() -> None:
    held = World().open_list()

    found = check_status(a_payload()["credentialStatus"], held, issuer=STRANGER, now=NOW)

    assert (found.code, found.outcome) == (Code.STATUS_LIST_OF_ANOTHER, Outcome.UNKNOWN)


ENTRIES: dict[str, tuple[tuple[Change, ...], Code, Outcome]] = {
    "54-suspension-entry": (
        (put(f"{ENTRY}/statusPurpose", "suspension"),),
        Code.STATUS_PURPOSE_DIFFERS,
        Outcome.FAILED,
    ),
    **{
        f"55-index-{name}": (
            (put(f"{ENTRY}/statusListIndex", index),),
            Code.STATUS_ENTRY_MALFORMED,
            Outcome.FAILED,
        )
        for name, index in {
            "negative": "-1",
            "hexadecimal": "0x10",
            "exponent": "1e3",
            "fraction": "1.5",
            "number": 94_567,
            "bool": True,
            "leading-zero": "01",
            "other-digits": "٤",
        }.items()
    },
    **{
        f"55-index-{name}": (
            (put(f"{ENTRY}/statusListIndex", index),),
            Code.STATUS_INDEX_OUT_OF_RANGE,
            Outcome.FAILED,
        )
        for name, index in {"past-the-end": str(SIZE), "10^30": str(10**30)}.items()
    },
    "58-entry-size-2": (
        (put(f"{ENTRY}/statusSize", 2),),
        Code.STATUS_ENTRY_MALFORMED,
        Outcome.FAILED,
    ),
    "59-entry-id-is-the-list": (
        (put(f"{ENTRY}/id", LIST_URL),),
        Code.STATUS_ENTRY_MALFORMED,
        Outcome.FAILED,
    ),
    "60-unknown-type": (
        (put(f"{ENTRY}/type", "1EdTechRevocationList"),),
        Code.STATUS_TYPE_UNKNOWN,
        Outcome.UNKNOWN,
    ),
    "60-several-entries": (
        (put(ENTRY, [{"type": "BitstringStatusListEntry"}] * 2),),
        Code.STATUS_TYPE_UNKNOWN,
        Outcome.UNKNOWN,
    ),
    "61-stripped": ((drop(ENTRY),), Code.STATUS_MISSING, Outcome.FAILED),
    "61-null": ((put(ENTRY, None),), Code.STATUS_MISSING, Outcome.FAILED),
    "61-list-of-nobody": (
        (put(f"{ENTRY}/statusListCredential", LIST_URL + "0"),),
        Code.STATUS_LIST_UNKNOWN,
        Outcome.UNKNOWN,
    ),
}


@pytest.mark.parametrize(("changes", "code", "outcome"), ENTRIES.values(), ids=ENTRIES.keys())
def test_an_entry_that_leads_nowhere_is_never_green(
    changes: tuple[Change, ...], code: Code, outcome: Outcome
) -> None:
    judgement = World().judge(a_token(*changes))
    found = finding(judgement, Check.STATUS)

    assert (found.code, found.outcome) == (code, outcome)
    assert judgement.verdict.state is State.CANNOT_CHECK


def test_54_a_list_about_something_else_is_no_list_of_revocations() -> None:
    world = World(
        signed_list=a_list(changes=(put("credentialSubject/statusPurpose", "suspension"),))
    )
    judgement = world.judge(a_token())

    assert finding(judgement, Check.STATUS).code is Code.STATUS_PURPOSE_DIFFERS
    assert judgement.verdict.look is not Look.GREEN


def test_a_list_may_serve_several_purposes() -> None:
    purposes = put("credentialSubject/statusPurpose", ["refresh", "revocation"])

    assert World(signed_list=a_list(changes=(purposes,))).judge(a_token()).verdict.state is (
        State.VALID
    )


def test_49_a_raised_bit_is_revoked_and_red() -> None:
    judgement = World(signed_list=a_list(INDEX)).judge(a_token())

    assert finding(judgement, Check.STATUS).code is Code.REVOKED
    assert (judgement.verdict.state, judgement.verdict.look) == (State.REVOKED, Look.RED)
    assert judgement.credential is not None


def test_49_only_its_own_bit_revokes_it() -> None:
    world = World(signed_list=a_list(INDEX - 1, INDEX + 1, 0, SIZE - 1))

    assert world.judge(a_token()).verdict.state is State.VALID


REGISTER: dict[str, tuple[World, Code, State]] = {
    "47-other-content-registered": (
        World(registered=sign({"other": 1})),
        Code.REGISTRATION_DIFFERS,
        State.ALTERED,
    ),
    "47-of-another-organisation": (
        World(registration_changes={"organisation": "00000099000000220000"}),
        Code.REGISTRATION_OF_ANOTHER,
        State.ALTERED,
    ),
    "47-for-another-version": (
        World(registration_changes={"microcredential_version": 2}),
        Code.REGISTRATION_DIFFERS,
        State.ALTERED,
    ),
    "61-never-registered": (
        World(is_registered=False),
        Code.REGISTRATION_UNKNOWN,
        State.CANNOT_CHECK,
    ),
    "61-erased": (
        World(registration_changes={"status": RegistrationStatus.ERASED}),
        Code.REGISTRATION_ERASED,
        State.ERASED,
    ),
}


@pytest.mark.parametrize(("world", "code", "state"), REGISTER.values(), ids=REGISTER.keys())
def test_the_register_has_the_last_word(world: World, code: Code, state: State) -> None:
    judgement = world.judge(a_token())

    assert finding(judgement, Check.REGISTER).code is code
    assert judgement.verdict.state is state


ACHIEVEMENT = "credentialSubject/achievement"
CONTENT: dict[str, tuple[World, tuple[Change, ...], Code]] = {
    "other-title": (World(), (put(f"{ACHIEVEMENT}/name", "Master"),), Code.ACHIEVEMENT_DIFFERS),
    "more-credits": (
        World(),
        (put(f"{ACHIEVEMENT}/creditsAvailable", 30.0),),
        Code.ACHIEVEMENT_DIFFERS,
    ),
    "more-credits-earned": (
        World(),
        (put("credentialSubject/creditsEarned", 30.0),),
        Code.ACHIEVEMENT_DIFFERS,
    ),
    "other-unit": (
        World(),
        (put(f"{ACHIEVEMENT}/studyLoadUnit", "sbu"),),
        Code.ACHIEVEMENT_DIFFERS,
    ),
    "higher-level": (
        World(),
        (
            put(f"{ACHIEVEMENT}/alignment/0/targetCode", "8"),
            put(f"{ACHIEVEMENT}/alignment/1/targetCode", "8"),
        ),
        Code.ACHIEVEMENT_DIFFERS,
    ),
    "better-basis": (
        World(),
        (put(f"{ACHIEVEMENT}/levelBasis", "ncp-registered"),),
        Code.ACHIEVEMENT_DIFFERS,
    ),
    "one-outcome-more": (
        World(),
        (put(f"{ACHIEVEMENT}/learningOutcome", ["a", "b", "c"]),),
        Code.ACHIEVEMENT_DIFFERS,
    ),
    "other-policy": (World(), (put(f"{ACHIEVEMENT}/policy", "wo@2"),), Code.POLICY_DIFFERS),
    "no-framework": (World(), (drop(f"{ACHIEVEMENT}/qualityFramework"),), Code.POLICY_DIFFERS),
    "other-framework": (
        World(),
        (put(f"{ACHIEVEMENT}/qualityFramework/sha256", "cd" * 32),),
        Code.POLICY_DIFFERS,
    ),
    "below-the-minimum": (World(policy=a_policy(minimum=6)), (), Code.OUTSIDE_POLICY),
    "unknown-page": (
        World(),
        (put(f"{ACHIEVEMENT}/id", "https://evil.example/1"),),
        Code.ACHIEVEMENT_UNKNOWN,
    ),
    "unknown-version": (World(), (put(f"{ACHIEVEMENT}/version", "2"),), Code.ACHIEVEMENT_UNKNOWN),
    "catalogue-silent": (World(microcredential=None), (), Code.ACHIEVEMENT_UNKNOWN),
    "policy-unknown": (World(policy=None), (), Code.POLICY_UNKNOWN),
    "published-otherwise": (
        World(microcredential=a_microcredential(ects=6)),
        (),
        Code.ACHIEVEMENT_DIFFERS,
    ),
}


@pytest.mark.parametrize(("world", "changes", "code"), CONTENT.values(), ids=CONTENT.keys())
def test_it_says_what_the_catalogue_published(
    world: World, changes: tuple[Change, ...], code: Code
) -> None:
    judgement = world.judge(a_token(*changes))

    assert finding(judgement, Check.SCHEMA).code is code
    assert judgement.verdict.look is not Look.GREEN


def test_the_forge_signs_with_the_key_the_world_knows() -> None:
    assert World().issuer.keys[a_known_key().kid].key == KEY.public
