"""What says more of us than of a credential accuses nobody: it is grey, and asks for patience."""

import pytest

from services.verifier import operations
from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.handed import IntakeRefusal
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from tests.unit.verifier.cases.entry import Neighbours
from tests.unit.verifier.forge import NOW, a_token

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (RefusalCode.BUSY, State.CANNOT_CHECK),
        (RefusalCode.TOOK_TOO_LONG, State.CANNOT_CHECK),
        (RefusalCode.PDF_DAMAGED, State.NOT_A_CREDENTIAL),
    ],
)
async def test_a_file_we_could_not_read_just_now_is_not_said_to_be_none(
    intake: Intake, code: RefusalCode, state: State
) -> None:
    desk = Neighbours().desk(b"", intake)

    refused = await operations.refuse(desk, IntakeRefusal(code=code), now=NOW)

    assert refused.judgement.verdict.state is state
    assert refused.judgement.findings[0].reason == code.value


async def test_as_long_as_we_have_not_heard_everything_once_nobody_is_a_stranger(
    intake: Intake,
) -> None:
    [young] = await Neighbours(is_issuer_known=False, as_of=None).verify(a_token(), intake)
    [grown] = await Neighbours(is_issuer_known=False).verify(a_token(), intake)

    found = young.verification.judgement.findings[Check.ISSUER.number - 1]
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, Code.NOTHING_KNOWN_YET)
    assert young.verification.judgement.verdict.state is State.CANNOT_CHECK
    assert grown.verification.judgement.verdict.state is State.ISSUER_UNKNOWN
