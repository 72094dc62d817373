"""Checks 7 and 8: do the JWT's claims repeat the credential's own words, and is it in force now.

Separate from the schema, because OB 3.0 §8.2.6 asks for equality, not for shape: a verifier that
reads one and a person who reads the other must never be told different things.
"""

from datetime import datetime

from services.verifier.checks.moments import read_moment
from services.verifier.checks.reading import Window
from services.verifier.domain.findings import Check, Code, Finding, failed, ok
from shared.strict_json import JsonObject, JsonValue


def check_claims(claims: JsonObject) -> Finding:
    """Make check 7: every registered claim equals the member it stands for."""
    issuer, subject = claims.get("issuer"), claims.get("credentialSubject")
    pairs = (
        ("iss", issuer.get("id") if isinstance(issuer, dict) else issuer, Code.ISS_DIFFERS),
        ("jti", claims.get("id"), Code.JTI_DIFFERS),
        ("sub", subject.get("id") if isinstance(subject, dict) else None, Code.SUB_DIFFERS),
    )
    for claim, member, code in pairs:
        if not isinstance(member, str) or claims.get(claim) != member:
            return failed(Check.CLAIMS, code)
    if not _is_moment_of(claims.get("nbf"), claims.get("validFrom")):
        return failed(Check.CLAIMS, Code.NBF_DIFFERS)
    if ("exp" in claims) != ("validUntil" in claims) or (
        "exp" in claims and not _is_moment_of(claims["exp"], claims["validUntil"])
    ):
        return failed(Check.CLAIMS, Code.EXP_DIFFERS)
    if "aud" in claims:  # A credential is for everybody; a token for one party is something else.
        return failed(Check.CLAIMS, Code.AUDIENCE_NAMED)
    return ok(Check.CLAIMS, Code.CLAIMS_EQUAL)


def check_dates(claims: JsonObject, *, now: datetime) -> Finding:
    """Make check 8: begun, not ended, and the end after the beginning."""
    begins = read_moment(claims.get("validFrom"))
    ends = read_moment(claims.get("validUntil"))
    awarded = read_moment(claims.get("awardedDate"))
    if begins is None or (ends is None and "validUntil" in claims):
        return failed(Check.DATES, Code.DATE_MALFORMED)
    if awarded is None and "awardedDate" in claims:
        return failed(Check.DATES, Code.DATE_MALFORMED)
    if ends is not None and ends < begins:
        return failed(Check.DATES, Code.DATES_REVERSED)
    if now < begins:
        return failed(Check.DATES, Code.NOT_YET_VALID)
    if ends is not None and ends <= now:
        return failed(Check.DATES, Code.EXPIRED)
    return ok(Check.DATES, Code.IN_FORCE)


def check_window(window: Window, *, now: datetime) -> Finding:
    """Make check 8 where the dates are those of the token itself (RFC 7519 §4.1.4, §4.1.5)."""
    if window.begins and window.ends and window.ends < window.begins:
        return failed(Check.DATES, Code.DATES_REVERSED)
    if window.begins is not None and now < window.begins:
        return failed(Check.DATES, Code.NOT_YET_VALID)
    if window.ends is not None and window.ends <= now:
        return failed(Check.DATES, Code.EXPIRED)
    return ok(Check.DATES, Code.IN_FORCE)


def _is_moment_of(seconds: JsonValue, member: JsonValue) -> bool:
    # `True == 1` in Python, and 1.0 == 1; RFC 7519 allows fractions, equality to a second does not.
    when = read_moment(member)
    return type(seconds) is int and when is not None and when.timestamp() == seconds
