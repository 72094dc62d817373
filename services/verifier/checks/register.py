"""Check 10: the national register holds exactly this credential, of this organisation, and how.

Separate, because it is the one check an issuer cannot pass alone: a credential made with a stolen
key, or with another date, is not the one the register wrote down.
"""

from services.verifier.domain.findings import Check, Code, Finding, Source, failed, ok, unknown
from services.verifier.domain.knowledge import Evidence, KnownIssuer
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus

_STATUS_CODES = {
    RegistrationStatus.REVOKED: Code.REGISTRATION_REVOKED,
    RegistrationStatus.SUSPENDED: Code.REGISTRATION_SUSPENDED,
}


def check_register(  # noqa: PLR0911 — one return per rule
    evidence: Evidence, *, digest: str, issuer: KnownIssuer, is_old: bool
) -> Finding:
    """Make check 10: there, of this issuer, the same content, and in good standing."""
    held = evidence.registration
    if held is None:
        return unknown(Check.REGISTER, Code.REGISTRATION_UNKNOWN, Source.REGISTER)
    if held.organisation != issuer.organisation_oin:
        return failed(Check.REGISTER, Code.REGISTRATION_OF_ANOTHER, Source.REGISTER)
    if held.credential_digest != digest or not _is_of(held, evidence):
        return failed(Check.REGISTER, Code.REGISTRATION_DIFFERS, Source.REGISTER)
    if held.status in _STATUS_CODES:
        return failed(Check.REGISTER, _STATUS_CODES[held.status], Source.REGISTER)
    if held.status is not RegistrationStatus.ACTIVE:
        return unknown(Check.REGISTER, Code.REGISTRATION_ERASED, Source.REGISTER)
    if is_old:  # Bad news stays true; good news may be overtaken (DESIGN decision 12).
        return unknown(Check.REGISTER, Code.KNOWLEDGE_OLD, Source.REGISTER)
    return ok(Check.REGISTER, Code.REGISTERED, Source.REGISTER)


def _is_of(held: Registration, evidence: Evidence) -> bool:
    published = evidence.microcredential
    return published is None or (held.microcredential_id, held.microcredential_version) == (
        published.microcredential_id,
        published.version,
    )
