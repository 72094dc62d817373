"""Cases 45 to 48: proofs inside, later credentials, and endorsements."""

from typing import Any, Final

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from services.verifier.schemas.written import write_answer
from shared.proofs.ed25519 import Ed25519SigningKey
from tests.unit.verifier.cases.endorsing import (
    ENDORSERS_LIST,
    an_endorsement,
    an_endorser,
    endorsed,
    listed,
    the_endorsers_list,
)
from tests.unit.verifier.cases.entry import (
    HONEST,
    METHOD,
    WITH_DOCUMENT,
    Case,
    Made,
    Neighbours,
    a_document,
    altered,
    assert_refused,
)
from tests.unit.verifier.cases.saying import outside, unsigned
from tests.unit.verifier.forge import (
    DID,
    KEY,
    NOW,
    SIZE,
    STRANGER,
    Change,
    a_list,
    a_token,
    drop,
    put,
)
from tests.unit.verifier.world import finding

pytestmark = pytest.mark.anyio
MADE_SO: Final = {
    "made to log in": a_document(proofPurpose="authentication"),
    "without a purpose": a_document(proofPurpose=None),
    "made tomorrow": a_document(created="2026-11-23T12:00:00Z"),
    "ended": a_document(expires="2026-11-22T12:00:00Z"),
    "made on no day": a_document(created="2026-02-30T00:00:00Z"),
    "on another": a_document(previousProof="urn:uuid:1"),
}
CHANGED_SO: Final[dict[str, Change]] = {
    "suite unknown": put("proof/0/cryptosuite", "eddsa-rdfc-2099"),
    "suite of JCS": put("proof/0/cryptosuite", "eddsa-jcs-2022"),
    "suite of 2020": put("proof/0/type", "Ed25519Signature2020"),
    "key over http": put("proof/0/verificationMethod", "http://issuer.example.nl#1"),
    "key a script": put("proof/0/verificationMethod", "javascript:alert(1)"),
    "key itself": put("proof/0/verificationMethod", {"id": METHOD}),
    "value in another base": put("proof/0/proofValue", "uAAAA"),
    "none": put("proof", []),
    "nine": lambda document: document.update(proof=document["proof"] * 9),
}
UNSIGNED_SO: Final[dict[str, Made]] = {
    "over another name": altered(put("credentialSubject/identifier/1/identityHash", "Eve")),
    "over other credits": altered(put("credentialSubject/creditsEarned", 30.0)),
    "by another key": a_document(by=Ed25519SigningKey.generate()),
    "of another suite than its key": altered(put("proof/0/cryptosuite", "ecdsa-rdfc-2019")),
    "another": altered(put("proof/0/proofValue", "z" + "2" * 87)),
    "short": altered(put("proof/0/proofValue", "z" + "2" * 40)),
    "empty": altered(put("proof/0/proofValue", "z")),
}
PROOFS: Final = (
    outside(45, "missing", altered(drop("proof")), Code.UNSIGNED),
    *(outside(45, wrong, made, Code.PROOF_REFUSED) for wrong, made in MADE_SO.items()),
    *(
        outside(45, wrong, altered(change), Code.PROOF_REFUSED)
        for wrong, change in CHANGED_SO.items()
    ),
    *(unsigned(45, wrong, made) for wrong, made in UNSIGNED_SO.items()),
    outside(45, "claims of a token beside it", altered(put("exp", 1)), Code.MEANINGLESS),
    Case(
        number=46,
        wrong="of another did",
        made=a_document(verificationMethod=f"{STRANGER}#1"),
        check=Check.KEY,
        code=Code.KEY_OF_ANOTHER,
        state=State.ALTERED,
    ),
    Case(
        number=46,
        wrong="of a did that begins alike",
        made=a_document(verificationMethod=f"{DID}0#1"),
        check=Check.KEY,
        code=Code.KEY_OF_ANOTHER,
        state=State.ALTERED,
    ),
    Case(
        number=46,
        wrong="not published",
        made=a_document(verificationMethod=f"{DID}#unpublished"),
        check=Check.KEY,
        code=Code.KEY_UNKNOWN,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
    ),
)
REGISTER: Final = (
    Case(
        number=47,
        wrong="replaced by a correction",
        made=HONEST,
        check=Check.REGISTER,
        code=Code.REGISTRATION_REPLACED,
        state=State.REPLACED,
        world=Neighbours(is_replaced=True),
        is_shown=True,
    ),
    *(
        Case(
            number=47,
            wrong=wrong,
            made=HONEST,
            check=Check.REGISTER,
            code=code,
            state=State.ALTERED,
            world=world,
        )
        for wrong, code, world in (
            (
                "other content under its id",
                Code.REGISTRATION_DIFFERS,
                Neighbours(registered=a_token(put("validFrom", "2026-02-01T00:00:00Z"))),
            ),
            (
                "of another organisation",
                Code.REGISTRATION_OF_ANOTHER,
                Neighbours(registration_changes={"organisation": "00000099000000220000"}),
            ),
            (
                "for another version",
                Code.REGISTRATION_DIFFERS,
                Neighbours(registration_changes={"microcredential_version": 2}),
            ),
        )
    ),
    Case(
        number=47,
        wrong="other content under its id, in a document",
        made=a_document(put("name", "Another")),
        check=Check.REGISTER,
        code=Code.REGISTRATION_DIFFERS,
        state=State.ALTERED,
        world=WITH_DOCUMENT,
    ),
)


