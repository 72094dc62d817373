"""Cases 31 to 37: JSON that has more than one meaning, no end, or another name for an issuer."""

import json
from collections.abc import Callable
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from services.verifier.schemas.verification import VerificationAnswer
from tests.unit.verifier.cases.entry import (
    Case,
    Made,
    Neighbours,
    a_document,
    altered,
    assert_refused,
)
from tests.unit.verifier.cases.saying import (
    broken,
    refused,
    unreadable,
)
from tests.unit.verifier.forge import (
    DID,
    STRANGER,
    a_payload,
    a_token,
    header,
    put,
    sign,
)

pytestmark = pytest.mark.anyio
ABROAD: Final = Neighbours(looks_abroad=True)
ACHIEVEMENT: Final = "credentialSubject/achievement"


def no_json(number: int, wrong: str, made: Made, reason: str = "json-unreadable") -> Case:
    """Say that a document is no JSON that has one meaning."""
    return refused(number, f"{wrong}, in a document", made, reason)


def rewritten(edit: Callable[[str], str]) -> str:
    """Sign a payload whose text was edited."""
    return sign(edit(json.dumps(a_payload())).encode())


def document(edit: Callable[[str], str]) -> Callable[[], bytes]:
    """Edit the text of a document that was signed."""
    return lambda: edit(a_document()).encode("utf-8", "surrogatepass")


def look_alike(name: str, did: str, *, looks_abroad: bool) -> Case:
    """Say that an issuer is another than it looks."""
    return Case(
        number=36,
        wrong=f"{name}, {'looked for abroad' if looks_abroad else 'on no list'}",
        made=a_token(
            put("issuer/id", did), put("iss", did), kid="#1" if looks_abroad else f"{DID}#1"
        ),
        check=Check.KEY if looks_abroad else Check.ISSUER,
        code=Code.KEY_REFUSED if looks_abroad else Code.ISSUER_UNKNOWN,
        reason="foreign-id-refused" if looks_abroad else None,
        state=State.ALTERED if looks_abroad else State.ISSUER_UNKNOWN,
        world=ABROAD if looks_abroad else Neighbours(),
    )


