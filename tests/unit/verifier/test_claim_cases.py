"""The claims, JSON and VCDM inputs a verifier must refuse (credentials.md 8, cases 21 to 44).

The ids carry the numbers of that list; cases about embedded proofs come with that form.
"""

import json
from collections.abc import Callable

import pytest

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import Look
from shared.contracts.credential import CONTEXTS, NL_CONTEXT, OB_CONTEXT, VC_CONTEXT
from tests.unit.verifier.forge import (
    DID,
    STRANGER,
    a_payload,
    a_token,
    both,
    drop,
    header,
    put,
    sign,
)
from tests.unit.verifier.world import World, finding

Case = tuple[str | Callable[[], str], Check, Code]


def head(**members: object) -> str:
    return sign(a_payload(), head=header(**members))


def raw_payload(edit: Callable[[str], str]) -> str:
    return sign(edit(json.dumps(a_payload())).encode())


ENDS = both(put("validUntil", "2030-01-15T09:30:00Z"), put("exp", 1_894_699_800))
CLAIMS: dict[str, Case] = {
    "21-iss-differs": (a_token(put("iss", STRANGER)), Check.CLAIMS, Code.ISS_DIFFERS),
    "21-iss-missing": (a_token(drop("iss")), Check.CLAIMS, Code.ISS_DIFFERS),
    "21-iss-array": (a_token(put("iss", [DID])), Check.CLAIMS, Code.ISS_DIFFERS),
    "22-sub-differs": (a_token(put("sub", "urn:uuid:0")), Check.CLAIMS, Code.SUB_DIFFERS),
    "22-sub-missing": (a_token(drop("sub")), Check.CLAIMS, Code.SUB_DIFFERS),
    "23-jti-differs": (a_token(put("jti", "urn:uuid:0")), Check.CLAIMS, Code.JTI_DIFFERS),
    "23-jti-missing": (a_token(drop("jti")), Check.CLAIMS, Code.JTI_DIFFERS),
    "24-nbf-one-second-off": (
        a_token(put("nbf", 1_768_469_401)),
        Check.CLAIMS,
        Code.NBF_DIFFERS,
    ),
    "24-nbf-missing": (a_token(drop("nbf")), Check.CLAIMS, Code.NBF_DIFFERS),
    "25-exp-differs": (a_token(ENDS, put("exp", 1_894_699_801)), Check.CLAIMS, Code.EXP_DIFFERS),
    "25-exp-without-valid-until": (
        a_token(put("exp", 1_894_699_800)),
        Check.CLAIMS,
        Code.EXP_DIFFERS,
    ),
    "25-valid-until-without-exp": (
        a_token(put("validUntil", "2030-01-15T09:30:00Z")),
        Check.CLAIMS,
        Code.EXP_DIFFERS,
    ),
    "25-exp-past": (
        a_token(put("validUntil", "2026-11-01T00:00:00Z"), put("exp", 1_793_491_200)),
        Check.DATES,
        Code.EXPIRED,
    ),
    **{
        f"26-nbf-{name}": (a_token(put("nbf", value)), Check.CLAIMS, Code.NBF_DIFFERS)
        for name, value in {
            "string": "1768469400",
            "true": True,
            "null": None,
            "float": 1_768_469_400.0,
        }.items()
    },
    **{
        f"26-exp-{name}": (a_token(ENDS, put("exp", value)), Check.CLAIMS, Code.EXP_DIFFERS)
        for name, value in {"string": "1894699800", "true": True, "null": None}.items()
    },
    "26-nbf-nan": (
        raw_payload(lambda text: text.replace("1768469400", "NaN")),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "26-nbf-1e400": (
        raw_payload(lambda text: text.replace("1768469400", "1e400")),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "27-valid-from-in-the-future": (
        a_token(put("validFrom", "2030-01-15T09:30:00Z"), put("nbf", 1_894_699_800)),
        Check.DATES,
        Code.NOT_YET_VALID,
    ),
    "28-valid-until-past": (
        a_token(put("validUntil", "2026-11-22T12:00:00Z"), put("exp", 1_795_348_800)),
        Check.DATES,
        Code.EXPIRED,
    ),
    "29-valid-until-before-valid-from": (
        a_token(put("validUntil", "2026-01-01T00:00:00Z"), put("exp", 1_767_225_600)),
        Check.DATES,
        Code.DATES_REVERSED,
    ),
    **{
        f"29-valid-from-{name}": (a_token(put("validFrom", text)), Check.DATES, Code.DATE_MALFORMED)
        for name, text in {
            "without-zone": "2026-01-15T09:30:00",
            "date-only": "2026-01-15",
            "30-february": "2026-02-30T00:00:00Z",
            "year-99999": "99999-01-15T09:30:00Z",
            "number": 1_768_469_400,
        }.items()
    },
    "29-awarded-date-malformed": (
        a_token(put("awardedDate", "gisteren")),
        Check.DATES,
        Code.DATE_MALFORMED,
    ),
    "30-aud-of-another-party": (
        a_token(put("aud", "https://other.example")),
        Check.CLAIMS,
        Code.AUDIENCE_NAMED,
    ),
}

JSON: dict[str, Case] = {
    "31-two-issuers": (
        raw_payload(lambda text: text[:-1] + f', "issuer": {{"id": "{STRANGER}"}}}}'),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "31-duplicate-deep-inside": (
        raw_payload(lambda text: text.replace('"creditsEarned"', '"id": "x", "creditsEarned"')),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "32-infinity": (
        raw_payload(lambda text: text.replace("140.0", "Infinity")),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "32-huge-integer": (
        raw_payload(lambda text: text.replace("140.0", "9" * 400)),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "33-nesting-50k": (
        sign(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "33-long-string": (
        a_token(put("credentialSubject/achievement/description", "x" * 200_000)),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "33-many-items": (
        a_token(put("type", ["VerifiableCredential", "OpenBadgeCredential"] * 5_000)),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "34-payload-over-the-limit": (
        a_token(put("name", "x" * 300_000)),
        Check.PARSE,
        Code.TOO_LARGE,
    ),
    "34-header-over-the-limit": (head(kid=DID + "#" + "x" * 5_000), Check.PARSE, Code.TOO_LARGE),
    "35-invalid-utf-8": (
        sign(json.dumps(a_payload()).encode().replace(b"Twente", b"Twent\xe9")),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "35-lone-surrogate": (
        raw_payload(lambda text: text.replace("Twente", "Twente\\ud800")),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    "35-byte-order-mark": (
        sign(b"\xef\xbb\xbf" + json.dumps(a_payload()).encode()),
        Check.PARSE,
        Code.CONTENT_UNREADABLE,
    ),
    **{
        f"36-look-alike-{name}": (
            a_token(put("issuer/id", did), put("iss", did)),
            Check.ISSUER,
            Code.ISSUER_UNKNOWN,
        )
        for name, did in {
            "homoglyph": DID.replace("issuer.example", "\u0456ssuer.example"),
            "upper-case": DID.replace("example", "EXAMPLE"),
            "trailing-dot": DID.replace("example.nl", "example.nl."),
            "trailing-slash": DID + "/",
            "encoded-slash": DID.replace(":issuers:", "%2Fissuers%2F"),
            "invisible": DID.replace("issuer.", "issuer\u200b."),
            "combining": DID.replace("issuer.", "issue\u0301r."),
            "nul": DID + "\0",
        }.items()
    },
    "37-status-is-a-number": (
        a_token(put("credentialStatus", 5)),
        Check.STATUS,
        Code.STATUS_ENTRY_MALFORMED,
    ),
    "37-type-is-an-object": (a_token(put("type", {})), Check.PROFILE, Code.TYPE_REFUSED),
    "37-type-of-objects": (
        a_token(put("type", [{}, "VerifiableCredential"])),
        Check.PROFILE,
        Code.TYPE_REFUSED,
    ),
    "37-issuer-is-a-list": (a_token(put("issuer", [DID])), Check.ISSUER, Code.ISSUER_UNKNOWN),
    "37-subject-is-text": (
        a_token(put("credentialSubject", "me")),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "37-name-is-a-number": (
        a_token(put("credentialSubject/achievement/name", 5)),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "37-payload-is-a-list": (sign(b"[]"), Check.PARSE, Code.CONTENT_UNREADABLE),
}

VCDM: dict[str, Case] = {
    "38-context-missing": (a_token(drop("@context")), Check.PROFILE, Code.CONTEXT_REFUSED),
    "38-context-order": (
        a_token(put("@context", [OB_CONTEXT, VC_CONTEXT, NL_CONTEXT])),
        Check.PROFILE,
        Code.CONTEXT_REFUSED,
    ),
    "38-context-v1": (
        a_token(put("@context/0", "https://www.w3.org/2018/credentials/v1")),
        Check.PROFILE,
        Code.CONTEXT_REFUSED,
    ),
    "38-context-unknown-extra": (
        a_token(put("@context", [*CONTEXTS, "https://evil.example/v1"])),
        Check.PROFILE,
        Code.CONTEXT_REFUSED,
    ),
    "38-context-http": (
        a_token(put("@context/0", VC_CONTEXT.replace("https", "http"))),
        Check.PROFILE,
        Code.CONTEXT_REFUSED,
    ),
    "40-inline-context": (
        a_token(put("@context", [*CONTEXTS, {"name": "https://schema.org/alternateName"}])),
        Check.PROFILE,
        Code.CONTEXT_REFUSED,
    ),
    "41-status-under-an-alias": (
        a_token(
            put("@context", [*CONTEXTS, {"state": f"{VC_CONTEXT}#credentialStatus"}]),
            put("state", {"type": "BitstringStatusListEntry"}),
            drop("credentialStatus"),
        ),
        Check.PROFILE,
        Code.CONTEXT_REFUSED,
    ),
    "41-status-as-absolute-iri": (
        a_token(
            lambda payload: payload.update({f"{VC_CONTEXT}#credentialStatus": {}}),
            drop("credentialStatus"),
        ),
        Check.STATUS,
        Code.STATUS_MISSING,
    ),
    "42-id-missing": (a_token(drop("id")), Check.CLAIMS, Code.JTI_DIFFERS),
    "42-id-relative": (
        a_token(put("id", "credentials/1"), put("jti", "credentials/1")),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "42-ids-several": (
        a_token(put("id", ["urn:uuid:1", "urn:uuid:2"])),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "43-no-verifiable-credential": (
        a_token(put("type", ["OpenBadgeCredential"])),
        Check.PROFILE,
        Code.TYPE_REFUSED,
    ),
    "43-unmapped-type": (
        a_token(put("type", ["VerifiableCredential", "OpenBadgeCredential", "Diploma"])),
        Check.PROFILE,
        Code.TYPE_REFUSED,
    ),
    "44-subject-without-id": (
        a_token(drop("credentialSubject/id")),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "44-wrong-subject-type": (
        a_token(put("credentialSubject/type", ["EndorsementSubject"])),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "44-wrong-result-type": (
        a_token(put("credentialSubject/result/0/type", ["Grade"])),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "44-wrong-issuer-type": (
        a_token(put("issuer/type", ["Organization"])),
        Check.SCHEMA,
        Code.SCHEMA_BROKEN,
    ),
    "44-issuer-only-an-address": (a_token(put("issuer", DID)), Check.SCHEMA, Code.SCHEMA_BROKEN),
}

CASES = CLAIMS | JSON | VCDM


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_refused_by_the_right_check(case: Case) -> None:
    made, check, code = case
    judgement = World().judge(made if isinstance(made, str) else made())
    found = finding(judgement, check)

    assert (found.code, found.outcome) == (
        code,
        Outcome.FAILED,
    )
    assert judgement.verdict.look is not Look.GREEN
