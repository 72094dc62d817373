"""Checks 4, 5 and 6: who says this, was that issuer recognised then, and did it really sign.

Separate, because until these hold nothing the credential says is more than a claim by a stranger.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from services.verifier.checks.logged import HandedProof, find_log_fault
from services.verifier.checks.moments import award_day
from services.verifier.checks.reading import Proof, Reading
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
from shared.errors import RuleError
from shared.proofs.json_ld import MeaninglessError
from shared.proofs.public_keys import VerifyingKey

Keys = Mapping[str, VerifyingKey]
"""Keys by their id, each the issuer's."""


def check_origin(
    reading: Reading,
    issuer: KnownIssuer | None,
    *,
    now: datetime,
    log_proof: HandedProof | None = None,
) -> list[Finding]:
    """Make checks 4 to 6; the issuer is what we know under the id the credential names.

    A log proof beside it counts only when its key is in wrong hands.
    """
    proof = reading.proof
    if issuer is None or proof is None:
        stranger = failed(Check.ISSUER, Code.ISSUER_UNKNOWN, Source.ISSUER_KEYS)
        return [stranger, not_run(Check.KEY), not_run(Check.SIGNATURE)]
    recognised = _check_issuer(issuer, day=award_day(reading.claims), today=now.date())  # 4
    keys, of_key = _check_keys(reading, proof.key_ids, issuer, log_proof)  # 5
    if not keys:
        return [recognised, of_key, not_run(Check.SIGNATURE)]
    return [recognised, of_key, _check_signature(proof, keys)]  # 6


def know_nothing_yet() -> list[Finding]:
    """Say of checks 4 to 6 that whoever this is may well be listed."""
    nobody = unknown(Check.ISSUER, Code.NOTHING_KNOWN_YET, Source.ISSUER_KEYS)
    return [nobody, not_run(Check.KEY), not_run(Check.SIGNATURE)]


def check_foreign_origin(reading: Reading, found: Finding, keys: Keys) -> list[Finding]:
    """Make checks 4 to 6 for an issuer outside the national list, whose key was looked for."""
    if not keys or reading.proof is None:
        stranger = failed(Check.ISSUER, Code.ISSUER_UNKNOWN, Source.ISSUER_KEYS)
        return [stranger, found, not_run(Check.SIGNATURE)]
    unlisted = failed(Check.ISSUER, Code.ISSUER_UNLISTED, Source.CATALOGUE)
    return [unlisted, found, _check_signature(reading.proof, keys)]


def key_id_of(reading: Reading, issuer: str) -> str:
    """Return the key by which this issuer should have signed: of several proofs its own."""
    named = reading.proof.key_ids if reading.proof else ()
    mine = (one for one in named if one.partition("#")[0] == issuer)
    return next(mine, named[0] if named else "")


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


def _check_keys(
    reading: Reading, key_ids: Sequence[str], issuer: KnownIssuer, log_proof: HandedProof | None
) -> tuple[Keys, Finding]:
    # OB 3.0 guide, key provenance: a key proves nothing but what its own issuer says. Of several
    # proofs those by others are nobody's business here, as long as one is the issuer's.
    mine = [kid for kid in key_ids if kid.partition("#")[0] == issuer.did]
    if not mine:
        return {}, failed(Check.KEY, Code.KEY_OF_ANOTHER, Source.ISSUER_KEYS)
    checked = [(kid, issuer.keys.get(kid)) for kid in mine]
    for _, key in checked:
        if key is not None and key.organisation != issuer.organisation_oin:
            return {}, failed(Check.KEY, Code.KEY_OF_ANOTHER, Source.ISSUER_KEYS)
    known = {kid: key for kid, key in checked if key is not None}
    lost = _find_lost(reading, known.values(), log_proof)
    if lost is not None:
        return {}, lost
    if not known:
        # It may have been published a moment ago: not to be trusted, and not to be condemned.
        return {}, unknown(Check.KEY, Code.KEY_UNKNOWN, Source.ISSUER_KEYS)
    return (
        {kid: key.key for kid, key in known.items()},
        ok(Check.KEY, _fate_of(known.values()), Source.ISSUER_KEYS),
    )


def _find_lost(
    reading: Reading, keys: Iterable[KnownKey], log_proof: HandedProof | None
) -> Finding | None:
    # Who holds it can write any date, so no date in the credential can save it: only what others
    # saw before it was lost (DECISIONS 16).
    for key in keys:
        if key.lost_at is None:
            continue
        if log_proof is None:
            return failed(Check.KEY, Code.KEY_COMPROMISED, Source.ISSUER_KEYS)
        fault = find_log_fault(
            log_proof, reading, organisation=key.organisation, before=key.lost_at
        )
        if fault is not None:
            return failed(Check.KEY, Code.KEY_COMPROMISED, Source.ISSUER_KEYS, reason=fault.value)
    return None


def _fate_of(keys: Collection[KnownKey]) -> Code:
    # A retired key signs nothing new, and what it signed stays good (VC-JOSE-COSE §3.3); that it
    # was not signed afterwards is for the register to say: check 11.
    if any(key.lost_at is not None for key in keys):
        return Code.KEY_LOST_LATER
    is_retired = any(key.retired_at is not None for key in keys)
    return Code.KEY_RETIRED if is_retired else Code.KEY_PUBLISHED


def _check_signature(proof: Proof, keys: Keys) -> Finding:
    try:
        proof.believe(keys)
    except MeaninglessError:
        # What means nothing is not signed, however right the signature (credentials.md 8, 39-41).
        return failed(Check.SIGNATURE, Code.MEANINGLESS)
    except RuleError:
        return failed(Check.SIGNATURE, Code.SIGNATURE_BROKEN)
    return ok(Check.SIGNATURE, Code.SIGNATURE_HOLDS)
