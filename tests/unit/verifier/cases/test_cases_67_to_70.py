"""Cases 67 to 70: genuine credentials of others, addresses, and borrowed presentations."""

import hashlib
import json
from dataclasses import replace
from typing import Final

import pytest

from services.verifier.checks.holder import AskedHolder, IdentifierKind
from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from shared.proofs.baking import bake_png, bake_svg
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.identity import hash_identity
from tests.support.handing import (
    a_page,
    a_png,
    a_qr,
    as_bytes,
)
from tests.unit.proofs.sd_jwts import READER
from tests.unit.verifier.cases.entry import (
    HONEST,
    Case,
    Made,
    Neighbours,
    assert_refused,
    registered_as,
)
from tests.unit.verifier.cases.showing import (
    MINE,
    VC_JWT,
    an_sd_jwt,
    bound,
    in_token,
    presented,
)
from tests.unit.verifier.forge import (
    KEY,
    Change,
    Payload,
    a_token,
    changed,
    put,
)
from tests.unit.verifier.world import finding

pytestmark = pytest.mark.anyio
BAKED: Final = bake_png(a_png(), HONEST)
SAM: Final = "sam@student.example.nl"
EVE: Final = "eve@student.example.nl"


def a_person(**members: object) -> Change:
    """Name the person by an e-mail address in this way."""

    def change(payload: Payload) -> None:
        identity = {"type": "IdentityObject", "identityType": "emailAddress", **members}
        payload["credentialSubject"]["identifier"][0] = identity

    return change


def by_mail(value: str) -> AskedHolder:
    """Ask whether it is of whoever has this e-mail address."""
    return AskedHolder(IdentifierKind.EMAIL, value)


HASHED: Final = a_person(hashed=True, identityHash=hash_identity(SAM, salt="5a17"), salt="5a17")
MD5: Final = f"md5${hashlib.md5((SAM + '5a17').encode(), usedforsecurity=False).hexdigest()}"


def of_another(number: int, wrong: str, made: Made, asked: AskedHolder) -> Case:
    """Say that it is genuine, and of somebody else."""
    return Case(
        number=number,
        wrong=wrong,
        made=made,
        check=Check.HOLDER,
        code=Code.HOLDER_DIFFERS,
        state=State.OTHER_HOLDER,
        asked=asked,
        world=Neighbours(registered=made if isinstance(made, str) else HONEST),
        is_shown=True,
    )


def of_nobody_known(number: int, wrong: str, made: str, asked: AskedHolder) -> Case:
    """Say that nothing in it tells whose it is."""
    return replace(
        of_another(number, wrong, made, asked),
        code=Code.HOLDER_NOT_NAMED,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
    )


