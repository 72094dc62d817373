"""Cases 45 to 48: proofs inside, later credentials, and endorsements."""

from typing import Any, Final

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.knowledge import KnownIssuer
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from services.verifier.schemas.verification import VerificationAnswer
from shared.contracts.credential import OB_CONTEXT, VC_CONTEXT
from shared.proofs.ed25519 import Ed25519SigningKey
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
    OTHER_KEY,
    STRANGER,
    Change,
    a_payload,
    a_token,
    drop,
    header,
    put,
    sign,
)
from tests.unit.verifier.world import a_known_key, an_organisation, finding

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
ENDORSER: Final = "did:web:nvao.example.nl"
ENDORSERS_KID: Final = f"{ENDORSER}#{OTHER_KEY.public.thumbprint}"
ENDORSED: Final = "credentialSubject/achievement"


def an_endorser(**fate: Any) -> KnownIssuer:
    """Make an organisation of the national list that may endorse."""
    key = a_known_key(
        kid=ENDORSERS_KID, key=OTHER_KEY.public, organisation="00000099000000990000", **fate
    )
    return KnownIssuer(
        did=ENDORSER,
        organisation_oin="00000099000000990000",
        keys={ENDORSERS_KID: key},
        organisation=an_organisation(name="NVAO").model_copy(
            update={"oin": "00000099000000990000"}
        ),
    )


def an_endorsement(*changes: Change, signer: Any = OTHER_KEY) -> str:
    """Make an endorsement of what was earned, changed before it is signed."""
    page = a_payload()["credentialSubject"]["achievement"]["id"]
    claims: dict[str, Any] = {
        "@context": [VC_CONTEXT, OB_CONTEXT],
        "id": "urn:uuid:1d2f1c8e-20d8-4a3c-8f0a-0c8e5d1b1f10",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER, "type": ["Profile"], "name": "NVAO"},
        "validFrom": "2026-01-10T00:00:00Z",
        "credentialSubject": {"id": page, "type": ["EndorsementSubject"]},
        "iss": ENDORSER,
        "jti": "urn:uuid:1d2f1c8e-20d8-4a3c-8f0a-0c8e5d1b1f10",
        "sub": page,
        "nbf": 1_768_003_200,
    }
    for change in changes:
        change(claims)
    return sign(claims, head=header(kid=ENDORSERS_KID), key=signer)


def endorsed(*endorsements: str) -> Change:
    """Put endorsements with what was earned."""
    return put(f"{ENDORSED}/endorsementJwt", list(endorsements))


def set_against(number: int, wrong: str, endorsement: str, **fate: Any) -> Case:
    """Say that an endorsement by an organisation we know does not hold."""
    return Case(
        number=number,
        wrong=wrong,
        made=a_token(endorsed(endorsement)),
        check=Check.ENDORSEMENTS,
        code=Code.ENDORSEMENT_BROKEN,
        state=State.CANNOT_CHECK,
        world=Neighbours(endorsers=(an_endorser(**fate),)),
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
    assert b"NVAO" not in VerificationAnswer.of(one.verification).as_json()
