"""An answer is written in pieces, and reads as if it were written at once."""

import json
from uuid import uuid4

from services.verifier.checks.judgement import Verification
from services.verifier.domain.knowledge import Knowledge
from services.verifier.schemas.verification import VerificationAnswer
from tests.unit.verifier.forge import NOW, a_token
from tests.unit.verifier.world import World


def test_what_was_written_before_says_the_same_as_what_is_written_now() -> None:
    world, token = World(), a_token()
    answers = [
        VerificationAnswer.of(
            Verification(
                verification_id=uuid4(),
                judgement=world.judge(text),
                is_test=True,
                issuer=world.issuer,
                registration=world.registration(token),
                microcredential=world.microcredential,
                knowledge=Knowledge(NOW),
                checked_at=NOW,
            )
        )
        for text in (token, token, token[:-4], "no token")
    ]

    for answer in answers:
        assert json.loads(answer.as_json()) == answer.model_dump(mode="json")
    assert len({answer.as_json() for answer in answers}) == len(answers)