HOLDERS: Final = (
    of_another(67, "by address", a_token(HASHED), by_mail(EVE)),
    of_another(
        67,
        "by name, baked in a picture",
        BAKED,
        AskedHolder(IdentifierKind.NAME, "Eve de Vries"),
    ),
    of_another(
        67,
        "by eduID, baked in a drawing",
        bake_svg(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', HONEST),
        AskedHolder(IdentifierKind.EDU_ID, "urn:uuid:00000000-0000-4000-8000-000000000000"),
    ),
    of_another(
        68,
        "another salt",
        a_token(HASHED, put("credentialSubject/identifier/0/salt", "5a18")),
        by_mail(SAM),
    ),
    of_another(
        68,
        "no salt where there was one",
        a_token(a_person(hashed=True, identityHash=hash_identity(SAM, salt="5a17"))),
        by_mail(SAM),
    ),
    of_another(
        68,
        "the hash itself as the address",
        a_token(HASHED),
        by_mail(hash_identity(SAM, salt="5a17")),
    ),
    of_nobody_known(
        68,
        "MD5",
        a_token(a_person(hashed=True, identityHash=MD5, salt="5a17")),
        by_mail(SAM),
    ),
    of_nobody_known(
        68,
        "a hash by a method without a name",
        a_token(a_person(hashed=True, identityHash="f" * 64, salt="5a17")),
        by_mail(SAM),
    ),
    of_nobody_known(68, "an address that is none", a_token(HASHED), by_mail("Sam de Vries")),
    of_nobody_known(68, "nothing of that kind", HONEST, by_mail(SAM)),
)


def elsewhere(wrong: str, address: str) -> Case:
    """Say that a QR code leads to a place that we do not open."""
    return Case(
        number=69,
        wrong=wrong,
        made=as_bytes(a_page(address)),
        check=Check.CONTAINER,
        code=Code.OTHER_ADDRESS,
        state=State.NOT_A_CREDENTIAL,
    )


CODES: Final = (
    elsewhere(
        "without encryption", "http://waarmerk.example/s/7Q4K-M2XD-9HT7#kJ3sYw0Qm2f8ZrT1vB6c"
    ),
    elsewhere("to a page to log in", "https://login.example.com/?next=%2Fbadge"),
    elsewhere(
        "to a name that begins as ours",
        "https://waarmerk.example.evil.example/s/1#kJ3sYw0Qm2f8ZrT1",
    ),
    elsewhere(
        "to ours as a user", "https://waarmerk.example@evil.example/s/1#kJ3sYw0Qm2f8ZrT1vB6c"
    ),
    *(
        Case(
            number=69,
            wrong=wrong,
            made=as_bytes(a_qr(text)),
            check=Check.CONTAINER,
            code=Code.NOTHING_FOUND,
            state=State.NOT_A_CREDENTIAL,
        )
        for wrong, text in {
            "a script": "javascript:alert(1)",
            "a file": "file:///etc/passwd",
            "a telephone number": "tel:+31000000000",
        }.items()
    ),
)


def borrowed(wrong: str, made: str, *, token: str = MINE) -> Case:
    """Say that it shows nothing of who hands it to us."""
    return Case(
        number=70,
        wrong=wrong,
        made=made,
        check=Check.HOLDER,
        code=Code.BINDING_FOR_ANOTHER,
        outcome=Outcome.UNKNOWN,
        state=State.CANNOT_CHECK,
        world=Neighbours(registered=token),
        is_shown=True,
    )


def not_bound(wrong: str, made: str, *, token: str = MINE) -> Case:
    """Say that whoever shows it did not prove to be its holder."""
    return replace(
        borrowed(wrong, made, token=token),
        code=Code.BINDING_BROKEN,
        outcome=Outcome.FAILED,
        state=State.OTHER_HOLDER,
    )


def unread(wrong: str, made: str) -> Case:
    """Say that it is no presentation that we read."""
    return Case(
        number=70,
        wrong=wrong,
        made=made,
        check=Check.PROFILE,
        code=Code.PRESENTATION_REFUSED,
        state=State.NOT_A_CREDENTIAL,
    )


SIGNED_OF_NOW: Final = presented(MINE)
PRESENTATIONS: Final = (
    borrowed("for another reader", presented(MINE, domain=READER)),
    borrowed("in answer to another's question", presented(MINE, challenge="n-1")),
    borrowed(
        "for another reader, as a token", in_token(HONEST, aud=READER, nonce="n-1"), token=HONEST
    ),
    borrowed("of somebody else's credential", presented(HONEST), token=HONEST),
    borrowed("of somebody else's credential, as a token", in_token(HONEST), token=HONEST),
    not_bound("by another key", presented(MINE, by=Ed25519SigningKey.generate())),
    not_bound(
        "for a reader who was put in later",
        json.dumps(
            json.loads(presented(MINE, domain=READER), parse_int=str)
            | {
                "proof": [
                    json.loads(presented(MINE, domain=READER))["proof"][0]
                    | {"domain": "https://us.example"}
                ]
            }
        ),
    ),
    unread("ended", presented(MINE, expires="2026-11-21T00:00:00Z")),
    unread("made tomorrow", presented(MINE, created="2026-11-23T00:00:00Z")),
    unread("not made to log in", presented(MINE, proofPurpose="assertionMethod")),
    unread(
        "with two proofs, for two readers",
        json.dumps(json.loads(SIGNED_OF_NOW) | {"proof": json.loads(SIGNED_OF_NOW)["proof"] * 2}),
    ),
    unread("ended, as a token", in_token(HONEST, exp=1_700_000_000)),
    unread(
        "without a proof",
        json.dumps({name: it for name, it in json.loads(SIGNED_OF_NOW).items() if name != "proof"}),
    ),
    Case(
        number=70,
        wrong="of something in COSE, which we do not read",
        made=SIGNED_OF_NOW.replace(f"{VC_JWT}{MINE}", "data:application/vc+cose;base64,0oRD"),
        check=Check.CONTAINER,
        code=Code.NOTHING_FOUND,
        state=State.NOT_A_CREDENTIAL,
    ),
    unread("a blank in the token", SIGNED_OF_NOW.replace(MINE, MINE.replace(".", ". ", 1))),
)
CASES: Final = (*HOLDERS, *CODES, *PRESENTATIONS)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (a_token(HASHED), by_mail("  SAM@student.example.nl ")),
        (a_token(a_person(hashed=False, identityHash=SAM)), by_mail(SAM)),
        (
            a_token(a_person(hashed=True, identityHash=hash_identity("Sam@Student.nl", salt=""))),
            by_mail("Sam@Student.nl"),
        ),
        (HONEST, AskedHolder(IdentifierKind.NAME, "sam  de vries")),
    ],
    ids=["hashed", "in clear", "unsalted, as it was typed", "by name"],
)
async def test_68_whoever_it_is_of_is_known(intake: Intake, made: str, asked: AskedHolder) -> None:
    [one] = await Neighbours().verify(made, intake, asked=asked)

    found = finding(one.verification.judgement, Check.HOLDER)
    assert found.code is Code.HOLDER_MATCHES
    assert one.verification.judgement.verdict.state is State.VALID


async def test_70_a_token_may_be_shown_to_everybody_and_so_may_a_statement_of_its_subject(
    intake: Intake,
) -> None:
    world = Neighbours(registered=MINE)
    shown = [
        one for made in (MINE, MINE, SIGNED_OF_NOW) for one in await world.verify(made, intake)
    ]

    assert [one.verification.judgement.verdict.state for one in shown] == [State.VALID] * 3
    bindings = [finding(one.verification.judgement, Check.HOLDER).code for one in shown]
    assert bindings == [Code.NOT_ASKED, Code.NOT_ASKED, Code.HOLDER_BOUND]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (an_sd_jwt(), Code.NOT_ASKED),
        (bound(an_sd_jwt()), Code.BINDING_FOR_ANOTHER),
        (bound(an_sd_jwt(), sd_hash="x"), Code.BINDING_BROKEN),
        (bound(an_sd_jwt(), key=KEY), Code.BINDING_BROKEN),
        (bound(an_sd_jwt(), nonce=None), Code.BINDING_BROKEN),
    ],
    ids=["unbound", "for another reader", "of other disclosures", "by another key", "no nonce"],
)
async def test_70_a_key_binding_for_another_reader_shows_nothing_of_who_shows_it(
    intake: Intake, made: str, code: Code
) -> None:
    [one] = await Neighbours(registered=registered_as(changed())).verify(made, intake)

    judgement = one.verification.judgement
    assert finding(judgement, Check.SIGNATURE).code is Code.SIGNATURE_HOLDS
    assert finding(judgement, Check.HOLDER).code is code
    assert judgement.verdict.state in {State.CANNOT_CHECK, State.OTHER_HOLDER}
