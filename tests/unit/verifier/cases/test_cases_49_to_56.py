"""Cases 49 to 56: a status that is bad, or cannot be known."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from shared.contracts.vocabulary import RegistrationStatus
from tests.unit.verifier.cases.entry import (
    HONEST,
    WITH_DOCUMENT,
    Case,
    Neighbours,
    a_document,
    assert_refused,
)
from tests.unit.verifier.cases.saying import (
    in_doubt,
    led_astray,
    seen,
)
from tests.unit.verifier.forge import (
    INDEX,
    LIST_URL,
    NOW,
    OTHER_KEY,
    SIZE,
    STRANGER,
    a_list,
    bits,
    drop,
    encoded,
    header,
    put,
    sign,
)

pytestmark = pytest.mark.anyio
ENTRY: Final = "credentialStatus"
CASES: Final = (
    seen(
        49, "its bit is raised", Code.REVOKED, State.REVOKED, Neighbours(signed_list=a_list(INDEX))
    ),
    replace(
        seen(
            49,
            "its bit is raised, in a document",
            Code.REVOKED,
            State.REVOKED,
            replace(WITH_DOCUMENT, signed_list=a_list(INDEX)),
        ),
        made=a_document(),
    ),
    Case(
        number=49,
        wrong="the register knows before the list does",
        made=HONEST,
        check=Check.REGISTER,
        code=Code.REGISTRATION_REVOKED,
        state=State.REVOKED,
        world=Neighbours(status=RegistrationStatus.REVOKED),
        is_shown=True,
    ),
    Case(
        number=50,
        wrong="in the register",
        made=HONEST,
        check=Check.REGISTER,
        code=Code.REGISTRATION_SUSPENDED,
        state=State.SUSPENDED,
        world=Neighbours(status=RegistrationStatus.SUSPENDED),
        is_shown=True,
    ),
    in_doubt(51, "never heard of", None, Code.STATUS_LIST_UNKNOWN),
    led_astray(
        51,
        "at another address",
        put(f"{ENTRY}/statusListCredential", LIST_URL + "0"),
        code=Code.STATUS_LIST_UNKNOWN,
        outcome=Outcome.UNKNOWN,
    ),
    in_doubt(
        51, "a page to log in", "<!doctype html><title>Log in</title>", Code.STATUS_LIST_UNSIGNED
    ),
    Case(
        number=51,
        wrong="our knowledge is a day old",
        made=HONEST,
        check=Check.REGISTER,
        code=Code.KNOWLEDGE_OLD,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
        world=Neighbours(as_of=NOW - timedelta(hours=24, seconds=1)),
        is_shown=True,
    ),
    in_doubt(52, "by another key", a_list(key=OTHER_KEY), Code.STATUS_LIST_UNSIGNED),
    in_doubt(52, "under another key id", a_list(kid=f"{STRANGER}#1"), Code.STATUS_LIST_UNSIGNED),
    in_doubt(
        52,
        "of another issuer",
        a_list(changes=(put("issuer", STRANGER),)),
        Code.STATUS_LIST_OF_ANOTHER,
    ),
    in_doubt(
        52, "plain JSON", '{"type": "BitstringStatusListCredential"}', Code.STATUS_LIST_UNSIGNED
    ),
    in_doubt(
        52,
        "of another type of token",
        sign({"id": LIST_URL}, head=header(typ="statuslist+jwt")),
        Code.STATUS_LIST_UNSIGNED,
    ),
    in_doubt(52, "altered", a_list(INDEX)[:-8] + "AAAAAAAA", Code.STATUS_LIST_UNSIGNED),
    in_doubt(
        53,
        "ended this very second",
        a_list(changes=(put("validUntil", "2026-11-22T12:00:00Z"),)),
        Code.STATUS_LIST_EXPIRED,
    ),
    in_doubt(
        53,
        "begins later",
        a_list(changes=(put("validFrom", "2026-11-22T12:05:00Z"),)),
        Code.STATUS_LIST_NOT_YET_VALID,
    ),
    in_doubt(
        53,
        "endless, and old",
        a_list(changes=(put("validFrom", "2026-11-20T00:00:00Z"), drop("validUntil"))),
        Code.STATUS_LIST_EXPIRED,
    ),
    in_doubt(
        53, "without a beginning", a_list(changes=(drop("validFrom"),)), Code.STATUS_LIST_MALFORMED
    ),
    led_astray(
        54,
        "an entry of suspensions",
        put(f"{ENTRY}/statusPurpose", "suspension"),
        code=Code.STATUS_PURPOSE_DIFFERS,
    ),
    led_astray(
        54, "an entry of nothing", drop(f"{ENTRY}/statusPurpose"), code=Code.STATUS_PURPOSE_DIFFERS
    ),
    seen(
        54,
        "a list of suspensions",
        Code.STATUS_PURPOSE_DIFFERS,
        State.CANNOT_CHECK,
        Neighbours(
            signed_list=a_list(
                INDEX, changes=(put("credentialSubject/statusPurpose", "suspension"),)
            )
        ),
    ),
    *(
        led_astray(55, f"{value!r}", put(f"{ENTRY}/statusListIndex", value))
        for value in ("-1", "0x10", "1e3", "1.5", "01", " 1", "٤", "", 94_567, True, None, 1.5)
    ),
    *(
        led_astray(
            55,
            wrong,
            put(f"{ENTRY}/statusListIndex", value),
            code=Code.STATUS_INDEX_OUT_OF_RANGE,
        )
        for wrong, value in {"past the end": str(SIZE), "10^30": str(10**30)}.items()
    ),
    in_doubt(
        56,
        "half",
        a_list(encoded_list=encoded(bits(size=SIZE // 2))),
        Code.STATUS_LIST_TOO_SHORT,
    ),
    in_doubt(56, "empty", a_list(encoded_list=encoded(b"")), Code.STATUS_LIST_TOO_SHORT),
)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)


@pytest.mark.parametrize(
    "raised", [(), (INDEX - 1, INDEX + 1, 0, SIZE - 1)], ids=["none", "others"]
)
async def test_what_is_not_revoked_is_valid(intake: Intake, raised: tuple[int, ...]) -> None:
    [one] = await Neighbours(signed_list=a_list(*raised)).verify(HONEST, intake)

    assert one.verification.judgement.verdict.state is State.VALID
