"""Cases 38 to 44: words with another meaning, hidden ones, and parts of another type.

Those of JSON-LD twice: as a token, which an issuer would have to sign so, and as a document with
its proof, which its holder can rearrange while the signature still holds.
"""

from typing import Any, Final

import pytest

from services.verifier.domain.findings import Check, Code
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from shared.contracts.credential import CONTEXTS, NL_CONTEXT, OB_CONTEXT, VC_CONTEXT
from tests.unit.verifier.cases.entry import (
    WITH_DOCUMENT,
    Case,
    Neighbours,
    a_document,
    altered,
    assert_refused,
    registered_as,
)
from tests.unit.verifier.cases.saying import (
    broken,
    outside,
)
from tests.unit.verifier.forge import (
    CREDENTIAL,
    DID,
    INDEX,
    Change,
    a_list,
    a_payload,
    a_token,
    both,
    changed,
    drop,
    put,
)

pytestmark = pytest.mark.anyio
VC: Final = "https://www.w3.org/2018/credentials"
REVOKED: Final = Neighbours(registered=WITH_DOCUMENT.registered, signed_list=a_list(INDEX))
"""Where the credential is revoked, so that whoever hides its status has a reason."""
ENDED: Final = put("validUntil", "2026-11-01T00:00:00Z")


def meaningless(number: int, wrong: str, *changes: Change) -> Case:
    """Say that a holder added or moved something, so that the signature covers not all of it."""
    return Case(
        number=number,
        wrong=f"{wrong}, in a document",
        made=altered(*changes),
        check=Check.SIGNATURE,
        code=Code.MEANINGLESS,
        state=State.ALTERED,
        world=REVOKED,
    )


def renamed(old: str, new: str) -> Change:
    """Move what stands under one name to another."""

    def change(payload: dict[str, Any]) -> None:
        payload[new] = payload.pop(old)

    return change


