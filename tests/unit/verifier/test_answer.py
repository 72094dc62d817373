"""An answer is written in pieces, and reads as if it were written at once."""

import json
from datetime import timedelta
from uuid import uuid4

from services.verifier.checks.judgement import Verification
from services.verifier.domain.knowledge import Held, Knowledge
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.schemas.written import write_answer
from tests.unit.verifier.forge import NOW, a_token
from tests.unit.verifier.world import World


def a_verification(
    world: World, text: str, held: Held | None, *, knowledge: Knowledge
) -> Verification:
    return Verification(
        verification_id=uuid4(),
        judgement=world.judge(text),
        is_test=True,
        issuer=world.issuer,
        registration=held,
        microcredential=world.microcredential,
        knowledge=knowledge,
        checked_at=NOW,
    )


def test_an_answer_that_is_written_in_pieces_says_what_its_model_says() -> None:
    world, token = World(), a_token()
    held, early = world.registration(token), Knowledge(NOW - timedelta(minutes=1))
    made = [
        a_verification(world, token, held, knowledge=Knowledge(NOW)),
        a_verification(world, token, held, knowledge=Knowledge(NOW)),
        a_verification(world, token, held, knowledge=early),
        a_verification(world, token, held, knowledge=Knowledge()),
        a_verification(world, token, None, knowledge=early),
        a_verification(world, token[:-4], held, knowledge=early),
        a_verification(world, "no token", held, knowledge=early),
    ]

    for one in made:
        model = VerificationAnswer.of(one).model_dump(mode="json")
        assert json.loads(write_answer(one)) == model
    assert len({write_answer(one) for one in made}) == len(made)
