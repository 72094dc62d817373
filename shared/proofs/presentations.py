"""VC 2.0 §4.13: presentations, in which a holder hands over credentials, signed for one reader.

Separate from the forms of credentials, because a presentation says nothing of whether they hold:
it only says who hands them over, for whom and in answer to what. Two forms are read: VP-JWT
(VC-JOSE-COSE §3.1.2) and JSON with an embedded proof (Data Integrity). By these rules, the first
broken one named:

 1. the form: a compact JWS of type `vp+jwt`, or a JSON object; at most 256 kB and 32 deep;
 2. the presentation itself is the payload: no `vp` or `vc` claim (VC-JOSE-COSE §3.1.2);
 3. context and type of a presentation (VC 2.0 §4.13);
 4. the holder, when named, is a text or has an id, and is the `iss` of a token (§4.13);
 5. at most 64 credentials: enveloped ones as `data:` URL, others as object;
 6. signed to prove who hands over: `authentication`, and not in the future or expired; with one
    proof only, or another could add a proof of its own for another reader.
Audience and nonce are reported, never assumed to be ours or fresh.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.contracts.credential import VC_CONTEXT
from shared.proofs import ProofRefusedError, data_integrity, jws
from shared.proofs.data_integrity import AUTHENTICATION, CLOCK_SKEW, ProvenDocument
from shared.proofs.json_ld import FindContext, find_context
from shared.proofs.jws import Jws
from shared.proofs.numeric_dates import find_moment
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue

TYPES: Final = frozenset({"vp+jwt", "application/vp+jwt"})
ALGORITHMS: Final = frozenset({"ES256", "ES384", "ES512", "Ed25519", "EdDSA", "RS256", "PS256"})
MAX_CREDENTIALS: Final = 64
_TYPE: Final = "VerifiablePresentation"
_ENVELOPED: Final = "EnvelopedVerifiableCredential"
_ENVELOPE: Final = re.compile(r"data:([a-z0-9/+.-]+)([;,].*)", re.DOTALL)
_TOKEN: Final = re.compile(r",([A-Za-z0-9_.~-]+)")
_CLAIMS_OF_ENVELOPES: Final = frozenset({"vp", "vc"})


class CredentialForm(StrEnum):
    """In what form a credential is handed over."""

    JSON = "application/vc"
    JWT = "application/vc+jwt"
    SD_JWT = "application/vc+sd-jwt"
    SD_JWT_VC = "application/dc+sd-jwt"
    UNREAD = "unread"
    """A form that is not read here (COSE, for one), of which nothing can be said."""


_TOKEN_FORMS: Final = {
    form.value: form
    for form in (CredentialForm.JWT, CredentialForm.SD_JWT, CredentialForm.SD_JWT_VC)
}


class PresentationRefusedError(ProofRefusedError):
    """This is not a presentation that we read."""

    code = "presentation-refused"
    dutch = "Dit is geen presentatie die wij lezen."


class PresentationEnvelopeError(PresentationRefusedError):
    """The token has a `vp` or `vc` claim; the payload itself must be the presentation."""

    code = "presentation-envelope-claim"
    dutch = "Het token heeft een claim `vp` of `vc`; de inhoud zelf moet de presentatie zijn."


class PresentationTypeError(PresentationRefusedError):
    """The presentation does not have the context and type of a presentation of VC 2.0."""

    code = "presentation-type"
    dutch = "De presentatie heeft niet de context en het type van een presentatie van VC 2.0."


class HolderRefusedError(PresentationRefusedError):
    """The presentation does not say clearly who hands it over."""

    code = "presentation-holder"
    dutch = "De presentatie zegt niet duidelijk wie haar overhandigt."


class HandedRefusedError(PresentationRefusedError):
    """The presentation holds something that is no credential in a form that we read."""

    code = "presentation-credential"
    dutch = "In de presentatie zit iets dat geen bewijs is in een vorm die wij lezen."


class PresentationClaimsRefusedError(PresentationRefusedError):
    """The presentation does not say clearly when and for whom it was made."""

    code = "presentation-claims"
    dutch = "De presentatie zegt niet duidelijk wanneer en voor wie ze is gemaakt."


class PresentationNotNowError(PresentationRefusedError):
    """The presentation has expired, or was not made yet."""

    code = "presentation-not-now"
    dutch = "De presentatie is verlopen, of nog niet gemaakt."


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A credential as it was handed over, in nothing checked yet."""

    form: CredentialForm
    text: str = ""
    """The token, when it is one."""
    document: JsonObject | None = None
    """The JSON object, when it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A presentation that was read but not yet believed: call `verify` first."""

    holder: str | None
    credentials: tuple[Handed, ...]
    audiences: tuple[str, ...]
    """For whom it was made (`aud`, or `domain`), by its own account."""
    nonce: str | None
    """In answer to what (`nonce`, or `challenge`), by its own account."""
    key_ids: tuple[str, ...]
    """The keys that signed it, by its own account."""
    proof: Jws | ProvenDocument


