"""Why openbadgeslib and openvc-core say otherwise than we do; DECISIONS names who is right.

Apart from the comparison, because a difference without a reason here fails it, and so does a reason
without a difference. What others believe is grouped by the check with which we refuse it; what
others refuse and we believe is named one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.verifier.domain.findings import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One reason to differ; `refused` are our codes for what they believe."""

    why: str
    refused: frozenset[Code] = field(default_factory=frozenset)
    believed: frozenset[str] = field(default_factory=frozenset)
    """What we believe and they do not, by its name."""


_IN_SOMETHING_ELSE: Final = (
    "a token in lines",
    "a token with a byte order mark",
    "a token in a mail",
    "a token as a data: address",
    "a token between quotes",
    "a token in a chat",
    "a token in a list",
    "a CSV file",
)

OPENBADGESLIB: Final = (
    Difference(
        why="It knows no register, no recognition and no age of what is known.",
        refused=frozenset(
            {
                Code.KEY_COMPROMISED,
                Code.KEY_OF_ANOTHER,
                Code.KNOWLEDGE_OLD,
                Code.REGISTRATION_DIFFERS,
                Code.REGISTRATION_OF_ANOTHER,
                Code.REGISTRATION_REPLACED,
                Code.REGISTRATION_REVOKED,
                Code.REGISTRATION_SUSPENDED,
                Code.REGISTRATION_UNKNOWN,
                Code.STATUS_MISSING,
            }
        ),
    ),
    Difference(
        why="It takes a token of any type, without `kid`, and passes over the rest of its header.",
        refused=frozenset(
            {
                Code.TYP_REFUSED,
                Code.PRESENTATION_REFUSED,
                Code.DISCLOSURE_CUT,
                Code.HEADER_REFUSED,
                Code.KEY_IN_HEADER,
                Code.KEY_ID_MISSING,
            }
        ),
    ),
    Difference(
        why="It reads what has two meanings: members twice, padding, numbers no two readers share.",
        refused=frozenset({Code.HEADER_UNREADABLE, Code.CONTENT_UNREADABLE, Code.NOT_CANONICAL}),
    ),
    Difference(
        why="It compares iss, sub and jti with the credential, not nbf, exp and aud.",
        refused=frozenset({Code.AUDIENCE_NAMED, Code.NBF_DIFFERS, Code.EXP_DIFFERS}),
    ),
    Difference(
        why="In a token it looks at no context beyond the first two, and takes the older envelope.",
        refused=frozenset({Code.CONTEXT_REFUSED, Code.TYPE_REFUSED, Code.ENVELOPE_CLAIM}),
    ),
    Difference(
        why="It follows no schema, and has wider limits of size.",
        refused=frozenset({Code.SCHEMA_BROKEN, Code.DATE_MALFORMED, Code.TOO_LARGE}),
    ),
    Difference(
        why="It forgives entries, lists and purposes that Bitstring Status List does not allow.",
        refused=frozenset(
            {
                Code.STATUS_ENTRY_MALFORMED,
                Code.STATUS_LIST_EXPIRED,
                Code.STATUS_LIST_MALFORMED,
                Code.STATUS_LIST_UNSIGNED,
                Code.STATUS_PURPOSE_DIFFERS,
                Code.STATUS_TYPE_UNKNOWN,
            }
        ),
    ),
    Difference(
        why="It verifies endorsements only when asked, one by one.",
        refused=frozenset({Code.ENDORSEMENT_BROKEN}),
    ),
    Difference(
        why="It takes the first credential of a picture, whatever else the picture is or does.",
        refused=frozenset({Code.CONTAINER_REFUSED}),
    ),
    Difference(
        why="It does not look for a token inside something else: its caller hands it over bare.",
        believed=frozenset(
            {
                *_IN_SOMETHING_ELSE,
                "the same in a wallet's answer",
                "a token in JSON",
                "a token in its envelope",
            }
        ),
    ),
    Difference(
        why="It takes only contexts it bundles, and ours is not among them.",
        believed=frozenset(
            {
                "a document with its proof",
                "the same, written out",
                "a PNG with a document",
                "an SVG with a document",
            }
        ),
    ),
)
OPENVC: Final = (
    Difference(
        why="It knows no register.",
        refused=frozenset({Code.REGISTRATION_DIFFERS, Code.STATUS_MISSING}),
    ),
    Difference(
        why="Its tokens are those of VCDM 1.1, in a `vc` claim that Open Badges 3.0 forbids.",
        refused=frozenset({Code.ENVELOPE_CLAIM}),
        believed=frozenset({"a token", "a token with blanks around it", "a token in its envelope"}),
    ),
    Difference(
        why="It takes contexts twice or inline as long as no word changes its meaning.",
        refused=frozenset({Code.CONTEXT_REFUSED}),
    ),
    Difference(
        why="It reads neither `created` nor `previousProof`, and `expires` has a minute more.",
        refused=frozenset({Code.PROOF_REFUSED}),
    ),
    Difference(
        why="It forgives empty and padded disclosures, which RFC 9901 does not have.",
        refused=frozenset({Code.DISCLOSURES_BROKEN, Code.NOT_CANONICAL}),
    ),
    Difference(
        why="It looks for whom a binding was made, and in answer to what, only when it is told.",
        refused=frozenset({Code.BINDING_BROKEN}),
    ),
    Difference(
        why="It does not look for a token inside something else: its caller hands it over bare.",
        believed=frozenset(_IN_SOMETHING_ELSE),
    ),
    Difference(
        why="It refuses the type of drafts before the 6th, which others still send.",
        believed=frozenset({"sd-jwt of the older type"}),
    ),
    Difference(
        why="It refuses an `iat` of tomorrow, of which RFC 7519 §4.1.6 says nothing.",
        believed=frozenset({"sd-jwt made tomorrow"}),
    ),
    Difference(
        why="It refuses an old binding; here none ever counts, for it was made for somebody else.",
        believed=frozenset({"sd-jwt bound long ago"}),
    ),
)
DIFFERENCES: Final[Mapping[str, tuple[Difference, ...]]] = {
    "openbadgeslib": OPENBADGESLIB,
    "openvc-core": OPENVC,
}
