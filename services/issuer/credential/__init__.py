"""From an award to its credential, one by one (`building`) or many of a kind (`template`). Pure."""

from services.issuer.credential.building import (
    HOURS_PER_ECTS,
    MAX_PAYLOAD_BYTES,
    LintError,
    Naming,
    build_achievement,
    build_credential,
    digest_of,
    payload_of,
)
from services.issuer.credential.template import CredentialTemplate, Shape, Templates

__all__ = [
    "HOURS_PER_ECTS",
    "MAX_PAYLOAD_BYTES",
    "CredentialTemplate",
    "LintError",
    "Naming",
    "Shape",
    "Templates",
    "build_achievement",
    "build_credential",
    "digest_of",
    "payload_of",
]