def read(handed: str | JsonObject, *, now: datetime) -> Presentation:
    """Read a VP-JWT, or a presentation as JSON (text or object), at a moment, unverified.

    Raises ProofRefusedError, or of an embedded proof also EmbeddedProofRefusedError and
    MeaninglessError.
    """
    if isinstance(handed, str) and not handed.lstrip().startswith("{"):  # 1
        return _read_token(handed, now=now)
    try:
        document = data_integrity.parse(handed) if isinstance(handed, str) else handed
    except JsonRefusedError as refusal:
        raise PresentationRefusedError(refusal.detail, faults=refusal.faults) from None
    return _read_document(document, now=now)


def verify(
    presentation: Presentation,
    keys: Mapping[str, VerifyingKey],
    *,
    find: FindContext = find_context,
) -> None:
    """Believe that the holders of these keys, by key id, made it; or raise why not.

    That a key is the holder's, and for authentication, is for the caller to know. Raises
    SignatureRefusedError, EmbeddedProofRefusedError or MeaninglessError.
    """
    if isinstance(presentation.proof, ProvenDocument):
        data_integrity.believe(presentation.proof, keys, find=find)
        return
    key = keys.get(presentation.proof.key_id)
    if key is None:
        raise jws.SignatureRefusedError
    jws.verify(presentation.proof, key=key)


def _read_token(token: str, *, now: datetime) -> Presentation:
    parsed = jws.parse(token, types=TYPES, algorithms=ALGORITHMS)
    claims = jws.read_claims(parsed)
    if not _CLAIMS_OF_ENVELOPES.isdisjoint(claims):  # 2
        raise PresentationEnvelopeError
    holder, credentials = _read_presentation(claims)
    issuer, nonce = claims.get("iss", holder), claims.get("nonce")
    if not isinstance(issuer, str | None) or holder not in {None, issuer}:  # 4
        raise HolderRefusedError
    audience = claims.get("aud", [])
    if not isinstance(nonce, str | None):
        raise PresentationClaimsRefusedError
    try:
        expires, begins, made = (find_moment(claims, name) for name in ("exp", "nbf", "iat"))
    except ValueError:
        raise PresentationClaimsRefusedError from None
    if expires is not None and expires <= now:  # 6
        raise PresentationNotNowError
    if any(one is not None and one > now + CLOCK_SKEW for one in (begins, made)):
        raise PresentationNotNowError
    return Presentation(
        holder=issuer,
        credentials=credentials,
        audiences=tuple(map(_text, audience if isinstance(audience, list) else [audience])),
        nonce=nonce,
        key_ids=(parsed.key_id,),
        proof=parsed,
    )


def _read_document(document: JsonObject, *, now: datetime) -> Presentation:
    holder, credentials = _read_presentation(document)
    proven = data_integrity.read(document, now=now, purpose=AUTHENTICATION)  # 6
    if proven.unread or len(proven.proofs) != 1:
        raise PresentationClaimsRefusedError
    [proof] = proven.proofs
    return Presentation(
        holder=holder,
        credentials=credentials,
        audiences=proof.domains,
        nonce=proof.challenge,
        key_ids=proven.key_ids,
        proof=proven,
    )


def _read_presentation(document: JsonObject) -> tuple[str | None, tuple[Handed, ...]]:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [VC_CONTEXT]:  # 3
        raise PresentationTypeError
    if _TYPE not in _listed(document.get("type")):
        raise PresentationTypeError
    holder = document.get("holder")
    if isinstance(holder, dict):
        holder = holder.get("id", False)
    if not isinstance(holder, str | None) or holder == "":  # 4
        raise HolderRefusedError
    handed = _listed(document.get("verifiableCredential", []))
    if len(handed) > MAX_CREDENTIALS:  # 5
        raise HandedRefusedError
    return holder, tuple(map(_read_handed, handed))


def _read_handed(handed: JsonValue) -> Handed:
    if not isinstance(handed, dict):
        raise HandedRefusedError
    if _ENVELOPED not in _listed(handed.get("type")):
        return Handed(form=CredentialForm.JSON, document=handed)
    address = handed.get("id")
    envelope = _ENVELOPE.fullmatch(address) if isinstance(address, str) else None
    if envelope is None:
        raise HandedRefusedError
    form = _TOKEN_FORMS.get(envelope[1])
    if form is None:
        return Handed(form=CredentialForm.UNREAD)
    token = _TOKEN.fullmatch(envelope[2])
    if token is None:
        raise HandedRefusedError
    return Handed(form=form, text=token[1])


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise PresentationClaimsRefusedError
    return value
