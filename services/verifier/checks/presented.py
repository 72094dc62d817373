"""What a presentation holds, and whether whoever made it is the holder of what is in it.

Apart from the credentials inside, which are judged each for itself: a presentation adds who shows
them, and never makes any of them better.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic_core import to_json

from services.verifier.checks.token import FOREIGN
from services.verifier.domain.findings import Check, Code, Finding, failed, ok, unknown
from services.verifier.domain.handed import Form
from services.verifier.domain.handed import Handed as Found
from shared.errors import RuleError
from shared.proofs import presentations, sd_jwt_vc, vc_jwt
from shared.proofs.presentations import CredentialForm, Handed, Presentation
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonValue

_FORMS: Final = {
    CredentialForm.JSON: Form.EMBEDDED,
    CredentialForm.JWT: Form.VC_JWT,
    CredentialForm.SD_JWT: Form.SD_JWT_VC,
    CredentialForm.SD_JWT_VC: Form.SD_JWT_VC,
    CredentialForm.UNREAD: Form.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The credentials in a presentation, and what is known of whoever made it."""

    credentials: tuple[Found, ...]
    holder: str | None
    binding: Finding


def read_presentation(found: Found, *, now: datetime) -> Presentation | None:
    """Read a presentation, or None when it is none we read."""
    try:
        return presentations.read(found.text, now=now)
    except RuleError:
        return None


def unwrap(presentation: Presentation, found: Found, *, key: VerifyingKey | None) -> Unwrapped:
    """Take the credentials out; the key is the holder's, None when it cannot be known.

    Nobody here asked for this presentation. What was made for somebody else, or in answer to their
    question, shows nothing of who hands it to us: they could (Data Integrity §2.1; RFC 9901 §7.3).
    """
    return Unwrapped(
        credentials=tuple(
            Found(
                form=_FORMS.get(one.form, Form.UNKNOWN),
                text=one.text or (to_json(one.document).decode() if one.document else ""),
                container=found.container,
                place=found.place,
            )
            for one in presentation.credentials
        ),
        holder=presentation.holder,
        binding=_binding(presentation, key),
    )


def _binding(presentation: Presentation, key: VerifyingKey | None) -> Finding:
    if key is None or presentation.holder is None:
        return unknown(Check.HOLDER, Code.BINDING_FOR_ANOTHER)
    mine = {one: key for one in presentation.key_ids if one.startswith(presentation.holder)}
    try:
        presentations.verify(presentation, mine)
    except RuleError:
        return failed(Check.HOLDER, Code.BINDING_BROKEN)
    is_for_another = bool(presentation.audiences) or presentation.nonce is not None
    # Anybody can wrap what is somebody else's: only the subject of it is its holder.
    is_of_holder = all(_subject_of(one) == presentation.holder for one in presentation.credentials)
    if is_for_another or not is_of_holder:
        return unknown(Check.HOLDER, Code.BINDING_FOR_ANOTHER)
    return ok(Check.HOLDER, Code.HOLDER_BOUND)


def _subject_of(handed: Handed) -> JsonValue:
    """Return the id of the subject a credential names; whether it names it is another check."""
    claims: JsonObject = handed.document or {}
    try:
        if handed.form is CredentialForm.JWT:
            _, claims = vc_jwt.read(handed.text, algorithms=FOREIGN)
        elif handed.text:
            claims = sd_jwt_vc.read(handed.text).claims
    except RuleError:
        return None
    subject = claims.get("credentialSubject")
    return subject.get("id") if isinstance(subject, dict) else claims.get("sub")