CONTEXT_CASES: Final = {
    "missing": drop("@context"),
    "in another order": put("@context", [OB_CONTEXT, VC_CONTEXT, NL_CONTEXT]),
    "of version 1": put("@context/0", f"{VC}/v1"),
    "of version 1 first": put("@context", [f"{VC}/v1", *CONTEXTS]),
    "of a stranger": put("@context", [*CONTEXTS, "https://evil.example/v1"]),
    "over http": put("@context/0", VC_CONTEXT.replace("https", "http")),
    "the first only": put("@context", [VC_CONTEXT]),
    "a text": put("@context", VC_CONTEXT),
    "twice": put("@context", [*CONTEXTS, NL_CONTEXT]),
}
HIDDEN_STATUS: Final = both(
    put("@context", [*CONTEXTS, {"state": {"@id": f"{VC}#credentialStatus", "@type": "@id"}}]),
    renamed("credentialStatus", "state"),
)
HIDDEN_END: Final = both(
    put("@context", [*CONTEXTS, {"until": f"{VC}#validUntil"}]), renamed("validUntil", "until")
)
MEANING: Final = (
    *(
        outside(38, f"contexts {wrong}, in {where}", made, Code.CONTEXT_REFUSED)
        for wrong, change in CONTEXT_CASES.items()
        for where, made in (("a token", a_token(change)), ("a document", altered(change)))
    ),
    meaningless(39, "on top", lambda document: document.update(secretly="x")),
    meaningless(39, "deep inside", put("credentialSubject/achievement/secretly", "x")),
    meaningless(39, "in the proof", put("proof/0/secretly", "x")),
    meaningless(39, "a type", put("credentialSubject/type", ["AchievementSubject", "Rector"])),
    *(
        outside(40, f"{wrong}, in {where}", made, Code.CONTEXT_REFUSED)
        for wrong, context in {
            "another meaning": {"name": "https://schema.org/alternateName"},
            "a vocabulary": {"@vocab": "https://evil.example/"},
            "a base": {"@base": "https://evil.example/"},
        }.items()
        for where, made in (
            ("a token", a_token(put("@context", [*CONTEXTS, context]))),
            ("a document", altered(put("@context", [*CONTEXTS, context]))),
        )
    ),
    Case(
        number=40,
        wrong="a context inside, in a document",
        made=altered(put("credentialSubject/@context", {"id": "https://evil.example/id"})),
        check=Check.SIGNATURE,
        code=Code.MEANINGLESS,
        state=State.ALTERED,
        world=REVOKED,
    ),
    outside(
        40,
        "a context of the proof's own",
        altered(put("proof/0/@context", [{"x": "https://evil.example/"}])),
        Code.CONTEXT_REFUSED,
    ),
    outside(
        41, "the status under an alias, in a token", a_token(HIDDEN_STATUS), Code.CONTEXT_REFUSED
    ),
    outside(
        41, "the status under an alias, in a document", altered(HIDDEN_STATUS), Code.CONTEXT_REFUSED
    ),
    outside(
        41,
        "the end under an alias, in a token",
        a_token(both(ENDED, HIDDEN_END)),
        Code.CONTEXT_REFUSED,
    ),
    outside(
        41,
        "the end under an alias, in a document",
        altered(ENDED, HIDDEN_END),
        Code.CONTEXT_REFUSED,
    ),
    meaningless(
        41, "the status by its address", renamed("credentialStatus", f"{VC}#credentialStatus")
    ),
    meaningless(
        41,
        "the end by its address",
        lambda document: document.update({f"{VC}#validUntil": "2026-11-01T00:00:00Z"}),
    ),
    meaningless(41, "the status under @graph", renamed("credentialStatus", "@included")),
    meaningless(
        41,
        "the status said further in",
        both(
            lambda document: document["credentialSubject"].update(
                evidence=[
                    {
                        "id": document["id"],
                        "type": ["Evidence"],
                        "credentialStatus": document.pop("credentialStatus"),
                    }
                ]
            )
        ),
    ),
    Case(
        number=41,
        wrong="the status by its address, in a token",
        made=a_token(renamed("credentialStatus", f"{VC}#credentialStatus")),
        check=Check.STATUS,
        code=Code.STATUS_MISSING,
        state=State.NOT_A_CREDENTIAL,
        decisive=Code.SCHEMA_BROKEN,
    ),
    Case(
        number=41,
        wrong="the end by its address, in a token",
        made=a_token(both(ENDED, renamed("validUntil", f"{VC}#validUntil"))),
        check=Check.SCHEMA,
        code=Code.SCHEMA_BROKEN,
        state=State.NOT_A_CREDENTIAL,
    ),
)
MODEL: Final = (
    Case(
        number=42,
        wrong="missing",
        made=a_token(drop("id")),
        check=Check.CLAIMS,
        code=Code.JTI_DIFFERS,
        state=State.ALTERED,
    ),
    broken(42, "relative", both(put("id", "credentials/1"), put("jti", "credentials/1"))),
    broken(42, "a text", both(put("id", "not an address"), put("jti", "not an address"))),
    broken(42, "several", put("id", ["urn:uuid:1", "urn:uuid:2"]), decisive=Code.JTI_DIFFERS),
    meaningless(42, "relative", put("credentialSubject/achievement/id", "achievements/1")),
    meaningless(42, "several", put("id", [f"urn:uuid:{CREDENTIAL}", "urn:uuid:2"])),
    *(
        outside(43, f"{wrong}, in {where}", made, Code.TYPE_REFUSED)
        for wrong, types in {
            "without VerifiableCredential": ["OpenBadgeCredential"],
            "without OpenBadgeCredential": ["VerifiableCredential"],
            "one more": ["VerifiableCredential", "OpenBadgeCredential", "Diploma"],
            "an endorsement": ["VerifiableCredential", "EndorsementCredential"],
        }.items()
        for where, made in (
            ("a token", a_token(put("type", types))),
            ("a document", altered(put("type", types))),
        )
    ),
    broken(44, "subject without id", drop("credentialSubject/id"), decisive=Code.SUB_DIFFERS),
    *(
        broken(44, f"type of {path}", put(f"{path}/type", value))
        for path, value in (
            ("credentialSubject", ["EndorsementSubject"]),
            ("credentialSubject/result/0", ["Grade"]),
            ("credentialSubject/identifier/0", "Identity"),
            ("credentialSubject/achievement", ["Badge"]),
            ("credentialSubject/achievement/alignment/0", ["Link"]),
            ("issuer", ["Organization"]),
        )
    ),
    broken(44, "issuer only an address", put("issuer", DID)),
)
CASES: Final = (*MEANING, *MODEL)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)


async def test_41_what_is_hidden_from_others_is_revoked_here(intake: Intake) -> None:
    """Without hiding anything this very document is red, so there is something to hide."""
    [one] = await REVOKED.verify(a_document(), intake)

    assert one.verification.judgement.verdict.state is State.REVOKED
    assert registered_as(changed()) == registered_as(a_payload())
