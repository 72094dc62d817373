"""Check 10: what the issuer's own list says of this credential (Bitstring Status List 1.0 §3.2).

Opening a list (signature, issuer, size) is apart from reading a bit in it, so that a list can be
opened once and read many thousand times.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.verifier.checks.moments import read_moment
from services.verifier.checks.token import FOREIGN
from services.verifier.domain.findings import Check, Code, Finding, Source, failed, ok, unknown
from services.verifier.domain.knowledge import KnownIssuer, OpenList
from shared.proofs import ProofRefusedError, jws, status_lists, vc_jwt
from shared.proofs.jws import SignatureRefusedError
from shared.strict_json import JsonObject, JsonValue

_ENTRY: Final = "BitstringStatusListEntry"
_PURPOSE: Final = "revocation"
# The issuer's clock and ours may differ a little (credentials.md, appendix B).
_LEEWAY: Final = timedelta(seconds=60)
# A list that does not say how long it holds, holds no longer than ours do.
_LONGEST: Final = status_lists.LIST_LIFETIME
_RAISED_FOR: Final = {
    Code.REGISTRATION_REPLACED: Code.RAISED_FOR_REPLACED,
    Code.REGISTRATION_ERASED: Code.RAISED_FOR_ERASED,
}
_LENGTH_CODES: Final = frozenset({"status-list-length"})


@dataclass(frozen=True, slots=True)
class Signer:
    """Who says to have signed a list, and with which key."""

    issuer: str
    key_id: str


def signer_of(signed: str) -> Signer | None:
    """Return who says to have signed a list; None when that cannot be read."""
    try:
        token, claims = vc_jwt.read(signed, algorithms=FOREIGN)
    except ProofRefusedError:
        return None
    named = claims.get("issuer")
    issuer = named.get("id") if isinstance(named, dict) else named
    return Signer(issuer, token.key_id) if isinstance(issuer, str) else None


def open_list(signed: str, *, url: str, issuer: KnownIssuer | None) -> OpenList:
    """Open a signed list: its signature, its issuer, its name and its size."""
    try:
        token, claims = vc_jwt.read(signed, algorithms=FOREIGN)
    except ProofRefusedError:
        return OpenList(unusable=Code.STATUS_LIST_UNSIGNED)
    named = claims.get("issuer")
    if issuer is None or issuer.did != (named.get("id") if isinstance(named, dict) else named):
        return OpenList(unusable=Code.STATUS_LIST_OF_ANOTHER)
    key = issuer.keys.get(token.key_id)
    if key is None or key.compromised_at is not None:
        return OpenList(unusable=Code.STATUS_LIST_UNSIGNED)
    try:
        jws.verify(token, key=key.key)
    except SignatureRefusedError:
        return OpenList(unusable=Code.STATUS_LIST_UNSIGNED)
    return _unpack(claims, url=url, issuer=issuer.did)


def check_status(  # noqa: PLR0911 — one return per rule
    entry: JsonValue,
    held: OpenList | None,
    *,
    issuer: str,
    registered: Code | None = None,
    now: datetime,
) -> Finding:
    """Make check 10: the entry, then the list's fitness, then the bit.

    A bit has one meaning and three reasons; what the register found tells which it was.
    """
    fault = _entry_fault(entry)
    if fault is not None:
        return fault
    if held is None:
        return unknown(Check.STATUS, Code.STATUS_LIST_UNKNOWN, Source.STATUS_LIST)
    unfit = held.unusable or _unfitness(held, issuer=issuer, now=now)
    if unfit is not None:
        return unknown(Check.STATUS, unfit, Source.STATUS_LIST)
    if _PURPOSE not in held.purposes:
        return failed(Check.STATUS, Code.STATUS_PURPOSE_DIFFERS, Source.STATUS_LIST)
    index = entry.get("statusListIndex") if isinstance(entry, dict) else None
    try:
        position = status_lists.parse_index(index, size=8 * len(held.bits))
    except status_lists.IndexRangeError:
        return failed(Check.STATUS, Code.STATUS_INDEX_OUT_OF_RANGE, Source.STATUS_LIST)
    except status_lists.IndexMalformedError:
        return failed(Check.STATUS, Code.STATUS_ENTRY_MALFORMED)
    if status_lists.read(held.bits, position):
        why = _RAISED_FOR.get(registered, Code.REVOKED) if registered else Code.REVOKED
        return failed(Check.STATUS, why, Source.STATUS_LIST)
    return ok(Check.STATUS, Code.NOT_REVOKED, Source.STATUS_LIST)


def _entry_fault(entry: JsonValue) -> Finding | None:  # noqa: PLR0911 — one return per rule
    if entry is None:
        return failed(Check.STATUS, Code.STATUS_MISSING)
    if isinstance(entry, list):
        # One entry is our profile; which of several would decide, nobody can say for sure.
        return unknown(Check.STATUS, Code.STATUS_TYPE_UNKNOWN)
    if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
        return failed(Check.STATUS, Code.STATUS_ENTRY_MALFORMED)
    if entry["type"] != _ENTRY:
        return unknown(Check.STATUS, Code.STATUS_TYPE_UNKNOWN)
    if entry.get("statusPurpose") != _PURPOSE:
        return failed(Check.STATUS, Code.STATUS_PURPOSE_DIFFERS)
    url, own_id, size = entry.get("statusListCredential"), entry.get("id"), entry.get("statusSize")
    # §2.1: an entry's own id must not be the address of its list; more bits need messages.
    if not isinstance(url, str) or own_id == url or (size is not None and not _is_one(size)):
        return failed(Check.STATUS, Code.STATUS_ENTRY_MALFORMED)
    return None


def _unpack(claims: JsonObject, *, url: str, issuer: str) -> OpenList:
    types, subject = claims.get("type"), claims.get("credentialSubject")
    if (
        claims.get("id") != url
        or not isinstance(types, list)
        or "BitstringStatusListCredential" not in types
        or not isinstance(subject, dict)
        or subject.get("type") not in ("BitstringStatusList", ["BitstringStatusList"])
    ):
        return OpenList(unusable=Code.STATUS_LIST_MALFORMED)
    encoded, size = subject.get("encodedList"), subject.get("statusSize")
    begins = read_moment(claims.get("validFrom"))
    if not isinstance(encoded, str) or begins is None or not (size is None or _is_one(size)):
        return OpenList(unusable=Code.STATUS_LIST_MALFORMED)
    try:
        bits = status_lists.decode(encoded)
    except ProofRefusedError as refusal:
        short = refusal.code in _LENGTH_CODES
        return OpenList(
            unusable=Code.STATUS_LIST_TOO_SHORT if short else Code.STATUS_LIST_MALFORMED
        )
    return OpenList(
        issuer=issuer,
        purposes=_purposes(subject.get("statusPurpose")),
        bits=bits,
        valid_from=begins,
        valid_until=read_moment(claims.get("validUntil")) or begins + _LONGEST,
    )


def _purposes(said: JsonValue) -> frozenset[str]:
    every = said if isinstance(said, list) else [said]
    return frozenset(one for one in every if isinstance(one, str))


def _unfitness(held: OpenList, *, issuer: str, now: datetime) -> Code | None:
    if held.issuer != issuer:
        return Code.STATUS_LIST_OF_ANOTHER
    if held.valid_from is not None and now + _LEEWAY < held.valid_from:
        return Code.STATUS_LIST_NOT_YET_VALID
    if held.valid_until is not None and held.valid_until <= now:
        return Code.STATUS_LIST_EXPIRED
    return None


def _is_one(size: JsonValue) -> bool:
    return type(size) is int and size == 1
