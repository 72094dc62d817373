"""Identifiers with a pattern: OIN, did:web, and the names of things inside Waarmerk.

OIN: 20 positions, an 8-digit prefix (the register), the number in it, closing zeros (Logius,
OIN-Stelsel). `Oin` takes whatever has that form, because an event of long ago must stay readable;
`oin_flaw` says what is wrong with one that is new.
"""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.requests import fault

TEST_OIN_PREFIX = "00000099"
BRIN_OIN_PREFIX = "00000007"
KVK_OIN_PREFIX = "00000003"
RSIN_OIN_PREFIX = "00000001"
OIN_PATTERN = r"^(0000000[1-9]|0000001[01]|00000099)[0-9A-Z]{8,9}0{3,4}$"


def _is_20_long(value: str) -> str:
    if len(value) != 20:  # noqa: PLR2004 — the length is the rule: Logius OIN-Stelsel, 20 positions
        raise fault("oin-length", "An OIN has 20 positions.", "Een OIN heeft 20 posities.")
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


class OinFlaw(StrEnum):
    """What can be wrong with the number in an OIN of which the form is right."""

    PREFIX_FREE = "oin-prefix-free"
    RSIN = "oin-rsin"
    KVK = "oin-kvk"
    BRIN = "oin-brin"
    NUMBER = "oin-number"


# After the prefix. A BRIN is filled up to nine positions: three zeros, the four positions of the
# institution, two of its location, as DUO's couplings address a university of applied sciences.
_BRIN: Final = re.compile(r"000(?P<brin>[0-9]{2}[A-Z]{2})[0-9]{2}000")
_KVK: Final = re.compile(r"(?P<kvk>[0-9]{8})0000")
_NINE_DIGITS: Final = re.compile(r"[0-9]{9}000")
_NO_REGISTER_YET: Final = "00000005"
_RSIN_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], OinFlaw]]] = {
    RSIN_OIN_PREFIX: (_NINE_DIGITS, OinFlaw.RSIN),
    "00000002": (_NINE_DIGITS, OinFlaw.NUMBER),
    KVK_OIN_PREFIX: (_KVK, OinFlaw.KVK),
    "00000004": (_NINE_DIGITS, OinFlaw.NUMBER),
    "00000006": (_NINE_DIGITS, OinFlaw.NUMBER),
    BRIN_OIN_PREFIX: (_BRIN, OinFlaw.BRIN),
}


def is_rsin(number: str) -> bool:
    """Say whether this is an RSIN: nine digits that pass the eleven-test, not all zero."""
    if re.fullmatch(r"[0-9]{9}", number) is None or number == "0" * 9:
        return False
    weighed = sum(weight * int(digit) for weight, digit in zip(_RSIN_WEIGHTS, number, strict=True))
    return weighed % 11 == 0


def oin_flaw(oin: str) -> OinFlaw | None:
    """Say what is wrong with the number in an OIN, by the rules of the register its prefix names.

    Of registers whose numbers Logius does not describe, and of test numbers, the form is enough.
    """
    prefix, rest = oin[:8], oin[8:]
    if prefix == _NO_REGISTER_YET:
        return OinFlaw.PREFIX_FREE
    form, flaw = _FORMS.get(prefix, (None, None))
    if form is not None and form.fullmatch(rest) is None:
        return flaw
    if prefix == RSIN_OIN_PREFIX and not is_rsin(rest[:9]):
        return OinFlaw.RSIN
    return None


def brin_in(oin: str) -> str | None:
    """Return the BRIN (four positions) that an OIN carries, if it carries one."""
    found = _BRIN.fullmatch(oin[8:]) if oin.startswith(BRIN_OIN_PREFIX) else None
    return found["brin"] if found else None


def kvk_in(oin: str) -> str | None:
    """Return the number in the trade register that an OIN carries, if it carries one."""
    found = _KVK.fullmatch(oin[8:]) if oin.startswith(KVK_OIN_PREFIX) else None
    return found["kvk"] if found else None


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


def credential_mark(credential_id: UUID) -> str:
    """Return by what only who holds a credential knows it again: SHA-256 (hex) of its own `id`."""
    return hashlib.sha256(credential_urn(credential_id).encode()).hexdigest()


Sequence = Annotated[str, Field(pattern=r"^[0-9]{16}$")]
"""A place among all events of the register: from 1, no gaps, zero-padded so that text orders."""
