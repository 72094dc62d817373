"""Identifiers with a pattern: OIN, did:web, and the names of things inside Waarmerk.

OIN: 20 positions, an 8-digit prefix (the register), the number in it, closing zeros (Logius,
OIN-Stelsel).
"""

from functools import lru_cache
from typing import Annotated
from urllib.parse import quote, urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field

TEST_OIN_PREFIX = "00000099"
BRIN_OIN_PREFIX = "00000007"
KVK_OIN_PREFIX = "00000003"
OIN_PATTERN = r"^(0000000[1-9]|00000010|00000099)[0-9A-Z]{8,9}0{3,4}$"


def _is_20_long(value: str) -> str:
    if len(value) != 20:  # noqa: PLR2004 — the length is the rule: Logius OIN-Stelsel, 20 positions
        raise ValueError("an OIN has 20 positions")
    return value


Oin = Annotated[
    str,
    Field(pattern=OIN_PATTERN, min_length=20, max_length=20, examples=["00000099000000210000"]),
    AfterValidator(_is_20_long),
]
"""Organisation identification number (Organisatie-identificatienummer)."""


def is_test_oin(oin: str) -> bool:
    """Say whether this OIN is one anyone may use for tests; what it issues has no value."""
    return oin.startswith(TEST_OIN_PREFIX)


@lru_cache(maxsize=1024)
def did_web(public_url: str, oin: str) -> str:
    """Return the issuer id of an organisation under the issuer's base URL (did:web §3.1).

    `https://issuer.example.nl` + OIN → `did:web:issuer.example.nl:issuers:<OIN>`; a port's colon
    is percent-encoded, every path segment becomes a colon-separated part.
    """
    parts = urlsplit(public_url)
    host = quote(parts.netloc, safe="")
    path = [quote(segment, safe="") for segment in parts.path.split("/") if segment]
    return ":".join(["did", "web", host, *path, "issuers", oin])


def policy_subject(policy_id: str, version: int) -> str:
    """Name one version of a policy: `<policyId>@<version>`."""
    return f"{policy_id}@{version}"


def microcredential_subject(microcredential_id: UUID, version: int) -> str:
    """Name one version of a microcredential: `<microcredentialId>/versions/<n>`."""
    return f"{microcredential_id}/versions/{version}"


def credential_urn(credential_id: UUID) -> str:
    """Return the credential's own id on the wire (RFC 9562 `urn:uuid:`)."""
    return f"urn:uuid:{credential_id}"