def set_against(
    number: int,
    wrong: str,
    endorsement: str,
    *,
    signed_list: str | None = None,
    **fate: Any,
) -> Case:
    """Say that an endorsement by an organisation we know does not hold."""
    return Case(
        number=number,
        wrong=wrong,
        made=a_token(endorsed(endorsement)),
        check=Check.ENDORSEMENTS,
        code=Code.ENDORSEMENT_BROKEN,
        state=State.CANNOT_CHECK,
        world=Neighbours(endorsers=(an_endorser(**fate),), endorsers_list=signed_list),
        is_shown=True,
    )


ENDORSEMENTS: Final = (
    set_against(48, "by another key", an_endorsement(signer=KEY)),
    set_against(48, "altered", an_endorsement()[:-8] + "AAAAAAAA"),
    set_against(
        48,
        "of another",
        an_endorsement(put("credentialSubject/id", "urn:uuid:0"), put("sub", "urn:uuid:0")),
    ),
    set_against(48, "of another type", an_endorsement(put("type", ["VerifiableCredential"]))),
    set_against(
        48,
        "ended",
        an_endorsement(put("validUntil", "2026-11-22T12:00:00Z"), put("exp", 1_795_348_800)),
    ),
    set_against(
        48,
        "begins later",
        an_endorsement(put("validFrom", "2030-01-15T09:30:00Z"), put("nbf", 1_894_699_800)),
    ),
    set_against(48, "by a key in wrong hands", an_endorsement(), compromised_at=NOW),
    set_against(48, "ended by its exp alone", an_endorsement(put("exp", 1_795_348_800))),
    set_against(48, "with an end that is no moment", an_endorsement(put("validUntil", "never"))),
    set_against(
        48,
        "in a place beyond its list",
        an_endorsement(listed(statusListIndex=str(SIZE))),
        signed_list=ENDORSERS_LIST,
    ),
    set_against(
        48,
        "with a status that is no revocation",
        an_endorsement(listed(statusPurpose="message")),
        signed_list=ENDORSERS_LIST,
    ),
)
CASES: Final = (*PROOFS, *REGISTER, *ENDORSEMENTS)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)


async def test_an_honest_endorsement_counts_and_an_honest_document_is_valid(
    intake: Intake,
) -> None:
    world = Neighbours(endorsers=(an_endorser(),))
    [one] = await world.verify(a_token(endorsed(an_endorsement())), intake)
    [other] = await WITH_DOCUMENT.verify(a_document(), intake)

    found = finding(one.verification.judgement, Check.ENDORSEMENTS)
    assert found.code is Code.ENDORSEMENTS_HOLD
    assert one.verification.judgement.verdict.state is State.VALID
    assert other.verification.judgement.verdict.state is State.VALID


STANDING: Final[dict[str, tuple[str | None, Code]]] = {
    "not revoked": (ENDORSERS_LIST, Code.ENDORSEMENTS_HOLD),
    "revoked": (the_endorsers_list(7), Code.ENDORSEMENT_REVOKED),
    "another is revoked": (the_endorsers_list(8), Code.ENDORSEMENTS_HOLD),
    "no list": (None, Code.ENDORSEMENT_UNCHECKED),
    "a list by another key": (the_endorsers_list(key=KEY), Code.ENDORSEMENT_UNCHECKED),
    "the issuer's own list": (
        a_list(changes=(put("issuer", DID),)),
        Code.ENDORSEMENT_UNCHECKED,
    ),
    "a list that ended": (
        the_endorsers_list(changes=(put("validUntil", "2026-11-22T12:00:00Z"),)),
        Code.ENDORSEMENT_UNCHECKED,
    ),
}


@pytest.mark.parametrize(("signed_list", "code"), STANDING.values(), ids=STANDING.keys())
async def test_48_a_revoked_endorsement_is_set_aside_and_that_is_said(
    intake: Intake, signed_list: str | None, code: Code
) -> None:
    world = Neighbours(endorsers=(an_endorser(),), endorsers_list=signed_list)
    [one] = await world.verify(a_token(endorsed(an_endorsement(listed()))), intake)

    found = finding(one.verification.judgement, Check.ENDORSEMENTS)
    assert (found.outcome, found.code) == (Outcome.OK, code)
    # Whoever endorses it takes nothing from what its own issuer says.
    assert finding(one.verification.judgement, Check.STATUS).code is Code.NOT_REVOKED
    assert one.verification.judgement.verdict.state is State.VALID


async def test_48_of_several_endorsements_the_worst_is_said(intake: Intake) -> None:
    world = Neighbours(endorsers=(an_endorser(),), endorsers_list=the_endorsers_list(7))
    good, revoked, broken = (
        an_endorsement(),
        an_endorsement(listed()),
        an_endorsement(signer=KEY),
    )
    said = []
    for made in ((good,), (good, "no token"), (good, "no token", revoked), (revoked, broken)):
        [one] = await world.verify(a_token(endorsed(*made)), intake)
        said.append(finding(one.verification.judgement, Check.ENDORSEMENTS).code)

    assert said == [
        Code.ENDORSEMENTS_HOLD,
        Code.ENDORSEMENTS_SET_ASIDE,
        Code.ENDORSEMENT_REVOKED,
        Code.ENDORSEMENT_BROKEN,
    ]


@pytest.mark.parametrize(
    "endorsement",
    [an_endorsement(), an_endorsement()[:-9], "no token", ""],
    ids=["signed", "cut short", "text", "empty"],
)
async def test_48_an_endorsement_by_a_body_we_do_not_know_counts_for_nothing(
    intake: Intake, endorsement: str
) -> None:
    [one] = await Neighbours().verify(a_token(endorsed(endorsement)), intake)

    found = finding(one.verification.judgement, Check.ENDORSEMENTS)
    assert found.code is Code.ENDORSEMENTS_SET_ASIDE
    assert b"NVAO" not in write_answer(one.verification)
