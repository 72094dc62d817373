"""Check 11: the national register holds exactly this credential, of this organisation, and how.

Separate, because it is the one check an issuer cannot pass alone: a credential made with a stolen
key, or with another date, is not the one the register wrote down.
"""

from uuid import UUID

from services.verifier.domain.findings import Check, Code, Finding, Source, failed, ok, unknown
from services.verifier.domain.knowledge import ErasedRegistration, Evidence, KnownIssuer
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus

_STATUS_CODES = {
    RegistrationStatus.REVOKED: Code.REGISTRATION_REVOKED,
    RegistrationStatus.SUSPENDED: Code.REGISTRATION_SUSPENDED,
    RegistrationStatus.EXPIRED: Code.REGISTRATION_EXPIRED,
}
_COUNT_MORE = frozenset({RegistrationStatus.REVOKED, RegistrationStatus.SUSPENDED})
"""What holds for an award whichever of its credentials is shown."""


def check_register(  # noqa: PLR0911 — one return per rule
    evidence: Evidence,
    *,
    credential_id: UUID | None,
    digest: str | None,
    issuer: KnownIssuer,
    is_old: bool,
) -> Finding:
    """Make check 11: there, of this issuer, the same content, and in good standing."""
    held = evidence.registration
    if held is None:
        return unknown(Check.REGISTER, Code.REGISTRATION_UNKNOWN, Source.REGISTER)
    if isinstance(held, ErasedRegistration):
        return unknown(Check.REGISTER, Code.REGISTRATION_ERASED, Source.REGISTER)
    if digest is None:  # the register knows tokens, and no token says the same
        return unknown(Check.REGISTER, Code.REGISTRATION_UNKNOWN, Source.REGISTER)
    if held.organisation != issuer.organisation_oin:
        return failed(Check.REGISTER, Code.REGISTRATION_OF_ANOTHER, Source.REGISTER)
    replaced = held.replacement_of(credential_id) if credential_id else None
    known = replaced or held
    if known.credential_digest != digest or not _is_of(held, evidence, is_replaced=bool(replaced)):
        return failed(Check.REGISTER, Code.REGISTRATION_DIFFERS, Source.REGISTER)
    if replaced and held.status not in _COUNT_MORE:
        return failed(Check.REGISTER, Code.REGISTRATION_REPLACED, Source.REGISTER)
    if held.status in _STATUS_CODES:
        return failed(Check.REGISTER, _STATUS_CODES[held.status], Source.REGISTER)
    if held.status is not RegistrationStatus.ACTIVE:
        return unknown(Check.REGISTER, Code.REGISTRATION_ERASED, Source.REGISTER)
    if is_old:  # Bad news stays true; good news may be overtaken (DESIGN decision 12).
        return unknown(Check.REGISTER, Code.KNOWLEDGE_OLD, Source.REGISTER)
    return ok(Check.REGISTER, Code.REGISTERED, Source.REGISTER)


def _is_of(held: Registration, evidence: Evidence, *, is_replaced: bool) -> bool:
    """Say whether it is of what the credential names; a correction may point at another version."""
    published = evidence.microcredential
    if published is None:
        return True
    same = held.microcredential_id == published.microcredential_id
    return same and (is_replaced or held.microcredential_version == published.version)
