"""Cases 21 to 30: claims that say something else than the credential, and dates."""

import json
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from tests.unit.verifier.cases.entry import (
    WITH_DOCUMENT,
    Case,
    Made,
    Neighbours,
    assert_refused,
)
from tests.unit.verifier.cases.saying import (
    unreadable,
)
from tests.unit.verifier.forge import (
    DID,
    STRANGER,
    Change,
    a_payload,
    a_token,
    both,
    drop,
    put,
    sign,
)

pytestmark = pytest.mark.anyio
END: Final = "2030-01-15T09:30:00Z"
END_SECONDS: Final = 1_894_699_800
ENDS: Final = both(put("validUntil", END), put("exp", END_SECONDS))


def differs(number: int, wrong: str, *changes: Change, code: Code) -> Case:
    """Say that a claim is not what the credential says, though its issuer signed it."""
    return Case(
        number=number,
        wrong=wrong,
        made=a_token(*changes),
        check=Check.CLAIMS,
        code=code,
        state=State.ALTERED,
    )


def dated(number: int, wrong: str, made: Made, code: Code, state: State) -> Case:
    """Say that it does not count today."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.DATES,
        code=code,
        state=state,
        is_shown=state is not State.NOT_A_CREDENTIAL,
        world=WITH_DOCUMENT if not str(made).startswith("eyJ") else Neighbours(),
    )


def with_nbf(written: str) -> str:
    """Sign a payload in which nbf is written so."""
    return sign(json.dumps(a_payload()).replace("1768469400", written).encode())


CASES: Final = (
    differs(21, "another", put("iss", STRANGER), code=Code.ISS_DIFFERS),
    differs(21, "missing", drop("iss"), code=Code.ISS_DIFFERS),
    differs(21, "a list", put("iss", [DID]), code=Code.ISS_DIFFERS),
    differs(21, "an object", put("iss", {"id": DID}), code=Code.ISS_DIFFERS),
    differs(22, "another", put("sub", "urn:uuid:0"), code=Code.SUB_DIFFERS),
    differs(22, "missing", drop("sub"), code=Code.SUB_DIFFERS),
    differs(23, "another", put("jti", "urn:uuid:0"), code=Code.JTI_DIFFERS),
    differs(23, "missing", drop("jti"), code=Code.JTI_DIFFERS),
    differs(24, "one second off", put("nbf", 1_768_469_401), code=Code.NBF_DIFFERS),
    differs(24, "missing", drop("nbf"), code=Code.NBF_DIFFERS),
    differs(25, "one second off", ENDS, put("exp", END_SECONDS + 1), code=Code.EXP_DIFFERS),
    differs(25, "without validUntil", put("exp", END_SECONDS), code=Code.EXP_DIFFERS),
    differs(25, "missing", put("validUntil", END), code=Code.EXP_DIFFERS),
    dated(
        25,
        "past",
        a_token(put("validUntil", "2026-11-01T00:00:00Z"), put("exp", 1_793_491_200)),
        Code.EXPIRED,
        State.EXPIRED,
    ),
    *(
        differs(26, f"nbf {value!r}", put("nbf", value), code=Code.NBF_DIFFERS)
        for value in ("1768469400", True, None, 1_768_469_400.0, [1_768_469_400])
    ),
    *(
        differs(26, f"exp {value!r}", ENDS, put("exp", value), code=Code.EXP_DIFFERS)
        for value in ("1894699800", True, None, 1_894_699_800.0)
    ),
    *(
        unreadable(26, f"nbf {value}", with_nbf(value))
        for value in ("NaN", "1e400", "-Infinity", "01768469400")
    ),
    dated(
        27,
        "a token",
        a_token(put("validFrom", END), put("nbf", END_SECONDS)),
        Code.NOT_YET_VALID,
        State.NOT_YET_VALID,
    ),
    dated(
        28,
        "a token, this very second",
        a_token(put("validUntil", "2026-11-22T12:00:00Z"), put("exp", 1_795_348_800)),
        Code.EXPIRED,
        State.EXPIRED,
    ),
    dated(
        29,
        "reversed",
        a_token(put("validUntil", "2026-01-01T00:00:00Z"), put("exp", 1_767_225_600)),
        Code.DATES_REVERSED,
        State.NOT_A_CREDENTIAL,
    ),
    *(
        Case(
            number=29,
            wrong=f"validFrom {value}",
            made=a_token(put("validFrom", value)),
            check=Check.DATES,
            code=Code.DATE_MALFORMED,
            state=State.ALTERED,
            decisive=Code.NBF_DIFFERS,
        )
        for value in (
            "2026-01-15T09:30:00",
            "2026-01-15",
            "2026-02-30T00:00:00Z",
            "99999-01-15T09:30:00Z",
            "2026-01-15T09:30:00+25:00",
            1_768_469_400,
            None,
        )
    ),
    dated(
        29,
        "awardedDate",
        a_token(put("awardedDate", "gisteren")),
        Code.DATE_MALFORMED,
        State.NOT_A_CREDENTIAL,
    ),
    differs(30, "one", put("aud", "https://other.example"), code=Code.AUDIENCE_NAMED),
    differs(30, "several", put("aud", ["https://other.example"]), code=Code.AUDIENCE_NAMED),
    differs(30, "nobody", put("aud", None), code=Code.AUDIENCE_NAMED),
)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)
