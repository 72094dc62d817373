"""Checks 3, 4 and 5: who says this, was that issuer recognised then, and did it really sign.

Separate, because until these hold nothing the credential says is more than a claim by a stranger.
"""

from collections.abc import Sequence
from datetime import date, datetime

from services.verifier.checks.moments import award_day
from services.verifier.checks.token import Reading
from services.verifier.domain.findings import (
    Check,
    Code,
    Finding,
    Source,
    failed,
    not_run,
    ok,
    unknown,
)
from services.verifier.domain.knowledge import KnownIssuer, KnownKey
from shared.proofs import jws
from shared.proofs.jws import Jws, SignatureRefusedError


def check_origin(reading: Reading, issuer: KnownIssuer | None, *, now: datetime) -> list[Finding]:
    """Make checks 3 to 5; the issuer is what we know under the id the credential names."""
    token = reading.jws
    if issuer is None or token is None:
        stranger = failed(Check.ISSUER, Code.ISSUER_UNKNOWN, Source.ISSUER_KEYS)
        return [stranger, not_run(Check.KEY), not_run(Check.SIGNATURE)]
    recognised = _check_issuer(issuer, day=award_day(reading.claims), today=now.date())  # 3
    key, of_key = _check_key(token.key_id, issuer)  # 4
    if key is None:
        return [recognised, of_key, not_run(Check.SIGNATURE)]
    return [recognised, of_key, _check_signature(token, key)]  # 5


def is_signed(findings: Sequence[Finding]) -> bool:
    """Say whether the last of these findings is a signature that holds."""
    return findings[-1].code is Code.SIGNATURE_HOLDS


def _check_issuer(issuer: KnownIssuer, *, day: date | None, today: date) -> Finding:
    # DESIGN decision 3: recognition is a period, judged on the day of the award.
    organisation = issuer.organisation
    if organisation is None:
        return failed(Check.ISSUER, Code.ISSUER_UNLISTED, Source.CATALOGUE)
    if day is None or organisation.recognition_on(day) is None:
        return failed(Check.ISSUER, Code.NOT_RECOGNISED_THEN, Source.CATALOGUE)
    if organisation.recognition_on(today) is None:
        return ok(Check.ISSUER, Code.RECOGNISED_THEN, Source.CATALOGUE)
    return ok(Check.ISSUER, Code.RECOGNISED, Source.CATALOGUE)


def _check_key(kid: str, issuer: KnownIssuer) -> tuple[KnownKey | None, Finding]:
    # OB 3.0 guide, key provenance: a key proves nothing but what its own issuer says.
    if kid.partition("#")[0] != issuer.did:
        return None, failed(Check.KEY, Code.KEY_OF_ANOTHER, Source.ISSUER_KEYS)
    key = issuer.keys.get(kid)
    if key is None:
        # It may have been published a moment ago: not to be trusted, and not to be condemned.
        return None, unknown(Check.KEY, Code.KEY_UNKNOWN, Source.ISSUER_KEYS)
    if key.organisation != issuer.organisation_oin:
        return None, failed(Check.KEY, Code.KEY_OF_ANOTHER, Source.ISSUER_KEYS)
    if key.compromised_at is not None:
        # Who holds it can write any date, so no date in the credential can save it.
        return None, failed(Check.KEY, Code.KEY_COMPROMISED, Source.ISSUER_KEYS)
    # A retired key signs nothing new, and what it signed stays good (VC-JOSE-COSE §3.3); that it
    # was not signed afterwards is for the register to say: check 10.
    code = Code.KEY_RETIRED if key.retired_at is not None else Code.KEY_PUBLISHED
    return key, ok(Check.KEY, code, Source.ISSUER_KEYS)


def _check_signature(token: Jws, key: KnownKey) -> Finding:
    try:
        jws.verify(token, key=key.key)
    except SignatureRefusedError:
        return failed(Check.SIGNATURE, Code.SIGNATURE_BROKEN)
    return ok(Check.SIGNATURE, Code.SIGNATURE_HOLDS)
