"""Makes credentials as an honest issuer would, and every way to get them wrong.

Nothing here uses the code under test to make a token: header and payload are plain bytes, so that a
case can be as wrong as it likes.
"""

import base64
import copy
import gzip
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from shared.contracts.credential import CONTEXTS, VC_CONTEXT
from shared.proofs.keys import SigningKey

Payload = dict[str, Any]
Change = Callable[[Payload], object]

NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OIN: Final = "00000099000000210000"
DID: Final = f"did:web:issuer.example.nl:issuers:{OIN}"
STRANGER: Final = "did:web:issuer.example.com:issuers:00000099000000990000"
KEY: Final = SigningKey.generate()
OTHER_KEY: Final = SigningKey.generate()
KID: Final = f"{DID}#{KEY.public.thumbprint}"
LIST_URL: Final = f"https://issuer.example.nl/status-lists/{OIN}/1"
INDEX: Final = 94_567
SIZE: Final = 131_072
PAGE: Final = "https://catalog.example.nl/microcredentials/3f0c7f6a-6f0e-4a55-9d0c-0c7a3f8e1b22"
MICROCREDENTIAL: Final = UUID("3f0c7f6a-6f0e-4a55-9d0c-0c7a3f8e1b22")
CREDENTIAL: Final = UUID("5a1c0c3e-6c0e-4f55-8a58-4e9a3a0b6f10")
REGISTRATION: Final = UUID("0198a1f0-0000-7000-8000-000000000001")
OUTCOMES: Final = (
    "Je legt uit wat een qubit is en hoe die verschilt van een bit.",
    "Je bouwt eenvoudige kwantumcircuits en voorspelt hun uitkomst.",
)


def an_achievement() -> Payload:
    """Say what was earned, in the words of Open Badges and ours."""
    return {
        "id": PAGE,
        "type": ["Achievement", "NLMicrocredential"],
        "achievementType": "MicroCredential",
        "name": "Inleiding kwantumcomputers",
        "description": "Een eerste kennismaking met kwantumcomputers.",
        "criteria": {"id": PAGE, "narrative": "Schriftelijk tentamen van drie uur."},
        "inLanguage": "nl-NL",
        "creditsAvailable": 5.0,
        "version": "1",
        "alignment": [
            _alignment("EQF level 7", "7", "ext:EQFLevel"),
            _alignment("NLQF level 7", "7", "ext:NLQFLevel"),
            {
                **_alignment("Kwaliteitskader", "wo@1", "ext:QualityAssurance"),
                "targetDescription": "Deze microcredential volgt het kwaliteitskader.",
            },
        ],
        "studyLoadUnit": "ects",
        "studyLoadHours": 140.0,
        "learningOutcome": list(OUTCOMES),
        "assessmentType": ["written_exam"],
        "participationType": ["blended"],
        "supervisionType": "supervised_with_identity_check",
        "levelBasis": "self-declared",
        "policy": "wo@1",
        "qualityFramework": {
            "id": "https://example.nl/kwaliteitskader",
            "type": "QualityFramework",
            "name": "Kwaliteitskader microcredentials",
            "version": "2.0",
            "sha256": "ab" * 32,
        },
    }


def _alignment(name: str, code: str, kind: str) -> Payload:
    return {
        "type": ["Alignment"],
        "targetName": name,
        "targetUrl": "https://www.nlqf.nl/nlqf-niveaus",
        "targetCode": code,
        "targetType": kind,
    }


def a_payload() -> Payload:
    """Make the payload an honest issuer signs."""
    return {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{CREDENTIAL}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Inleiding kwantumcomputers",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Universiteit Twente"},
        "validFrom": "2026-01-15T09:30:00Z",
        "awardedDate": "2026-01-14T00:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:0f6f5a0e-7f7e-4d2b-9c1b-4b8f8ed0c9a1",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": "sha256$" + "0" * 64,
                    "identityType": "ext:eduID",
                    "salt": "00" * 16,
                },
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "Sam de Vries",
                    "identityType": "name",
                },
            ],
            "creditsEarned": 5.0,
            "achievement": an_achievement(),
            "result": [{"type": ["Result"], "value": "8.0"}],
        },
        "credentialStatus": {
            "id": f"{LIST_URL}#{INDEX}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(INDEX),
            "statusListCredential": LIST_URL,
        },
        "iss": DID,
        "jti": f"urn:uuid:{CREDENTIAL}",
        "sub": "urn:uuid:0f6f5a0e-7f7e-4d2b-9c1b-4b8f8ed0c9a1",
        "nbf": 1_768_469_400,
    }


def changed(*changes: Change) -> Payload:
    """Make an honest payload, then change it."""
    payload = copy.deepcopy(a_payload())
    for change in changes:
        change(payload)
    return payload


def put(path: str, value: object) -> Change:
    """Change the member at `a/b/0` to this value."""

    def change(payload: Payload) -> None:
        *way, last = path.split("/")
        here: Any = payload
        for name in way:
            here = here[int(name)] if isinstance(here, list) else here[name]
        here[int(last) if isinstance(here, list) else last] = value

    return change


def drop(path: str) -> Change:
    """Take the member at `a/b` away."""

    def change(payload: Payload) -> None:
        *way, last = path.split("/")
        here: Any = payload
        for name in way:
            here = here[name]
        del here[last]

    return change


def both(*changes: Change) -> Change:
    """Make several changes."""

    def change(payload: Payload) -> None:
        for one in changes:
            one(payload)

    return change


def b64(content: bytes) -> str:
    """Spell bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def header(**members: object) -> Payload:
    """Make the header an honest issuer writes, with other members on top; None takes one away."""
    full = {"alg": "ES256", "kid": KID, "typ": "JWT", **members}
    return {name: value for name, value in full.items() if value is not None}


def sign(
    payload: Payload | bytes,
    *,
    head: Mapping[str, object] | bytes | None = None,
    key: SigningKey = KEY,
) -> str:
    """Sign any header and any payload."""
    spelled = head if isinstance(head, bytes) else json.dumps(head or header()).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    unsigned = f"{b64(spelled)}.{b64(body)}"
    return f"{unsigned}.{b64(key.sign(unsigned.encode()))}"


def a_token(*changes: Change, **members: object) -> str:
    """Make a signed credential, changed before signing, with these header members."""
    return sign(changed(*changes), head=header(**members))


def bits(*raised: int, size: int = SIZE) -> bytes:
    """Make a bitstring with these bits raised."""
    content = bytearray(size // 8)
    for index in raised:
        content[index // 8] |= 0x80 >> (index % 8)
    return bytes(content)


def encoded(content: bytes) -> str:
    """Pack a bitstring as an issuer does."""
    return "u" + b64(gzip.compress(content, mtime=0))


def a_list(
    *raised: int,
    encoded_list: str | None = None,
    changes: tuple[Change, ...] = (),
    key: SigningKey = KEY,
    kid: str = KID,
) -> str:
    """Make a signed status list."""
    payload: Payload = {
        "@context": [VC_CONTEXT],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID,
        "validFrom": "2026-11-22T11:55:00Z",
        "validUntil": "2026-11-23T11:55:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_list or encoded(bits(*raised)),
            "ttl": 900_000,
        },
    }
    for change in changes:
        change(payload)
    return sign(payload, head=header(kid=kid, typ="vc+jwt"), key=key)


def payload_of(token: str) -> bytes:
    """Return the payload of a token, or nothing when it has none."""
    parts = token.split(".")
    try:
        return base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except (IndexError, ValueError):
        return b""