ODD_TYPES: Final[tuple[object, ...]] = (
    {},
    [{}, "VerifiableCredential"],
    "OpenBadgeCredential",
    5,
    None,
)
CASES: Final = (
    unreadable(
        31,
        "two issuers",
        rewritten(lambda text: text[:-1] + f', "issuer": {{"id": "{STRANGER}"}}}}'),
    ),
    unreadable(
        31,
        "deep inside",
        rewritten(lambda text: text.replace('"creditsEarned"', '"id": "x", "creditsEarned"')),
    ),
    unreadable(
        31,
        "the same name escaped",
        rewritten(lambda text: text[:-1] + ', "\\u0069ssuer": {}}'),
    ),
    no_json(31, "two issuers", document(lambda text: text[:-1] + ',"issuer":{}}')),
    unreadable(32, "Infinity", rewritten(lambda text: text.replace("140.0", "Infinity"))),
    unreadable(32, "NaN", rewritten(lambda text: text.replace("140.0", "NaN"))),
    unreadable(32, "400 digits", rewritten(lambda text: text.replace("140.0", "9" * 400))),
    unreadable(32, "past 2^53", rewritten(lambda text: text.replace("140.0", str(2**53)))),
    no_json(32, "NaN", document(lambda text: text.replace("140.0", "NaN"))),
    unreadable(33, "50,000 deep", sign(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}")),
    unreadable(
        33,
        "1 MB of text",
        sign(json.dumps(a_payload() | {"name": "x" * 1024**2}).encode()),
        Code.TOO_LARGE,
    ),
    unreadable(
        33, "100,000 items", sign(json.dumps({"type": ["a"] * 100_000}).encode()), Code.TOO_LARGE
    ),
    broken(33, "200 kB of text", put(f"{ACHIEVEMENT}/description", "x" * 200_000)),
    broken(
        33, "10,000 types", put("type", ["VerifiableCredential", "OpenBadgeCredential"] * 5_000)
    ),
    no_json(33, "50,000 deep", b'{"proof":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    Case(
        number=33,
        wrong="more values than are worked out, in a document",
        made=altered(put("credentialSubject/result", [{"type": ["Result"], "value": "8"}] * 300)),
        check=Check.SIGNATURE,
        code=Code.MEANINGLESS,
        state=State.ALTERED,
    ),
    unreadable(34, "the payload", a_token(put("name", "x" * 300_000)), Code.TOO_LARGE),
    unreadable(
        34,
        "the header",
        sign(a_payload(), head=header(kid=DID + "#" + "x" * 5_000)),
        Code.TOO_LARGE,
    ),
    unreadable(34, "a document", altered(put("name", "x" * 300_000))),
    no_json(34, "2 MB", altered(put("name", "x" * 2_000_000)), "too-large"),
    unreadable(
        35,
        "Latin 1",
        sign(json.dumps(a_payload()).encode().replace(b"Twente", b"Twent\xe9")),
    ),
    unreadable(35, "half a pair", rewritten(lambda text: text.replace("Twente", "Twente\\ud800"))),
    unreadable(35, "byte order mark", sign(b"\xef\xbb\xbf" + json.dumps(a_payload()).encode())),
    no_json(35, "half a pair", document(lambda text: text.replace("Twente", "Twente\\ud800"))),
    no_json(35, "half a pair in UTF-8", document(lambda text: text.replace("Twente", "T\ud800"))),
    *(
        look_alike(name, did, looks_abroad=looks_abroad)
        for looks_abroad in (False, True)
        for name, did in {
            "Cyrillic letter": DID.replace("issuer.example", "\u0456ssuer.example"),
            "upper case": DID.replace("example", "EXAMPLE"),
            "dot at the end": DID.replace("example.nl", "example.nl."),
            "slash at the end": DID + "/",
            "slash in percents": DID.replace(":issuers:", "%2Fissuers%2F"),
            "invisible space": DID.replace("issuer.", "issuer\u200b."),
            "right to left": DID + "\u202e",
            "letter and accent apart": DID.replace("issuer.", "issue\u0301r."),
            "letter and accent in one": DID.replace("issuer.", "issu\u00e9r."),
        }.items()
    ),
    Case(
        number=36,
        wrong="NUL at the end",
        made=a_token(put("issuer/id", DID + "\0"), put("iss", DID + "\0")),
        check=Check.ISSUER,
        code=Code.ISSUER_UNKNOWN,
        state=State.ISSUER_UNKNOWN,
    ),
    Case(
        number=37,
        wrong="credentialStatus a number",
        made=a_token(put("credentialStatus", 5)),
        check=Check.STATUS,
        code=Code.STATUS_ENTRY_MALFORMED,
        state=State.CANNOT_CHECK,
        is_shown=True,
    ),
    *(
        Case(
            number=37,
            wrong=f"type {value!r}",
            made=a_token(put("type", value)),
            check=Check.PROFILE,
            code=Code.TYPE_REFUSED,
            state=State.NOT_A_CREDENTIAL,
        )
        for value in ODD_TYPES
    ),
    *(
        Case(
            number=37,
            wrong=f"issuer {value!r}",
            made=a_token(put("issuer", value)),
            check=Check.ISSUER,
            code=Code.ISSUER_UNKNOWN,
            state=State.ISSUER_UNKNOWN,
        )
        for value in ([DID], 5, None, {"id": [DID]}, {})
    ),
    Case(
        number=37,
        wrong="subject a text",
        made=a_token(put("credentialSubject", "me")),
        check=Check.SCHEMA,
        code=Code.SCHEMA_BROKEN,
        state=State.ALTERED,
        decisive=Code.SUB_DIFFERS,
    ),
    *(
        broken(37, f"{path} {value!r}", put(path, value))
        for path, value in (
            (f"{ACHIEVEMENT}/name", 5),
            (f"{ACHIEVEMENT}/criteria", "An exam."),
            (f"{ACHIEVEMENT}/learningOutcome", {"a": 1}),
            ("credentialSubject/identifier", "Sam"),
            ("credentialSubject/creditsEarned", "5"),
            ("credentialSubject/result", [5]),
        )
    ),
    unreadable(37, "the payload a list", sign(b"[]")),
)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_it_is_refused_by_the_right_check(case: Case, intake: Intake) -> None:
    await assert_refused(case, intake)


@pytest.mark.parametrize(
    "name", ["Harvard University", "\u202eetnewT tietisrevinU", "Universiteit\u200b Twente\u2066"]
)
async def test_36_an_issuer_is_called_what_the_catalogue_calls_it(
    intake: Intake, name: str
) -> None:
    [one] = await Neighbours().verify(a_token(put("issuer/name", name)), intake)

    issuer = VerificationAnswer.of(one.verification).issuer
    assert issuer is not None
    assert issuer.name.nl == "Universiteit Twente"
