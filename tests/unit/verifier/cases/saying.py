"""Cases that are alike, said in one line each: which check finds them, and what the verdict is.

Apart from the tables, because several of them are about the same check.
"""

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import State
from tests.unit.verifier.cases.entry import (
    HONEST,
    Case,
    Made,
    Neighbours,
)
from tests.unit.verifier.forge import (
    Change,
    a_token,
)


def seen(number: int, wrong: str, code: Code, state: State, world: Neighbours) -> Case:
    """Say what a list says."""
    return Case(
        number=number,
        wrong=wrong,
        made=HONEST,
        check=Check.STATUS,
        code=code,
        state=state,
        world=world,
        is_shown=True,
    )


def in_doubt(number: int, wrong: str, signed: str | None, code: Code) -> Case:
    """Say that a list proves nothing, so nobody knows."""
    return Case(
        number=number,
        wrong=wrong,
        made=HONEST,
        check=Check.STATUS,
        code=code,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
        world=Neighbours(signed_list=signed),
        is_shown=True,
    )


def led_astray(
    number: int,
    wrong: str,
    *changes: Change,
    code: Code = Code.STATUS_ENTRY_MALFORMED,
    outcome: Outcome = Outcome.FAILED,
) -> Case:
    """Say that an entry leads nowhere."""
    return Case(
        number=number,
        wrong=wrong,
        made=a_token(*changes),
        check=Check.STATUS,
        code=code,
        outcome=outcome,
        state=State.CANNOT_CHECK,
        is_shown=True,
    )


def unregistered(number: int, wrong: str, made: Made, world: Neighbours) -> Case:
    """Say that the register does not know it."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.REGISTER,
        code=Code.REGISTRATION_UNKNOWN,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
        world=world,
        is_shown=True,
    )


def outside(number: int, wrong: str, made: Made, code: Code) -> Case:
    """Say that it is outside the profile."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.PROFILE,
        code=code,
        state=State.NOT_A_CREDENTIAL,
    )


def unreadable(number: int, wrong: str, made: Made, code: Code = Code.CONTENT_UNREADABLE) -> Case:
    """Say that it cannot be read, or has no one meaning."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.PARSE,
        code=code,
        state=State.NOT_A_CREDENTIAL,
    )


def refused(number: int, wrong: str, made: Made, reason: str) -> Case:
    """Say that what it came in is not opened, or not further."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.CONTAINER,
        code=Code.CONTAINER_REFUSED,
        reason=reason,
        state=State.NOT_A_CREDENTIAL,
    )


def unsigned(number: int, wrong: str, made: Made, code: Code = Code.SIGNATURE_BROKEN) -> Case:
    """Say that a signature does not hold over this."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.SIGNATURE,
        code=code,
        state=State.ALTERED,
    )


def broken(number: int, wrong: str, *changes: Change, decisive: Code | None = None) -> Case:
    """Say that it is no whole credential, though its issuer signed it."""
    return Case(
        number=number,
        wrong=wrong,
        made=a_token(*changes),
        check=Check.SCHEMA,
        code=Code.SCHEMA_BROKEN,
        state=State.ALTERED if decisive else State.NOT_A_CREDENTIAL,
        decisive=decisive,
    )
